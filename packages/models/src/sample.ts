import { Random, UserError } from "@ssl4rl/core";
import { noGrad, op, scope, type Tensor, tensor } from "@ssl4rl/torch";
import { KeyCache } from "./key-cache.js";
import type { Prompt, QwenVL } from "./qwen2_5_vl.js";

export interface SamplingOptions {
  /** Continuations per prompt (G). */
  readonly each: number;
  readonly maxNewTokens: number;
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** The same seed gives the same tokens, whatever other prompts are in the batch. */
  readonly seed: number;
  /** Place of the first prompt among those that share the seed, when they come in several batches. Default 0. */
  readonly firstPrompt?: number;
}

/** Tokens that steer sampling. */
export interface SamplingTokens {
  /** End a response, and belong to it. */
  readonly stop: readonly number[];
  /** Never drawn. */
  readonly banned: readonly number[];
}

export interface SampledTokens {
  /** [B][G] token ids, the stop token included. */
  readonly ids: number[][][];
  /**
   * Log-probability of each under the model at the sampling temperature (at temperature 1 for greedy responses), as
   * `logprobs` computes it: over the whole vocabulary, the banned tokens included.
   */
  readonly logprobs: number[][][];
  /** Whether a stop token came before the limit. */
  readonly finished: boolean[][];
}

const cumsum = op<Tensor>("aten::cumsum");
const searchsorted = op<Tensor>("aten::searchsorted.Tensor");

/**
 * Draws `each` responses to every prompt. The prompt's keys are shared within the group; all B · G responses advance
 * together, until every one has stopped. Memory does not grow but for the key cache, which is freed.
 */
export function sampleTokens(
  model: QwenVL,
  prompt: Prompt,
  options: SamplingOptions,
  tokens: SamplingTokens,
): SampledTokens {
  const { each: G, maxNewTokens, temperature, seed, firstPrompt = 0 } = options;
  for (const [name, value] of Object.entries({ each: G, maxNewTokens })) {
    if (!Number.isInteger(value) || value < 1) throw new UserError(`sample: ${name} must be 1 or more, got ${value}.`);
  }
  if (!(temperature >= 0)) throw new UserError(`sample: temperature must be 0 or more, got ${temperature}.`);
  const B = prompt.lengths.length;
  const device = prompt.last.device;
  const stop = new Set(tokens.stop);
  const streams = Array.from({ length: B * G }, (_, i) =>
    Random.from("sample", seed, firstPrompt + Math.floor(i / G), i % G),
  );
  const ids = streams.map((): number[] => []);
  const logprobs = streams.map((): number[] => []);
  const finished = streams.map(() => false);
  const cache = new KeyCache();
  try {
    noGrad(() =>
      scope(() => {
        const banned = banMask(model.config.text.vocabSize, tokens.banned, device);
        // All responses of a prompt draw their first token from one row.
        let hidden = prompt.last;
        let draws = G;
        for (let step = 0; step < maxNewTokens; step++) {
          const uniform = Float64Array.from(streams, (stream) => stream.uint32() / 2 ** 32);
          const drawn = scope(() => draw(model.logits(hidden), temperature, banned, uniform, draws));
          const next = drawn.tokens.data() as BigInt64Array;
          const logs = drawn.logprobs.data() as Float32Array;
          for (let i = 0; i < ids.length; i++) {
            if (finished[i]) continue;
            if (!Number.isFinite(logs[i])) {
              throw new UserError(
                "sample: the model's logits are not finite. Its weights are damaged, or training diverged.",
              );
            }
            const id = Number(next[i]);
            ids[i].push(id);
            logprobs[i].push(logs[i]);
            finished[i] = stop.has(id);
          }
          if (step > 0) hidden.free();
          if (step + 1 === maxNewTokens || finished.every(Boolean)) break;
          hidden = scope(() =>
            model.extend(prompt, drawn.tokens.reshape([B, G, 1]), cache).reshape([B * G, prompt.last.shape[1]]),
          );
          drawn.tokens.free();
          drawn.logprobs.free();
          draws = 1;
        }
      }),
    );
  } finally {
    cache.free();
  }
  return { ids: groups(ids, G), logprobs: groups(logprobs, G), finished: groups(finished, G) };
}

/**
 * `draws` tokens per row of logits [rows, vocabSize], by inverting the cumulated distribution at the given uniform
 * numbers (so that what is drawn depends on the seed alone, not on libtorch's generators). Flat results
 * [rows · draws].
 */
function draw(logits: Tensor, temperature: number, banned: Tensor, uniform: Float64Array, draws: number) {
  const all = (temperature > 0 ? logits.div(temperature) : logits).logSoftmax(-1);
  const allowed = all.add(banned);
  const rows = logits.shape[0];
  const tokens = scope(() => {
    if (temperature === 0) return allowed.argmax(-1, true).expand([rows, draws]).contiguous();
    // Double precision: float32 sums over a vocabulary of 150,000 lose whole tokens.
    const cumulated = cumsum(allowed.exp(), -1, { dtype: "float64" });
    const total = cumulated.narrow(-1, cumulated.shape[1] - 1, 1);
    const levels = tensor(uniform, [rows, draws], { device: logits.device }).mul(total);
    // Rows that are not finite would point behind the vocabulary.
    return searchsorted(cumulated, levels, { right: true }).clamp(0, cumulated.shape[1] - 1);
  });
  return { tokens: tokens.reshape([-1]), logprobs: all.gather(-1, tokens).reshape([-1]) };
}

/** Additive [vocabSize]: -∞ on tokens that may not be drawn. */
function banMask(vocabSize: number, banned: readonly number[], device: string): Tensor {
  const mask = new Float32Array(vocabSize);
  for (const id of banned) mask[id] = -Infinity;
  return tensor(mask, [vocabSize], { device });
}

function groups<T>(flat: readonly T[], G: number): T[][] {
  return Array.from({ length: flat.length / G }, (_, b) => flat.slice(b * G, (b + 1) * G));
}
