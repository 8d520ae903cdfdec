import { Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { drawLevel, ladderStep } from "./ladder.js";
import { adjustedRate } from "./learnability.js";

describe("ladderStep", () => {
  it("goes up above half, stays at half, goes down below", () => {
    // Golden numbers: `curriculum.design`, pass rates 0.25, 0.625 and 0.9 of four answers.
    const steps = [0.25, 0.625, 0.9].map((rate) => ladderStep(5, adjustedRate(rate, 0.25), 10) - 5);
    for (const [i, step] of [-0.380797, 0, 0.31255].entries()) expect(steps[i]).toBeCloseTo(step, 6);
  });

  it("ends at both ends", () => {
    expect(ladderStep(0.1, 0, 2)).toBe(0);
    expect(ladderStep(1.9, 1, 2)).toBe(2);
  });
});

describe("drawLevel", () => {
  const counts = (place: number, levels: number) => {
    const all = Array(levels).fill(0);
    for (let i = 0; i < 4000; i++) all[drawLevel(place, Random.from("draw", i))]++;
    return all.map((count) => count / 4000);
  };

  it("mixes the two levels around a place, and an easier one in a tenth of the draws", () => {
    for (const [i, share] of [0.05, 0.05, 0.9 * 0.7, 0.9 * 0.3].entries()) {
      expect(Math.abs(counts(2.3, 4)[i] - share)).toBeLessThan(0.03);
    }
  });

  it("stays on the lowest and on the highest level at the ends", () => {
    expect(counts(0, 3)).toEqual([1, 0, 0]);
    const [first, second, last] = counts(2, 3);
    expect(last).toBeGreaterThan(0.87);
    expect(Math.min(first, second)).toBeGreaterThan(0.03);
  });
});
