import { describe, expect, it } from "vitest";
import { adjustedRate, cappedShares, learnability, learnableShares } from "./learnability.js";

// Golden numbers: `curriculum.design` of the project's GRPO reference.
const PASS_RATES = [0.5, 0.75, 0.95, 0.3];
const CHANCES = [0.5, 0.5, 0.25, 0.25];
const ALIKE = [0.1, 0.2, 0.5, 0.4];
const EVEN = [0.25, 0.25, 0.25, 0.25];

function close(actual: readonly number[], expected: readonly number[]) {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 6);
}

describe("learnability", () => {
  it("is of the pass rate above guessing, and of the groups that differ", () => {
    close(
      PASS_RATES.map((rate, k) => learnability(rate, CHANCES[k], 0)),
      [0, 1, 0.248889, 0.248889],
    );
    close(
      PASS_RATES.map((rate, k) => learnability(rate, CHANCES[k], ALIKE[k])),
      [0, 0.8, 0.124444, 0.149333],
    );
  });

  it("counts a rate below chance as guessing", () => {
    expect([adjustedRate(0.1, 0.25), adjustedRate(0.25, 0.25), adjustedRate(1, 0.25)]).toEqual([0, 0, 1]);
  });
});

describe("learnableShares", () => {
  it("are a softmax of learnability over a fifth of even shares", () => {
    const shares = (alike: readonly number[]) =>
      learnableShares(
        PASS_RATES.map((rate, k) => learnability(rate, CHANCES[k], alike[k])),
        EVEN,
      );
    close(shares([0, 0, 0, 0]), [0.063112, 0.765917, 0.085485, 0.085485]);
    close(shares(ALIKE), [0.077591, 0.726879, 0.095389, 0.10014]);
  });

  it("stay the recipe's where there is equally much to learn", () => {
    close(learnableShares([0.4, 0.4, 0.4], [0.5, 0.3, 0.2]), [0.5, 0.3, 0.2]);
  });
});

describe("cappedShares", () => {
  it("give what is above 0.6 to the others in proportion", () => {
    const before = [0.063112, 0.765917, 0.085485, 0.085486];
    const after = cappedShares(before);
    expect(after[1]).toBe(0.6);
    expect(after.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(after[0] / after[2]).toBeCloseTo(before[0] / before[2], 12);
  });

  it("are left alone below, and where there is no other", () => {
    expect(cappedShares([0.6, 0.4])).toEqual([0.6, 0.4]);
    expect(cappedShares([1])).toEqual([1]);
  });
});
