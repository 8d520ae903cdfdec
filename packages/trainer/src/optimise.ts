import { clipGradNorm, scope, zeros } from "@ssl4rl/torch";
import type { GrpoInput, GrpoOptions } from "./grpo.js";
import { type Batch, notFinite } from "./not-finite.js";
import type { PassSums } from "./pass.js";
import { denominator, type StepSize } from "./token-weights.js";

export interface Optimised {
  readonly loss: number;
  readonly gradNorm: number;
}

/** Which update it is, and what it learns from. */
export interface Update extends Batch {
  readonly step: number;
  /** As errors name it. */
  readonly name: string;
}

/**
 * Divides the gradients that the passes of one optimiser step summed up, bounds them, and moves the weights. Throws
 * NotFinite, before they move, where the loss or the gradients are not finite.
 */
export function optimise(
  { policy, optimizer, learningRate }: Pick<GrpoInput, "policy" | "optimizer" | "learningRate">,
  options: Pick<GrpoOptions, "loss" | "maxNewTokens" | "gradientClip">,
  sums: readonly Pick<PassSums, "loss">[],
  size: StepSize,
  update: Update,
): Optimised {
  const parameters = [...policy.model.parameters().values()];
  const by = denominator(options.loss.mean, size, options.maxNewTokens);
  // Responses that taught nothing were skipped. Their gradient is zero, not absent: the moments go on.
  if (parameters.every(({ grad }) => grad === null)) {
    scope(() => {
      for (const parameter of parameters) parameter.grad = zeros(parameter.shape, { device: parameter.device });
    });
  }
  const gradNorm = scope(() => {
    for (const parameter of parameters) parameter.grad?.mul_(1 / by);
    return clipGradNorm(parameters, options.gradientClip);
  });
  const loss = sums.reduce((total, pass) => total + pass.loss, 0) / by;
  if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
    throw notFinite(policy, update, `${update.name}: loss ${loss}, gradient norm ${gradNorm}`);
  }
  optimizer.lr = learningRate(update.step);
  optimizer.step();
  optimizer.zeroGrad();
  return { loss, gradNorm };
}
