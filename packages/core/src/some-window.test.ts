import { describe, expect, it } from "vitest";
import { Image } from "./image.js";
import { Random } from "./random.js";
import { halfPixelRange, type Range, someWindow } from "./some-window.js";

/** Smooth, so that neighbouring windows are alike and verdicts near the tolerance are common. */
function smooth(random: Random, width: number, height: number): Image {
  const [fx, fy] = [random.uniform(0.01, 0.6), random.uniform(0.01, 0.6)];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return 128 + 90 * Math.sin(fx * x + (i % 3)) * Math.cos(fy * y) + random.uniform(-5, 5);
  });
  return new Image(width, height, data);
}

/** The same, window by window and sample by sample. */
function plainly({ width, height }: Image, { low, high }: Range, crop: Image, tolerance: number): boolean {
  const spread = (length: number) =>
    Array.from({ length: Math.min(12, length) }, (_, i) => Math.floor(((i + 0.5) * length) / Math.min(12, length)));
  const [columns, rows] = [spread(crop.width), spread(crop.height)];
  for (let y = 0; y <= height - crop.height; y++) {
    for (let x = 0; x <= width - crop.width; x++) {
      let sum = 0;
      for (const row of rows) {
        for (const column of columns) {
          for (let c = 0; c < 3; c++) {
            const value = crop.data[(row * crop.width + column) * 3 + c];
            const at = ((y + row) * width + x + column) * 3 + c;
            sum += Math.max(0, low[at] - value, value - high[at]);
          }
        }
      }
      if (sum < tolerance * 3 * columns.length * rows.length) return true;
    }
  }
  return false;
}

describe("halfPixelRange", () => {
  it("goes half-way to the least and the greatest of the pixels around each, the border's its own", () => {
    const random = Random.from("half-pixel-range");
    for (const [width, height] of [
      [1, 1],
      [1, 9],
      [9, 1],
      [5, 4],
      [17, 3],
      [40, 31],
    ]) {
      const { data } = smooth(random, width, height);
      const { low, high } = halfPixelRange(new Image(width, height, data));
      data.forEach((value, i) => {
        const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
        const around = [-1, 0, 1].flatMap((dy) =>
          [-1, 0, 1].flatMap((dx) =>
            x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height ? [data[i + 3 * (dy * width + dx)]] : [],
          ),
        );
        expect(low[i]).toBe((value + Math.min(...around)) >> 1);
        expect(high[i]).toBe((value + Math.max(...around)) >> 1);
      });
    }
  });
});

describe("someWindow", () => {
  it("finds what a search window by window finds, in pictures of any size, within any tolerance", () => {
    const random = Random.from("some-window");
    let found = 0;
    for (let n = 0; n < 300; n++) {
      const picture = smooth(random, 1 + random.int(70), 1 + random.int(50));
      const other = random.float() < 0.5 ? picture : smooth(random, 70, 50);
      const [width, height] = [1 + random.int(other.width), 1 + random.int(other.height)];
      const crop = other.crop(
        random.int(other.width - width + 1),
        random.int(other.height - height + 1),
        width,
        height,
      );
      const noisy = new Image(
        width,
        height,
        Uint8Array.from(crop.data, (v) => v + random.int(1 + (n % 25))),
      );
      const high = Uint8Array.from(picture.data, (v) => Math.min(255, v + random.int(6)));
      const range = n % 2 ? { low: picture.data, high } : { low: picture.data, high: picture.data };
      const tolerance = random.uniform(0.5, 12);
      const expected = plainly(picture, range, noisy, tolerance);
      expect(someWindow(picture, range, noisy, tolerance), `case ${n}`).toBe(expected);
      if (expected) found++;
    }
    expect(found).toBeGreaterThan(60);
    expect(found).toBeLessThan(240);
  });

  it("finds nothing larger than the picture", () => {
    const picture = new Image(4, 4, new Uint8Array(48));
    const range = { low: picture.data, high: picture.data };
    expect(someWindow(picture, range, picture, 1)).toBe(true);
    expect(someWindow(picture, range, new Image(5, 1, new Uint8Array(15)), 1)).toBe(false);
  });
});
