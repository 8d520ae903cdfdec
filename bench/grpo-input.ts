import type { Problem } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { AdamW, schedules } from "@ssl4rl/torch";
import type { GrpoInput, Recipe } from "@ssl4rl/trainer";

/** What `grpo` takes steps with: these problems in their order, no reference, and no replica. */
export function grpoInput(recipe: Recipe, policy: Checkpoint, problems: readonly Problem[]): GrpoInput {
  const { learningRate, weightDecay, steps, warmupSteps } = recipe;
  const factor = schedules[recipe.schedule]({ steps, warmup: warmupSteps });
  return {
    policy,
    reference: null,
    replica: null,
    problems: { slice: async (start, count) => problems.slice(start, start + count) },
    optimizer: new AdamW(policy.model.parameters().values(), { lr: learningRate, weightDecay }),
    learningRate: (step) => learningRate * factor(step),
    start: 0,
    cursor: 0,
  };
}
