import { type Image, resampleColumns, resampleRows, type Taps } from "@ssl4rl/core";

/**
 * Gaussian blur of standard deviation `sigma` pixels, edges continued: both passes with the true kernel out to 3 sigma,
 * rounded to bytes in between. Pillow's `GaussianBlur(radius=sigma)` approaches the same by three box blurs; see the test
 * for how near.
 */
export function gaussianBlur(image: Image, sigma: number): Image {
  return resampleColumns(resampleRows(image, taps(image.width, sigma)), taps(image.height, sigma));
}

function taps(length: number, sigma: number): Taps {
  const reach = Math.ceil(3 * sigma);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  const record = bell.length + 2;
  const numbers = new Int32Array(length * record);
  for (let i = 0; i < length; i++) {
    const first = Math.max(0, i - reach);
    const end = Math.min(length, i + reach + 1);
    numbers.set([first, end - first], i * record);
    for (const [k, weight] of bell.entries()) {
      // What lies beyond an edge is as the pixel at the edge.
      const at = Math.min(end - 1, Math.max(first, i + k - reach));
      numbers[i * record + 2 + at - first] += Math.round((weight / total) * 2 ** 22);
    }
  }
  return { count: length, record, numbers };
}
