import { describe, expect, it } from "vitest";
import { reward, rewards } from "./reward.js";

const right = { accuracy: 1, format: true, given: "90" };
const partial = { accuracy: 0.5, format: true, given: "90" };
const wrong = { accuracy: 0, format: true, given: "180" };
const broken = { accuracy: 0, format: false, given: null };

describe("reward", () => {
  it("pays accuracy alone under ssl4rl", () => {
    expect([right, partial, wrong, broken].map((verdict) => reward(verdict, rewards.ssl4rl))).toEqual([1, 0.5, 0, 0]);
  });

  it("pays the format too under ssl-r1", () => {
    expect([right, partial, wrong, broken].map((verdict) => reward(verdict, rewards["ssl-r1"]))).toEqual([
      1.2, 0.7, 0.2, 0,
    ]);
  });

  it("is linear in its weights", () => {
    expect(reward(partial, { accuracy: 4, format: 3 })).toBe(5);
    expect(reward(right, { accuracy: 0, format: 0 })).toBe(0);
  });
});
