import { describe, expect, it } from "vitest";
import { permutation } from "./answer.js";
import { describeReward, reward } from "./reward.js";

const right = { accuracy: 1, partial: 1, format: true, given: "90" };
const half = { accuracy: 0, partial: 0.5, format: true, given: "90" };
const wrong = { accuracy: 0, partial: 0, format: true, given: "180" };
const broken = { accuracy: 0, partial: 0, format: false, given: null };
const all = [right, half, wrong, broken];

describe("reward", () => {
  it.each([
    ["pays accuracy alone", { accuracy: 1, format: 0, partial: 0 }, [1, 0, 0, 0]],
    ["pays right places in full", { accuracy: 1, format: 0, partial: 1 }, [1, 0.5, 0, 0]],
    ["discounts right places of a wrong answer", { accuracy: 1, format: 0.2, partial: 0.2 }, [1.2, 0.3, 0.2, 0]],
    ["weighs all parts", { accuracy: 0.9, format: 0.1, partial: 0 }, [1, 0.1, 0.1, 0]],
    ["can be nothing", { accuracy: 0, format: 0, partial: 1 }, [0, 0, 0, 0]],
  ])("%s", (_, weights, earned) => {
    expect(all.map((verdict) => Number(reward(verdict, weights).toFixed(12)))).toEqual(earned);
  });

  // Reference page ssl-tasks, section 1.6; what SSL4RL's code pays for `2,2,2,2` and `2,4,1` is a format error here.
  it.each([
    ["2,4,1,3", 1, 1],
    ["3,1,4,2", 0, 0],
    ["2,4,3,1", 0.5, 0.1],
    ["2,2,2,2", 0, 0],
    ["2,4,1", 0, 0],
  ])("grades %s against 2,4,1,3 as SSL4RL's code and as Visual Jigsaw's paper", (text, graded, discounted) => {
    const kind = permutation(4, { from: 1, separator: "," });
    const given = kind.parse(text);
    const partial = given ? kind.compare(given, [2, 4, 1, 3]) : 0;
    const verdict = { accuracy: partial === 1 ? 1 : 0, partial, format: given !== null, given: text };
    expect(reward(verdict, { accuracy: 1, format: 0, partial: 1 })).toBe(graded);
    expect(reward(verdict, { accuracy: 1, format: 0, partial: 0.2 })).toBeCloseTo(discounted, 12);
  });

  it.each([
    [{ accuracy: 1, format: 0, partial: 0 }, "1 if right"],
    [
      { accuracy: 1, format: 0.2, partial: 0.2 },
      "1 if right, 0.2 × share of right places if well-formed but wrong, + 0.2 if well-formed",
    ],
    [{ accuracy: 0.9, format: 0.1, partial: 0 }, "0.9 if right, + 0.1 if well-formed"],
  ])("is told in words", (weights, words) => {
    expect(describeReward(weights)).toBe(words);
  });
});
