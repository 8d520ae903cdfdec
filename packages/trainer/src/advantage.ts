/** How advantages of a group are scaled: by the group's own spread (GRPO) or not at all (Dr. GRPO, arXiv 2503.20783). */
export type AdvantageScale = "group" | "none";

const EPSILON = 1e-4;

/**
 * Advantages of one group of rollouts: A = R − μ, divided by (std + 1e-4) when the scale is "group"; std with ddof 1, as
 * all Python trainers take it. Computed in float64. A group of equal rewards gets exactly 0: rounding of the mean must not
 * be blown up by a tiny spread.
 */
export function groupAdvantages(rewards: readonly number[], scale: AdvantageScale): number[] {
  const n = rewards.length;
  if (n < 2) throw new RangeError(`groupAdvantages: a group needs at least 2 rollouts, got ${n}`);
  if (Math.max(...rewards) - Math.min(...rewards) <= 1e-8) return rewards.map(() => 0);
  const mean = rewards.reduce((sum, r) => sum + r, 0) / n;
  const centred = rewards.map((r) => r - mean);
  if (scale === "none") return centred;
  const std = Math.sqrt(centred.reduce((sum, c) => sum + c * c, 0) / (n - 1));
  return centred.map((c) => c / (std + EPSILON));
}
