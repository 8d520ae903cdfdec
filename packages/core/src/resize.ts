import { Image } from "./image.js";

/**
 * Bicubic resize, equal to Pillow's `Image.resize(..., BICUBIC)` bit for bit: two passes, horizontal then vertical,
 * each skipped if that side is unchanged, the picture between them rounded to 8 bits; weights in 22-bit fixed point.
 * When shrinking, the kernel widens with the scale, so nothing aliases. Qwen2.5-VL's image processor and every task use
 * this one function.
 */
export function resize(image: Image, width: number, height: number): Image {
  const wide = width === image.width ? image : resample(image, width, "x");
  return height === image.height ? wide : resample(wide, height, "y");
}

/** Catmull-Rom cubic, a = -0.5. */
export function cubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Fixed-point weights, `stride` per output sample. */
  readonly weights: Int32Array;
  readonly stride: number;
}

const tapsCache = new Map<string, Taps>();

function taps(from: number, to: number): Taps {
  const key = `${from}:${to}`;
  const known = tapsCache.get(key);
  if (known) return known;
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const made: Taps = {
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Int32Array(to * stride),
    stride,
  };
  const raw = new Float64Array(stride);
  for (let o = 0; o < to; o++) {
    const centre = (o + 0.5) * scale;
    const low = Math.max(Math.trunc(centre - support + 0.5), 0);
    const high = Math.min(Math.trunc(centre + support + 0.5), from);
    let sum = 0;
    for (let i = 0; i < high - low; i++) {
      raw[i] = cubic((low + i - centre + 0.5) * (1 / filterScale));
      sum += raw[i];
    }
    for (let i = 0; i < high - low; i++) {
      const weight = raw[i] / sum;
      made.weights[o * stride + i] = Math.trunc(weight * 2 ** 22 + (weight < 0 ? -0.5 : 0.5));
    }
    made.first[o] = low;
    made.count[o] = high - low;
  }
  if (tapsCache.size > 256) tapsCache.clear();
  tapsCache.set(key, made);
  return made;
}

/** One pass along one axis. */
function resample(image: Image, size: number, axis: "x" | "y"): Image {
  const along = axis === "x";
  const { first, count, weights, stride } = taps(along ? image.width : image.height, size);
  const width = along ? size : image.width;
  const height = along ? image.height : size;
  const source = image.data;
  const data = new Uint8ClampedArray(width * height * 3);
  const step = along ? 3 : image.width * 3;
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const o = along ? x : y;
      const n = count[o];
      const w = o * stride;
      let from = along ? (y * image.width + first[o]) * 3 : (first[o] * image.width + x) * 3;
      let r = 1 << 21;
      let g = 1 << 21;
      let b = 1 << 21;
      for (let i = 0; i < n; i++) {
        const weight = weights[w + i];
        // Whole numbers below 2³¹, said to be so: a fifth quicker.
        r = (r + Math.imul(source[from], weight)) | 0;
        g = (g + Math.imul(source[from + 1], weight)) | 0;
        b = (b + Math.imul(source[from + 2], weight)) | 0;
        from += step;
      }
      data[to++] = r >> 22;
      data[to++] = g >> 22;
      data[to++] = b >> 22;
    }
  }
  return new Image(width, height, new Uint8Array(data.buffer));
}
