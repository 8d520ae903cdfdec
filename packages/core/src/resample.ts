import { Image } from "./image.js";
import { BAND, kernel, SLACK, withRoom } from "./kernel.js";
import { splitWeights } from "./split-weights.js";

/** Weighted sums of neighbouring samples along one side of a picture, as kernel.wat reads them. */
export interface Taps {
  /** Output samples. */
  readonly count: number;
  /** Numbers per output sample: its first input sample, how many of them (an even number), their {@link splitWeights}, and room. */
  readonly record: number;
  readonly numbers: Int32Array;
}

/**
 * Taps of `count` output samples. `each` gives the first input sample of an output sample and its weights in 22-bit fixed
 * point, at most `most` of them.
 */
export function makeTaps(
  count: number,
  most: number,
  each: (output: number) => { readonly first: number; readonly weights: readonly number[] },
): Taps {
  const even = (length: number) => 2 * Math.ceil(length / 2);
  const record = 2 + even(most);
  const numbers = new Int32Array(count * record);
  for (let output = 0; output < count; output++) {
    const { first, weights } = each(output);
    const start = output * record;
    const own = numbers.subarray(start + 2, start + 2 + even(weights.length));
    own.set(weights);
    splitWeights(own);
    numbers.set([first, own.length], start);
  }
  return { count, record, numbers };
}

/** Every row resampled: `taps.count` pixels wide. */
export function resampleRows({ width, height, data }: Image, taps: Taps): Image {
  const out = new Uint8Array(taps.count * height * 3);
  const [from, to] = [width * 3, taps.count * 3];
  const band = Math.max(1, Math.floor(BAND / from));
  for (let row = 0; row < height; row += band) {
    const rows = Math.min(band, height - row);
    const at = place(taps, rows * from, rows * to);
    at.memory.set(data.subarray(row * from, (row + rows) * from), at.source);
    kernel.resampleRows(0, taps.record * 4, taps.count, at.source, from, rows, at.result);
    out.set(at.memory.subarray(at.result, at.result + rows * to), row * to);
  }
  return new Image(taps.count, height, out);
}

/** Every column resampled: `taps.count` pixels high. */
export function resampleColumns({ width, data }: Image, taps: Taps): Image {
  const { count, record, numbers } = taps;
  const out = new Uint8Array(width * count * 3);
  const rowBytes = width * 3;
  const band = Math.max(1, Math.floor(BAND / rowBytes));
  for (let row = 0; row < count; row += band) {
    const rows = Math.min(band, count - row);
    const last = (row + rows - 1) * record;
    const first = numbers[row * record];
    const end = numbers[last] + numbers[last + 1];
    const at = place(taps, (end - first) * rowBytes, rows * rowBytes);
    at.memory.set(data.subarray(first * rowBytes, end * rowBytes), at.source);
    // The kernel counts input rows from the picture's first, which would lie so many before the band's.
    const source = at.source - first * rowBytes;
    kernel.resampleColumns(row * record * 4, record * 4, rows, source, rowBytes, at.result);
    out.set(at.memory.subarray(at.result, at.result + rows * rowBytes), row * rowBytes);
  }
  return new Image(width, count, out);
}

/** Puts the taps at the memory's start and makes room behind them for so many bytes of source and of result. */
function place({ numbers }: Taps, source: number, result: number) {
  const at = { source: numbers.byteLength, result: numbers.byteLength + source + SLACK };
  const memory = withRoom(at.result + result + SLACK);
  memory.set(new Uint8Array(numbers.buffer), 0);
  return { ...at, memory };
}
