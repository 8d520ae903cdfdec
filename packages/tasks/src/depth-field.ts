import { type Depth, type Image, type Picture, resize, type Skip } from "@ssl4rl/core";
import { markRadius } from "./marks.js";
import { TOKEN_SIDE } from "./size.js";
import { tileSize } from "./tile-size.js";

/**
 * The whole picture near `size`² pixels of area, in whole visual tokens, and a depth for each of its pixels: that of the
 * nearest one measured, never a mean of two, which would lie in the air between near and far.
 */
export function withDepth({ image, depth }: Picture, size: number): { image: Image; depth: Depth } | Skip {
  if (!depth) return { skip: "has no depth" };
  const side = Math.min(image.width, image.height);
  if (side < TOKEN_SIDE) return { skip: `shorter side ${side} px is below 28 px` };
  const { width, height } = tileSize(image.width / image.height, size, { rows: 1, columns: 1 });
  if (Math.min(width, height) < 4 * markRadius(size)) return { skip: "too narrow a strip to be marked" };
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * depth.width) / width));
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * depth.height) / height) * depth.width;
    for (let x = 0; x < width; x++) data[y * width + x] = depth.data[row + columns[x]];
  }
  return { image: resize(image, width, height), depth: { width, height, data } };
}

/** The depths that `low` and `high` percent of what is known lie below; null when nothing is known. */
export function percentiles({ data }: Depth, low: number, high: number): readonly [number, number] | null {
  const known = data.filter((value) => !Number.isNaN(value)).sort();
  if (known.length === 0) return null;
  const at = (percent: number) => known[Math.round(((known.length - 1) * percent) / 100)];
  return [at(low), at(high)];
}

/**
 * Spatial-SSRL's depth: from 0 at the 0.5th percentile to 1 at the 99.5th. What lies beyond is unknown, as in the
 * published code: flattened to 0 or 1 it would look even where it is not. Null when all is of one depth, or unknown.
 */
export function normalised(depth: Depth): Depth | null {
  const range = percentiles(depth, 0.5, 99.5);
  if (!range || range[0] === range[1]) return null;
  const [near, far] = range;
  const data = depth.data.map((value) => (value < near || value > far ? Number.NaN : (value - near) / (far - near)));
  return { ...depth, data };
}

/** By how much depths differ in the square of about `side` pixels around the pixel (x, y); NaN where not all is known. */
export function spreadAround({ width, height, data }: Depth, x: number, y: number, side: number): number {
  const half = Math.round((side - 1) / 2);
  if (x < half || y < half || x >= width - half || y >= height - half) return Number.NaN;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let row = y - half; row <= y + half; row++) {
    for (let column = x - half; column <= x + half; column++) {
      const value = data[row * width + column];
      if (Number.isNaN(value)) return Number.NaN;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return high - low;
}
