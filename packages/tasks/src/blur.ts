import { type Image, makeTaps, resampleColumns, resampleRows, type Taps } from "@ssl4rl/core";

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
  return makeTaps(length, bell.length, (output) => {
    const first = Math.max(0, output - reach);
    const end = Math.min(length, output + reach + 1);
    const weights = new Array<number>(end - first).fill(0);
    for (const [k, weight] of bell.entries()) {
      // What lies beyond an edge is as the pixel at the edge.
      const at = Math.min(end - 1, Math.max(first, output + k - reach));
      weights[at - first] += Math.round((weight / total) * 2 ** 22);
    }
    return { first, weights };
  });
}
