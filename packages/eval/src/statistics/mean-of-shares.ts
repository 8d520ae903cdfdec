import { estimate } from "@ssl4rl/core";

/** What one share counts, and what it weighs in the mean; the weights of a mean add up to 1. */
export interface WeightedShare {
  readonly weight: number;
  readonly units: readonly { readonly cluster: string; readonly accuracy: number }[];
}

/** In 0..1. */
export interface MeanOfShares {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A weighted mean of shares, with its 95% interval from Wilson's intervals of the shares: their distances to the lower limits,
 * weighted, add up as squares, and so do those to the upper limits (MOVER: Zou and Donner 2008, Statistics in Medicine 27,
 * section 2). This holds for independent shares. Where they count answers on the same pictures, both distances grow as the
 * standard error does when residuals are summed by cluster over all shares together, and never shrink. One share alone has its
 * own interval.
 */
export function meanOfShares(shares: readonly WeightedShare[]): MeanOfShares {
  const parts = shares.map(({ weight, units }) => ({ weight, units, ...estimate(units) }));
  const value = parts.reduce((sum, { weight, accuracy }) => sum + weight * accuracy, 0);
  const below = Math.hypot(...parts.map(({ weight, accuracy, low }) => weight * (accuracy - low)));
  const above = Math.hypot(...parts.map(({ weight, accuracy, high }) => weight * (high - accuracy)));
  const grown = growth(parts);
  return { value, low: Math.max(0, value - grown * below), high: Math.min(1, value + grown * above) };
}

/** Standard error of the mean over that of independent shares; 1 at least. */
function growth(parts: readonly (WeightedShare & { readonly accuracy: number })[]): number {
  let apart = 0;
  const together = new Map<string, number>();
  for (const { weight, units, accuracy } of parts) {
    const own = new Map<string, number>();
    for (const unit of units) {
      const residual = (weight * (unit.accuracy - accuracy)) / units.length;
      own.set(unit.cluster, (own.get(unit.cluster) ?? 0) + residual);
    }
    for (const [cluster, residual] of own) {
      apart += residual ** 2;
      together.set(cluster, (together.get(cluster) ?? 0) + residual);
    }
  }
  const joint = [...together.values()].reduce((sum, residual) => sum + residual ** 2, 0);
  return apart > 0 ? Math.sqrt(Math.max(1, joint / apart)) : 1;
}
