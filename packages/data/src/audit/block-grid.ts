import type { GreyPlane } from "./grey-plane.js";

/** JPEG codes pictures in blocks of this many pixels. */
const BLOCK = 8;

/** Where a picture's JPEG blocks begin. */
export interface BlockGrid {
  /** First block border, 0..7 pixels from the left and from the top; null where no grid is to be seen. */
  readonly x: number | null;
  readonly y: number | null;
  /** How clearly the grid shows, in standard deviations of its steps. */
  readonly strength: number;
}

/**
 * Finds the grid that JPEG leaves in pixels that were moved or cut but not resampled since: every eighth step between
 * neighbouring columns (rows) is the largest around a little more often.
 */
export function blockGrid(grey: GreyPlane): BlockGrid {
  const x = phase(largestSteps(grey, "x"), grey.height);
  const y = phase(largestSteps(grey, "y"), grey.width);
  return { x: x.clear ? x.first : null, y: y.clear ? y.first : null, strength: (x.deviation + y.deviation) / 2 };
}

/** Of 80 resampled photos none passes this; of 360 thirds of untouched JPEG photos, every fourth. */
const CLEAR = 4;

/** For every column (row), of how many pixels the step from the one before is larger than the steps on either side. */
function largestSteps({ width, height, data }: GreyPlane, axis: "x" | "y"): Uint32Array {
  const counts = new Uint32Array(axis === "x" ? width : height);
  const [step, left, top] = axis === "x" ? [1, 2, 0] : [width, 0, 2];
  const [right, bottom] = axis === "x" ? [width - 1, height] : [width, height - 1];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * width + x;
      const rise = Math.abs(data[at] - data[at - step]);
      // Which step is the largest of three, not how large: edges of the picture itself are steep, but fall anywhere.
      const around = Math.max(Math.abs(data[at - step] - data[at - 2 * step]), Math.abs(data[at + step] - data[at]));
      // 1 or 0 by arithmetic: a processor cannot guess it.
      counts[axis === "x" ? x : y] += (around - rise) >>> 31;
    }
  }
  return counts;
}

function phase(counts: Uint32Array, across: number): { first: number; deviation: number; clear: boolean } {
  const { length } = counts;
  const steps: number[][] = Array.from({ length: BLOCK }, () => []);
  for (let i = 2; i < length - 1; i++) steps[i % BLOCK].push(counts[i] / across);
  if (length < 4 * BLOCK) return { first: 0, deviation: 0, clear: false };
  const means = steps.map((list) => list.reduce((sum, value) => sum + value, 0) / list.length);
  const first = means.indexOf(Math.max(...means));
  const rest = steps.flatMap((list, k) => (k === first ? [] : list));
  const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
  const spread = Math.sqrt(rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rest.length);
  const deviation = ((means[first] - mean) / (spread + 0.001)) * Math.sqrt(steps[first].length);
  return { first, deviation, clear: deviation > CLEAR };
}
