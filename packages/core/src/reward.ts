import type { Verdict } from "./problem.js";

/** A reward is named parts, each in 0..1, and their weights. */
export interface RewardWeights {
  readonly accuracy: number;
  readonly format: number;
  /**
   * What the right parts of a wrong, well-formed answer are worth: 0 is binary, 1 pays the share of right places
   * (SSL4RL's code, SSL-R1), 0.2 is Visual Jigsaw's discount γ.
   */
  readonly partial: number;
}

/** The parts of a reward before they are weighed: 1 if right, else partial · share of right parts; and 1 if well-formed. */
export function rewardParts(verdict: Verdict, { partial }: Pick<RewardWeights, "partial">) {
  return { accuracy: verdict.accuracy === 1 ? 1 : partial * verdict.partial, format: verdict.format ? 1 : 0 };
}

/** r = accuracy · (1 if right, else partial · share of right parts) + format · (1 if well-formed). */
export function reward(verdict: Verdict, weights: RewardWeights): number {
  const parts = rewardParts(verdict, weights);
  return weights.accuracy * parts.accuracy + weights.format * parts.format;
}

/** The formula in words, as every run prints it. */
export function describeReward({ accuracy, format, partial }: RewardWeights): string {
  const wrong = partial === 0 ? "" : `, ${round(accuracy * partial)} × share of right places if well-formed but wrong`;
  const form = format === 0 ? "" : `, + ${round(format)} if well-formed`;
  return `${round(accuracy)} if right${wrong}${form}`;
}

const round = (value: number) => String(Number(value.toFixed(4)));
