import { type Corruption, Image, isSkip, Random, resize } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { type Applied, applySteps } from "./augment.js";
import { contrastive } from "./contrastive.js";
import { overlapOf, type Window } from "./crop-window.js";
import { sameFrame } from "./same-frame.js";
import { asPicture, checkerboard, flat, texture } from "./test-picture.js";

const own = asPicture(texture(1, 260, 200), "own");
const other = asPicture(texture(2, 180, 240), "other");

type Made = Corruption & {
  readonly drawn: { readonly frame: number; readonly windows: readonly Window[]; readonly steps: readonly Applied[] };
};

function made(answer: "positive" | "negative", seed: number, options: object = {}): Made {
  const task = contrastive.create({ size: 56, ...options });
  const corruption = task.corrupt(own, answer, Random.from(seed), [other]);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption as unknown as Made;
}

/** View number `k` made again, of the first or of the other picture. */
function again({ drawn: { frame, windows, steps } }: Made, k: number, whose: 0 | 1): Image {
  const frames = sameFrame([own.image, other.image], frame, frame);
  return applySteps(resize(frames[whose].crop(...windows[k]), 56, 56), steps[k]);
}

/** Compared as bytes: quicker than element by element. */
const bytes = ({ data }: Image) => Buffer.from(data);

const seeds = Array.from({ length: 30 }, (_, seed) => seed);

describe("the true answer", () => {
  it("undoes the draw: positive views are made again from one picture, negative ones from two, not the other way", () => {
    for (const seed of seeds) {
      for (const answer of ["positive", "negative"] as const) {
        const pair = made(answer, seed);
        expect(bytes(again(pair, 0, 0)).equals(bytes(pair.images[0]))).toBe(true);
        const [right, wrong] = answer === "positive" ? ([0, 1] as const) : ([1, 0] as const);
        expect(bytes(again(pair, 1, right)).equals(bytes(pair.images[1]))).toBe(true);
        expect(bytes(again(pair, 1, wrong)).equals(bytes(pair.images[1]))).toBe(false);
      }
    }
  });
});

describe("nothing but content differs between the answers:", () => {
  it("the same draw gives the same first view and the same windows, so sizes and places tell nothing", () => {
    for (const seed of seeds) {
      const [positive, negative] = [made("positive", seed), made("negative", seed)];
      expect(bytes(negative.images[0]).equals(bytes(positive.images[0]))).toBe(true);
      expect(negative.drawn.windows).toEqual(positive.drawn.windows);
      expect(negative.drawn.steps[0]).toEqual(positive.drawn.steps[0]);
    }
  });

  it("a smaller other picture makes both answers' views as coarse as its own (row 29)", () => {
    const small = asPicture(texture(3, 120, 130), "small");
    for (const answer of ["positive", "negative"] as const) {
      const corruption = contrastive.create({ size: 56 }).corrupt(own, answer, Random.from(1), [small]);
      expect(!isSkip(corruption) && corruption.drawn?.frame).toBe(120);
    }
  });

  it("both views have one size, whatever was drawn", () => {
    for (const seed of seeds) {
      for (const { width, height } of [...made("positive", seed).images, ...made("negative", seed).images]) {
        expect([width, height]).toEqual([56, 56]);
      }
    }
  });
});

describe("the views of one picture", () => {
  it.each([0.2, 0.6])("share at least %d of the smaller one, strong crops too (row 28)", (overlap) => {
    for (const seed of seeds) {
      const [first, second] = made("positive", seed, { strength: "strong", overlap }).drawn.windows;
      expect(overlapOf(first, second)).toBeGreaterThanOrEqual(overlap);
    }
  });

  it("may be disjoint when no overlap is asked", () => {
    const overlaps = Array.from({ length: 60 }, (_, seed) => {
      const { frame, windows } = made("positive", seed, { strength: "strong", overlap: 0 }).drawn;
      expect(frame).toBe(180);
      return overlapOf(windows[0], windows[1]);
    });
    expect(overlaps.filter((overlap) => overlap === 0).length).toBeGreaterThan(3);
  });
});

describe("options", () => {
  it("strong crops are at most 30% of the area, weak ones up to all of it", () => {
    const areas = (strength: string) =>
      seeds
        .map((seed) => made("positive", seed, { strength }).drawn.windows[0])
        .map(([, , w, h]) => (w * h) / 180 ** 2);
    expect(Math.max(...areas("strong"))).toBeLessThan(0.31);
    expect(Math.max(...areas("weak"))).toBeGreaterThan(0.7);
  });

  it("the paper's probabilities leave most weak views as they are, the code's few", () => {
    const steps = (probabilities: string) =>
      seeds.flatMap((seed) => made("positive", seed, { probabilities }).drawn.steps).flat().length;
    expect(steps("paper")).toBeLessThan(0.7 * steps("code"));
  });
});

describe("the prompt", () => {
  it("names every step that the options allow, and no other (row 16)", () => {
    const prompt = (strength: string, probabilities: string) => contrastive.create({ strength, probabilities }).prompt;
    expect(prompt("strong", "code")).toMatch(/recoloured, made grey, blurred, solarised.*equalised.*mirrored/);
    for (const pair of [
      ["weak", "code"],
      ["weak", "paper"],
      ["strong", "paper"],
    ]) {
      expect(prompt(pair[0], pair[1])).toMatch(/recoloured, made grey, blurred or mirrored/);
    }
    expect(prompt("weak", "code")).toContain("positive or negative?");
  });
});

describe("pictures that say nothing are skipped (row 30):", () => {
  it.each([
    ["one colour", flat(200, 200)],
    ["a fine pattern", checkerboard(256, 4)],
    ["too small for the smallest views", texture(5, 300, 111)],
  ])("%s, as the first or as the other", (_, image) => {
    const odd = asPicture(image, "odd");
    for (const answer of ["positive", "negative"] as const) {
      const task = contrastive.create({ size: 56 });
      expect(isSkip(task.corrupt(odd, answer, Random.from(1), [other]))).toBe(true);
      expect(isSkip(task.corrupt(own, answer, Random.from(1), [odd]))).toBe(true);
    }
  });

  it("a view of a corner of one colour", () => {
    const data = Uint8Array.from(flat(400, 400, 20).data);
    for (let y = 0; y < 120; y++) data.set(texture(6, 120, 120).data.subarray(y * 360, (y + 1) * 360), y * 1200);
    const corner = asPicture(new Image(400, 400, data), "corner");
    const task = contrastive.create({ size: 56, strength: "strong" });
    const skips = seeds.map((seed) => task.corrupt(corner, "positive", Random.from(seed), [other])).filter(isSkip);
    expect(skips.length).toBeGreaterThan(10);
    expect(new Set(skips.map(({ skip }) => skip))).toEqual(new Set(["a view shows next to nothing but colour"]));
  });
});
