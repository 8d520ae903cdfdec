import type { Image } from "@ssl4rl/core";

/** What a builder's padding leaves at a picture's border. */
export interface Border {
  /** Width of the bars of one exact colour at top, right, bottom and left, as shares of the side across them. */
  readonly bars: readonly number[];
  /** Share of black pixels, of all and of the outermost ones. */
  readonly black: number;
  readonly blackBorder: number;
}

/** Channel values up to this are black: JPEG leaves padding not quite at 0. */
const BLACK = 4;

export function border(image: Image): Border {
  const { width, height, data } = image;
  let black = 0;
  let blackBorder = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      if (data[at] > BLACK || data[at + 1] > BLACK || data[at + 2] > BLACK) continue;
      black++;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) blackBorder++;
    }
  }
  const top = bar(height, (line) => [line * width, 1, width]);
  const bottom = bar(height, (line) => [(height - 1 - line) * width, 1, width]);
  const left = bar(width, (line) => [line, width, height]);
  const right = bar(width, (line) => [width - 1 - line, width, height]);
  return {
    // A picture of one colour is all content, not all bar.
    bars: top === 1 ? [0, 0, 0, 0] : [top, right, bottom, left],
    black: black / (width * height),
    blackBorder: blackBorder / Math.max(1, 2 * (width + height) - 4),
  };

  /** Share of lines from the edge on that are of the edge pixel's colour throughout. */
  function bar(lines: number, pixels: (line: number) => [start: number, step: number, count: number]): number {
    const first = pixels(0)[0] * 3;
    for (let line = 0; line < lines; line++) {
      const [start, step, count] = pixels(line);
      for (let i = 0; i < count; i++) {
        const at = (start + i * step) * 3;
        for (let c = 0; c < 3; c++) if (Math.abs(data[at + c] - data[first + c]) > 2) return line / lines;
      }
    }
    return 1;
  }
}
