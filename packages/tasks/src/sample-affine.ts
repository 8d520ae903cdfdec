import { cubic, Image } from "@ssl4rl/core";

/** A point (x, y) of the plane moves to (xx·x + xy·y, yx·x + yy·y). */
export interface Linear {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/**
 * A `size` × `size` view of a picture: the view's centre shows the source's point `centre`, and a step of half a pixel in
 * the view is a step of `step` in the source. Each pixel is the mean of 2 × 2 bicubic samples, half a pixel apart, so a
 * source of which half a view pixel spans about one pixel is neither blurred nor aliased. The view must lie in the source
 * with two source pixels to spare.
 */
export function sampleAffine(
  source: Image,
  centre: readonly [x: number, y: number],
  { xx, xy, yx, yy }: Linear,
  size: number,
): Image {
  const [centreX, centreY] = centre;
  const data = new Uint8ClampedArray(size * size * 3);
  const sum = new Float64Array(3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      sum.fill(0);
      for (let sub = 0; sub < 4; sub++) {
        const dx = 2 * x + (sub & 1) + 0.5 - size;
        const dy = 2 * y + (sub >> 1) + 0.5 - size;
        addSample(source, centreX + dx * xx + dy * xy - 0.5, centreY + dx * yx + dy * yy - 0.5, sum);
      }
      const to = (y * size + x) * 3;
      for (let c = 0; c < 3; c++) data[to + c] = Math.round(sum[c] / 4);
    }
  }
  return new Image(size, size, new Uint8Array(data.buffer));
}

const weightsX = new Float64Array(4);

/** Adds the bicubic sample at pixel-centre coordinates (x, y) to `sum`. The 4 × 4 taps must lie inside. */
function addSample({ width, data }: Image, x: number, y: number, sum: Float64Array): void {
  const left = Math.floor(x) - 1;
  const top = Math.floor(y) - 1;
  for (let i = 0; i < 4; i++) weightsX[i] = cubic(x - left - i);
  let r = sum[0];
  let g = sum[1];
  let b = sum[2];
  for (let j = 0; j < 4; j++) {
    const wy = cubic(y - top - j);
    let from = ((top + j) * width + left) * 3;
    for (let i = 0; i < 4; i++) {
      const weight = wy * weightsX[i];
      r += weight * data[from++];
      g += weight * data[from++];
      b += weight * data[from++];
    }
  }
  sum[0] = r;
  sum[1] = g;
  sum[2] = b;
}
