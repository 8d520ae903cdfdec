import { type Tensor, tensor, where, zeros } from "@ssl4rl/torch";

/** How the distribution that tokens are drawn from is made of the model's own. */
export interface Distribution {
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** Draw among the k likeliest tokens only; 0, the default, among all. */
  readonly topK?: number;
  /** Draw among the fewest likeliest tokens whose probabilities add up to this. Default 1: among all. */
  readonly topP?: number;
  /** Draw among tokens at least this many times as likely as the likeliest. Default 0: among all. */
  readonly minP?: number;
  /** Above 1 makes tokens of the prompt and of the response so far less likely. Default 1. */
  readonly repetitionPenalty?: number;
}

/** Whether tokens are drawn from the model's own distribution at the temperature. */
export function isPlain({ topK = 0, topP = 1, minP = 0, repetitionPenalty = 1 }: Distribution): boolean {
  return topK === 0 && topP === 1 && minP === 0 && repetitionPenalty === 1;
}

/**
 * Logits [rows, vocabSize] as the processors of transformers' generate leave them, in its order: repetition penalty over
 * the row's tokens so far (`seen`), banned tokens (additive [vocabSize]), temperature, top-k, top-p, min-p. Greedy decoding
 * has the first two only.
 */
export function processLogits(
  logits: Tensor,
  { temperature, topK = 0, topP = 1, minP = 0, repetitionPenalty = 1 }: Distribution,
  seen: readonly (readonly number[])[],
  banned: Tensor,
): Tensor {
  let scores = logits;
  if (repetitionPenalty !== 1) scores = penaliseRepetition(scores, seen, repetitionPenalty);
  scores = scores.add(banned);
  if (temperature === 0) return scores;
  scores = scores.div(temperature);
  if (topK > 0) scores = keepTopK(scores, topK);
  if (topP < 1) scores = keepTopP(scores, topP);
  if (minP > 0) scores = keepMinP(scores, minP);
  return scores;
}

/** Scores of seen tokens come down: positive ones are divided by the penalty, others multiplied. */
function penaliseRepetition(scores: Tensor, seen: readonly (readonly number[])[], penalty: number): Tensor {
  const { device } = scores;
  const longest = Math.max(...seen.map((ids) => ids.length));
  const places = seen.flatMap((ids) => Array.from({ length: longest }, (_, i) => ids[Math.min(i, ids.length - 1)]));
  const index = tensor(places, [seen.length, longest], { dtype: "int64", device });
  const isSeen = zeros(scores.shape, { dtype: "bool", device }).scatter(-1, index, 1);
  return where(isSeen, where(scores.lt(0), scores.mul(penalty), scores.div(penalty)), scores);
}

/** The k highest scores of each row and what equals the last of them; the rest becomes -∞. */
function keepTopK(scores: Tensor, k: number): Tensor {
  const [highest] = scores.topk(Math.min(k, scores.shape[1]));
  return scores.maskedFill(scores.lt(highest.narrow(-1, highest.shape[1] - 1, 1)), -Infinity);
}

/** The fewest likeliest tokens of each row whose probabilities add up to p or more, one at least; the rest becomes -∞. */
function keepTopP(scores: Tensor, p: number): Tensor {
  const [ascending, order] = scores.sort(-1);
  const cumulated = ascending.softmax(-1).cumsum(-1);
  const removed = cumulated.le(1 - p);
  removed.narrow(-1, scores.shape[1] - 1, 1).fill_(0);
  return scores.maskedFill(removed.scatter(-1, order, removed), -Infinity);
}

/** Tokens at least p times as likely as the likeliest of their row; the rest becomes -∞. */
function keepMinP(scores: Tensor, p: number): Tensor {
  const probabilities = scores.softmax(-1);
  return scores.maskedFill(probabilities.lt(probabilities.amax([-1], true).mul(p)), -Infinity);
}
