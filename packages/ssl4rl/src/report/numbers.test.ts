import { expect, test } from "vitest";
import { count, duration, percent, short } from "./numbers.js";

test("numbers keep at most three digits that count", () => {
  expect([0, 0.71349, 12.44, 146.7, 5e-7, 0.00012, -0.5, 1].map(short)).toEqual([
    "0",
    "0.713",
    "12.4",
    "147",
    "5e-7",
    "1.2e-4",
    "-0.5",
    "1",
  ]);
});

test("values that are not finite print as a dash", () => {
  expect([short(Number.NaN), percent(Number.NaN), short(Number.POSITIVE_INFINITY)]).toEqual(["–", "–", "–"]);
});

test("durations are told in the two largest units", () => {
  expect([4.25, 59.9, 125, 3599.7, 13_260].map(duration)).toEqual([
    "4.25 s",
    "59.9 s",
    "2 min 5 s",
    "1 h 0 min",
    "3 h 41 min",
  ]);
});

test("nouns follow their number", () => {
  expect([count(1, "step"), count(1200, "step")]).toEqual(["1 step", "1,200 steps"]);
});
