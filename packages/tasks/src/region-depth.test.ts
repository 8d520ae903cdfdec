import { type Depth, isSkip, Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { type Point, WHITE_DISC } from "./marks.js";
import { regionDepth } from "./region-depth.js";
import { asPicture, everything, numberAt } from "./test-picture.js";

const scene = everything("scene", 5, 240, 180);

function depthOf(far: (x: number, y: number) => number): Depth {
  const data = Float32Array.from({ length: 240 * 180 }, (_, i) => far(i % 240, Math.floor(i / 240)));
  return { width: 240, height: 180, data };
}

function regions(depth: Depth, answer: readonly number[], seed = 0) {
  const picture = { ...asPicture(scene.image), depth };
  return regionDepth.create({ size: 224 }).corrupt(picture, answer, Random.from("regions", seed), []);
}

function posed(...given: Parameters<typeof regions>) {
  const corruption = regions(...given);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return { image: corruption.images[0], found: corruption.drawn?.regions as unknown as Point[] };
}

const ramp = depthOf((x) => 3 + x);

describe("the true order", () => {
  it.each([[[1, 2, 3]], [[3, 1, 2]], [[2, 3, 1]]])(
    "runs from near to far by the numbers on the discs: %j",
    (answer) => {
      for (let seed = 0; seed < 3; seed++) {
        const { image, found } = posed(scene.depth!, answer, seed);
        expect(found.map((point) => numberAt(image, point, 224, WHITE_DISC, 3))).toEqual(answer);
        const { width, height, data } = scene.depth!;
        const depths = found.map(
          ([x, y]) => data[Math.floor((y / image.height) * height) * width + Math.floor((x / image.width) * width)],
        );
        expect(depths).toEqual([...depths].sort((a, b) => a - b));
      }
    },
  );

  it("lies in the bands 0-0.3, 0.35-0.65 and 0.7-1 of what is between the 0.5th and 99.5th percentile", () => {
    for (let seed = 0; seed < 30; seed++) {
      const { image, found } = posed(ramp, [1, 2, 3], seed);
      const shares = found.map(([x]) => (x / image.width - 0.005) / 0.99);
      for (const [i, [low, high]] of [
        [0, 0.3],
        [0.35, 0.65],
        [0.7, 1],
      ].entries()) {
        expect(shares[i]).toBeGreaterThan(low - 0.01);
        expect(shares[i]).toBeLessThan(high + 0.01);
      }
    }
  });

  it("does not hang on single wild depths: they are taken for unknown", () => {
    const wild = depthOf((x, y) => (y === 0 && x % 40 === 0 ? 1e6 : 3 + x));
    const { image, found } = posed(wild, [1, 2, 3]);
    expect(found[2][0] / image.width).toBeGreaterThan(0.68);
  });
});

describe("the regions", () => {
  it("are even: none lies across the edge of a step", () => {
    const steps = depthOf((x) => 1 + Math.floor(x / 80));
    for (let seed = 0; seed < 20; seed++) {
      const { image, found } = posed(steps, [1, 2, 3], seed);
      for (const [i, [x]] of found.entries()) {
        expect(x - (i * image.width) / 3).toBeGreaterThan(6);
        expect(((i + 1) * image.width) / 3 - x).toBeGreaterThan(6);
      }
    }
  });

  it("are smaller where nothing larger is even", () => {
    // Rows of 14 pixels (of the emitted picture) of one depth: too narrow for 17, wide enough for 7.
    const rows = depthOf((x, y) => 1 + Math.floor(x / 80) + 0.5 * (Math.floor(y / 12) % 2));
    expect(isSkip(regions(rows, [1, 2, 3]))).toBe(false);
  });

  it("say nothing by their place: another order changes nothing but the numbers", () => {
    expect(posed(scene.depth!, [3, 2, 1]).found).toEqual(posed(scene.depth!, [1, 2, 3]).found);
  });
});

describe("what cannot be told", () => {
  it.each([
    ["nothing at middle distance", depthOf((x) => (x < 120 ? 1 : 9)), "no even region at middle distance"],
    ["a wall", depthOf(() => 4), "no depth is known, or all of it is the same"],
    ["nothing known", depthOf(() => Number.NaN), "no depth is known, or all of it is the same"],
    ["noise", depthOf((x, y) => 1 + ((x * 7919 + y * 104729) % 97)), "no even region near by"],
  ])("is skipped: %s", (_, depth, skip) => {
    expect(regions(depth, [1, 2, 3])).toEqual({ skip });
  });
});
