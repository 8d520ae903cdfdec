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
  const grow = ({ inner: -0.25, outer: 0.25, "far outer": 0.5 }[kind] ?? 0) * side;
  const window = full.crop(x - grow, y - grow, side + 2 * grow, side + 2 * grow);
  return resize(window, side, side).quarterTurns({ "turned left": 1, "turned right": 3 }[kind] ?? 0);
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

  it("are of all five wrong kinds, three at a time, equally often", () => {
    const counts: Record<string, number> = {};
    for (let seed = 0; seed < 60; seed++) {
      for (const kind of made(wide, "A", seed, 56).drawn.wrong) counts[kind] = (counts[kind] ?? 0) + 1;
    }
    expect(Object.keys(counts).sort()).toEqual(["far outer", "inner", "outer", "turned left", "turned right"]);
    for (const count of Object.values(counts)) expect(Math.abs(count - 36)).toBeLessThan(16);
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

  it("lies where no wanted window is clipped at the border, and anywhere when none is wanted (row 13)", () => {
    const touching: boolean[] = [];
    for (let seed = 0; seed < 30; seed++) {
      const { images, drawn } = made(wide, "A", seed, 112);
      const margin = drawn.side * (drawn.wrong.includes("far outer") ? 0.5 : drawn.wrong.includes("outer") ? 0.25 : 0);
      expect(Math.min(drawn.x, drawn.y)).toBeGreaterThanOrEqual(margin);
      expect(drawn.x + drawn.side + margin).toBeLessThanOrEqual(images[0].width);
      expect(drawn.y + drawn.side + margin).toBeLessThanOrEqual(images[0].height);
      touching.push(drawn.y < 0.25 * drawn.side);
    }
    expect(touching).toContain(true);
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
    for (let seed = 0; seed < 24; seed++) {
      const { images, drawn } = made(picture, "A", seed);
      const [truth, ...wrong] = images.slice(1).map(sharpness);
      for (const [i, kind] of drawn.wrong.entries()) {
        relative[kind] = [...(relative[kind] ?? []), Math.log(wrong[i] / truth)];
      }
      // What the measure finds where the true patch is cut out as it is and the inner half enlarged.
      const [asItIs, enlarged] = ["true", "inner"].map((kind) => sharpness(expected(picture, { images, drawn }, kind)));
      expect(Math.log(enlarged / asItIs)).toBeLessThan(-0.3);
    }
    for (const [kind, values] of Object.entries(relative)) {
      expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length), kind).toBeLessThan(0.2);
    }
  });
});

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
    const image = fourfold(8, 224);
    // The hole is in the middle where the outermost window is drawn: the picture's own symmetry is the patch's.
    const rows = Array.from({ length: 20 }, (_, seed) =>
      patchInpainting.create({ size: 112 }).corrupt(asPicture(image), "A", Random.from(seed), []),
    );
    expect(rows.some((row) => isSkip(row) && /^looks the same when turned (left|right)$/.test(row.skip))).toBe(true);
    for (const row of rows) {
      if (isSkip(row)) continue;
      const wrong = row.drawn?.wrong as readonly string[];
      expect(wrong.includes("far outer") && wrong.some((kind) => kind.startsWith("turned"))).toBe(false);
    }
  });
});
