import type { Image } from "@ssl4rl/core";
import type { GreyPlane } from "./grey-plane.js";

/** Borders of the rings of spatial frequency that are compared, in cycles per pixel. 0.5 is the finest there is. */
const RINGS = [0.125, 0.25, 0.375, 0.5];

/** Finer differences than this say nothing. */
const rounded = (value: number) => Math.round(value * 100) / 100;

/** What resampling does to a picture: {@link slopes} of its spectrum, and {@link doubled} pixels. */
export function sharpness(image: Image, grey: GreyPlane): readonly number[] {
  return [...slopes(image), doubled(grey)].map(rounded);
}

/**
 * How often a pixel equals its neighbour exactly where the next step is steep. Nearest-neighbour sampling shows some pixels
 * twice (about a tenth of them at 45°); interpolation hardly ever makes two alike beside an edge. NaN where there are no
 * edges.
 */
function doubled({ width, height, data }: GreyPlane): number {
  let steep = 0;
  let twice = 0;
  const scan = (step: number, left: number, top: number, right: number, bottom: number) => {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = y * width + x;
        const [before, after] = [data[at - step], data[at]];
        // 1 or 0 by arithmetic: a processor cannot guess these, and would wait for most of them.
        const edge = (STEEP - Math.abs(after - before)) >>> 31;
        steep += 2 * edge;
        twice += edge * (equal(before, data[at - 2 * step]) + equal(after, data[at + step]));
      }
    }
  };
  scan(1, 2, 0, width - 1, height);
  scan(width, 0, 2, width, height - 1);
  return steep < 50 ? Number.NaN : twice / steep;
}

/** 1 for two whole numbers that are equal, else 0. */
const equal = (a: number, b: number) => ((a ^ b) - 1) >>> 31;

/** A step of 8 grey levels, times the 4 parts that a grey value is summed from. */
const STEEP = 32;

/**
 * How steeply a picture's detail falls off towards the finest: for each pair of neighbouring rings of the spectrum, the
 * logarithm of the finer one's power over the coarser one's. Interpolation lowers it, nearest-neighbour sampling raises it.
 * Measured on the middle, through a round window and over whole rings, so that turning a picture does not change it.
 * NaN for pictures below 16 pixels.
 */
function slopes(image: Image): readonly number[] {
  const side = 2 ** Math.min(7, Math.floor(Math.log2(Math.min(image.width, image.height))));
  if (side < 16) return RINGS.slice(2).map(() => Number.NaN);
  const { window, weight, noise, rings } = viewOf(side);
  const re = new Float64Array(side * side);
  const im = new Float64Array(side * side);
  const left = (image.width - side) >> 1;
  const top = (image.height - side) >> 1;
  let mean = 0;
  for (let i = 0; i < re.length; i++) {
    const at = ((top + Math.floor(i / side)) * image.width + left + (i % side)) * 3;
    re[i] = 0.299 * image.data[at] + 0.587 * image.data[at + 1] + 0.114 * image.data[at + 2];
    mean += re[i] * window[i];
  }
  for (let i = 0; i < re.length; i++) re[i] = (re[i] - mean / weight) * window[i];
  for (let line = 0; line < side; line++) transform(re, im, line * side, 1, side);
  for (let line = 0; line < side; line++) transform(re, im, line, side, side);
  const power = RINGS.slice(1).map(() => ({ sum: 0, count: 0 }));
  for (let i = 0; i < re.length; i++) {
    if (rings[i] < 0) continue;
    power[rings[i]].sum += re[i] ** 2 + im[i] ** 2;
    power[rings[i]].count++;
  }
  const level = power.map(({ sum, count }) => Math.log(sum / count + noise));
  return level.slice(1).map((fine, k) => fine - level[k]);
}

/** What a spectrum of side × side pixels is seen through. */
interface View {
  /** What each pixel weighs, and all of them. */
  readonly window: Float64Array;
  readonly weight: number;
  /** What rounding to whole grey levels adds everywhere: below it, there is nothing to compare. */
  readonly noise: number;
  /** The ring that each frequency lies in, -1 for none. */
  readonly rings: Int8Array;
}

const views = new Map<number, View>();

function viewOf(side: number): View {
  const known = views.get(side);
  if (known) return known;
  const window = new Float64Array(side * side);
  const rings = new Int8Array(side * side);
  let weight = 0;
  let noise = 0;
  for (let i = 0; i < window.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    const radius = Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) / (side / 2);
    window[i] = radius < 1 ? 0.5 + 0.5 * Math.cos(Math.PI * radius) : 0;
    weight += window[i];
    noise += window[i] ** 2 / 12;
    const frequency = Math.hypot(Math.min(x, side - x), Math.min(y, side - y)) / side;
    rings[i] = RINGS.findIndex((low, k) => frequency >= low && frequency < RINGS[k + 1]);
  }
  views.set(side, { window, weight, noise, rings });
  return { window, weight, noise, rings };
}

/** Fourier transform in place of `n` (a power of two) numbers from `start`, `step` apart (Cooley and Tukey). */
function transform(re: Float64Array, im: Float64Array, start: number, step: number, n: number): void {
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const [a, b] = [start + i * step, start + j * step];
      [re[a], re[b]] = [re[b], re[a]];
      [im[a], im[b]] = [im[b], im[a]];
    }
  }
  const { cosines, sines } = wavesOf(n);
  for (let length = 2; length <= n; length *= 2) {
    for (let k = 0; k < length / 2; k++) {
      const cos = cosines[(k * n) / length];
      const sin = -sines[(k * n) / length];
      for (let i = k; i < n; i += length) {
        const [a, b] = [start + i * step, start + (i + length / 2) * step];
        const [x, y] = [re[b] * cos - im[b] * sin, re[b] * sin + im[b] * cos];
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

const waves = new Map<number, { readonly cosines: Float64Array; readonly sines: Float64Array }>();

function wavesOf(n: number) {
  const known = waves.get(n);
  if (known) return known;
  const made = {
    cosines: Float64Array.from({ length: n / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / n)),
    sines: Float64Array.from({ length: n / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / n)),
  };
  waves.set(n, made);
  return made;
}
