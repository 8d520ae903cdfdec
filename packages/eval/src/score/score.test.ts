import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Box } from "../question.js";
import { iou } from "./iou.js";
import { inverselyScaledBox, storedBox, wholePixels } from "./model-frame.js";
import { averagePrecision, type Detection, nmsAp } from "./nms-ap.js";

describe("iou", () => {
  it("counts the intersection in pixels, as upstream does", () => {
    // 30 × 30 = 900 against 900, shifted by 10: (19 + 1) · (29 + 1) = 600 of 1200.
    expect(iou([10, 10, 40, 40], [20, 10, 50, 40])).toBeCloseTo(600 / 1200, 12);
    expect(iou([10, 10, 40, 40], [10, 10, 40, 40])).toBe(1);
  });

  it("is 0 for boxes that do not meet, that meet in one pixel, and for none", () => {
    expect([
      iou([0, 0, 10, 10], [10, 10, 20, 20]),
      iou([0, 0, 11, 11], [10, 10, 20, 20]),
      iou([0, 0, 0, 0], [0, 0, 0, 0]),
    ]).toEqual([0, 0, 0]);
  });
});

describe("boxes of the model", () => {
  // 100 × 60 is seen as 112 × 56.
  const size = { width: 100, height: 60 };

  it("are brought into the stored picture", () => {
    expect(storedBox([0, 0, 112, 56], size)).toEqual([0, 0, 100, 60]);
    expect(wholePixels([-3, 1.9, 120, 59.5], size)).toEqual([0, 1, 99, 59]);
  });

  it("go the other way in Visual Jigsaw's script", () => {
    expect(inverselyScaledBox([50, 30, 60, 40], size)).toEqual([56, 28, 67, 37]);
  });
});

describe("nmsAp", () => {
  const golden = JSON.parse(readFileSync(new URL("../../fixtures/nms-ap.json", import.meta.url), "utf8")) as {
    cases: { given: number[][]; truth: number[][]; ap: number; nmsAp: number }[];
  };
  const boxes = (list: number[][]): Detection[] =>
    list.map(([image, category, x, y, width, height]) => ({ image, category, box: [x, y, x + width, y + height] }));

  it("is what pycocotools says, with and without the suppression", () => {
    expect(golden.cases.length).toBe(10);
    for (const { given, truth, ...want } of golden.cases) {
      expect(averagePrecision(boxes(given), boxes(truth))).toBeCloseTo(want.ap, 12);
      expect(nmsAp(boxes(given), boxes(truth))).toBeCloseTo(want.nmsAp, 12);
    }
  });

  it("does not punish a second box on one thing, of whatever category", () => {
    const box: Box = [0, 0, 10, 10];
    const truth = [{ image: 1, category: 1, box }];
    const given = [
      { image: 1, category: 1, box: [0, 0, 10, 9] as const },
      { image: 1, category: 2, box },
      { image: 1, category: 1, box },
    ];
    expect(averagePrecision(given, truth)).toBeLessThan(1);
    expect(nmsAp(given, truth)).toBe(1);
  });

  it("is 0 without a detection", () => {
    expect(nmsAp([], [{ image: 1, category: 1, box: [0, 0, 1, 1] }])).toBe(0);
  });
});
