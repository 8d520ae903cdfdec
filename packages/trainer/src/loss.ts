import type { Tensor } from "@ssl4rl/torch";

export interface PolicyLossInput {
  /** Log-probabilities of the sampled tokens under the policy being trained, [..., T], with autograd. */
  readonly logprobs: Tensor;
  /** The same under the policy that sampled them; null when it is the same policy (one update per batch). */
  readonly old: Tensor | null;
  /** The same under the frozen reference; null when there is no KL term. */
  readonly reference: Tensor | null;
  /** Advantage of each token's completion, broadcastable to [..., T]. */
  readonly advantages: Tensor;
  /** 1 for tokens of the completion, 0 for padding, [..., T] float32. */
  readonly mask: Tensor;
}

export interface PolicyLossOptions {
  readonly clipLow: number;
  readonly clipHigh: number;
  /** Weight of the KL term; 0 for none. */
  readonly beta: number;
}

export interface PolicyLoss {
  /** Σ over active tokens of ℓ, a scalar. Divide by the number of active tokens of the whole optimiser step (DAPO). */
  readonly sum: Tensor;
  /** Σ over active tokens of the k3 estimate; 0 without a reference. */
  readonly klSum: number;
  /** Active tokens whose ratio was clipped. */
  readonly clipped: number;
}

/**
 * GRPO's per-token loss ℓ = −min(r·A, clip(r, 1−ε_low, 1+ε_high)·A) + β·k3, with r = exp(logp − logp_old) and
 * k3 = exp(f−n) − (f−n) − 1 (Schulman's estimator, as DeepSeekMath eq. 4), summed over active tokens. It is a sum, not a
 * mean, so that micro-batches add up to exactly the loss of the whole batch.
 */
export function policyLoss(input: PolicyLossInput, { clipLow, clipHigh, beta }: PolicyLossOptions): PolicyLoss {
  const { logprobs, advantages, mask } = input;
  // Masked before exponentiating: exp of padding may overflow, and inf · 0 is NaN.
  const logRatio = logprobs.sub(input.old ?? logprobs.detach()).mul(mask);
  const ratio = logRatio.exp();
  const clippedRatio = ratio.clamp(1 - clipLow, 1 + clipHigh);
  let loss = ratio.mul(advantages).minimum(clippedRatio.mul(advantages)).neg();
  let klSum = 0;
  if (input.reference && beta > 0) {
    const difference = input.reference.sub(logprobs).mul(mask);
    const k3 = difference.exp().sub(difference).sub(1);
    klSum = k3.detach().mul(mask).sum().item();
    loss = loss.add(k3.mul(beta));
  }
  const clipped = ratio.detach().ne(clippedRatio.detach()).to({ dtype: "float32" }).mul(mask).sum().item();
  return { sum: loss.mul(mask).sum(), klSum, clipped };
}
