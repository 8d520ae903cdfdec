import { UserError } from "@ssl4rl/core";
import { type Checkpoint, LogitsNotFinite } from "@ssl4rl/models";
import { scope, type Tensor } from "@ssl4rl/torch";
import type { ArmProblem } from "./problem-stream.js";
import type { Rollout } from "./rollout.js";

/** What an update learns from. */
export interface Batch {
  readonly problems: readonly ArmProblem[];
  /** Rollouts of each problem, [B][G]; none where they were not drawn. */
  readonly rollouts: readonly (readonly Rollout[])[];
}

/** What was found when numbers were not finite any more. */
export interface Finding {
  readonly step: number;
  /** Names of the first weight and of the first gradient, in the order of the checkpoint, that are not finite. */
  readonly weight: string | null;
  readonly gradient: string | null;
}

/** A loss, gradient or logit that is not finite. The weights were not moved, and the batch is kept for inspection. */
export class NotFinite extends UserError {
  constructor(
    message: string,
    readonly finding: Finding,
    readonly batch: Batch,
  ) {
    super(message);
  }
}

/** The error, with what the policy's weights and gradients tell; `what` says what was not finite. */
export function notFinite(
  policy: Checkpoint,
  { step, problems, rollouts }: Batch & Pick<Finding, "step">,
  what: string,
): NotFinite {
  const parameters = [...policy.model.parameters()];
  const weight = first([...policy.model.weights, ...parameters]);
  const gradient = first(parameters.map(([name, { grad }]) => [name, grad]));
  const where = weight
    ? `The weight ${weight} is not finite: the checkpoint is damaged, or the update before this one was too large. `
    : gradient
      ? `The first gradient that is not finite is that of ${gradient}. `
      : "";
  return new NotFinite(
    `${what}; stopped before the weights moved. ${where}Try a lower learningRate or gradientClip.`,
    { step, weight, gradient },
    { problems, rollouts },
  );
}

/** Does a part of a step; where the policy gives nothing to draw from, keeps the problems that it was asked. */
export async function withProblems<T>(
  policy: Checkpoint,
  step: number,
  problems: readonly ArmProblem[],
  part: () => T | Promise<T>,
): Promise<T> {
  try {
    return await part();
  } catch (error) {
    if (!(error instanceof LogitsNotFinite)) throw error;
    throw notFinite(policy, { step, problems, rollouts: [] }, `Step ${step}: the policy's logits are not finite`);
  }
}

function first(tensors: readonly (readonly [string, Tensor | null])[]): string | null {
  return scope(() => tensors.find(([, one]) => one && !one.isfinite().all().item())?.[0] ?? null);
}
