import type { Tensor } from "@ssl4rl/torch";
import { type KlOptions, klEstimate } from "./kl.js";
import { importanceRatio } from "./ratio.js";
import { type SamplerCorrectionOptions, samplerWeights } from "./sampler-correction.js";
import { type LossMean, tokenWeights } from "./token-weights.js";

/** Per-token losses; see {@link policyLoss}. */
export const lossTypes = ["clip", "cispo", "sapo"] as const;

export interface LossOptions {
  readonly clipLow: number;
  readonly clipHigh: number;
  /** Weight of the KL term; 0 for none. */
  readonly beta: number;
  readonly kl: KlOptions;
  readonly loss: {
    readonly type: (typeof lossTypes)[number];
    /** Ratio of each token, or one of the whole response (GSPO). */
    readonly ratio: "token" | "sequence";
    readonly mean: LossMean;
    /** Upper bound of the ratio in the branch that is not clipped. */
    readonly delta?: number | undefined;
    /** Bounds ℓ to this times |A| where A < 0; null for none. */
    readonly dualClip: number | null;
    /** SAPO's temperatures for A > 0 and the rest. */
    readonly tau: { readonly positive: number; readonly negative: number };
    /** Weight of the entropy bonus. */
    readonly entropy: number;
    /** Leave responses that were cut at the limit out of the mask. */
    readonly maskTruncated: boolean;
  };
  readonly samplerCorrection?: SamplerCorrectionOptions | undefined;
}

export interface PolicyLossInput {
  /** Log-probabilities n of the sampled tokens under the policy being trained, [..., T], with autograd. */
  readonly logprobs: Tensor;
  /** The same, o, under the weights that sampled them; null when these are still the policy's: o = n without a gradient. */
  readonly old: Tensor | null;
  /** The same, f, under the frozen reference; null when there is no KL term. */
  readonly reference: Tensor | null;
  /** The same, s, as the sampler reported them; null where nothing is corrected. */
  readonly sampler: Tensor | null;
  /** Entropy of the distribution each token was drawn from, with autograd; null where there is no bonus. */
  readonly entropy: Tensor | null;
  /** Advantage A of each token's completion, broadcastable to [..., T]. */
  readonly advantages: Tensor;
  /** Weight of each completion in the sum, broadcastable to [..., T]; null where all weigh the same. */
  readonly weights: Tensor | null;
  /** 1 for tokens of the completion that count, 0 for the others and for padding, [..., T] float32. */
  readonly mask: Tensor;
}

export interface PolicyLoss {
  /** Σ over active tokens of ℓ by their weights, a scalar. To be divided by the optimiser step's `denominator`. */
  readonly sum: Tensor;
  /** Σ over active tokens of the KL estimate; 0 without a reference. */
  readonly klSum: number;
  /** Active tokens whose ratio stands outside of the clip range on the side where A would push it further. */
  readonly clipped: number;
}

/**
 * The loss of sampled tokens, with r = exp(n − o), or for GSPO (arXiv 2507.18071, eq. 7) r = exp(mean over the response of
 * n − o). Per token, by type:
 *
 * - clip: −min(r·A, clip(r, 1−ε_low, 1+ε_high)·A) (DeepSeekMath, arXiv 2402.03300); with `delta` min(r, δ) in place of the
 *   first r (arXiv 2505.07291), with `dualClip` c at most −c·A where A < 0 (arXiv 1912.09729);
 * - cispo: −sg[clip(r, 1−ε_low, 1+ε_high)]·A·n (arXiv 2506.13585): every token keeps a gradient;
 * - sapo: −A·(4/τ)·sigmoid(τ(r−1)) (arXiv 2511.20347).
 *
 * Then times the sampler's weight, plus β·KL, minus the entropy bonus. It is a weighted sum, not a mean, so that passes add
 * up to exactly the loss of the optimiser step.
 */
export function policyLoss(input: PolicyLossInput, options: LossOptions): PolicyLoss {
  const { logprobs, reference, sampler, entropy, mask } = input;
  const { beta, kl, loss: shape, samplerCorrection } = options;
  const old = input.old ?? logprobs.detach();
  const ratio = importanceRatio(logprobs, old, mask, shape.ratio);
  let loss = surrogate(input, ratio, options);
  if (sampler && samplerCorrection) loss = loss.mul(samplerWeights(old, sampler, mask, samplerCorrection));
  let klSum = 0;
  if (reference) {
    const estimate = klEstimate(logprobs, reference, mask, kl);
    klSum = estimate.detach().mul(mask).sum().item();
    if (kl.in === "loss") loss = loss.add((kl.unbiased ? estimate.mul(ratio) : estimate).mul(beta));
  }
  if (entropy) loss = loss.sub(entropy.mul(shape.entropy));
  loss = loss.mul(tokenWeights(mask, shape.mean));
  if (input.weights) loss = loss.mul(input.weights);
  return { sum: loss.sum(), klSum, clipped: countClipped(input, ratio, options) };
}

function surrogate({ logprobs, old, advantages, mask }: PolicyLossInput, ratio: Tensor, options: LossOptions): Tensor {
  const { clipLow, clipHigh, loss: shape } = options;
  if (shape.type === "sapo") {
    const { positive, negative } = shape.tau;
    const tau = advantages
      .gt(0)
      .to({ dtype: "float32" })
      .mul(positive - negative)
      .add(negative);
    return ratio.sub(1).mul(tau).sigmoid().mul(advantages).mul(4).div(tau).neg();
  }
  const clipped = ratio.clamp(1 - clipLow, 1 + clipHigh);
  if (shape.type === "cispo") return clipped.detach().mul(advantages).mul(logprobs.mul(mask)).neg();
  const free = shape.delta === undefined ? ratio : ratio.clamp(null, shape.delta);
  const loss = free.mul(advantages).minimum(clipped.mul(advantages)).neg();
  // Where the policy is still the one that sampled, r is 1 and there is nothing to bound.
  if (shape.dualClip === null || old === null) return loss;
  const bound = advantages.mul(-shape.dualClip);
  return loss.minimum(bound).where(advantages.lt(0), loss);
}

function countClipped({ advantages, mask }: PolicyLossInput, ratio: Tensor, options: LossOptions): number {
  const { clipLow, clipHigh } = options;
  const r = ratio.detach();
  const low = r.lt(1 - clipLow).logicalAnd(advantages.lt(0));
  const high = r.gt(1 + clipHigh).logicalAnd(advantages.gt(0));
  return low.logicalOr(high).to({ dtype: "float32" }).mul(mask).sum().item();
}
