import { Random } from "@ssl4rl/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cropWindow, overlapOf, windowOver } from "./crop-window.js";

const side = fc.integer({ min: 1, max: 700 });

describe("cropWindow", () => {
  it("lies inside the picture", () => {
    fc.assert(
      fc.property(side, side, fc.integer(), (width, height, seed) => {
        const [x, y, w, h] = cropWindow(width, height, [0.08, 1], Random.from(seed));
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.min(w, h)).toBeGreaterThanOrEqual(1);
        expect(x + w).toBeLessThanOrEqual(width);
        expect(y + h).toBeLessThanOrEqual(height);
      }),
    );
  });

  it("has areas spread evenly over the scale and aspects from 3:4 to 4:3, as many wide as tall", () => {
    const random = Random.from("windows");
    const windows = Array.from({ length: 4000 }, () => cropWindow(600, 600, [0.08, 0.3], random));
    const areas = windows.map(([, , w, h]) => (w * h) / 360000);
    expect(Math.min(...areas)).toBeGreaterThan(0.079);
    expect(Math.max(...areas)).toBeLessThan(0.301);
    expect(areas.reduce((sum, area) => sum + area, 0) / 4000).toBeCloseTo(0.19, 2);
    const aspects = windows.map(([, , w, h]) => w / h);
    expect(Math.min(...aspects)).toBeGreaterThan(0.74);
    expect(Math.max(...aspects)).toBeLessThan(1.35);
    expect(aspects.filter((aspect) => aspect > 1).length / 4000).toBeCloseTo(0.5, 1);
  });

  it("falls back to the centre of a strip that none of ten draws fits", () => {
    expect(cropWindow(1000, 30, [0.9, 1], Random.from(1))).toEqual([480, 0, 40, 30]);
    expect(cropWindow(30, 1000, [0.9, 1], Random.from(1))).toEqual([0, 480, 30, 40]);
  });

  // Section 1.2 of the specification gives these shares for two independent crops.
  it.each([
    [640, 480, [0.08, 0.3], 0.196],
    [500, 500, [0.08, 0.3], 0.159],
    [640, 480, [0.08, 1], 0.028],
    [500, 500, [0.08, 1], 0.014],
  ] as const)(
    "leaves two independent windows of %i x %i at scale %o disjoint as often as known: %d",
    (w, h, scale, share) => {
      const random = Random.from("disjoint", w, scale[1]);
      const draw = () => cropWindow(w, h, scale, random);
      const disjoint = Array.from({ length: 40000 }, () => overlapOf(draw(), draw()) === 0).filter(Boolean).length;
      expect(Math.abs(disjoint / 40000 - share)).toBeLessThan(0.008);
    },
  );
});

describe("overlapOf", () => {
  it.each([
    [[0, 0, 10, 10], [0, 0, 10, 10], 1],
    [[0, 0, 10, 10], [5, 0, 10, 10], 0.5],
    [[0, 0, 100, 100], [20, 20, 10, 10], 1],
    [[0, 0, 10, 10], [10, 0, 10, 10], 0],
    [[0, 0, 10, 10], [30, 30, 10, 10], 0],
    [[0, 0, 10, 10], [9, 30, 10, 10], 0],
  ] as const)("of %o and %o, as a share of the smaller one, is %d", (a, b, share) => {
    expect(overlapOf(a, b)).toBe(share);
    expect(overlapOf(b, a)).toBe(share);
  });
});

describe("windowOver", () => {
  it.each([0, 0.2, 0.5, 0.8])("shares at least %d with the first window, wherever that lies", (overlap) => {
    const random = Random.from("over", overlap);
    for (let i = 0; i < 100; i++) {
      const first = cropWindow(400, 400, [0.08, 0.3], random);
      const second = windowOver(first, 400, [0.08, 0.3], overlap, random);
      expect(overlapOf(first, second)).toBeGreaterThanOrEqual(overlap);
    }
  });
});
