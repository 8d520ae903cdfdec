import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Image, meanDifference } from "./image.js";
import { Random } from "./random.js";

/** A picture of one letter a pixel: the code of the letter in all three channels, +1 and +2 to tell the channels apart. */
function letters(...rows: string[]): Image {
  const codes = rows
    .join("")
    .split("")
    .map((letter) => letter.charCodeAt(0));
  return new Image(rows[0].length, rows.length, Uint8Array.from(codes.flatMap((code) => [code, code + 1, code + 2])));
}

function noise(width: number, height: number, seed = 0): Image {
  const random = Random.from("noise", seed);
  return new Image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, () => random.int(256)),
  );
}

const side = fc.integer({ min: 1, max: 9 });

describe("Image", () => {
  it.each([
    [0, 1, 0],
    [1, -1, 3],
    [1.5, 2, 9],
    [2, 2, 11],
    [2, 2, 13],
  ])("refuses %d x %d with %d bytes", (width, height, bytes) => {
    expect(() => new Image(width, height, new Uint8Array(bytes))).toThrow(RangeError);
  });

  it("crops the rectangle whose corner is given", () => {
    expect(letters("abcd", "efgh", "ijkl").crop(1, 1, 2, 2)).toEqual(letters("fg", "jk"));
  });

  it("copies what it crops", () => {
    const image = letters("ab", "cd");
    const whole = image.crop(0, 0, 2, 2);
    whole.data.fill(0);
    expect(image).toEqual(letters("ab", "cd"));
  });

  it.each([
    [-1, 0, 2, 2],
    [0, -1, 2, 2],
    [3, 0, 2, 2],
    [0, 2, 2, 2],
    [0, 0, 5, 1],
    [0, 0, 0, 1],
    [2, 2, -1, 1],
    [0.5, 0, 2, 2],
    [0, 0, 1.5, 2],
    [Number.NaN, 0, 2, 2],
  ])("refuses to crop at (%d, %d) %d x %d from 4 x 3", (x, y, width, height) => {
    expect(() => letters("abcd", "efgh", "ijkl").crop(x, y, width, height)).toThrow(RangeError);
  });

  it("takes the centred square, a surplus pixel staying right or below", () => {
    expect(letters("abcd", "efgh").centreSquare()).toEqual(letters("bc", "fg"));
    expect(letters("abcde", "fghij").centreSquare()).toEqual(letters("bc", "gh"));
    expect(letters("a", "b", "c", "d").centreSquare()).toEqual(letters("b"));
  });

  it("turns counter-clockwise: what was right comes to the top", () => {
    const image = letters("abc", "def");
    expect(image.quarterTurns(0)).toEqual(image);
    expect(image.quarterTurns(1)).toEqual(letters("cf", "be", "ad"));
    expect(image.quarterTurns(2)).toEqual(letters("fed", "cba"));
    expect(image.quarterTurns(3)).toEqual(letters("da", "eb", "fc"));
  });

  it("counts turns as whole circles do", () => {
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: -9, max: 9 }),
        (width, height, a, b) => {
          const image = noise(width, height);
          expect(image.quarterTurns(a).quarterTurns(b)).toEqual(image.quarterTurns(a + b));
          expect(image.quarterTurns(a).quarterTurns(-a)).toEqual(image);
          expect(image.quarterTurns(1).quarterTurns(1).quarterTurns(1).quarterTurns(1)).toEqual(image);
        },
      ),
    );
  });
});

describe("meanDifference", () => {
  it("is the mean over pixels and channels", () => {
    const a = new Image(1, 2, Uint8Array.of(0, 0, 0, 10, 10, 10));
    const b = new Image(1, 2, Uint8Array.of(6, 0, 0, 10, 10, 22));
    expect(meanDifference(a, b)).toBe(3);
    expect(meanDifference(b, a)).toBe(3);
    expect(meanDifference(a, a)).toBe(0);
  });

  it("refuses pictures of two sizes", () => {
    expect(() => meanDifference(noise(2, 3), noise(3, 2))).toThrow("2x3 against 3x2");
  });
});
