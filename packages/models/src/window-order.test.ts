import { expect, test } from "vitest";
import { invert, windowOrder } from "./window-order.js";

// Reference page, section 4.2.
test("a grid of 10 x 14 patches falls into four windows", () => {
  const { index, windows, images } = windowOrder([{ height: 10, width: 14 }], 2, 4);
  const first = [0, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 17, 21, 22, 23, 24, 4, 5, 6, 11, 12, 13, 18, 19, 20, 25, 26, 27];
  expect([...index]).toEqual([...first, 28, 29, 30, 31, 32, 33, 34]);
  expect(windows).toEqual([64, 48, 16, 12]);
  expect(images).toEqual([140]);
});

test("images never share a window", () => {
  const grids = [
    { height: 2, width: 4 },
    { height: 8, width: 16 },
  ];
  const { windows, images, index } = windowOrder(grids, 2, 4);
  expect(windows).toEqual([8, 64, 64]);
  expect(images).toEqual([8, 128]);
  expect([...index.slice(0, 8)]).toEqual([0, 1, 2, 3, 4, 5, 10, 11]);
});

test("the inverse undoes the order", () => {
  const { index } = windowOrder([{ height: 10, width: 14 }], 2, 4);
  const inverse = invert(index);
  expect(Array.from(index, (_, i) => index[inverse[i]])).toEqual(Array.from(index, (_, i) => i));
});
