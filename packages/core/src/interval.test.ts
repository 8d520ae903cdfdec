import { describe, expect, it } from "vitest";
import { estimate } from "./interval.js";
import { Random } from "./random.js";

interface Score {
  readonly cluster: string;
  readonly accuracy: number;
}

/** `right` of `n` answers are right, each on a picture of its own. */
const alone = (right: number, n: number): Score[] =>
  Array.from({ length: n }, (_, i) => ({ cluster: `${i}`, accuracy: i < right ? 1 : 0 }));

const width = (scores: Score[]) => estimate(scores).high - estimate(scores).low;

describe("estimate", () => {
  it.each([
    [8, 10, 0.4902, 0.9433],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [50, 100, 0.4038, 0.5962],
    [1, 1, 0.2065, 1],
    [81, 263, 0.2553, 0.3662],
  ])("is Wilson's interval for %i of %i single answers", (right, n, low, high) => {
    const result = estimate(alone(right, n));
    expect(result.accuracy).toBeCloseTo(right / n, 12);
    expect(result.low).toBeCloseTo(low, 4);
    expect(result.high).toBeCloseTo(high, 4);
    expect(result).toMatchObject({ n, clusters: n });
  });

  it("says that nothing is known without answers", () => {
    expect(estimate([])).toEqual({ accuracy: Number.NaN, low: 0, high: 1, n: 0, clusters: 0 });
  });

  it("counts answers that repeat their picture's answer once", () => {
    const once = alone(12, 20);
    const thrice = once.flatMap((score) => [score, score, score]);
    const repeated = estimate(thrice);
    expect(repeated).toMatchObject({ accuracy: 0.6, n: 60, clusters: 20 });
    // The clusters' variance has 19 degrees of freedom, so 20 pictures count as 19: Wilson of 0.6 at 19.
    expect(repeated.low).toBeCloseTo(0.381574, 5);
    expect(repeated.high).toBeCloseTo(0.78479, 5);
  });

  it("is wider when answers of one picture agree", () => {
    const scattered = Array.from({ length: 40 }, (_, i) => ({ cluster: `${i % 10}`, accuracy: i < 20 ? 1 : 0 }));
    const agreeing = Array.from({ length: 40 }, (_, i) => ({ cluster: `${i % 10}`, accuracy: i % 10 < 5 ? 1 : 0 }));
    expect(width(agreeing)).toBeGreaterThan(1.5 * width(scattered));
  });

  it("never takes clustered answers for more than independent ones", () => {
    // Half of each picture's answers are right: the clusters' means do not vary at all.
    const balanced = Array.from({ length: 40 }, (_, i) => ({ cluster: `${i % 20}`, accuracy: i < 20 ? 1 : 0 }));
    expect(width(balanced)).toBeCloseTo(width(alone(20, 40)), 12);
  });

  it("counts pictures, not answers, where all answers are the same", () => {
    const scores = Array.from({ length: 60 }, (_, i) => ({ cluster: `${i % 10}`, accuracy: 1 }));
    expect(estimate(scores).low).toBeCloseTo(estimate(alone(10, 10)).low, 12);
  });

  it("takes any number of answers on a single picture for one", () => {
    const scores = Array.from({ length: 60 }, (_, i) => ({ cluster: "one", accuracy: i % 2 }));
    expect(width(scores)).toBeGreaterThan(0.7);
  });

  it("takes partial credit and stays within 0..1", () => {
    const scores = Array.from({ length: 30 }, (_, i) => ({ cluster: `${i}`, accuracy: (i % 5) / 4 }));
    const { accuracy, low, high } = estimate(scores);
    expect(accuracy).toBeCloseTo(0.5, 12);
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(1);
  });

  it.each([
    { name: "single answers", pictures: 150, each: 1, spread: 0 },
    { name: "independent answers in clusters", pictures: 100, each: 3, spread: 0 },
    { name: "answers that depend on their picture", pictures: 100, each: 4, spread: 0.35 },
  ])("covers the truth in about 95 of 100 samples: $name", ({ name, pictures, each, spread }) => {
    const samples = 1500;
    let covered = 0;
    for (let sample = 0; sample < samples; sample++) {
      const random = Random.from("coverage", name, sample);
      const scores: Score[] = [];
      for (let picture = 0; picture < pictures; picture++) {
        const p = 0.55 + (random.chance(0.5) ? spread : -spread);
        for (let k = 0; k < each; k++) scores.push({ cluster: `${picture}`, accuracy: random.chance(p) ? 1 : 0 });
      }
      const { low, high } = estimate(scores);
      if (low <= 0.55 && 0.55 <= high) covered++;
    }
    expect(covered / samples).toBeGreaterThan(0.93);
    expect(covered / samples).toBeLessThan(0.97);
  });
});
