import { UserError } from "@ssl4rl/core";
import { clipGradNorm, scope, zeros } from "@ssl4rl/torch";
import type { GrpoInput, GrpoOptions } from "./grpo.js";
import type { PassSums } from "./pass.js";
import { denominator, type StepSize } from "./token-weights.js";

export interface Optimised {
  readonly loss: number;
  readonly gradNorm: number;
}

/**
 * Divides the gradients that the passes of one optimiser step summed up, bounds them, and moves the weights. Throws, before
 * they move, where the loss or the gradients are not finite; `name` says which step it is.
 */
export function optimise(
  { policy, optimizer, learningRate }: Pick<GrpoInput, "policy" | "optimizer" | "learningRate">,
  options: Pick<GrpoOptions, "loss" | "maxNewTokens" | "gradientClip">,
  sums: readonly Pick<PassSums, "loss">[],
  size: StepSize,
  step: number,
  name: string,
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
    throw new UserError(
      `${name}: loss ${loss}, gradient norm ${gradNorm}; stopped before the weights moved. ` +
        "Lower learningRate, or start again from the last checkpoint with --resume.",
    );
  }
  optimizer.lr = learningRate(step);
  optimizer.step();
  optimizer.zeroGrad();
  return { loss, gradNorm };
}
