import { Random, UserError } from "@ssl4rl/core";
import { keep, noGrad, op, scope, type Tensor, tensor } from "@ssl4rl/torch";
import { LiveResponses } from "./live-responses.js";
import { type Distribution, isPlain, processLogits } from "./logits-processors.js";
import type { Prompt, QwenVL } from "./qwen2_5_vl.js";

export interface SamplingOptions extends Distribution {
  /** Continuations per prompt (G). */
  readonly each: number;
  readonly maxNewTokens: number;
  /** The same seed gives the same tokens, whatever other prompts are in the batch. */
  readonly seed: number;
  /** Place of the first prompt among those that share the seed, when they come in several batches. Default 0. */
  readonly firstPrompt?: number;
  /** How many of the likeliest tokens to tell of beside each that was drawn. Default 0. */
  readonly topLogprobs?: number;
}

/** Tokens that steer sampling. */
export interface SamplingTokens {
  /** End a response, and belong to it. */
  readonly stop: readonly number[];
  /** Never drawn. */
  readonly banned: readonly number[];
}

/** A token with its log-probability, see {@link SampledTokens}. */
export interface TokenLogprob {
  readonly id: number;
  readonly logprob: number;
}

/** The next token of one response. */
export interface DrawnToken extends TokenLogprob {
  readonly prompt: number;
  readonly response: number;
  /** It is a stop token: the response has no further ones. */
  readonly stops: boolean;
  /** The `topLogprobs` likeliest tokens, likeliest first. */
  readonly top: readonly TokenLogprob[];
}

export interface SampledTokens {
  /** [B][G] token ids, the stop token included. */
  readonly ids: number[][][];
  /**
   * Log-probability of each under the model at the sampling temperature (at temperature 1 for greedy responses), as
   * `logprobs` computes it: over the whole vocabulary, the banned tokens included, before repetition penalty, top-k,
   * top-p and min-p. With any of those it is not the probability with which the token was drawn.
   */
  readonly logprobs: number[][][];
  /** Whether a stop token came before the limit. */
  readonly finished: boolean[][];
}

/** The model gives no distribution to draw from. */
export class LogitsNotFinite extends UserError {}

const cumsum = op<Tensor>("aten::cumsum");
const searchsorted = op<Tensor>("aten::searchsorted.Tensor");

/** Draws `each` responses to every prompt, as {@link sampleSteps} does, to their ends. */
export function sampleTokens(
  model: QwenVL,
  prompt: Prompt,
  options: SamplingOptions,
  tokens: SamplingTokens,
): SampledTokens {
  const all = <T>(make: () => T) => prompt.lengths.map(() => Array.from({ length: options.each }, make));
  const sampled: SampledTokens = { ids: all(() => []), logprobs: all(() => []), finished: all(() => false) };
  for (const step of sampleSteps(model, prompt, options, tokens)) {
    for (const { prompt: b, response: g, id, logprob, stops } of step) {
      sampled.ids[b][g].push(id);
      sampled.logprobs[b][g].push(logprob);
      sampled.finished[b][g] = stops;
    }
  }
  return sampled;
}

/**
 * Draws `each` responses to every prompt, and gives after each step the next token of every response that goes on. The
 * prompt's keys are shared within the group; all responses advance together, until every one has stopped.
 *
 * What is drawn depends on the seed, the prompt's place and the response's place. Between steps only the key cache is
 * held; the end, or return() before it, frees it.
 */
export function* sampleSteps(
  model: QwenVL,
  prompt: Prompt,
  options: SamplingOptions,
  tokens: SamplingTokens,
): Generator<readonly DrawnToken[], void> {
  checkOptions(options);
  const { each: G, maxNewTokens, seed, firstPrompt = 0 } = options;
  const stop = new Set(tokens.stop);
  const responses = Array.from({ length: prompt.lengths.length * G }, (_, i) => ({
    random: Random.from("sample", seed, firstPrompt + Math.floor(i / G), i % G),
    ids: [] as number[],
  }));
  const finished = responses.map(() => false);
  const banned = keep(banMask(model.config.text.vocabSize, tokens.banned, prompt.last.device));
  const live = new LiveResponses(model, prompt, G);
  try {
    for (let step = 0; step < maxNewTokens; step++) {
      const drawn = noGrad(() =>
        scope(() => {
          if (step > 0) live.drop(finished);
          const slots = live.slots.map((i) => responses[i]);
          // All responses of a prompt draw their first token from one row.
          const hidden = step === 0 ? prompt.last : live.extend(slots.map(({ ids }) => ids[ids.length - 1]));
          const seen = () =>
            step === 0 ? prompt.ids : live.slots.map((i) => [...prompt.ids[Math.floor(i / G)], ...responses[i].ids]);
          const uniform = Float64Array.from(slots, ({ random }) => random.uint32() / 2 ** 32);
          return scope(() => draw(model.logits(hidden), options, seen, banned, uniform));
        }),
      );
      const news: DrawnToken[] = [];
      live.slots.forEach((i, slot) => {
        if (finished[i]) return;
        const { id, logprob, top } = drawn(slot);
        if (!Number.isFinite(logprob)) {
          throw new LogitsNotFinite(
            "sample: the model's logits are not finite. Its weights are damaged, or training diverged.",
          );
        }
        finished[i] = stop.has(id);
        responses[i].ids.push(id);
        news.push({ prompt: Math.floor(i / G), response: i % G, id, logprob, stops: finished[i], top });
      });
      yield news;
      if (finished.every(Boolean)) return;
    }
  } finally {
    banned.free();
    live.free();
  }
}

function checkOptions(options: SamplingOptions): void {
  const { each, maxNewTokens, temperature, topK = 0, topP = 1, minP = 0, repetitionPenalty = 1 } = options;
  const check = (name: string, value: number, holds: boolean, wanted: string) => {
    if (!holds) throw new UserError(`sample: ${name} must be ${wanted}, got ${value}.`);
  };
  check("each", each, Number.isInteger(each) && each >= 1, "1 or more");
  check("maxNewTokens", maxNewTokens, Number.isInteger(maxNewTokens) && maxNewTokens >= 1, "1 or more");
  check("temperature", temperature, temperature >= 0 && temperature < Infinity, "0 or more");
  check("topK", topK, Number.isInteger(topK) && topK >= 0, "a whole number, 0 or more");
  check("topP", topP, topP >= 0 && topP <= 1, "between 0 and 1");
  check("minP", minP, minP >= 0 && minP <= 1, "between 0 and 1");
  check("repetitionPenalty", repetitionPenalty, repetitionPenalty > 0 && repetitionPenalty < Infinity, "above 0");
}

/**
 * One token for each of `uniform`'s places from logits [rows, vocabSize], the places of a row side by side, by inverting
 * the cumulated distribution at those uniform numbers (so that what is drawn depends on the seed alone, not on libtorch's
 * generators). `seen` lists the tokens so far of each row. Gives the token of place i.
 */
function draw(
  logits: Tensor,
  options: SamplingOptions,
  seen: () => readonly (readonly number[])[],
  banned: Tensor,
  uniform: Float64Array,
): (i: number) => TokenLogprob & Pick<DrawnToken, "top"> {
  const { temperature, topLogprobs = 0 } = options;
  const [rows, vocabSize] = logits.shape;
  const draws = uniform.length / rows;
  const all = (temperature > 0 ? logits.div(temperature) : logits).logSoftmax(-1);
  const allowed = isPlain(options) ? all.add(banned) : processLogits(logits, options, seen(), banned).logSoftmax(-1);
  const tokens = scope(() => {
    if (temperature === 0) return allowed.argmax(-1, true).expand([rows, draws]).contiguous();
    // Double precision: float32 sums over a vocabulary of 150,000 lose whole tokens.
    const cumulated = cumsum(allowed.exp(), -1, { dtype: "float64" });
    const total = cumulated.narrow(-1, vocabSize - 1, 1);
    const levels = tensor(uniform, [rows, draws], { device: logits.device }).mul(total);
    // Rows that are not finite would point behind the vocabulary.
    return searchsorted(cumulated, levels, { right: true }).clamp(0, vocabSize - 1);
  });
  const ids = tokens.data() as BigInt64Array;
  const logprobs = all.gather(-1, tokens).data() as Float32Array;
  const k = Math.min(topLogprobs, vocabSize);
  const [topLogs, topIds] = k > 0 ? all.topk(k).map((best) => best.data()) : [[], []];
  return (i) => {
    const first = Math.floor(i / draws) * k;
    const top = Array.from({ length: k }, (_, j) => ({
      id: Number(topIds[first + j]),
      logprob: Number(topLogs[first + j]),
    }));
    return { id: Number(ids[i]), logprob: logprobs[i], top };
  };
}

/** Additive [vocabSize]: -∞ on tokens that may not be drawn. */
function banMask(vocabSize: number, banned: readonly number[], device: string): Tensor {
  const mask = new Float32Array(vocabSize);
  for (const id of banned) mask[id] = -Infinity;
  return tensor(mask, [vocabSize], { device });
}
