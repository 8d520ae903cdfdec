import type { Image } from "@ssl4rl/core";

/** Borders of the rings of spatial frequency that are compared, in cycles per pixel. 0.5 is the finest there is. */
const RINGS = [0.125, 0.25, 0.375, 0.5];

/** Finer differences than this say nothing. */
const rounded = (value: number) => Math.round(value * 100) / 100;

/** What resampling does to a picture: {@link slopes} of its spectrum, and {@link doubled} pixels. */
export function sharpness(image: Image): readonly number[] {
  return [...slopes(image), doubled(image)].map(rounded);
}

/**
 * How often a pixel equals its neighbour exactly where the next step is steep. Nearest-neighbour sampling shows some pixels
 * twice (about a tenth of them at 45°); interpolation hardly ever makes two alike beside an edge. NaN where there are no
 * edges.
 */
function doubled({ width, height, data }: Image): number {
  let steep = 0;
  let twice = 0;
  const grey = (at: number) => data[at] + 2 * data[at + 1] + data[at + 2];
  const scan = (lines: number, line: number, count: number, step: number) => {
    for (let l = 0; l < lines; l++) {
      for (let i = 2; i < count - 1; i++) {
        const at = l * line + i * step;
        const [before, after] = [grey(at - step), grey(at)];
        if (Math.abs(after - before) <= STEEP) continue;
        steep += 2;
        if (before === grey(at - 2 * step)) twice++;
        if (after === grey(at + step)) twice++;
      }
    }
  };
  scan(height, 3 * width, width, 3);
  scan(width, 3, height, 3 * width);
  return steep < 50 ? Number.NaN : twice / steep;
}

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
  const re = new Float64Array(side * side);
  const im = new Float64Array(side * side);
  const left = (image.width - side) >> 1;
  const top = (image.height - side) >> 1;
  let mean = 0;
  let weight = 0;
  let noise = 0;
  const window = new Float64Array(side * side);
  for (let i = 0; i < re.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    const radius = Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) / (side / 2);
    window[i] = radius < 1 ? 0.5 + 0.5 * Math.cos(Math.PI * radius) : 0;
    const at = ((top + y) * image.width + left + x) * 3;
    re[i] = 0.299 * image.data[at] + 0.587 * image.data[at + 1] + 0.114 * image.data[at + 2];
    mean += re[i] * window[i];
    weight += window[i];
    // What rounding to whole grey levels adds everywhere: below it, there is nothing to compare.
    noise += window[i] ** 2 / 12;
  }
  for (let i = 0; i < re.length; i++) re[i] = (re[i] - mean / weight) * window[i];
  for (let line = 0; line < side; line++) transform(re, im, line * side, 1, side);
  for (let line = 0; line < side; line++) transform(re, im, line, side, side);
  const power = RINGS.slice(1).map(() => ({ sum: 0, count: 0 }));
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const radius = Math.hypot(Math.min(u, side - u), Math.min(v, side - v)) / side;
      const ring = RINGS.findIndex((low, k) => radius >= low && radius < RINGS[k + 1]);
      if (ring < 0) continue;
      power[ring].sum += re[v * side + u] ** 2 + im[v * side + u] ** 2;
      power[ring].count++;
    }
  }
  const level = power.map(({ sum, count }) => Math.log(sum / count + noise));
  return level.slice(1).map((fine, k) => fine - level[k]);
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
  for (let length = 2; length <= n; length *= 2) {
    for (let k = 0; k < length / 2; k++) {
      const cos = Math.cos((2 * Math.PI * k) / length);
      const sin = -Math.sin((2 * Math.PI * k) / length);
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
