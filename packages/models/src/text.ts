import { embedding, full, linear, scope, segment, type Tape, type Tensor, tensor, triu, zeros } from "@ssl4rl/torch";
import { type SharedKeys, sharedPromptAttention } from "./attention.js";
import type { TextSpec } from "./config.js";
import type { KeyCache } from "./key-cache.js";
import { type Angles, rmsNorm, rotate, swiglu, type Weights, weightsUnder, wide } from "./layers.js";
import type { Lora } from "./lora.js";
import type { Positions } from "./positions.js";

/** B prompts, G continuations of each, R tokens per continuation. A prompt itself is its one "continuation". */
export interface Extent {
  readonly B: number;
  readonly G: number;
  readonly R: number;
}

/** What the layers of one pass share. */
export interface Pass {
  readonly extent: Extent;
  /** Places of x's rows among the B · G · R, the others being padding; without it every place has its row. */
  readonly places?: Tensor | null;
  /** [B, 1, 1, 1, R, headDim / 2], carrying the softmax scale. */
  readonly queryAngles: Angles;
  /** [B, 1, 1, R, headDim / 2]. */
  readonly keyAngles: Angles;
  readonly causal: Tensor | null;
  readonly padding: Tensor | null;
  /** Called in each layer with its rotated, scaled queries [B, kvHeads, G, S, R, headDim] and the continuations' keys. */
  readonly observe?: (layer: number, queries: Tensor, own: SharedKeys) => void;
}

/** The last tokens of prompts: all that a prompt's last layer need compute beside keys and values. */
export interface Ends {
  /** Their rows among the B · P of the prompts: [B]. */
  readonly rows: Tensor;
  /** Hides what stands behind them: [B, 1, 1, P]; null when all prompts are of one length. */
  readonly padding: Tensor | null;
}

function narrowTo({ rows, padding }: Ends, x: Tensor, h: Tensor, { extent: { B, R }, queryAngles }: Pass) {
  const pick = (angles: Tensor) =>
    angles
      .reshape([B * R, -1])
      .indexSelect(0, rows)
      .reshape([B, 1, 1, 1, 1, -1]);
  return {
    x: x.indexSelect(0, rows),
    h: h.indexSelect(0, rows),
    angles: { cos: pick(queryAngles.cos), sin: pick(queryAngles.sin) },
    mask: padding?.reshape([B, 1, 1, 1, 1, R]) ?? null,
    R: 1,
  };
}

/** Padding exists inside attention alone: all else is computed for rows [tokens, n] that hold a token. */
function pad(rows: Tensor, { places, extent: { B, G, R } }: Pass): Tensor {
  const { shape, dtype, device } = rows;
  return places ? zeros([B * G * R, shape[1]], { dtype, device }).indexCopy_(0, places, rows) : rows;
}

/** Qwen2's decoder with multimodal rotary positions (reference page, section 5). */
export class Decoder {
  private readonly layers: readonly Weights[];
  private readonly embedTokens: Tensor;
  private readonly finalNorm: Tensor;
  private readonly head: Tensor;
  /** Rotary frequencies [headDim / 2], float32 whatever the model's dtype. */
  private readonly frequencies: Float32Array;
  /** Which position axis (t, h, w) turns each frequency. */
  private readonly axes: Int32Array;

  constructor(
    readonly spec: TextSpec,
    weights: ReadonlyMap<string, Tensor>,
    lora: Lora | null = null,
  ) {
    const { weight } = weightsUnder(weights, "model");
    this.layers = Array.from({ length: spec.layers }, (_, i) => weightsUnder(weights, `model.layers.${i}`, lora));
    this.embedTokens = weight("embed_tokens.weight");
    this.finalNorm = weight("norm.weight");
    this.head = weights.get("lm_head.weight") ?? this.embedTokens;
    const half = spec.headDim / 2;
    this.frequencies = Float32Array.from({ length: half }, (_, j) => spec.ropeTheta ** (-j / half));
    const [t, h] = spec.mropeSection;
    this.axes = Int32Array.from({ length: half }, (_, j) => (j < t ? 0 : j < t + h ? 1 : 2));
  }

  get device(): string {
    return this.embedTokens.device;
  }

  /** Embeddings [tokens, hiddenSize] of ids [tokens], image features put into the rows `slots`. */
  embed(ids: Tensor, images?: { readonly slots: Tensor; readonly features: Tensor }): Tensor {
    return scope(() => {
      const rows = embedding(this.embedTokens, ids);
      return images ? rows.indexCopy(0, images.slots, images.features.to({ dtype: rows.dtype })) : rows;
    });
  }

  /**
   * All layers on x [B · G · R, hiddenSize], or on the rows at the pass's `places`. `shared` holds each layer's prompt keys,
   * `cache` the continuations' earlier keys. Gives the last hidden states (before the final norm) and, without `shared`, each layer's own keys and values
   * [B, kvHeads, G, T, headDim]. With `ends`, hidden states of those rows alone [B, hiddenSize]: the last layer then has
   * queries, attention and MLP for them only. On a `tape` every layer is a segment.
   */
  run(
    x: Tensor,
    pass: Pass,
    shared: readonly SharedKeys[] | null = null,
    cache: KeyCache | null = null,
    ends: Ends | null = null,
    tape: Tape | null = null,
  ): { readonly hidden: Tensor; readonly own: readonly SharedKeys[] } {
    const own: SharedKeys[] = [];
    let hidden = x;
    for (let i = 0; i < this.layers.length; i++) {
      const last = i === this.layers.length - 1;
      const inputs = { x: hidden, pass, shared: shared?.[i] ?? null, ends: last ? ends : null };
      const [next, keys, values] = segment(tape, inputs, ({ x, pass, shared, ends }) => {
        const { hidden, own } = this.layer(i, x, pass, shared, cache, ends);
        return shared ? [hidden] : [hidden, own.keys, own.values];
      });
      // A tape keeps what it will compute again from.
      if (i > 0 && !tape) hidden.free();
      hidden = next;
      if (!shared) own.push({ keys, values });
    }
    return { hidden, own };
  }

  private layer(
    i: number,
    x: Tensor,
    pass: Pass,
    shared: SharedKeys | null,
    cache: KeyCache | null,
    ends: Ends | null,
  ): { hidden: Tensor; own: SharedKeys } {
    const { B, G, R } = pass.extent;
    const { kvHeads, heads, headDim, rmsNormEps } = this.spec;
    const S = heads / kvHeads;
    const weights = this.layers[i];
    const h = rmsNorm(x, weights.weight("input_layernorm.weight"), rmsNormEps);
    const perKey = (name: string) =>
      pad(weights.linear(`self_attn.${name}`, h), pass)
        .reshape([B, G, R, kvHeads, headDim])
        .permute([0, 3, 1, 2, 4]);
    let own: SharedKeys = { keys: rotate(perKey("k_proj"), pass.keyAngles), values: perKey("v_proj").contiguous() };
    if (cache) own = cache.append(i, own);

    const asked = ends ? narrowTo(ends, x, h, pass) : { x, h, angles: pass.queryAngles, mask: pass.causal, R };
    const queries = rotate(
      pad(weights.linear("self_attn.q_proj", asked.h), pass)
        .reshape([B, G, asked.R, kvHeads, S, headDim])
        .permute([0, 3, 1, 4, 2, 5]),
      asked.angles,
    );
    pass.observe?.(i, queries, own);
    const mixed = sharedPromptAttention(queries, own.keys, own.values, shared, asked.mask, pass.padding)
      .permute([0, 2, 4, 1, 3, 5])
      .reshape([B * G * asked.R, heads * headDim]);
    const attended = pass.places ? mixed.indexSelect(0, pass.places) : mixed;
    const middle = asked.x.add(weights.linear("self_attn.o_proj", attended));
    const normed = rmsNorm(middle, weights.weight("post_attention_layernorm.weight"), rmsNormEps);
    return { hidden: middle.add(swiglu(weights, normed)), own };
  }

  norm(x: Tensor): Tensor {
    return scope(() => rmsNorm(x, this.finalNorm, this.spec.rmsNormEps));
  }

  /** Float32 logits [..., vocabSize] of normed hidden states. */
  logits(hidden: Tensor): Tensor {
    return scope(() => wide(linear(hidden, this.head)));
  }

  /** Angles of prompts, padded on the right to R tokens. */
  promptAngles(prompts: readonly Positions[], R: number): Pick<Pass, "queryAngles" | "keyAngles"> {
    const padded = new Float32Array(3 * prompts.length * R);
    prompts.forEach(({ t, h, w }, b) => {
      [t, h, w].forEach((axis, k) => {
        padded.set(axis, (k * prompts.length + b) * R);
      });
    });
    return scope(() => {
      const positions = tensor(padded, [3, prompts.length, R], { device: this.device });
      const axes = tensor(this.axes, [this.axes.length], { dtype: "int64", device: this.device });
      return this.anglesOf(positions.indexSelect(0, axes).permute([1, 2, 0]), prompts.length, R);
    });
  }

  /** Angles of R tokens from `first[b]` on; text stands at one number on all axes. */
  textAngles(first: readonly number[], R: number): Pick<Pass, "queryAngles" | "keyAngles"> {
    const positions = Float32Array.from({ length: first.length * R }, (_, i) => first[Math.floor(i / R)] + (i % R));
    return scope(() =>
      this.anglesOf(tensor(positions, [first.length, R, 1], { device: this.device }), first.length, R),
    );
  }

  /** `positions` [B, R, headDim / 2 or 1]. Elementwise, so that no reduced-precision product touches an angle. */
  private anglesOf(positions: Tensor, B: number, R: number): Pick<Pass, "queryAngles" | "keyAngles"> {
    const { headDim } = this.spec;
    const dtype = this.embedTokens.dtype;
    const angles = positions.mul(tensor(this.frequencies, [headDim / 2], { device: this.device }));
    const keys = [B, 1, 1, R, headDim / 2];
    const cos = angles.cos().to({ dtype }).reshape(keys);
    const sin = angles.sin().to({ dtype }).reshape(keys);
    const queries = (x: Tensor) => x.mul(headDim ** -0.5).unsqueeze(3);
    return { queryAngles: { cos: queries(cos), sin: queries(sin) }, keyAngles: { cos, sin } };
  }

  /** Additive mask [R, past + R]: token r sees the `past` tokens before it, itself and those between. */
  causalMask(R: number, past: number): Tensor | null {
    if (R === 1) return null;
    return scope(() => triu(full([R, past + R], -Infinity, { device: this.device }), past + 1));
  }

  /** Additive mask [B, 1, 1, P] over right-padded prompts; null when none is padded. */
  paddingMask(lengths: readonly number[], P: number): Tensor | null {
    if (lengths.every((length) => length === P)) return null;
    const mask = new Float32Array(lengths.length * P);
    lengths.forEach((length, b) => {
      mask.fill(-Infinity, b * P + length, (b + 1) * P);
    });
    return tensor(mask, [lengths.length, 1, 1, P], { device: this.device });
  }
}
