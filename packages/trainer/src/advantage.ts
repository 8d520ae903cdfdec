/**
 * What the centred rewards R − μ of a group of G rollouts are divided by, or multiplied with:
 *
 * - `group`: divided by the group's own spread, as GRPO does (DeepSeekMath, arXiv 2402.03300);
 * - `batch`: divided by the spread of all rewards of the step (arXiv 2508.08221);
 * - `none`: as they are (Dr. GRPO, arXiv 2503.20783);
 * - `rloo`: times G/(G−1), which is the reward less the mean of the other rollouts (arXiv 2402.14740);
 * - `task`: divided by the spread within the groups of the task, as it was over many steps: tasks of small rewards are not
 *   drowned by others, and within a task hard and easy questions keep their weight, as with `none`.
 */
export const advantageScales = ["group", "batch", "none", "rloo", "task"] as const;

export type AdvantageScale = (typeof advantageScales)[number];

/** The scales that follow from a step's rewards alone. */
export type RewardScale = Exclude<AdvantageScale, "task">;

const EPSILON = 1e-4;

/**
 * Advantages of a step's groups of rewards [B][G]. Spreads have ddof 1 and 1e-4 added, as in TRL. Computed in float64. A
 * group of equal rewards gets exactly 0: rounding of the mean must not be blown up by a tiny spread.
 */
export function advantages(rewards: readonly (readonly number[])[], scale: RewardScale): number[][] {
  const spread = scale === "batch" ? deviation(rewards.flat()) : 0;
  return rewards.map((group) => {
    const centred = centre(group);
    if (scale === "none") return centred;
    if (scale === "rloo") return centred.map((c) => (c * group.length) / (group.length - 1));
    const std = scale === "batch" ? spread : deviation(group);
    return centred.map((c) => c / (std + EPSILON));
  });
}

/** Advantages on the scale `task`: √(v + 1e-6) of the variance v [B] of each group's task. */
export function taskAdvantages(rewards: readonly (readonly number[])[], variances: readonly number[]): number[][] {
  return rewards.map((group, b) => centre(group).map((c) => c / Math.sqrt(variances[b] + 1e-6)));
}

/**
 * GDPO (arXiv 2601.05242): every part of the reward [K][B][G] is scaled within its group first, then they are added up by
 * their weights, and the sum is divided by its spread over the step. Rewards of equal sum but other parts stay apart, and a
 * part of small range is not drowned. The mean over the step need not be taken off: that of each group is 0.
 */
export function gdpoAdvantages(
  parts: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
): number[][] {
  const scaled = parts.map((rewards) => advantages(rewards, "group"));
  const sums = scaled[0].map((group, b) =>
    group.map((_, g) => weights.reduce((sum, weight, k) => sum + weight * scaled[k][b][g], 0)),
  );
  const spread = deviation(sums.flat());
  return sums.map((group) => group.map((sum) => sum / (spread + EPSILON)));
}

function centre(group: readonly number[]): number[] {
  if (group.length < 2) throw new RangeError(`advantages: a group needs at least 2 rollouts, got ${group.length}`);
  if (alike(group)) return group.map(() => 0);
  const mean = average(group);
  return group.map((reward) => reward - mean);
}

/** Whether rewards differ by no more than rounding. */
export function alike(rewards: readonly number[]): boolean {
  return Math.max(...rewards) - Math.min(...rewards) <= 1e-8;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Variance with ddof 1. */
export function variance(values: readonly number[]): number {
  const mean = average(values);
  return values.map((value) => value - mean).reduce((sum, c) => sum + c * c, 0) / (values.length - 1);
}

function deviation(values: readonly number[]): number {
  return Math.sqrt(variance(values));
}
