import { describe, expect, it } from "vitest";
import { gaussianBlur } from "./blur.js";
import { flat, paint } from "./test-picture.js";

describe("gaussianBlur", () => {
  // Three box blurs stand in for the bell there. On a photo of 224 px the two differ by 0.5 to 0.7 grey levels in the mean.
  it.each([
    [0.5, [80, 94, 1, 100, 101, 28, 120, 108, 227, 140, 115, 254]],
    [1, [80, 94, 15, 100, 101, 75, 120, 108, 179, 140, 115, 240]],
    [2, [80, 94, 59, 100, 101, 103, 120, 108, 152, 140, 115, 196]],
  ])("is within 4 grey levels of Pillow's GaussianBlur(%d) across ramps and an edge", (sigma, pillow) => {
    const picture = paint(12, 12, (x, y) => [Math.min(255, 20 * x), (x * 7 + y * 11) % 200, x > 5 ? 255 : 0]);
    const row = gaussianBlur(picture, sigma).crop(4, 6, 4, 1);
    for (const [i, value] of row.data.entries()) expect(Math.abs(value - pillow[i])).toBeLessThanOrEqual(4);
  });

  it("spreads a point by the bell of its sigma, in both directions alike", () => {
    const point = paint(21, 21, (x, y) => (x === 10 && y === 10 ? [255, 255, 255] : [0, 0, 0]));
    const { data } = gaussianBlur(point, 1.5);
    const at = (x: number, y: number) => data[(y * 21 + x) * 3];
    const peak = 255 / (2 * Math.PI * 1.5 ** 2);
    expect(Math.abs(at(10, 10) - peak)).toBeLessThan(1);
    expect(Math.abs(at(12, 10) - peak * Math.exp(-4 / 4.5))).toBeLessThan(1);
    expect(at(12, 10)).toBe(at(10, 12));
    expect(at(8, 10)).toBe(at(12, 10));
  });

  it("leaves one colour as it is, up to the border", () => {
    expect(gaussianBlur(flat(9, 5, 77), 2).data).toEqual(flat(9, 5, 77).data);
  });
});
