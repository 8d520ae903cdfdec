import { Random } from "@ssl4rl/core";

/** One item that both models answered. */
export interface Pair {
  /** The picture: items of one picture are drawn together, for they are not independent. */
  readonly cluster: string;
  /** Which of the counted shares the item belongs to, 0..cells-1: a category of a benchmark, say. */
  readonly cell: number;
  /** Scores in 0..1. */
  readonly base: number;
  readonly trained: number;
}

/** Hits and items of one share. */
export interface Share {
  readonly hits: number;
  readonly n: number;
}

export interface Change {
  readonly base: number;
  readonly trained: number;
  readonly change: number;
  /** Percentile interval at 95%. */
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Every run with one seed draws the same pictures. */
  readonly seed: number;
  readonly resamples: number;
}

/**
 * Changes from the base to the trained model, with paired bootstrap intervals: whole pictures are drawn with
 * replacement, as many as there are, and both models are scored anew on what was drawn (Efron and Tibshirani 1993, chapter 13,
 * percentile interval). `score` turns the shares of all cells into the figures of a table row, so that an interval belongs
 * to exactly the figure that is printed. A draw in which a figure has no items (NaN) counts for the others only.
 */
export function pairedChanges(
  pairs: readonly Pair[],
  cells: number,
  score: (shares: readonly Share[]) => readonly number[],
  { seed, resamples }: BootstrapOptions,
): Change[] {
  const clusters = sumsByCluster(pairs);
  const scores = (drawn: Iterable<ClusterSums>): { base: readonly number[]; trained: readonly number[] } => {
    const base = Array.from({ length: cells }, () => ({ hits: 0, n: 0 }));
    const trained = Array.from({ length: cells }, () => ({ hits: 0, n: 0 }));
    for (const cluster of drawn) {
      for (const sums of cluster) {
        base[sums.cell].hits += sums.base;
        base[sums.cell].n += sums.n;
        trained[sums.cell].hits += sums.trained;
        trained[sums.cell].n += sums.n;
      }
    }
    return { base: score(base), trained: score(trained) };
  };
  const random = Random.from("paired bootstrap", seed);
  const measured = scores(clusters);
  const drawnChanges = measured.base.map(() => new Float64Array(resamples));
  const drawn = new Array<ClusterSums>(clusters.length);
  for (let r = 0; r < resamples; r++) {
    for (let c = 0; c < drawn.length; c++) drawn[c] = clusters[random.int(clusters.length)];
    const { base, trained } = scores(drawn);
    for (let i = 0; i < base.length; i++) drawnChanges[i][r] = trained[i] - base[i];
  }
  return measured.base.map((base, i) => {
    const trained = measured.trained[i];
    const sorted = drawnChanges[i].filter((change) => !Number.isNaN(change)).sort();
    return { base, trained, change: trained - base, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  });
}

/** What the items of one picture add to one cell. */
interface CellSums {
  readonly cell: number;
  readonly n: number;
  readonly base: number;
  readonly trained: number;
}

type ClusterSums = readonly CellSums[];

/** A draw costs one step a picture and cell, not one an item. */
function sumsByCluster(pairs: readonly Pair[]): ClusterSums[] {
  const clusters = new Map<string, Map<number, CellSums>>();
  for (const { cluster, cell, base, trained } of pairs) {
    const sums = clusters.get(cluster) ?? new Map<number, CellSums>();
    clusters.set(cluster, sums);
    const sum = sums.get(cell) ?? { cell, n: 0, base: 0, trained: 0 };
    sums.set(cell, { cell, n: sum.n + 1, base: sum.base + base, trained: sum.trained + trained });
  }
  return [...clusters.values()].map((sums) => [...sums.values()]);
}

/** Linear between order statistics, as numpy's default. */
function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
