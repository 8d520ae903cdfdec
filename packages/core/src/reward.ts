import type { Verdict } from "./problem.js";

/** A reward is named parts, each in 0..1, and their weights. The parts are logged apart. */
export interface RewardWeights {
  readonly accuracy: number;
  readonly format: number;
}

/** The published weightings. SSL-R1's format value is lost in its text: 0.2 is ours, by analogy with Visual Jigsaw. */
export const rewards = {
  ssl4rl: { accuracy: 1, format: 0 },
  "ssl-r1": { accuracy: 1, format: 0.2 },
} as const satisfies Record<string, RewardWeights>;

/** r = Σ weight · part. */
export function reward(verdict: Verdict, weights: RewardWeights): number {
  return weights.accuracy * verdict.accuracy + weights.format * (verdict.format ? 1 : 0);
}
