import { type Corruption, type Image, isSkip, meanDifference, Random, resize } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { patchInpainting } from "./patch-inpainting.js";
import { asPicture, checkerboard, flat, fourfold, paint, texture } from "./test-picture.js";

const letters = ["A", "B", "C", "D"] as const;

type Made = Corruption & {
  readonly drawn: {
    readonly x: number;
    readonly y: number;
    readonly side: number;
    readonly wrong: readonly string[];
  };
};

function made(image: Image, answer: (typeof letters)[number], seed: number, size = 168): Made {
  const corruption = patchInpainting.create({ size }).corrupt(asPicture(image), answer, Random.from(seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption as unknown as Made;
}

/** What a candidate of this kind shows, cut from the picture itself. */
function expected(image: Image, { images, drawn: { x, y, side } }: Made, kind: string): Image {
  const full = resize(image, images[0].width, images[0].height);
  const grow = kind.startsWith("inner") ? -0.25 : kind.startsWith("far") ? 0.5 : kind.startsWith("outer") ? 0.25 : 0;
  const extent = side * (1 + 2 * grow);
  const from = (at: number, end: number) => Math.min(Math.max(0, at - grow * side), end - extent);
  const window = full.crop(from(x, full.width), from(y, full.height), extent, extent);
  return resize(window, side, side).quarterTurns(kind.endsWith("left") ? 1 : kind.endsWith("right") ? 3 : 0);
}

const wide = texture(1, 420, 300, 40);

describe("the candidates", () => {
  it.each(letters)("are the true patch at %s and the drawn wrong ones in their order elsewhere", (answer) => {
    for (let seed = 0; seed < 4; seed++) {
      const row = made(wide, answer, seed);
      const kinds = row.drawn.wrong.toSpliced(letters.indexOf(answer), 0, "true");
      expect(new Set(kinds).size).toBe(4);
      for (const [i, kind] of kinds.entries()) {
        expect(meanDifference(row.images[i + 1], expected(wide, row, kind)), kind).toBeLessThan(2.5);
        if (kind !== "true") {
          expect(meanDifference(row.images[i + 1], expected(wide, row, "true")), kind).toBeGreaterThan(4);
        }
      }
    }
  });

  it("are two windows, each upright and turned: the wrong one is smaller as often as larger", () => {
    const counts: Record<string, number> = {};
    const rows = 120;
    for (let seed = 0; seed < rows; seed++) {
      const { wrong } = made(wide, "A", seed, 56).drawn;
      const [turned, upright, both] = wrong.toSorted((a, b) => order(a) - order(b));
      expect(turned).toMatch(/^turned (left|right)$/);
      expect(upright).toMatch(/^(inner|outer|far outer)$/);
      expect(both.replace(/ turned (left|right)$/, "")).toBe(upright);
      counts[upright] = (counts[upright] ?? 0) + 1;
    }
    expect(Math.abs(counts.inner - rows / 2)).toBeLessThan(20);
    expect(Math.abs(counts.outer - rows / 4)).toBeLessThan(16);

    function order(kind: string): number {
      return kind.startsWith("turned") ? 0 : kind.includes("turned") ? 2 : 1;
    }
  });
});

describe("the hole", () => {
  it("is a black square of half the shorter side, in whole tokens", () => {
    for (const image of [wide, texture(2, 300, 420), texture(3, 300, 300)]) {
      const { images, drawn } = made(image, "A", 1);
      expect(drawn.side % 28).toBe(0);
      expect(drawn.side).toBe(Math.min(images[0].width, images[0].height) / 2);
      expect(new Set(images[0].crop(drawn.x, drawn.y, drawn.side, drawn.side).data)).toEqual(new Set([0]));
    }
  });

  it("lies anywhere, whatever the wrong window, so that its place says nothing (row 13)", () => {
    const rows = Array.from({ length: 60 }, (_, seed) => made(wide, "A", seed, 112));
    for (const wanted of ["inner", "outer", "far outer"]) {
      const own = rows.filter(({ drawn }) => drawn.wrong.includes(wanted));
      expect(
        own.some(({ drawn }) => drawn.y < 0.25 * drawn.side),
        wanted,
      ).toBe(true);
      expect(
        own.some(({ images, drawn }) => drawn.y + 1.25 * drawn.side > images[0].height),
        wanted,
      ).toBe(true);
    }
  });
});

describe("the true patch is not told by its sharpness (row 13)", () => {
  it("where all scales hold equally much, as in photos on average, every kind of candidate is as sharp", () => {
    const random = Random.from("scales");
    // As much contrast in every octave: the same at any magnification.
    const octaves = [4, 8, 16, 32, 64, 128, 256, 512].map((n) =>
      resize(
        paint(n, n, () => new Array(3).fill(random.int(256))),
        512,
        512,
      ),
    );
    const picture = paint(512, 512, (x, y) => {
      const sum = octaves.reduce((total, { data }) => total + data[(y * 512 + x) * 3] - 128, 0);
      return new Array(3).fill(128 + sum / 4);
    });
    const relative: Record<string, number[]> = {};
    const untreated: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const { images, drawn } = made(picture, "A", seed);
      const [truth, ...wrong] = images.slice(1).map(sharpness);
      for (const [i, kind] of drawn.wrong.entries()) {
        const window = kind.replace(/ ?turned (left|right)$/, "");
        relative[window] = [...(relative[window] ?? []), Math.log(wrong[i] / truth)];
      }
      // What the measure finds where the true patch is cut out as it is and the inner half enlarged.
      const [asItIs, enlarged] = ["true", "inner"].map((kind) => sharpness(expected(picture, { images, drawn }, kind)));
      untreated.push(Math.log(enlarged / asItIs));
    }
    expect(average(untreated)).toBeLessThan(-0.3);
    for (const [kind, values] of Object.entries(relative)) {
      expect(Math.abs(average(values)), kind).toBeLessThan(0.2);
    }
  });
});

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How much neighbours differ, as a share of how much distant pixels do. */
function sharpness(image: Image): number {
  const apart = (shift: number) =>
    meanDifference(
      image.crop(0, 0, image.width - shift, image.height - shift),
      image.crop(shift, shift, image.width - shift, image.height - shift),
    );
  return apart(1) / apart(image.width >> 1);
}

describe("what cannot be told is skipped (row 30):", () => {
  it.each([
    ["a picture of one colour", flat(200, 200)],
    ["a fine pattern", checkerboard(256, 4)],
    ["a picture below two tokens", texture(7, 55, 300)],
  ])("%s", (_, image) => {
    expect(isSkip(patchInpainting.create().corrupt(asPicture(image), "A", Random.from(1), []))).toBe(true);
  });

  it("a patch that looks the same when it is turned", () => {
    // A pattern that is the same in all quarter turns, twice in the hole: wherever the hole is, so is the patch.
    const tile = fourfold(8, 100);
    const image = paint(400, 400, (x, y) => [...tile.crop(x % 100, y % 100, 1, 1).data]);
    const rows = Array.from({ length: 12 }, (_, seed) =>
      patchInpainting.create({ size: 112 }).corrupt(asPicture(image), "A", Random.from(seed), []),
    );
    expect(rows.some((row) => isSkip(row) && /^the true patch and the turned (left|right) one/.test(row.skip))).toBe(
      true,
    );
  });
});
