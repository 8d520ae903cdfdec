import type { Tensor } from "@ssl4rl/torch";

/** e²⁰ is far beyond what a ratio or an estimate is worth, and far below what float32 can hold. */
export const MAX_LOG_RATIO = 20;

/**
 * Importance ratio r [..., T] = exp(n − o) of log-probabilities, or for whole responses (GSPO, arXiv 2507.18071, eq. 7)
 * [..., 1], the exponential of the mean of n − o over the active tokens. Log-ratios are bounded to ±20.
 */
export function importanceRatio(logprobs: Tensor, old: Tensor, mask: Tensor, level: "token" | "sequence"): Tensor {
  // Masked before exponentiating: exp of padding may overflow, and inf · 0 is NaN.
  const difference = logprobs.sub(old).mul(mask);
  const mean = () => difference.sum([-1], true).div(mask.sum([-1], true).clamp(1));
  return (level === "token" ? difference : mean()).clamp(-MAX_LOG_RATIO, MAX_LOG_RATIO).exp();
}
