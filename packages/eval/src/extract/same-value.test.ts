import { describe, expect, it } from "vitest";
import { latexValue } from "./latex-value.js";
import { pythonFloat, pythonRound } from "./python-number.js";
import { sameValue } from "./same-value.js";

describe("latexValue", () => {
  it.each([
    ["1,234.5", 1234.5],
    ["-3/4", -0.75],
    ["\\frac{1}{2}", 0.5],
    ["\\dfrac12", 0.5],
    ["2\\sqrt{3}", 2 * Math.sqrt(3)],
    ["\\sqrt[3]{8}", 2],
    ["\\frac{3\\pi}{2}", 1.5 * Math.PI],
    ["2^{10}", 1024],
    ["10^{-2}", 0.01],
    ["3 \\times 4 - 2", 10],
    ["2(3+4)", 14],
    ["-2^2", -4],
    ["x = 7", 7],
    ["45^{\\circ}", 45],
    ["50\\%", 50],
    ["5\\text{cm}", 5],
  ])("%s is %d", (text, value) => {
    expect(latexValue(text)).toBeCloseTo(value, 12);
  });

  it.each(["", "x", "x+1", "1 2", "(1", "1/0", "\\frac{1}", "1..2", "{".repeat(100_000), "-", "2^"])(
    "%.20s has no value",
    (text) => {
      expect(latexValue(text)).toBeNull();
    },
  );
});

describe("sameValue", () => {
  it.each([
    ["0.333", "\\frac{1}{3}"],
    ["1000", "1,000"],
    ["(1, 0.5)", "(1,1/2)"],
    ["A", "a"],
    ["x+1", "x+1"],
  ])("%s is %s", (a, b) => {
    expect(sameValue(a, b)).toBe(true);
  });

  it.each([
    ["0.33", "0.34"],
    ["(1,2)", "[1,2]"],
    ["(1,2)", "(1,2,3)"],
    ["x+1", "1+x"],
    ["", ""],
    ["12", "(1,2)"],
  ])("%s is not %s", (a, b) => {
    expect(sameValue(a, b)).toBe(false);
  });
});

it("numbers are read and rounded as in Python", () => {
  expect([0.125, 0.375, 2.675, 1.005, -0.125, 0.5].map((x) => pythonRound(x, 2))).toEqual([
    0.12, 0.38, 2.67, 1, -0.12, 0.5,
  ]);
  expect([" 1_000 ", "1e3", "+.5", "5.", "1__0", "0x10", "", "inf"].map(pythonFloat)).toEqual([
    1000,
    1000,
    0.5,
    5,
    null,
    null,
    null,
    null,
  ]);
});
