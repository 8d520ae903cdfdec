import type { Image } from "@ssl4rl/core";

/**
 * Neighbouring pixels of a picture whose values follow each other less than this are noise. Of 827 photos none is below 0.5,
 * noise is at 0.
 */
const LEAST_CORRELATION = 0.25;

/** About so many rows, evenly spread, tell it. */
const ROWS = 128;

/** Why a picture is no photo, whatever is asked about it: it is of one colour, or noise. Null for all others. */
export function noPhoto({ width, height, data }: Image): string | null {
  const below = 3 * width;
  const starts: number[] = [];
  for (let y = 0; y < height - 1; y += Math.ceil(height / ROWS)) starts.push(y * below);
  const mean = [0, 0, 0];
  const share = 1 / (starts.length * width);
  for (const start of starts) {
    for (let i = start; i < start + below; i += 3) for (let c = 0; c < 3; c++) mean[c] += share * data[i + c];
  }
  let variance = 0;
  let along = 0;
  for (const start of starts) {
    for (let i = start; i < start + below - 3; i += 3) {
      for (let c = 0; c < 3; c++) {
        const own = data[i + c] - mean[c];
        variance += share * own * own;
        along += (share * own * (data[i + c + 3] + data[i + c + below] - 2 * mean[c])) / 2;
      }
    }
  }
  if (variance < 1) {
    return mean.every((value) => value > 254) ? "shows nothing: transparent or white" : "shows nothing but one colour";
  }
  return along < LEAST_CORRELATION * variance ? "noise: neighbouring pixels have nothing in common" : null;
}
