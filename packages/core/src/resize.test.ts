import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import createWabt from "wabt";
import { Image } from "./image.js";
import { wasm } from "./kernel-wasm.js";
import { cubic, resize } from "./resize.js";

/** FNV-1a of 32 bits. */
function fnv(bytes: Iterable<number>): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** A picture whose bytes follow from its name, so that the same one can be made in Python. */
function fixture(height: number, width: number): Image {
  const seed = fnv(new TextEncoder().encode(`img${height}x${width}`));
  const bytes = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    let x = (seed + Math.imul(i, 0x9e3779b9)) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) & 255;
  });
  return new Image(width, height, bytes);
}

const flat = (width: number, height: number, value: number) =>
  new Image(width, height, new Uint8Array(width * height * 3).fill(value));

/** Bicubic in floating point, one side after the other, rounded to bytes in between. As Pillow does it, without its integers. */
function writtenOut(image: Image, width: number, height: number): Image {
  const rows = alongRows(image, width);
  return transposed(alongRows(transposed(rows), height));
}

function alongRows(image: Image, width: number): Image {
  if (width === image.width) return image;
  const scale = image.width / width;
  const wide = Math.max(1, scale);
  const data = new Uint8ClampedArray(width * image.height * 3);
  for (let x = 0; x < width; x++) {
    const centre = (x + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - 2 * wide + 0.5));
    const end = Math.min(image.width, Math.trunc(centre + 2 * wide + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) => cubic((first + i + 0.5 - centre) / wide));
    const sum = raw.reduce((a, b) => a + b, 0);
    // Weights have 22 bits behind the point.
    const weights = raw.map(
      (weight) => Math.sign(weight) * Math.trunc((Math.abs(weight) / Math.abs(sum)) * 2 ** 22 + 0.5),
    );
    for (let y = 0; y < image.height; y++) {
      for (let c = 0; c < 3; c++) {
        const value = weights.reduce((s, w, i) => s + w * image.data[(y * image.width + first + i) * 3 + c], 2 ** 21);
        data[(y * width + x) * 3 + c] = Math.floor(value / 2 ** 22);
      }
    }
  }
  return new Image(width, image.height, new Uint8Array(data.buffer));
}

function transposed({ width, height, data }: Image): Image {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      out.set(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), (x * height + y) * 3);
  }
  return new Image(height, width, out);
}

const side = fc.integer({ min: 1, max: 40 });

describe("resize", () => {
  it.each([
    { height: 97, width: 142, source: 0xd9572098, to: [84, 140], pillow: 0xea8d8953 },
    { height: 20, width: 30, source: 0x3a7c0306, to: [56, 84], pillow: 0x3e11a567 },
    { height: 70, width: 98, source: 0x416ee9eb, to: [56, 112], pillow: 0x9cbf176b },
    { height: 301, width: 77, source: 0xf386ae37, to: [308, 84], pillow: 0x28bb1cb5 },
  ])("equals Pillow's bicubic bit for bit: $height x $width to $to", ({ height, width, source, to, pillow }) => {
    const image = fixture(height, width);
    expect(fnv(image.data)).toBe(source);
    const resized = resize(image, to[1], to[0]);
    expect([resized.height, resized.width]).toEqual(to);
    expect(fnv(resized.data)).toBe(pillow);
  });

  it("equals the sums written out, also where a picture takes more than one band of the kernel's memory", () => {
    const cases = fc.tuple(side, side, fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }));
    fc.assert(
      fc.property(cases, ([height, width, toHeight, toWidth]) => {
        const image = fixture(height, width);
        expect(resize(image, toWidth, toHeight)).toEqual(writtenOut(image, toWidth, toHeight));
      }),
    );
    const large = fixture(700, 900);
    expect(resize(large, 333, 1000)).toEqual(writtenOut(large, 333, 1000));
  });

  it("keeps a picture of the wanted size as it is", () => {
    const image = fixture(5, 7);
    expect(resize(image, 7, 5)).toEqual(image);
  });

  it("changes nothing along a side that keeps its length", () => {
    const wide = resize(fixture(6, 9), 4, 6);
    const row = resize(fixture(6, 9).crop(0, 3, 9, 1), 4, 1);
    expect(wide.crop(0, 3, 4, 1)).toEqual(row);
  });

  it("keeps a flat picture flat", () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.integer({ min: 0, max: 255 }),
        (width, height, toWidth, toHeight, value) => {
          expect(resize(flat(width, height, value), toWidth, toHeight)).toEqual(flat(toWidth, toHeight, value));
        },
      ),
    );
  });

  it("treats both directions alike", () => {
    const mirrored = (image: Image) => image.quarterTurns(2);
    const image = fixture(23, 31);
    expect(resize(mirrored(image), 17, 40)).toEqual(mirrored(resize(image, 17, 40)));
  });

  it("leaves its source alone and gives the same again", () => {
    const image = fixture(20, 30);
    const first = resize(image, 13, 44);
    expect(fnv(image.data)).toBe(0x3a7c0306);
    expect(resize(image, 13, 44)).toEqual(first);
  });

  it("reaches one pixel and comes back from it", () => {
    expect(resize(fixture(9, 9), 1, 1).data).toHaveLength(3);
    expect(resize(flat(1, 1, 200), 5, 3)).toEqual(flat(5, 3, 200));
  });
});

describe("cubic", () => {
  it("is 1 at 0 and 0 at every other whole number", () => {
    expect([-3, -2, -1, 0, 1, 2, 3].map((x) => cubic(x) + 0)).toEqual([0, 0, 0, 1, 0, 0, 0]);
  });

  it("sums to 1 over the four taps at any shift", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (t) => {
        expect(cubic(t + 1) + cubic(t) + cubic(1 - t) + cubic(2 - t)).toBeCloseTo(1, 12);
      }),
    );
  });
});

it("the kernel is what its text assembles to", async () => {
  const wabt = await createWabt();
  const text = readFileSync(new URL("./kernel.wat", import.meta.url), "utf8");
  const { buffer } = wabt.parseWat("kernel.wat", text, { simd: true }).toBinary({});
  expect(Buffer.from(buffer).toString("base64") === wasm, "run npx tsx scripts/assemble-kernel.ts").toBe(true);
});
