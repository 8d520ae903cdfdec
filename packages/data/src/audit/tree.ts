/** Splits on the way from the root to a leaf: enough for equalities between two features and for a few candidates. */
const DEPTH = 4;
const LEAST_LEAF = 8;
/** Values that a feature is sorted into. */
const BINS = 32;

/** A table of features cut into bins, once for all trees that are grown on it. */
export interface Table {
  readonly rows: number;
  /** One array per feature. */
  readonly bins: readonly Uint8Array[];
}

/** Sorts each feature into at most 32 bins of about equal counts; equal values share a bin, unknown ones (NaN) the first. */
export function tabulate(features: readonly (readonly number[])[]): Table {
  const width = features.length === 0 ? 0 : features[0].length;
  const bins = Array.from({ length: width }, (_, f) => {
    const sorted = Float64Array.from(features, (row) => (Number.isNaN(row[f]) ? -Infinity : row[f])).sort();
    const borders = [...new Set(sorted)];
    const kept =
      borders.length <= BINS
        ? borders
        : [...new Set(Array.from({ length: BINS }, (_, i) => sorted[Math.floor((i * sorted.length) / BINS)]))];
    return Uint8Array.from(features, (row) => {
      const value = Number.isNaN(row[f]) ? -Infinity : row[f];
      let bin = 0;
      while (bin + 1 < kept.length && kept[bin + 1] <= value) bin++;
      return bin;
    });
  });
  return { rows: features.length, bins };
}

type Node = { readonly feature: number; readonly upTo: number; readonly low: Node; readonly high: Node } | Float64Array;

/** A leaf counts this many more rows that are like all rows. */
const PRIOR = 4;

/**
 * A shallow decision tree (CART, Gini impurity). Returns the share of each class in the leaf that a row falls into, drawn a
 * little to the shares in all `rows`, so that none is 0.
 */
export function growTree(
  { bins }: Table,
  labels: Int32Array,
  classes: number,
  rows: Int32Array,
): { leaf(row: number): Float64Array; prior: Float64Array } {
  const prior = count(rows).map((value) => (value + 1 / classes) / (rows.length + 1));
  const root = grow(rows, DEPTH);
  return {
    prior,
    leaf(row) {
      let node = root;
      while (!(node instanceof Float64Array)) node = bins[node.feature][row] <= node.upTo ? node.low : node.high;
      return node;
    },
  };

  function grow(rows: Int32Array, depth: number): Node {
    const all = count(rows);
    const best = depth > 0 && rows.length >= 2 * LEAST_LEAF ? bestSplit(rows, all) : null;
    if (!best) return all.map((value, c) => (value + PRIOR * prior[c]) / (rows.length + PRIOR));
    const { feature, upTo } = best;
    return {
      feature,
      upTo,
      low: grow(
        rows.filter((row) => bins[feature][row] <= upTo),
        depth - 1,
      ),
      high: grow(
        rows.filter((row) => bins[feature][row] > upTo),
        depth - 1,
      ),
    };
  }

  function count(rows: Int32Array): Float64Array {
    const counts = new Float64Array(classes);
    for (const row of rows) counts[labels[row]]++;
    return counts;
  }

  function bestSplit(rows: Int32Array, all: Float64Array): { feature: number; upTo: number } | null {
    // Sum of squared class counts over size: the larger, the purer.
    const purity = (counts: Float64Array, size: number) => counts.reduce((sum, c) => sum + c * c, 0) / size;
    let best: { feature: number; upTo: number } | null = null;
    let bestPurity = purity(all, rows.length) + 1e-9;
    const table = new Float64Array(BINS * classes);
    const sizes = new Float64Array(BINS);
    for (let feature = 0; feature < bins.length; feature++) {
      table.fill(0);
      sizes.fill(0);
      for (const row of rows) {
        table[bins[feature][row] * classes + labels[row]]++;
        sizes[bins[feature][row]]++;
      }
      const low = new Float64Array(classes);
      let size = 0;
      for (let bin = 0; bin < BINS - 1; bin++) {
        if (sizes[bin] === 0) continue;
        for (let c = 0; c < classes; c++) low[c] += table[bin * classes + c];
        size += sizes[bin];
        if (size < LEAST_LEAF) continue;
        if (rows.length - size < LEAST_LEAF) break;
        const high = all.map((value, c) => value - low[c]);
        const value = purity(low, size) + purity(high, rows.length - size);
        if (value > bestPurity) {
          bestPurity = value;
          best = { feature, upTo: bin };
        }
      }
    }
    return best;
  }
}
