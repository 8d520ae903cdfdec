import { Image } from "@ssl4rl/core";
import { expect, test } from "vitest";
import { heatMap } from "./heat-map.js";

const black = new Image(80, 40, new Uint8Array(80 * 40 * 3));
const whole = { least: 0, most: 1 };
const pixel = ({ width, data }: Image, x: number, y: number) => [...data.subarray((y * width + x) * 3).subarray(0, 3)];
const brightness = (image: Image, x: number, y: number) => {
  const [r, g, b] = pixel(image, x, y);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

test("the place looked at most is brightest, and it grows darker evenly towards the next centre", () => {
  const found = heatMap(black, { rows: 1, columns: 2 }, [1, 0], whole);
  const row = [0, 19, 30, 40, 50, 60, 79].map((x) => brightness(found, x, 20));
  expect(row[0]).toBe(row[1]);
  expect(row[5]).toBe(row[6]);
  for (let i = 2; i < 6; i++) expect(row[i]).toBeLessThan(row[i - 1]);
  expect(pixel(found, 0, 0)).toEqual(pixel(found, 0, 39));
});

test("rows are rows: the lower left place is there", () => {
  const found = heatMap(black, { rows: 2, columns: 4 }, [0, 0, 0, 0, 1, 0, 0, 0], whole);
  expect(brightness(found, 5, 35)).toBeGreaterThan(brightness(found, 5, 5) + 50);
  expect(brightness(found, 5, 35)).toBeGreaterThan(brightness(found, 75, 35) + 50);
});

test("what lies outside the range is drawn as its ends, and half of the picture shows through", () => {
  const white = new Image(1, 1, new Uint8Array([255, 255, 255]));
  const over = (image: Image, value: number, range = whole) => heatMap(image, { rows: 1, columns: 1 }, [value], range);
  expect(over(white, 3)).toEqual(over(white, 1));
  expect(over(white, -1)).toEqual(over(white, 0));
  expect(over(white, 5, { least: 5, most: 5 })).toEqual(over(white, 0));
  const dark = new Image(1, 1, new Uint8Array(3));
  over(white, 0.5).data.forEach((value, c) => {
    expect(value - over(dark, 0.5).data[c]).toBeGreaterThanOrEqual(127);
  });
});
