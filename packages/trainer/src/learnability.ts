/** How strongly shares follow the learnability, the part of the uniform mixture that stays, and the most that a slot gets. */
const TEMPERATURE = 0.25;
const EXPLORATION = 0.2;
const MOST = 0.6;

/** Pass rate above guessing: 0 for chance and below, 1 for always right. */
export function adjustedRate(passRate: number, chance: number): number {
  return Math.min(1, Math.max(0, (passRate - chance) / (1 - chance)));
}

/**
 * How much there is to learn at a pass rate: 4q(1−q) of the rate q above guessing, most half-way (the bound on the
 * improvement is in proportion to p(1−p), arXiv 2504.03380; LILO samples by it, arXiv 2502.12272), times the share of groups
 * whose rollouts differ: where half of the prompts are always right and half never, nothing is taught.
 */
export function learnability(passRate: number, chance: number, alike: number): number {
  const q = adjustedRate(passRate, chance);
  return 4 * q * (1 - q) * (1 - alike);
}

/** Shares by learnability, softmax(u / 0.25) over the given shares, a fifth of which stay as they are. They add up to 1. */
export function learnableShares(values: readonly number[], shares: readonly number[]): number[] {
  const weights = values.map((value, i) => shares[i] * Math.exp(value / TEMPERATURE));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, i) => EXPLORATION * shares[i] + (1 - EXPLORATION) * (weight / total));
}

/** No share above 0.6, where there is another to give the rest to; the others take it up in proportion. */
export function cappedShares(shares: readonly number[]): number[] {
  const most = Math.max(...shares);
  if (most <= MOST || shares.length === 1) return [...shares];
  // Only one can be above a half.
  return shares.map((share) => (share === most ? MOST : (share * (1 - MOST)) / (1 - most)));
}
