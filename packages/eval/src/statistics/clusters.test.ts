import { expect, it } from "vitest";
import { clustersOf } from "./clusters.js";

it("items that share a name, or are joined by a chain of items, are one cluster", () => {
  const [turn, otherTurn, samePicture, samePictureAgain, alone] = clustersOf([
    ["row 1", "question 1"],
    ["row 2", "question 1"],
    ["row 3", "content a"],
    ["row 2", "content a"],
    ["row 4", "question 4"],
  ]);
  expect(new Set([turn, otherTurn, samePicture, samePictureAgain]).size).toBe(1);
  expect(alone).not.toBe(turn);
});

it("fifty thousand items on one picture are one cluster", () => {
  const items = Array.from({ length: 50_000 }, (_, i) => [`picture ${i}`, `group ${i}`, "content"]);
  expect(new Set(clustersOf(items)).size).toBe(1);
});

it("items without a name in common are apart", () => {
  expect(new Set(clustersOf([["a"], ["b", "c"], ["d", "e"]])).size).toBe(3);
  expect(clustersOf([])).toEqual([]);
});
