import type { Image } from "./image.js";
import { kernel, SLACK, withRoom } from "./kernel.js";

/** Values that pass for those of a picture, laid out as its own. */
export interface Range {
  readonly low: Uint8Array;
  readonly high: Uint8Array;
}

/**
 * By channel, the least and the greatest value half a pixel around every pixel: half-way to the extremes of its 3 × 3. What
 * lies beyond the border is taken to be as the border.
 */
export function halfPixelRange({ width, height, data }: Image): Range {
  const row = width * 3;
  const stride = row + 6;
  const low = stride * (height + 2) + SLACK;
  const high = low + data.length + SLACK;
  const memory = withRoom(high + data.length + SLACK);
  for (let y = -1; y <= height; y++) {
    const from = Math.min(height - 1, Math.max(0, y)) * row;
    const to = (y + 1) * stride + 3;
    memory.set(data.subarray(from, from + row), to);
    memory.copyWithin(to - 3, to, to + 3);
    memory.copyWithin(to + row, to + row - 3, to + row);
  }
  kernel.halfRange(stride + 3, stride, row, height, low, high);
  return { low: memory.slice(low, low + data.length), high: memory.slice(high, high + data.length) };
}

/** Samples along each side of a crop. */
const SAMPLES = 12;
const SAMPLE_BYTES = 64;
/** The kernel reads so far beyond the picture. */
const BEYOND = 48;

/**
 * Whether some window of a picture of that size looks like `crop`: at 12 × 12 evenly spread pixels of the crop (all of
 * smaller ones) its values lie outside the range by less than `tolerance` grey levels on average.
 */
export function someWindow(
  { width, height }: Pick<Image, "width" | "height">,
  { low, high }: Range,
  crop: Image,
  tolerance: number,
): boolean {
  if (crop.width > width || crop.height > height) return false;
  const columns = spread(crop.width);
  const rows = spread(crop.height);
  const end = columns.length * rows.length * SAMPLE_BYTES;
  const lowAt = end + 96;
  const highAt = low === high ? lowAt : lowAt + low.length + BEYOND;
  const memory = withRoom(highAt + high.length + BEYOND);
  const offsets = new Int32Array(memory.buffer, 0, end / 4);
  let sample = 0;
  for (const row of rows) {
    for (const column of columns) {
      offsets[sample / 4] = (row * width + column) * 3;
      const from = (row * crop.width + column) * 3;
      const colours = sample + 16;
      for (let c = 0; c < 3; c++) memory[colours + c] = crop.data[from + c];
      for (let done = 3; done < 48; done *= 2) memory.copyWithin(colours + done, colours, colours + done);
      sample += SAMPLE_BYTES;
    }
  }
  memory.set(low, lowAt);
  memory.set(high, highAt);
  const windows = width - crop.width + 1;
  const limit = Math.ceil(tolerance * 3 * columns.length * rows.length);
  return kernel.someWindow(lowAt, highAt, width * 3, windows, height - crop.height + 1, 0, end, limit, end) === 1;
}

function spread(length: number): number[] {
  const n = Math.min(length, SAMPLES);
  return Array.from({ length: n }, (_, i) => Math.floor(((i + 0.5) * length) / n));
}
