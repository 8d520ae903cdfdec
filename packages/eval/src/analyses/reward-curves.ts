/** What a line of a run's `metrics.jsonl` says of rewards: means over rollouts. JSON has null for what is not finite. */
export interface StepRewards {
  readonly step: number;
  readonly reward: number | null;
  readonly tasks: Readonly<Record<string, { readonly reward: number | null }>>;
}

export interface RewardCurve {
  readonly run: string;
  /** Null for the mean of a run over several tasks. */
  readonly task: string | null;
  readonly points: readonly { readonly step: number; readonly reward: number }[];
}

/** Mean training reward over steps: a line for each task of each run, and one for a run over several (SSL-R1, Figure 4). */
export function rewardCurves(
  runs: readonly { readonly run: string; readonly steps: readonly StepRewards[] }[],
): RewardCurve[] {
  return runs.flatMap(({ run, steps }) => {
    const tasks = [...new Set(steps.flatMap((step) => Object.keys(step.tasks)))];
    const curve = (task: string | null, reward: (step: StepRewards) => number | null | undefined): RewardCurve => ({
      run,
      task,
      // A task may sit out a step.
      points: steps.flatMap((step) => {
        const value = reward(step) ?? null;
        return value === null ? [] : [{ step: step.step, reward: value }];
      }),
    });
    return [
      ...(tasks.length > 1 ? [curve(null, (step) => step.reward)] : []),
      ...tasks.map((task) => curve(task, (step) => step.tasks[task]?.reward)),
    ];
  });
}
