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
    for (let i = 0; i < length + 2 * reach; i++) {
      const at = line * stride + Math.min(length - 1, Math.max(0, i - reach)) * step;
      padded[3 * i] = from[at];
      padded[3 * i + 1] = from[at + 1];
      padded[3 * i + 2] = from[at + 2];
    }
    for (let i = 0; i < length; i++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let k = 0; k < kernel.length; k++) {
        const weight = kernel[k];
        const at = (i + k) * 3;
        r += weight * padded[at];
        g += weight * padded[at + 1];
        b += weight * padded[at + 2];
      }
      const at = line * stride + i * step;
      to[at] = r;
      to[at + 1] = g;
      to[at + 2] = b;
    }
  }
  return to;
}
