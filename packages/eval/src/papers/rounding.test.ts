import { describe, expect, it } from "vitest";
import { signed, twoDecimals } from "./rounding.js";

describe("twoDecimals", () => {
  it.each([
    ["MMBench 7B Rotation", 3788, 4329, "87.50"],
    ["MMBench 7B Jigsaw", 3798, 4329, "87.73"],
    ["MMBench 7B Contrastive", 3734, 4329, "86.25"],
    ["MMBench 45°", 3427, 4329, "79.16"],
    ["MMBench Jigsaw 3x3", 3252, 4329, "75.12"],
    ["MMBench strong Contrastive", 3372, 4329, "77.89"],
    ["MMBench Position 3x3", 3508, 4329, "81.03"],
    ["SEED-Bench 7B", 10_632, 14_232, "74.70"],
  ])("truncates as SSL4RL's averages are: %s", (_, hits, n, printed) => {
    expect(twoDecimals((100 * hits) / n, "truncate")).toBe(printed);
  });

  it.each([
    [65, 150, "43.33"],
    [898, 1164, "77.15"],
    [146, 191, "76.44"],
    [819, 1919, "42.68"],
    [1697, 2195, "77.31"],
    [694, 1533, "45.27"],
    [111, 400, "27.75"],
  ])("rounds as SSL-R1's cells are: %i of %i", (hits, n, printed) => {
    expect(twoDecimals((100 * hits) / n)).toBe(printed);
  });

  it("rounds and truncates halves, of which SSL-R1 prints both", () => {
    // HR-Bench-8K: 67.63 in one row, 69.62 and 64.12 in others.
    expect([541, 557, 513].map((hits) => twoDecimals(hits / 8))).toEqual(["67.63", "69.63", "64.13"]);
    expect([557, 513].map((hits) => twoDecimals(hits / 8, "truncate"))).toEqual(["69.62", "64.12"]);
  });

  it("truncates a mean that should be exact to itself", () => {
    // (0.28 + 0.30) / 2 * 100 is 28.999999999999996.
    expect(twoDecimals((0.28 + 0.3) / 2, "truncate")).toBe("0.29");
  });

  it("prints what is no number as a dash", () => {
    expect([twoDecimals(Number.NaN), twoDecimals(Number.NEGATIVE_INFINITY, "truncate")]).toEqual(["–", "–"]);
  });
});

it("changes carry their sign, zero a plus", () => {
  expect([signed(0), signed(-0.001), signed(-10.14), signed(12.666)]).toEqual(["+0.00", "+0.00", "-10.14", "+12.67"]);
});
