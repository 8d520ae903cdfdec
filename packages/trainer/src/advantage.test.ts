import { describe, expect, it } from "vitest";
import { groupAdvantages } from "./advantage.js";

// Golden numbers: `advantages` and `equal_rewards_float32` of the project's GRPO reference, computed by two independent
// programs and equal to TRL's advantages (scale_rewards "group" and "none").
const groups = [
  [1, 0, 0.5, 1],
  [0, 0.25, 0, 0],
];

describe("groupAdvantages", () => {
  it("equals TRL's group scaling", () => {
    const expected = [
      [0.783186, -1.30531, -0.261062, 0.783186],
      [-0.4996, 1.498801, -0.4996, -0.4996],
    ];
    for (const [i, rewards] of groups.entries()) {
      for (const [k, advantage] of groupAdvantages(rewards, "group").entries()) {
        expect(advantage).toBeCloseTo(expected[i][k], 6);
      }
    }
  });

  it("only centres with scale none", () => {
    expect(groupAdvantages(groups[0], "none")).toEqual([0.375, -0.625, -0.125, 0.375]);
    expect(groupAdvantages(groups[1], "none")).toEqual([-0.0625, 0.1875, -0.0625, -0.0625]);
  });

  it("gives exactly 0 to equal rewards, however their mean rounds", () => {
    for (const value of [0.1, 0.3, 1 / 3, 0]) {
      for (const n of [3, 8, 10]) {
        expect(groupAdvantages(Array(n).fill(value), "group").every((a) => a === 0)).toBe(true);
      }
    }
  });

  it("refuses a group of one", () => {
    expect(() => groupAdvantages([1], "group")).toThrow(/at least 2/);
  });
});
