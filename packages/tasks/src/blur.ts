import { Image } from "@ssl4rl/core";

/**
 * Gaussian blur of standard deviation `sigma` pixels, edges continued: both passes with the true kernel out to 3 sigma.
 * Pillow's `GaussianBlur(radius=sigma)` approaches the same by three box blurs; see the test for how near.
 */
export function gaussianBlur(image: Image, sigma: number): Image {
  const reach = Math.ceil(3 * sigma);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  const kernel = Float32Array.from(bell, (weight) => weight / total);
  const { width, height } = image;
  const wide = convolve(new Float32Array(image.data), width, height, 3, width * 3, kernel);
  const both = convolve(wide, height, width, width * 3, 3, kernel);
  return new Image(width, height, new Uint8Array(new Uint8ClampedArray(both).buffer));
}

/** Along lines of `length` pixels `step` apart; `lines` of them, `stride` apart. */
function convolve(
  from: Float32Array,
  length: number,
  lines: number,
  step: number,
  stride: number,
  kernel: Float32Array,
): Float32Array {
  const to = new Float32Array(from.length);
  const reach = kernel.length >> 1;
  const padded = new Float32Array((length + 2 * reach) * 3);
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < padded.length; i++) {
      const pixel = Math.min(length - 1, Math.max(0, Math.floor(i / 3) - reach));
      padded[i] = from[line * stride + pixel * step + (i % 3)];
    }
    for (let i = 0; i < length; i++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = 0; k < kernel.length; k++) sum += kernel[k] * padded[(i + k) * 3 + c];
        to[line * stride + i * step + c] = sum;
      }
    }
  }
  return to;
}
