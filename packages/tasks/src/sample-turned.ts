import { cubic, Image, type Random, resize } from "@ssl4rl/core";

/**
 * The centre of a square picture, turned counter-clockwise by `degrees`, as a `size` × `size` picture. The window is
 * the square inscribed in the turned one (side ÷ √2), for every angle alike, so nothing is padded. Each output pixel is
 * the mean of 2 × 2 bicubic samples of a working copy with twice the resolution, at a random sub-pixel shift: multiples
 * of 90° are interpolated exactly as much as odd multiples of 45°.
 */
export function sampleTurned(square: Image, degrees: number, size: number, random: Random): Image {
  const window = 2 * size;
  const working = Math.ceil(window * Math.SQRT2) + 6;
  const source = resize(square, working, working);
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const centreX = working / 2 + random.uniform(-1, 1);
  const centreY = working / 2 + random.uniform(-1, 1);
  const data = new Uint8ClampedArray(size * size * 3);
  const sum = new Float64Array(3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      sum.fill(0);
      for (let sub = 0; sub < 4; sub++) {
        const dx = 2 * x + (sub & 1) + 0.5 - size;
        const dy = 2 * y + (sub >> 1) + 0.5 - size;
        // Rows grow downwards: the source of an output pixel lies turned back, which is clockwise on the screen.
        addSample(source, centreX + dx * cos - dy * sin - 0.5, centreY + dx * sin + dy * cos - 0.5, sum);
      }
      const to = (y * size + x) * 3;
      for (let c = 0; c < 3; c++) data[to + c] = Math.round(sum[c] / 4);
    }
  }
  return new Image(size, size, new Uint8Array(data.buffer));
}

/** Adds the bicubic sample at pixel-centre coordinates (x, y) to `sum`. The 4 × 4 taps must lie inside. */
function addSample(image: Image, x: number, y: number, sum: Float64Array): void {
  const left = Math.floor(x) - 1;
  const top = Math.floor(y) - 1;
  for (let j = 0; j < 4; j++) {
    const wy = cubic(y - top - j);
    for (let i = 0; i < 4; i++) {
      const weight = wy * cubic(x - left - i);
      const from = ((top + j) * image.width + left + i) * 3;
      sum[0] += weight * image.data[from];
      sum[1] += weight * image.data[from + 1];
      sum[2] += weight * image.data[from + 2];
    }
  }
}
