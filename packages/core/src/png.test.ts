import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { Image } from "./image.js";
import { encodePng } from "./png.js";
import { Random } from "./random.js";

function noise(width: number, height: number, values = 256): Image {
  const random = Random.from("noise", width, height);
  return new Image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, () => random.int(values)),
  );
}

async function comesBack(image: Image): Promise<void> {
  const { data, info } = await sharp(encodePng(image)).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: image.width, height: image.height, channels: 3 });
  expect(Buffer.compare(data, Buffer.from(image.data))).toBe(0);
}

describe("encodePng", () => {
  it("keeps every pixel, whatever the size", async () => {
    const side = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(side, side, fc.constantFrom(2, 256), (width, height, values) =>
        comesBack(noise(width, height, values)),
      ),
    );
  });

  it("keeps every pixel of a picture that takes more than one band of the kernel's memory", async () => {
    await comesBack(noise(640, 401));
  });

  it.each([
    [1, 1],
    [1, 4096],
    [4096, 1],
    [3, 30_000],
    [30_000, 3],
    [21_845, 2],
    [21_846, 2],
    [1200, 900],
  ])("keeps every pixel of noise and of one colour at %d x %d", async (width, height) => {
    await comesBack(noise(width, height));
    await comesBack(new Image(width, height, new Uint8Array(width * height * 3).fill(200)));
  });

  it("keeps every pixel of ramps along and across", async () => {
    for (const step of [1, 3, 100]) {
      for (const along of [true, false]) {
        const value = (n: number) => Math.floor((along ? n % 300 : Math.floor(n / 300)) / step);
        await comesBack(
          new Image(
            300,
            290,
            Uint8Array.from({ length: 300 * 290 * 3 }, (_, i) => value(Math.floor(i / 3))),
          ),
        );
      }
    }
  });

  it("does not let one picture's bytes into the next", () => {
    const small = noise(40, 30, 5);
    const first = encodePng(small);
    encodePng(noise(500, 400));
    expect(Buffer.compare(first, encodePng(small))).toBe(0);
  });

  it("stores a smooth ramp in a few bytes: every value is near what Paeth's filter expects", () => {
    const ramp = Uint8Array.from({ length: 256 * 256 * 3 }, (_, i) => Math.floor(i / 3) % 256);
    expect(encodePng(new Image(256, 256, ramp)).length).toBeLessThan(4000);
  });
});
