import type { Tensor } from "@ssl4rl/torch";
import { MAX_LOG_RATIO } from "./ratio.js";

/** Where the sampler's and the trainer's probabilities part: per token or per response, bounded or left out. */
export const samplerCorrections = ["token-truncate", "token-mask", "sequence-truncate", "sequence-mask"] as const;

export interface SamplerCorrectionOptions {
  readonly mode: (typeof samplerCorrections)[number];
  /** Largest weight: above it `truncate` takes this, and `mask` 0. */
  readonly max: number;
}

/**
 * Weight of every token's loss for having been drawn by a sampler that computes otherwise than the trainer, as
 * in bfloat16 (TRL's four modes): ρ = exp(o − s), o the trainer's log-probability under the weights that sampled and s the
 * sampler's, or for a response the exponential of the sum over its tokens. [..., T] or [..., 1].
 */
export function samplerWeights(
  old: Tensor,
  sampler: Tensor,
  mask: Tensor,
  { mode, max }: SamplerCorrectionOptions,
): Tensor {
  const difference = old.sub(sampler).mul(mask);
  const level = mode.startsWith("sequence") ? difference.sum([-1], true) : difference;
  const weights = level.clamp(-MAX_LOG_RATIO, MAX_LOG_RATIO).exp();
  return mode.endsWith("truncate") ? weights.clamp(null, max) : weights.maskedFill(weights.gt(max), 0);
}
