import { readFileSync } from "node:fs";
import { cat, noGrad, scope, type Tensor, tensor } from "@ssl4rl/torch";
import { type AttentionOptions, attentionMaps } from "./attention-maps.js";
import type { ModelConfig } from "./config.js";
import { goldenValues } from "./golden.js";
import { alone } from "./golden-model.js";
import type { Grid } from "./image-processor.js";
import type { Json } from "./json.js";
import { completionLogprobs } from "./logprobs.js";
import { mropePositions } from "./positions.js";
import type { PreparedBatch, QwenVL } from "./qwen2_5_vl.js";
import { sampleTokens } from "./sample.js";

/** A model and what it is asked, as scripts/peers/model_cases.py has it. */
export interface ParityCase {
  readonly name: string;
  /** config.json in the flat layout. Weights are made from their names. */
  readonly config: Json;
  /** Token ids; a pair [height, width] is an image of so many patches. */
  readonly prompts: readonly (readonly (number | readonly [number, number])[])[];
  /** [B][G] completions of each prompt. */
  readonly completions: readonly (readonly (readonly number[])[])[];
  /** Tokens that greedy decoding passes over. */
  readonly banned: readonly number[];
}

/** The norm of n numbers, then k of them: the i-th is number ⌊i·(n−1)/(k−1)⌋. */
export type Digest = readonly number[];

export interface ExpectedModel extends ParityCase {
  readonly digests: Readonly<Record<string, Digest>>;
  /** [B] 64 greedy tokens. */
  readonly greedy: readonly (readonly number[])[];
}

type Sizes = readonly (readonly [number, number])[];

/** Pictures made from their sizes [height, width], and what the image processor makes of them. */
export interface ExpectedPixels {
  /** preprocessor_config.json. */
  readonly processor: Json;
  readonly sizes: Sizes;
  /** In patches. */
  readonly grids: Sizes;
  /** Start of the SHA-256 of the float32 numbers. */
  readonly hash: string;
}

/** A question to checkpoints/tiny-vl, and its token ids. */
export interface ExpectedPrompt {
  readonly text: string;
  readonly labels: readonly string[];
  readonly sizes: Sizes;
  readonly ids: readonly number[];
}

/** What transformers gives, written by scripts/peers/write_parity.py. */
export interface ParityFile {
  readonly transformers: string;
  readonly models: readonly ExpectedModel[];
  readonly pixels: readonly ExpectedPixels[];
  readonly prompts: readonly ExpectedPrompt[];
}

export function readParity(): ParityFile {
  return JSON.parse(readFileSync(new URL("../fixtures/parity.json", import.meta.url), "utf8"));
}

/** The prompts of a case as the model takes them, with pixels made from the case's name. */
export function parityBatch({ name, prompts }: ParityCase, { vision, imageTokenId, raw }: ModelConfig): PreparedBatch {
  const merge = vision?.mergeSize ?? 1;
  const grids: Grid[] = [];
  const tokens = prompts.map((prompt) => {
    const own: Grid[] = [];
    const ids = prompt.flatMap((part) => {
      if (typeof part === "number") return [part];
      const [height, width] = part;
      own.push({ height, width });
      const slots = new Array<number>((height * width) / merge ** 2).fill(imageTokenId);
      return [raw.vision_start_token_id as number, ...slots, raw.vision_end_token_id as number];
    });
    grids.push(...own);
    return { ids, positions: mropePositions(ids, imageTokenId, own, merge) };
  });
  const columns = vision ? vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2 : 0;
  const rows = grids.reduce((sum, { height, width }) => sum + height * width, 0);
  const data = goldenValues(`pixel_values.${name}`, rows * columns, 1.8);
  return { prompts: tokens, pixels: { data, columns, grids } };
}

/**
 * What is compared of a model, by name. With n the tokens of all completions:
 * `features` of the images; `logits` [n, vocab] and `logprobs` [n]; `gradient W` of Σ wᵢ·logprobᵢ for each weight W;
 * `attention b g` [tokens, image tokens] of completion g, and `attention b part` of one head, one layer and two places.
 */
export function parityArrays(model: QwenVL, given: ParityCase): Map<string, Float32Array> {
  const batch = parityBatch(given, model.config);
  const arrays = new Map<string, Float32Array>();
  const add = (name: string, values: Tensor) => arrays.set(name, values.contiguous().data() as Float32Array);
  scope(() => {
    if (batch.pixels.grids.length > 0) noGrad(() => add("features", model.encodeImages(batch.pixels)));
    const prompt = model.prefill(batch);
    const { logprobs, mask } = completionLogprobs(model, prompt, given.completions, 1);
    const flags = Array.from(mask.reshape([-1]).data() as Float32Array);
    const places = flags.flatMap((flag, i) => (flag === 1 ? [i] : []));
    const real = tensor(places, [places.length], { dtype: "int64" });
    const ofTokens = logprobs.reshape([-1]).indexSelect(0, real);
    add("logprobs", ofTokens);
    noGrad(() => add("logits", everyLogit(model, prompt, given.completions).indexSelect(0, real)));
    ofTokens
      .mul(tensor(goldenValues(`objective.${given.name}`, places.length, 1)))
      .sum()
      .backward();
  });
  for (const [name, weight] of model.parameters()) {
    if (weight.grad) add(`gradient ${name}`, weight.grad);
    weight.grad = null;
  }
  given.completions.forEach((group, b) => {
    const one = alone(batch, b, model.config.imageTokenId);
    if (one.pixels.grids.length === 0) return;
    group.forEach((completion, g) => {
      arrays.set(`attention ${b} ${g}`, attention(model, one, completion));
    });
    const end = one.prompts[0].ids.length;
    const part = { places: [end - 2, end - 1], layers: [model.config.text.layers - 1], heads: [0] };
    arrays.set(`attention ${b} part`, attention(model, one, group[0], part));
  });
  return arrays;
}

/** Logits [B · G · R, vocab] of the tokens before each token of the completions, padded with token 0. */
function everyLogit(
  model: QwenVL,
  prompt: ReturnType<QwenVL["prefill"]>,
  completions: readonly (readonly (readonly number[])[])[],
): Tensor {
  const [B, G] = [completions.length, completions[0].length];
  const R = Math.max(...completions.flat().map(({ length }) => length));
  const padded = completions.flat().flatMap((ids) => Array.from({ length: R }, (_, t) => ids[t] ?? 0));
  const hidden = model.extend(prompt, tensor(padded, [B, G, R], { dtype: "int64" }));
  const size = model.config.text.hiddenSize;
  const first = prompt.last.reshape([B, 1, 1, size]).expand([B, G, 1, size]);
  return model.logits(cat([first, hidden.narrow(2, 0, R - 1)], 2).reshape([B * G * R, size]));
}

/** The images' maps side by side: [tokens, image tokens]. */
function attention(
  model: QwenVL,
  batch: PreparedBatch,
  completion: readonly number[],
  options?: AttentionOptions,
): Float32Array {
  const maps = attentionMaps(model, batch, completion, options);
  return Float32Array.from(maps[0].values.flatMap((_, token) => maps.flatMap(({ values }) => [...values[token]])));
}

/** [B] the 64 likeliest tokens, one after the other. */
export function parityGreedy(model: QwenVL, given: ParityCase): number[][] {
  return noGrad(() =>
    scope(() => {
      const prompt = model.prefill(parityBatch(given, model.config));
      const options = { each: 1, maxNewTokens: 64, temperature: 0, seed: 0 };
      const { ids } = sampleTokens(model, prompt, options, { stop: [], banned: given.banned });
      return ids.map(([greedy]) => [...greedy]);
    }),
  );
}
