import { expect, test } from "vitest";
import { goldenCases } from "./golden.js";
import { mropePositions } from "./positions.js";

const I = 506;

test("the worked example of the reference page comes out", () => {
  const ids = [1, 2, 503, I, I, I, I, I, I, 504, 3, 4, 503, I, I, I, I, 504, 5, 6, 7];
  const grids = [
    { height: 4, width: 6 },
    { height: 4, width: 4 },
  ];
  const { t, h, w, next } = mropePositions(ids, I, grids, 2);
  expect([...t]).toEqual([0, 1, 2, 3, 3, 3, 3, 3, 3, 6, 7, 8, 9, 10, 10, 10, 10, 12, 13, 14, 15]);
  expect([...h]).toEqual([0, 1, 2, 3, 3, 3, 4, 4, 4, 6, 7, 8, 9, 10, 10, 11, 11, 12, 13, 14, 15]);
  expect([...w]).toEqual([0, 1, 2, 3, 4, 5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 10, 11, 12, 13, 14, 15]);
  expect(next - ids.length).toBe(-5);
});

// Reference page, section 9.2: delta and last prompt position.
test.each([
  { name: "A", prompt: goldenCases.A.prompts[0], grids: goldenCases.A.grids, delta: -28, last: 15 },
  { name: "B", prompt: goldenCases.B.prompts[0], grids: goldenCases.B.grids, delta: -24, last: 19 },
  { name: "C0", prompt: goldenCases.C.prompts[0], grids: goldenCases.C.grids.slice(0, 1), delta: -3, last: 9 },
  { name: "C1", prompt: goldenCases.C.prompts[1], grids: goldenCases.C.grids.slice(1), delta: -24, last: 23 },
])("case $name ends at position $last", ({ prompt, grids, delta, last }) => {
  const { t, next } = mropePositions(prompt, I, grids, 2);
  expect(next - prompt.length).toBe(delta);
  expect(t[t.length - 1]).toBe(last);
});

test("text alone counts up", () => {
  const { t, h, w, next } = mropePositions([4, 5, 6], I, [], 2);
  expect([[...t], [...h], [...w], next]).toEqual([[0, 1, 2], [0, 1, 2], [0, 1, 2], 3]);
});

test("a wrong number of image slots is refused", () => {
  const grids = [{ height: 4, width: 4 }];
  expect(() => mropePositions([1, I, I, I, 2], I, grids, 2)).toThrow(/3 image slots, but its 1 images need 4/);
  expect(() => mropePositions([1, I, I, I, I, I], I, grids, 2)).toThrow(/5 image slots/);
  expect(() => mropePositions([1, 2], I, grids, 2)).toThrow(/0 image slots/);
});
