import { Image } from "./image.js";
import { kernel, SLACK, withRoom } from "./kernel.js";
import { cubic } from "./resize.js";
import { splitWeights } from "./split-weights.js";

/** A point (x, y) of the plane moves to (xx·x + xy·y, yx·x + yy·y). */
export interface Linear {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/** Taps of a pixel along an axis: four of a cubic, and those by which samples up to 2·√½ of a pixel apart spread. */
const TAPS = 6;
/** Places between two source pixels, along an axis, that weights are tabulated for. */
const PLACES = 32;

/**
 * A `size` × `size` view of a picture: the view's centre shows the source's point `centre`, and a step of half a pixel in
 * the view is a step of `step` in the source, by at most one pixel in any direction. Each pixel is the mean of 2 × 2
 * bicubic samples, half a pixel apart, so a source of which half a view pixel spans about one pixel is neither blurred nor
 * aliased. Pixels are sampled at the nearest 32nd of a source pixel. The view must lie in the source with two source
 * pixels to spare.
 */
export function sampleAffine(
  { width, data: source }: Image,
  centre: readonly [x: number, y: number],
  step: Linear,
  size: number,
): Image {
  const table = weightTable(step);
  const [spreadX, spreadY] = spreadOf(step);
  const data = new Uint8Array(size * size * 3);
  const rowBytes = width * 3;
  // In the kernel's memory: where each pixel of a row comes from, the weights, the source, the row.
  const weights = size * 8;
  const pixels = weights + table.byteLength;
  const row = pixels + source.length + SLACK;
  const memory = withRoom(row + size * 3 + SLACK);
  memory.set(new Uint8Array(table.buffer), weights);
  memory.set(source, pixels);
  const places = new Int32Array(memory.buffer, 0, size * 2);
  for (let y = 0; y < size; y++) {
    const dy = 2 * y + 1 - size;
    for (let x = 0; x < size; x++) {
      const dx = 2 * x + 1 - size;
      // The first sample that any tap belongs to, in 32nds of a pixel.
      const left = Math.round((centre[0] + dx * step.xx + dy * step.xy - 0.5 - spreadX) * PLACES);
      const top = Math.round((centre[1] + dx * step.yx + dy * step.yy - 0.5 - spreadY) * PLACES);
      places[2 * x] = pixels + (Math.floor(top / PLACES) - 1) * rowBytes + (Math.floor(left / PLACES) - 1) * 3;
      places[2 * x + 1] = weights + ((top & (PLACES - 1)) * PLACES + (left & (PLACES - 1))) * TAPS * TAPS * 4;
    }
    kernel.sampleSquares(0, weights, rowBytes, row);
    data.set(memory.subarray(row, row + size * 3), y * size * 3);
  }
  return new Image(size, size, data);
}

/** How far to the left of, and above, a pixel's place its four samples reach. */
function spreadOf({ xx, xy, yx, yy }: Linear): readonly [x: number, y: number] {
  return [(Math.abs(xx) + Math.abs(xy)) / 2, (Math.abs(yx) + Math.abs(yy)) / 2];
}

/** What each tap weighs, {@link splitWeights}, row by row, for every place the first sample may have in its pixel. */
function weightTable(step: Linear): Int32Array {
  const [spreadX, spreadY] = spreadOf(step);
  const corners = [-0.5, 0.5].flatMap((x) => [-0.5, 0.5].map((y) => [x, y]));
  const across = corners.map(([x, y]) => axisWeights(spreadX + x * step.xx + y * step.xy));
  const down = corners.map(([x, y]) => axisWeights(spreadY + x * step.yx + y * step.yy));
  const table = new Int32Array((PLACES * TAPS) ** 2);
  let to = 0;
  for (let top = 0; top < PLACES; top++) {
    for (let left = 0; left < PLACES; left++) {
      for (let j = top * TAPS; j < (top + 1) * TAPS; j++) {
        for (let i = left * TAPS; i < (left + 1) * TAPS; i++) {
          let sum = 0;
          for (let corner = 0; corner < 4; corner++) sum += across[corner][i] * down[corner][j];
          table[to++] = Math.round(sum * 2 ** 20);
        }
      }
    }
  }
  splitWeights(table);
  return table;
}

/** Weights of the taps, from the pixel before the place on, for a sample `ahead` of each place. */
function axisWeights(ahead: number): Float64Array {
  return Float64Array.from({ length: PLACES * TAPS }, (_, i) =>
    cubic((i % TAPS) - 1 - Math.floor(i / TAPS) / PLACES - ahead),
  );
}
