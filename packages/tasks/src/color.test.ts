import { Image } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { brightness, contrast, equalise, greyscale, hue, mirrored, saturation, solarise } from "./color.js";
import { flat, paint, texture } from "./test-picture.js";

/** Black, white, greys, full colours and dull ones, 4 × 3. */
const pixels = [
  ...[0, 0, 0, 255, 255, 255, 128, 128, 128, 127, 128, 129],
  ...[250, 10, 30, 12, 240, 60, 30, 20, 200, 200, 180, 20],
  ...[90, 160, 170, 180, 60, 150, 33, 66, 99, 5, 4, 3],
];
const image = new Image(4, 3, Uint8Array.from(pixels));

// The numbers are those of Pillow 13.0; the hues those of torchvision's adjust_hue over it.
describe("equals Pillow, value for value:", () => {
  it.each([
    [0.45, "0 0 0 114 114 114 57 57 57 57 57 58 112 4 13 5 108 27 13 9 90 90 81 9 40 72 76 81 27 67 14 29 44 2 1 1"],
    [
      1.7,
      "0 0 0 255 255 255 217 217 217 215 217 219 255 17 51 20 255 102 51 34 255 255 255 34 153 255 255 255 102 255 " +
        "56 112 168 8 6 5",
    ],
  ])("brightness %d", (factor, values) => expect(brightness(image, factor).data.join(" ")).toBe(values));

  it.each([
    [
      0.3,
      "74 74 74 150 150 150 112 112 112 112 112 112 149 77 83 77 146 92 83 80 134 134 128 80 101 122 125 128 92 119 " +
        "84 94 103 75 75 75",
    ],
    [
      1.6,
      "0 0 0 255 255 255 141 141 141 139 141 142 255 0 0 0 255 32 0 0 255 255 224 0 80 192 208 224 32 176 0 42 94 " +
        "0 0 0",
    ],
  ])("contrast %d", (factor, values) => expect(contrast(image, factor).data.join(" ")).toBe(values));

  it.each([
    [
      0.25,
      "0 0 0 255 255 255 128 128 128 127 128 128 125 65 70 116 173 128 40 38 83 176 171 131 127 145 147 124 94 117 " +
        "53 61 69 4 4 3",
    ],
    [
      1.8,
      "0 0 0 255 255 255 128 128 128 126 128 129 255 0 0 0 255 0 18 0 255 225 189 0 50 176 194 239 23 185 11 70 130 " +
        "5 4 2",
    ],
  ])("saturation %d", (factor, values) => expect(saturation(image, factor).data.join(" ")).toBe(values));

  it.each([
    [
      -0.17,
      "0 0 0 255 255 255 128 128 128 127 129 128 225 11 250 200 240 12 20 194 200 200 20 42 90 170 98 88 60 180 " +
        "33 99 64 5 3 4",
    ],
    [
      0.2,
      "0 0 0 255 255 255 128 128 128 129 127 129 230 250 11 12 152 240 200 20 156 20 200 33 114 90 170 180 111 60 " +
        "78 33 99 4 5 3",
    ],
  ])("hue %d", (shift, values) => expect(hue(image, shift).data.join(" ")).toBe(values));

  it("greyscale", () => {
    const luma = [0, 255, 128, 128, 84, 151, 44, 168, 140, 106, 60, 4];
    expect([...greyscale(image).data]).toEqual(luma.flatMap((value) => [value, value, value]));
  });

  it("solarise", () => {
    expect(solarise(image).data.join(" ")).toBe(
      "0 0 0 0 0 0 127 127 127 127 127 126 5 10 30 12 15 60 30 20 55 55 75 20 90 95 85 75 60 105 33 66 99 5 4 3",
    );
  });

  it("equalise", () => {
    const uneven = paint(32, 16, (x, y) => [
      ((x * x + 3 * y) % 97) + 40,
      ((x * y) % 31) * 3,
      255 - Math.floor(x / 4) * 20,
    ]);
    expect(equalise(uneven).data.slice(0, 24).join(" ")).toBe(
      "0 0 255 6 0 255 22 0 255 48 0 255 92 0 255 141 0 255 205 0 255 255 0 255",
    );
  });

  it("equalise of too few pixels to spread, which changes nothing", () => {
    expect(equalise(image).data).toEqual(image.data);
  });
});

describe("a factor of 1", () => {
  it.each([brightness, contrast, saturation])("changes nothing: %o", (change) => {
    const picture = texture(1, 40, 30);
    expect(change(picture, 1).data).toEqual(picture.data);
  });
});

describe("mirrored", () => {
  it("exchanges left and right, row by row", () => {
    expect([...mirrored(image).data.slice(0, 12)]).toEqual([127, 128, 129, 128, 128, 128, 255, 255, 255, 0, 0, 0]);
    expect(mirrored(mirrored(image)).data).toEqual(image.data);
  });
});

describe("equalise", () => {
  it("spreads the values of a dull picture over the whole range", () => {
    const dull = paint(64, 64, (x, y) => new Array(3).fill(100 + ((x + y) % 20)));
    const { data } = equalise(dull);
    expect([Math.min(...data), Math.max(...data)]).toEqual([0, 255]);
    expect(equalise(flat(64, 64)).data).toEqual(flat(64, 64).data);
  });
});
