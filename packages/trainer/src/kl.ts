import type { Tensor } from "@ssl4rl/torch";
import { MAX_LOG_RATIO } from "./ratio.js";

/** Schulman's estimators of KL(policy ‖ reference) from a sampled token (joschu.net/blog/kl-approx.html), and |n − f|. */
export const klEstimators = ["k1", "k2", "k3", "abs"] as const;

export interface KlOptions {
  readonly estimator: (typeof klEstimators)[number];
  /** A term of every token's loss, or taken from the response's reward before advantages are computed. */
  readonly in: "loss" | "reward";
  /** Multiplies the term in the loss by the ratio r, which makes it unbiased where r ≠ 1 (arXiv 2512.02556). */
  readonly unbiased: boolean;
  /** Bounds a token's estimate to ± this; there it has no gradient. verl has 10. */
  readonly limit?: number | undefined;
}

/**
 * Estimate per token, from log-probabilities n of the policy and f of the reference: with d = f − n, k1 = −d, k2 = d²/2,
 * k3 = exp(d) − d − 1, abs = |d|. 0 where `mask` is. d is bounded to ±20, and masked before it is exponentiated: exp of
 * padding may overflow, and inf · 0 is NaN.
 */
export function klEstimate(
  policy: Tensor,
  reference: Tensor,
  mask: Tensor,
  { estimator, limit }: Pick<KlOptions, "estimator" | "limit">,
): Tensor {
  const difference = reference.sub(policy).mul(mask).clamp(-MAX_LOG_RATIO, MAX_LOG_RATIO);
  const estimate = estimators[estimator](difference);
  return limit === undefined ? estimate : estimate.clamp(-limit, limit);
}

const estimators: Record<KlOptions["estimator"], (difference: Tensor) => Tensor> = {
  k1: (d) => d.neg(),
  k2: (d) => d.mul(d).div(2),
  k3: (d) => d.exp().sub(d).sub(1),
  abs: (d) => d.abs(),
};
