import type { Image } from "./image.js";
import { resampleColumns, resampleRows, type Taps } from "./resample.js";
import { splitWeights } from "./split-weights.js";

/**
 * Bicubic resize, equal to `Image.resize(..., BICUBIC)` of Pillow up to 12 bit for bit: two passes, horizontal then
 * vertical (Pillow 13 turns them round where the height shrinks more than the width), each skipped if that side is
 * unchanged, the picture between them rounded to 8 bits; weights in 22-bit fixed point.
 * When shrinking, the kernel widens with the scale, so nothing aliases. Qwen2.5-VL's image processor and every task use
 * this one function.
 */
export function resize(image: Image, width: number, height: number): Image {
  const wide = width === image.width ? image : resampleRows(image, taps(image.width, width));
  return height === image.height ? wide : resampleColumns(wide, taps(image.height, height));
}

/** Catmull-Rom cubic, a = -0.5. */
export function cubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

const tapsCache = new Map<string, Taps>();

/** Which input samples make which output sample, with weights in 22-bit fixed point. */
function taps(from: number, to: number): Taps {
  const key = `${from}:${to}`;
  const known = tapsCache.get(key);
  if (known) return known;
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  // First sample, number of taps, at most so many of them, and one more to make them even.
  const record = Math.ceil(support) * 2 + 4;
  const numbers = new Int32Array(to * record);
  const raw = new Float64Array(record);
  for (let o = 0; o < to; o++) {
    const centre = (o + 0.5) * scale;
    const low = Math.max(Math.trunc(centre - support + 0.5), 0);
    const high = Math.min(Math.trunc(centre + support + 0.5), from);
    let sum = 0;
    for (let i = 0; i < high - low; i++) {
      raw[i] = cubic((low + i - centre + 0.5) * (1 / filterScale));
      sum += raw[i];
    }
    const even = Math.ceil((high - low) / 2) * 2;
    const weights = numbers.subarray(o * record + 2, o * record + 2 + even);
    for (let i = 0; i < high - low; i++) {
      const weight = raw[i] / sum;
      weights[i] = Math.trunc(weight * 2 ** 22 + (weight < 0 ? -0.5 : 0.5));
    }
    splitWeights(weights);
    numbers[o * record] = low;
    numbers[o * record + 1] = even;
  }
  if (tapsCache.size > 256) tapsCache.clear();
  tapsCache.set(key, { count: to, record, numbers });
  return { count: to, record, numbers };
}
