import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Image } from "./image.js";
import { cubic } from "./resize.js";
import { sampleAffine } from "./sample-affine.js";

const noise = (side: number, seed: number) =>
  new Image(
    side,
    side,
    Uint8Array.from({ length: side * side * 3 }, (_, i) => Math.imul(i ^ seed, 0x9e3779b1) >>> 24),
  );

/** Bicubic at any place, in floating point: the weighted sum of the 4 × 4 pixels around it. */
function bicubic({ width, data }: Image, x: number, y: number, channel: number): number {
  let sum = 0;
  for (let row = Math.floor(y) - 1; row < Math.floor(y) + 3; row++) {
    for (let column = Math.floor(x) - 1; column < Math.floor(x) + 3; column++) {
      sum += cubic(row - y) * cubic(column - x) * data[(row * width + column) * 3 + channel];
    }
  }
  return sum;
}

describe("sampleAffine", () => {
  it("is the mean of 2 x 2 bicubic samples of each pixel, whatever the turn, the step and the place", () => {
    const turns = fc.record({
      angle: fc.double({ min: 0, max: 7, noNaN: true }),
      length: fc.double({ min: 0.1, max: 1, noNaN: true }),
      // Whole 32nds of a pixel, where nothing is rounded at the view's centre.
      x: fc.integer({ min: 0, max: 31 }),
      y: fc.integer({ min: 0, max: 31 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(turns, ({ angle, length, x, y, seed }) => {
        const image = noise(40, seed);
        const [cos, sin] = [length * Math.cos(angle), length * Math.sin(angle)];
        const spread = (Math.abs(cos) + Math.abs(sin)) / 2;
        const centre = [20.5 + x / 32 + spread, 20.5 + y / 32 + spread] as const;
        const view = sampleAffine(image, centre, { xx: cos, xy: -sin, yx: sin, yy: cos }, 1);
        for (let channel = 0; channel < 3; channel++) {
          let mean = 0;
          for (const dx of [-0.5, 0.5]) {
            for (const dy of [-0.5, 0.5]) {
              const [atX, atY] = [centre[0] + dx * cos - dy * sin, centre[1] + dx * sin + dy * cos];
              mean += bicubic(image, atX - 0.5, atY - 0.5, channel) / 4;
            }
          }
          expect(Math.abs(view.data[channel] - Math.min(255, Math.max(0, mean)))).toBeLessThanOrEqual(0.51);
        }
      }),
    );
  });

  it("gives the picture back at half a pixel a step, but for what the mean of samples blurs", () => {
    const ramp = new Image(
      30,
      30,
      Uint8Array.from({ length: 2700 }, (_, i) => 5 * (Math.floor(i / 3) % 30) + 2 * Math.floor(i / 90)),
    );
    const view = sampleAffine(ramp, [15, 15], { xx: 0.5, xy: 0, yx: 0, yy: 0.5 }, 20);
    expect(view).toEqual(ramp.crop(5, 5, 20, 20));
  });
});
