import { UserError } from "@ssl4rl/core";
import { cat, noGrad, scope, type Tape, type Tensor, tensor } from "@ssl4rl/torch";
import type { SharedKeys } from "./attention.js";
import type { ModelConfig } from "./config.js";
import type { Pixels } from "./image-processor.js";
import type { KeyCache } from "./key-cache.js";
import type { Lora } from "./lora.js";
import type { Positions } from "./positions.js";
import { Decoder, type Extent } from "./text.js";
import { VisionTower } from "./vision.js";
import { randomWeights } from "./weights.js";

/** One prompt as numbers, unpadded. */
export interface PromptTokens {
  readonly ids: readonly number[];
  readonly positions: Positions;
}

/** Prompts ready for the model, images in the order of their slots. Plain data: holds no tensors. */
export interface PreparedBatch {
  readonly prompts: readonly PromptTokens[];
  readonly pixels: Pixels;
}

/** A prompt whose pictures have been through the vision tower. */
export interface EncodedPrompt extends PromptTokens {
  /** Of its pictures, one after the other, without a graph: [image tokens, hiddenSize]; null where it has none. */
  readonly features: Tensor | null;
}

/**
 * B prompts, computed once: what their continuations need of them. Its tensors belong to the scope in which prefill was
 * called. With a graph behind it (outside noGrad) training and sampling may use the same one.
 */
export interface Prompt {
  /** Token ids, unpadded. */
  readonly ids: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  /** Position of each prompt's first continuation token, on all axes. */
  readonly next: readonly number[];
  /** Per layer, prompts padded on the right to P: [B, kvHeads, P, headDim]. */
  readonly layers: readonly SharedKeys[];
  /** Hides the padding: [B, 1, 1, P]; null when all lengths are equal. */
  readonly padding: Tensor | null;
  /** Normed hidden state of each prompt's last token, which predicts the first continuation token: [B, hiddenSize]. */
  readonly last: Tensor;
  /** The tape on which its layers, and those of its continuations, are segments; null for an ordinary graph. */
  readonly tape: Tape | null;
}

/** Qwen2.5-VL, and the text-only Qwen2, over libtorch's operators. */
export class QwenVL {
  readonly vision: VisionTower | null;
  readonly decoder: Decoder;

  constructor(
    readonly config: ModelConfig,
    /** By the names of save_pretrained, as `weightShapes(config)` lists them; what saving writes. */
    readonly weights: Map<string, Tensor>,
    readonly lora: Lora | null = null,
  ) {
    this.vision = config.vision ? new VisionTower(config.vision, weights, lora) : null;
    this.decoder = new Decoder(config.text, weights, lora);
  }

  /** What training moves, in file order: the weights that ask for their gradient, then the adapter's factors. */
  parameters(): Map<string, Tensor> {
    const trained = [...this.weights].filter(([, weight]) => weight.requiresGrad);
    return new Map([...trained, ...(this.lora?.parameters() ?? [])]);
  }

  /** Leaves the vision tower, merger included, out of training. */
  freezeVision(): void {
    for (const [name, weight] of this.weights) if (name.startsWith("visual.")) weight.requiresGrad_(false);
  }

  /**
   * The same weights, held once, seen with an adapter, or without one. An adapter leaves them out of training from then on.
   */
  withLora(lora: Lora | null): QwenVL {
    if (lora) for (const weight of this.weights.values()) weight.requiresGrad_(false);
    return new QwenVL(this.config, this.weights, lora);
  }

  /** Whether training moves the vision tower. */
  get trainsVision(): boolean {
    return [...this.parameters().keys()].some((name) => name.startsWith("visual."));
  }

  /** Whether pictures have the same features in both, whatever is trained: one frozen tower serves the two. */
  sharesVision(other: QwenVL): boolean {
    const own = [...this.weights].filter(([name]) => name.startsWith("visual."));
    const same = own.every(([name, weight]) => other.weights.get(name) === weight);
    return same && !this.trainsVision && !other.trainsVision;
  }

  /** The same model with the vision tower of another of its kind, held once; its own is freed. */
  withVisionOf(other: QwenVL): QwenVL {
    const weights = [...this.weights].map(([name, weight]): [string, Tensor] => {
      if (!name.startsWith("visual.")) return [name, weight];
      weight.free();
      return [name, other.weights.get(name)!];
    });
    return new QwenVL(this.config, new Map(weights), this.lora);
  }

  /** Features [merged tokens, hiddenSize] of images, one after the other in raster order. */
  encodeImages(pixels: Pixels, tape: Tape | null = null): Tensor {
    if (!this.vision) throw new UserError("This checkpoint is a text-only model: prompts may hold no images.");
    const { vision } = this;
    return this.trainsVision ? vision.encode(pixels, tape) : noGrad(() => vision.encode(pixels));
  }

  /**
   * The vision tower alone, without a graph: prompts for several calls of prefill, of this model and of those that share its
   * tower, for as long as nobody trains it.
   */
  encode({ prompts, pixels }: PreparedBatch): EncodedPrompt[] {
    return noGrad(() =>
      scope(() => {
        if (pixels.grids.length === 0) return prompts.map((prompt) => ({ ...prompt, features: null }));
        const slots = prompts.map(({ ids }) => ids.filter((id) => id === this.config.imageTokenId).length);
        const features = checked(
          this.encodeImages(pixels),
          slots.reduce((sum, count) => sum + count, 0),
        ).split(slots, 0);
        return prompts.map((prompt, b) => ({ ...prompt, features: slots[b] > 0 ? features[b] : null }));
      }),
    );
  }

  /** Prompts [B · P, hiddenSize] as the first layer sees them, padded on the right to P tokens. */
  embedPrompts(
    batch: PreparedBatch | readonly EncodedPrompt[],
    tape: Tape | null = null,
  ): { readonly x: Tensor; readonly P: number } {
    const prompts = promptsOf(batch);
    const P = Math.max(...prompts.map(({ ids }) => ids.length));
    const ids = new Int32Array(prompts.length * P);
    const slots: number[] = [];
    prompts.forEach((prompt, b) => {
      ids.set(prompt.ids, b * P);
      prompt.ids.forEach((id, i) => {
        if (id === this.config.imageTokenId) slots.push(b * P + i);
      });
    });
    const x = scope(() => {
      const features = this.featuresOf(batch, tape);
      if (!features) return this.decoder.embed(this.indices(ids));
      return this.decoder.embed(this.indices(ids), {
        slots: this.indices(Int32Array.from(slots)),
        features: checked(features, slots.length),
      });
    });
    return { x, P };
  }

  private featuresOf(batch: PreparedBatch | readonly EncodedPrompt[], tape: Tape | null): Tensor | null {
    if ("pixels" in batch) return batch.pixels.grids.length > 0 ? this.encodeImages(batch.pixels, tape) : null;
    const all = batch.map(({ features }) => features).filter((features) => features !== null);
    return all.length > 0 ? cat(all) : null;
  }

  /**
   * Vision tower (unless the prompts have been through it) and decoder over prompts of unequal length, once per prompt. On a
   * `tape` (gradient checkpointing) the graph is not kept: tape.backward() computes each layer once more.
   */
  prefill(batch: PreparedBatch | readonly EncodedPrompt[], tape: Tape | null = null): Prompt {
    const prompts = promptsOf(batch);
    const lengths = prompts.map(({ ids }) => ids.length);
    if (lengths.length === 0) throw new UserError("prefill: got no prompts.");
    return scope(() => {
      const { x, P } = this.embedPrompts(batch, tape);
      const B = lengths.length;
      const pass = {
        extent: { B, G: 1, R: P },
        ...this.decoder.promptAngles(
          prompts.map(({ positions }) => positions),
          P,
        ),
        causal: this.decoder.causalMask(P, 0),
        // Padding stands behind every real token, so the causal mask hides it here.
        padding: null,
      };
      const rows = this.indices(Int32Array.from(lengths, (length, b) => b * P + length - 1));
      const padding = this.decoder.paddingMask(lengths, P);
      const { hidden, own } = this.decoder.run(x, pass, null, null, { rows, padding }, tape);
      return {
        ids: prompts.map(({ ids }) => ids),
        lengths,
        next: prompts.map(({ positions }) => positions.next),
        layers: own.map(({ keys, values }) => ({ keys: keys.squeeze(2), values: values.squeeze(2) })),
        padding,
        last: this.decoder.norm(hidden),
        tape,
      };
    });
  }

  /**
   * G continuations of each prompt: ids [B, G, R] int64 to normed hidden states [B, G, R, hiddenSize]. They attend to
   * the prompt's keys, held once, and to their own; what stands behind a token is not seen by it. With a `cache` the tokens
   * come after those it holds and join them, and no graph is recorded.
   */
  extend(prompt: Prompt, ids: Tensor, cache: KeyCache | null = null): Tensor {
    const [B, G, R] = ids.shape;
    const extend = () =>
      scope(() => {
        const rows = this.extendRows(prompt, ids.reshape([B * G * R]), { B, G, R }, null, cache);
        cache?.advance(R);
        return rows.reshape([B, G, R, this.config.text.hiddenSize]);
      });
    return cache ? noGrad(extend) : extend();
  }

  /**
   * The same for continuations ids[b][g] of unequal length, G per prompt, of which one at least has a token: normed hidden
   * states [tokens, hiddenSize], those of one continuation after the other.
   */
  extendUnequal(prompt: Prompt, ids: readonly (readonly (readonly number[])[])[]): Tensor {
    const all = ids.flat();
    const R = Math.max(...all.map(({ length }) => length));
    const places = all.flatMap((continuation, i) => continuation.map((_, t) => i * R + t));
    return scope(() =>
      this.extendRows(
        prompt,
        this.indices(Int32Array.from(all.flat())),
        { B: ids.length, G: ids[0].length, R },
        places.length < all.length * R ? this.indices(Int32Array.from(places)) : null,
        null,
      ),
    );
  }

  private extendRows(
    prompt: Prompt,
    ids: Tensor,
    extent: Extent,
    places: Tensor | null,
    cache: KeyCache | null,
  ): Tensor {
    const past = cache?.length ?? 0;
    const first = prompt.next.map((position) => position + past);
    const pass = {
      extent,
      places,
      ...this.decoder.textAngles(first, extent.R),
      causal: this.decoder.causalMask(extent.R, past),
      padding: prompt.padding,
    };
    const tape = cache ? null : prompt.tape;
    const { hidden } = this.decoder.run(this.decoder.embed(ids), pass, prompt.layers, cache, null, tape);
    return this.decoder.norm(hidden);
  }

  /** Float32 logits [..., vocabSize] of normed hidden states. */
  logits(hidden: Tensor): Tensor {
    return this.decoder.logits(hidden);
  }

  /** Frees the weights, for every model that shares them, and the adapter. */
  free(): void {
    for (const weight of this.weights.values()) weight.free();
    this.lora?.free();
  }

  private indices(values: Int32Array): Tensor {
    return tensor(values, [values.length], { dtype: "int64", device: this.decoder.device });
  }
}

function promptsOf(batch: PreparedBatch | readonly EncodedPrompt[]): readonly PromptTokens[] {
  return "pixels" in batch ? batch.prompts : batch;
}

/** The features, as many as the prompts have room for. */
function checked(features: Tensor, slots: number): Tensor {
  if (features.shape[0] === slots) return features;
  throw new UserError(`The prompts have ${slots} image slots, the images give ${features.shape[0]} features.`);
}

/** A model with fresh weights, see {@link randomWeights}. */
export function randomModel(config: ModelConfig, seed: number): QwenVL {
  return new QwenVL(config, randomWeights(config, seed));
}
