import type { Image } from "./image.js";
import { makeTaps, resampleColumns, resampleRows, type Taps } from "./resample.js";

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
  const made = makeTaps(to, 2 * Math.ceil(support) + 1, (output) => {
    const centre = (output + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const raw = Array.from({ length: end - first }, (_, i) => cubic((first + i - centre + 0.5) * (1 / filterScale)));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { first, weights: raw.map((weight) => Math.trunc((weight / sum) * 2 ** 22 + (weight < 0 ? -0.5 : 0.5))) };
  });
  if (tapsCache.size > 256) tapsCache.clear();
  tapsCache.set(key, made);
  return made;
}
