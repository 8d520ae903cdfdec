import { type Image, resize } from "@ssl4rl/core";

/** Below this mean difference (grey levels) two things look the same. */
const TELLABLE = 4;

/** Whether some window of `cell` looks like `crop`, judged on at most 12 × 12 evenly spread pixels of it. */
export function holds(cell: Image, crop: Image): boolean {
  return someWindow(cell, { low: cell.data, high: cell.data }, crop);
}

/** Values that pass for those of a picture. */
interface Range {
  readonly low: Uint8Array;
  readonly high: Uint8Array;
}

function someWindow(cell: Image, { low, high }: Range, crop: Image): boolean {
  const columns = spread(crop.width);
  const rows = spread(crop.height);
  const limit = TELLABLE * 3 * columns.length * rows.length;
  for (let y = 0; y <= cell.height - crop.height; y++) {
    for (let x = 0; x <= cell.width - crop.width; x++) {
      if (looksAlike(x, y)) return true;
    }
  }
  return false;

  function spread(length: number): number[] {
    const n = Math.min(length, 12);
    return Array.from({ length: n }, (_, i) => Math.floor(((i + 0.5) * length) / n));
  }

  function looksAlike(x: number, y: number): boolean {
    let sum = 0;
    for (const row of rows) {
      for (const column of columns) {
        const a = (row * crop.width + column) * 3;
        const b = ((y + row) * cell.width + x + column) * 3;
        for (let c = 0; c < 3; c++) {
          const value = crop.data[a + c];
          sum += Math.max(0, low[b + c] - value, value - high[b + c]);
        }
        if (sum >= limit) return false;
      }
    }
    return true;
  }
}

/**
 * Whether two pictures of one size look alike, perhaps shifted by up to an eighth of a side: each holds the other's middle.
 * A pixel differs by what it lies outside the values half a pixel around its place, so that a pattern off by part of a pixel
 * looks the same.
 */
export function lookAlike(a: Image, b: Image): boolean {
  const [one, other] = [thumbnailOf(a), thumbnailOf(b)];
  return someWindow(one, rangesOf(one), middle(other)) && someWindow(other, rangesOf(other), middle(one));
}

/** The first two of the images that look alike, by their places; null when all can be told apart. */
export function twins(images: readonly Image[]): readonly [number, number] | null {
  for (const [i, image] of images.entries()) {
    const j = images.findIndex((other, at) => at > i && lookAlike(image, other));
    if (j >= 0) return [i, j];
  }
  return null;
}

function middle(image: Image): Image {
  const [x, y] = [image.width >> 3, image.height >> 3];
  return image.crop(x, y, image.width - 2 * x, image.height - 2 * y);
}

/** Whether a picture shows next to nothing but its mean colour once fine patterns are shrunk away. */
export function isPlain(image: Image): boolean {
  const { data } = shrunk(image, 16);
  const mean = [0, 0, 0];
  for (let i = 0; i < data.length; i++) mean[i % 3] += (3 * data[i]) / data.length;
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.abs(data[i] - mean[i % 3]);
  return sum / data.length < TELLABLE;
}

const thumbnailOf = remembered((image) => shrunk(image, 56));

/** By channel, the least and the greatest value half a pixel around every pixel: half-way to the extremes of its 3 × 3. */
const rangesOf = remembered(({ width, data }: Image): Range => {
  const row = 3 * width;
  const { low, high } = withNeighbours(withNeighbours({ low: data, high: data }, 3, row), row, row);
  for (let i = 0; i < data.length; i++) {
    low[i] = (low[i] + data[i]) >> 1;
    high[i] = (high[i] + data[i]) >> 1;
  }
  return { low, high };
});

/** The extremes of every value and those `step` before and behind it: its pixel's neighbours in a row or a column. */
function withNeighbours(from: Range, step: number, row: number): Range {
  const [low, high] = [Uint8Array.from(from.low), Uint8Array.from(from.high)];
  for (let i = step; i < low.length; i++) {
    // A row's first pixel is no neighbour of the last one of the row above.
    if (i % row < step && step < row) continue;
    const j = i - step;
    if (from.low[j] < low[i]) low[i] = from.low[j];
    if (from.low[i] < low[j]) low[j] = from.low[i];
    if (from.high[j] > high[i]) high[i] = from.high[j];
    if (from.high[i] > high[j]) high[j] = from.high[i];
  }
  return { low, high };
}

/** The picture with its longer side at most `side`. */
function shrunk(image: Image, side: number): Image {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  return resize(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
}

/** Makes it once for each image: one is compared with many. */
function remembered<Made extends object>(make: (image: Image) => Made): (image: Image) => Made {
  const known = new WeakMap<Image, Made>();
  return (image) => {
    const made = known.get(image) ?? make(image);
    known.set(image, made);
    return made;
  };
}
