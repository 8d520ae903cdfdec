import type { Grid } from "./image-processor.js";

/** The order in which the vision tower holds merged tokens, and the segments its attention may not cross. */
export interface WindowOrder {
  /** index[j] is the merged token (raster order, images one after the other) that stands at place j. */
  readonly index: Int32Array;
  /** Patches per window, in order. */
  readonly windows: readonly number[];
  /** Patches per image, in order: the segments of the full-attention blocks. */
  readonly images: readonly number[];
}

/**
 * Sorts merged tokens so that every window of `side` × `side` of them (less at the right and lower border) is contiguous
 * (reference page, section 4.2). A merged token is mergeSize² patches.
 */
export function windowOrder(grids: readonly Grid[], mergeSize: number, side: number): WindowOrder {
  const unit = mergeSize ** 2;
  const total = grids.reduce((sum, grid) => sum + (grid.height * grid.width) / unit, 0);
  const index = new Int32Array(total);
  const windows: number[] = [];
  const images: number[] = [];
  let at = 0;
  let base = 0;
  for (const grid of grids) {
    const rows = grid.height / mergeSize;
    const columns = grid.width / mergeSize;
    for (let top = 0; top < rows; top += side) {
      for (let left = 0; left < columns; left += side) {
        const start = at;
        for (let y = top; y < Math.min(top + side, rows); y++) {
          for (let x = left; x < Math.min(left + side, columns); x++) index[at++] = base + y * columns + x;
        }
        windows.push((at - start) * unit);
      }
    }
    base += rows * columns;
    images.push(rows * columns * unit);
  }
  return { index, windows, images };
}

/** inverse[index[j]] = j. */
export function invert(index: Int32Array): Int32Array {
  const inverse = new Int32Array(index.length);
  for (let j = 0; j < index.length; j++) inverse[index[j]] = j;
  return inverse;
}
