import type { Problem } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { AdamW, schedules } from "@ssl4rl/torch";
import { evenArms, type GrpoInput, type Recipe, TaskScheduler } from "@ssl4rl/trainer";

/** What `grpo` takes steps with: these problems in their order, whatever the schedule says; no reference, no replica. */
export function grpoInput(recipe: Recipe, policy: Checkpoint, problems: readonly Problem[]): GrpoInput {
  const { learningRate, weightDecay, steps, warmupSteps, seed } = recipe;
  const arms = evenArms([...new Set(problems.map(({ task }) => task))]);
  const posed = problems.map((problem) => ({ ...problem, arm: arms.find(({ task }) => task === problem.task)! }));
  let taken = 0;
  const factor = schedules[recipe.schedule]({ steps, warmup: warmupSteps });
  return {
    policy,
    reference: null,
    replica: null,
    problems: {
      async poseAll({ length }) {
        taken += length;
        return posed.slice(taken - length, taken);
      },
    },
    schedule: new TaskScheduler(arms, seed),
    optimizer: new AdamW(policy.model.parameters().values(), { lr: learningRate, weightDecay }),
    learningRate: (step) => learningRate * factor(step),
    start: 0,
  };
}
