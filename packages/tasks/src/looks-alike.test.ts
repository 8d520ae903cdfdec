import { describe, expect, it } from "vitest";
import { isPlain, lookAlike } from "./looks-alike.js";
import { checkerboard, flat, paint, texture } from "./test-picture.js";

describe("lookAlike", () => {
  it("is true of a picture and itself, shifted or not", () => {
    for (const seed of [1, 2, 3]) {
      const wide = texture(seed, 130, 130);
      expect(lookAlike(wide.crop(0, 0, 112, 112), wide.crop(0, 0, 112, 112))).toBe(true);
      expect(lookAlike(wide.crop(0, 0, 112, 112), wide.crop(7, 11, 112, 112))).toBe(true);
    }
  });

  it("is false of different pictures", () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(lookAlike(texture(seed, 84, 56), texture(seed + 100, 84, 56))).toBe(false);
    }
  });

  it("is false where one shows something beside what both show", () => {
    const post = paint(100, 100, (x) => (x < 24 ? [250, 250, 250] : [90, 120, 160]));
    expect(lookAlike(flat(100, 100), post)).toBe(false);
    expect(
      lookAlike(
        paint(100, 100, () => [90, 120, 160]),
        post,
      ),
    ).toBe(false);
  });

  it("is true of parts of a pattern, whatever part of a pixel they are off by", () => {
    for (const off of [0.2, 0.5, 1.3, 3.7]) {
      const stripes = (from: number) => paint(84, 84, (x) => new Array(3).fill(128 + 100 * Math.sin((x + from) / 2)));
      expect(lookAlike(stripes(0), stripes(off))).toBe(true);
    }
    const board = checkerboard(256, 8);
    expect(lookAlike(board.crop(0, 0, 100, 100), board.crop(101, 13, 100, 100))).toBe(true);
  });
});

describe("isPlain", () => {
  it("is true of one colour, of little noise, and of a pattern too fine to see", () => {
    expect(isPlain(flat(56, 84, 200))).toBe(true);
    expect(isPlain(paint(56, 56, (x, y) => [200, 30, 90 + ((x * 7 + y * 13) % 4)]))).toBe(true);
    expect(isPlain(checkerboard(168, 2))).toBe(true);
  });

  it("is false of a texture, of two colours, and of a slope", () => {
    expect(isPlain(texture(1, 56, 56))).toBe(false);
    expect(isPlain(paint(56, 56, (x) => (x < 8 ? [0, 0, 0] : [90, 90, 90])))).toBe(false);
    expect(isPlain(paint(56, 56, (x) => [x, x, x]))).toBe(false);
  });
});
