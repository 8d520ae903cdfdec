/** A mean with its 95% interval. `n` counts answers, `clusters` the independent pictures behind them. */
export interface Estimate {
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly clusters: number;
}

/**
 * Mean accuracy with a 95% interval that respects clusters: several questions on one picture are not independent, so
 * the effective sample size is n divided by the measured design effect (ratio of the cluster-robust variance of the mean to the
 * binomial one, never below 1), and the interval is Wilson's at that size. With one question a picture it is Wilson's own.
 */
export function estimate(scores: readonly { readonly cluster: string; readonly accuracy: number }[]): Estimate {
  const n = scores.length;
  if (n === 0) return { accuracy: Number.NaN, low: 0, high: 1, n: 0, clusters: 0 };
  const mean = scores.reduce((sum, s) => sum + s.accuracy, 0) / n;
  const residuals = new Map<string, number>();
  for (const s of scores) residuals.set(s.cluster, (residuals.get(s.cluster) ?? 0) + s.accuracy - mean);
  const clusters = residuals.size;
  const binomial = (mean * (1 - mean)) / n;
  let robust = 0;
  for (const residual of residuals.values()) robust += residual * residual;
  robust *= clusters / Math.max(1, clusters - 1) / (n * n);
  // A single cluster, or answers all alike, show no variance between clusters: there each cluster counts once.
  const unseen = clusters === 1 || binomial === 0;
  const designEffect = clusters === n || unseen ? n / clusters : Math.max(1, robust / binomial);
  const { low, high } = wilson(mean, n / designEffect);
  return { accuracy: mean, low, high, n, clusters };
}

/** Wilson's score interval at 95% for a proportion p of n trials. */
function wilson(p: number, n: number): { low: number; high: number } {
  const z = 1.959963984540054;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
