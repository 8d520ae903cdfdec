import { describe, expect, it } from "vitest";
import { advantages, gdpoAdvantages, type RewardScale, taskAdvantages, variance } from "./advantage.js";

// Golden numbers: `advantages`, `multi_reward` and `equal_rewards_float32` of the project's GRPO reference, computed by two
// independent programs and equal to TRL's and verl's own functions.
const REWARDS = [
  [1, 0, 0.5, 1],
  [0, 0.25, 0, 0],
];
const FORMAT = [
  [1, 1, 0, 1],
  [0, 1, 1, 1],
];
const WEIGHTS = [1, 0.2];

function close(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]) {
  expect(actual.map((group) => group.length)).toEqual(expected.map((group) => group.length));
  for (const [b, group] of expected.entries()) {
    for (const [g, value] of group.entries()) expect(actual[b][g]).toBeCloseTo(value, 6);
  }
}

describe("advantages", () => {
  it.each<[RewardScale, number[][]]>([
    [
      "group",
      [
        [0.783186, -1.30531, -0.261062, 0.783186],
        [-0.4996, 1.498801, -0.4996, -0.4996],
      ],
    ],
    [
      "none",
      [
        [0.375, -0.625, -0.125, 0.375],
        [-0.0625, 0.1875, -0.0625, -0.0625],
      ],
    ],
    [
      "batch",
      [
        [0.848336, -1.413894, -0.282779, 0.848336],
        [-0.141389, 0.424168, -0.141389, -0.141389],
      ],
    ],
    [
      "rloo",
      [
        [0.5, -0.833333, -0.166667, 0.5],
        [-0.083333, 0.25, -0.083333, -0.083333],
      ],
    ],
  ])("scale by %s", (scale, expected) => close(advantages(REWARDS, scale), expected));

  it("scale by the spread of their task", () => {
    // `task_adv` of `curriculum.design`: both groups are of one task.
    const spread = (variance(REWARDS[0]) + variance(REWARDS[1])) / 2;
    expect(spread).toBeCloseTo(0.122396, 6);
    const moved = 0.9 * 0.1 + 0.1 * spread;
    close(taskAdvantages(REWARDS, [moved, moved]), [
      [1.172788, -1.954647, -0.390929, 1.172788],
      [-0.195465, 0.586394, -0.195465, -0.195465],
    ]);
    // A small spread scales its own task alone.
    expect(taskAdvantages(REWARDS, [moved, 1])[0]).toEqual(taskAdvantages(REWARDS, [moved, moved])[0]);
  });

  it("are of the weighted sum of several rewards", () => {
    const total = REWARDS.map((group, b) => group.map((r, g) => WEIGHTS[0] * r + WEIGHTS[1] * FORMAT[b][g]));
    close(advantages(total, "group"), [
      [0.840087, -1.136589, -0.543586, 0.840087],
      [-1.152524, 1.288116, -0.067796, -0.067796],
    ]);
  });

  it.each(["group", "batch", "none", "rloo"] as const)(
    "are exactly 0 for equal rewards, however their mean rounds (%s)",
    (scale) => {
      for (const value of [0.1, 0.3, 1 / 3, 0]) {
        for (const n of [3, 8, 10]) {
          const [equal] = advantages([Array(n).fill(value), [0, 1]], scale);
          expect(equal.every((a) => a === 0)).toBe(true);
        }
      }
    },
  );

  it("refuse a group of one", () => {
    expect(() => advantages([[1]], "group")).toThrow(/at least 2/);
  });
});

describe("gdpoAdvantages", () => {
  it("scale every part within its group before they are added up", () => {
    close(gdpoAdvantages([REWARDS, FORMAT], WEIGHTS), [
      [0.893197, -1.219021, -0.567374, 0.893197],
      [-0.808622, 1.616941, -0.404159, -0.404159],
    ]);
  });

  it("keep apart responses whose parts differ but add up to the same", () => {
    const [parts] = [[[[1, 0, 0, 0]], [[0, 1, 1, 0]]]];
    const [[first, second]] = gdpoAdvantages(parts, [1, 1]);
    expect(first).toBeGreaterThan(second);
    const sums = parts[0].map((group, b) => group.map((r, g) => r + parts[1][b][g]));
    const [[one, other]] = advantages(sums, "group");
    expect(one).toBe(other);
  });
});
