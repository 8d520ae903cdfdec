import { type Corruption, type Image, isSkip, Random, resize } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { type Applied, applySteps } from "./augment.js";
import { overlapOf, type Window } from "./crop-window.js";
import { sameFrame } from "./same-frame.js";
import { similarity } from "./similarity.js";
import { asPicture, checkerboard, flat, texture } from "./test-picture.js";

const pictures = [texture(1, 260, 200), texture(2, 180, 240), texture(3, 220, 220), texture(4, 300, 190)].map(
  (image, i) => asPicture(image, `p${i}`),
);
const letters = ["A", "B", "C", "D"] as const;

type Made = Corruption & {
  readonly drawn: { readonly frame: number; readonly windows: readonly Window[]; readonly steps: readonly Applied[] };
};

function made(answer: (typeof letters)[number], seed: number, options: object = {}): Made {
  const task = similarity.create({ size: 56, ...options });
  const corruption = task.corrupt(pictures[0], answer, Random.from(seed), pictures.slice(1));
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption as unknown as Made;
}

/** View number `k` made again, of picture number `whose`. */
function again({ drawn: { frame, windows, steps } }: Made, k: number, whose: number): Image {
  const frames = sameFrame(
    pictures.map(({ image }) => image),
    frame,
    frame,
  );
  return applySteps(resize(frames[whose].crop(...windows[k]), 56, 56), steps[k]);
}

const same = (a: Image, b: Image) => Buffer.compare(a.data, b.data) === 0;

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

describe("the true answer", () => {
  it.each(letters)("%s is the one candidate that is made again from the reference's picture", (answer) => {
    for (const seed of seeds.slice(0, 8)) {
      const row = made(answer, seed);
      expect(same(again(row, 0, 0), row.images[0])).toBe(true);
      const remade = letters.filter((_, i) => same(again(row, i + 1, 0), row.images[i + 1]));
      expect(remade).toEqual([answer]);
    }
  });

  it("the others are views of the three other pictures, each once", () => {
    const row = made("C", 1);
    const from = [1, 2, 3, 4].map((k) => [0, 1, 2, 3].find((whose) => same(again(row, k, whose), row.images[k])));
    expect(from).toEqual([1, 2, 0, 3]);
  });
});

describe("nothing but content differs between candidates:", () => {
  it("the same draw gives the same reference and the same windows, whichever candidate is true", () => {
    for (const seed of seeds) {
      const [a, d] = [made("A", seed), made("D", seed)];
      expect(same(d.images[0], a.images[0])).toBe(true);
      expect(d.drawn.windows).toEqual(a.drawn.windows);
    }
  });

  it("every candidate's window overlaps the reference's, the wrong ones' too (row 28)", () => {
    for (const seed of seeds) {
      const [first, ...rest] = made("B", seed).drawn.windows;
      expect(rest).toHaveLength(4);
      for (const window of rest) expect(overlapOf(first, window)).toBeGreaterThanOrEqual(0.2);
    }
  });

  it("all pictures are brought to the smallest one's side and all views to one size (row 29)", () => {
    const row = made("A", 3);
    expect(row.drawn.frame).toBe(180);
    expect(row.images.map(({ width, height }) => `${width}x${height}`)).toEqual(new Array(5).fill("56x56"));
  });
});

describe("the question", () => {
  it("labels reference and candidates", () => {
    expect(made("A", 1).labels).toEqual(["Reference:", "A:", "B:", "C:", "D:"]);
  });

  it("names the steps, none that does not happen (row 16)", () => {
    for (const strength of ["weak", "strong"]) {
      const { prompt } = similarity.create({ strength });
      expect(prompt).toContain("recoloured, made grey, blurred or mirrored left to right");
    }
    const names = seeds.flatMap((seed) => made("A", seed).drawn.steps.flatMap((steps) => steps.map(([name]) => name)));
    expect([...new Set(names)].sort()).toEqual(["blur", "flip", "grey", "jitter"]);
  });

  it("is harder when strong: smaller crops, more steps", () => {
    const rows = (strength: string) => seeds.map((seed) => made("A", seed, { strength }).drawn);
    const steps = (strength: string) => rows(strength).flatMap(({ steps }) => steps.flat()).length;
    const largest = (strength: string) =>
      Math.max(...rows(strength).flatMap(({ windows }) => windows.map(([, , w, h]) => w * h)));
    expect(steps("strong")).toBeGreaterThan(2 * steps("weak"));
    expect(largest("strong")).toBeLessThan(0.31 * 180 ** 2);
    expect(largest("weak")).toBeGreaterThan(0.7 * 180 ** 2);
  });
});

describe("pictures that say nothing are skipped (row 30):", () => {
  it.each([
    ["one colour", flat(200, 200)],
    ["a fine pattern", checkerboard(256, 4)],
    ["too small", texture(5, 300, 111)],
  ])("%s, in any role", (_, image) => {
    const odd = asPicture(image, "odd");
    const task = similarity.create({ size: 56 });
    expect(isSkip(task.corrupt(odd, "A", Random.from(1), pictures.slice(1)))).toBe(true);
    expect(isSkip(task.corrupt(pictures[0], "A", Random.from(1), [pictures[1], odd, pictures[2]]))).toBe(true);
  });
});
