import type { Image } from "@ssl4rl/core";

/**
 * Neighbouring pixels of a picture whose values follow each other less than this are noise. Of 827 photos none is below
 * 0.6, noise is at 0.
 */
const LEAST_CORRELATION = 0.25;

/** About so many rows, evenly spread, tell it. */
const ROWS = 64;

/** Why a picture is no photo, whatever is asked about it: it is of one colour, or noise. Null for all others. */
export function noPhoto({ width, height, data }: Image): string | null {
  const below = 3 * width;
  const step = Math.ceil(height / ROWS) * below;
  let variance = 0;
  let covariance = 0;
  let white = true;
  for (let channel = 0; channel < 3; channel++) {
    // Of pixels, and of the two to the right of and below each.
    let [count, sum, squares, next, products] = [0, 0, 0, 0, 0];
    for (let row = channel; row < data.length - below; row += step) {
      // A row's own sums stay whole numbers of 32 bits, which are added in half of the time.
      let [rowSum, rowSquares, rowNext, rowProducts] = [0, 0, 0, 0];
      for (let i = row; i < row + below - 3; i += 3) {
        const value = data[i];
        const neighbours = data[i + 3] + data[i + below];
        rowSum += value;
        rowSquares += value * value;
        rowNext += neighbours;
        rowProducts += value * neighbours;
      }
      count += width - 1;
      sum += rowSum;
      squares += rowSquares;
      next += rowNext;
      products += rowProducts;
    }
    const mean = sum / count;
    variance += squares / count - mean * mean;
    covariance += (products - mean * next) / count / 2;
    white &&= mean > 254;
  }
  if (variance < 1) return white ? "shows nothing: transparent or white" : "shows nothing but one colour";
  return covariance < LEAST_CORRELATION * variance ? "noise: neighbouring pixels have nothing in common" : null;
}
