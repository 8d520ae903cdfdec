import { type Depth, isSkip, Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { depthOrder } from "./depth-order.js";
import { type Point, RED_DISC } from "./marks.js";
import { asPicture, everything, numberAt, texture } from "./test-picture.js";

const scene = everything("scene", 3, 240, 180);

function depthOf(width: number, height: number, far: (x: number, y: number) => number): Depth {
  const data = Float32Array.from({ length: width * height }, (_, i) => far(i % width, Math.floor(i / width)));
  return { width, height, data };
}

function ordered(depth: Depth, answer: readonly number[], options: Record<string, unknown> = {}, seed = 0) {
  const task = depthOrder.create({ points: answer.length, size: 224, ...options });
  return task.corrupt({ ...asPicture(scene.image), depth }, answer, Random.from("order", seed), []);
}

function posed(...given: Parameters<typeof ordered>) {
  const corruption = ordered(...given);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return { image: corruption.images[0], points: corruption.drawn?.points as unknown as Point[] };
}

/** The depth at a place of the emitted picture, read from the source on a way of its own. */
function depthAt({ width, height, data }: Depth, [x, y]: Point, image: { width: number; height: number }): number {
  return data[Math.floor((y / image.height) * height) * width + Math.floor((x / image.width) * width)];
}

describe("the true order", () => {
  it.each([[[4, 6, 1, 3, 2, 5]], [[1, 2, 3, 4, 5, 6]], [[3, 1, 2]], [[8, 1, 7, 2, 6, 3, 5, 4]]])(
    "runs from near to far by the numbers on the discs: %j",
    (answer) => {
      for (let seed = 0; seed < 3; seed++) {
        const { image, points } = posed(scene.depth!, answer, {}, seed);
        const numbers = points.map((point) => numberAt(image, point, 224, RED_DISC, answer.length));
        expect(numbers).toEqual(answer);
        const depths = points.map((point) => depthAt(scene.depth!, point, image));
        for (let i = 1; i < depths.length; i++) expect(depths[i] - depths[i - 1]).toBeGreaterThan(0.1);
      }
    },
  );

  it("does not hang on the unit: depths times 1000 mark the same points", () => {
    const scaled = { ...scene.depth!, data: scene.depth!.data.map((value) => value * 1000) };
    expect(posed(scaled, [2, 1, 3]).image).toEqual(posed(scene.depth!, [2, 1, 3]).image);
  });

  it("is read from a depth of another size than the picture", () => {
    const coarse = depthOf(60, 45, (x, y) => 1 + x / 20 + y / 30);
    const { image, points } = posed(coarse, [2, 3, 1, 4]);
    const depths = points.map((point) => depthAt(coarse, point, image));
    expect(depths).toEqual([...depths].sort((a, b) => a - b));
  });
});

describe("the points", () => {
  it("are 40 px of 336 apart, and as far apart in depth as the option says", () => {
    for (const gap of [0.02, 0.1]) {
      for (let seed = 0; seed < 10; seed++) {
        const { image, points } = posed(
          depthOf(240, 180, (x) => 1 + x / 239),
          [1, 2, 3, 4, 5],
          { gap },
          seed,
        );
        for (const [i, [x, y]] of points.entries()) {
          for (const [u, v] of points.slice(0, i)) {
            expect(Math.hypot(x - u, y - v)).toBeGreaterThanOrEqual((40 * 224) / 336);
            expect(Math.abs(x - u) / image.width).toBeGreaterThan(gap * 0.9 - 1 / 120);
          }
        }
      }
    }
  });

  it("are never where depth is unknown, or beside that", () => {
    const half = depthOf(240, 180, (x, y) => (x < 120 ? Number.NaN : 1 + y / 60));
    for (let seed = 0; seed < 10; seed++) {
      const { image, points } = posed(half, [1, 2, 3], {}, seed);
      for (const [x] of points) expect(x / image.width).toBeGreaterThan(0.5);
    }
  });

  it("are never on an edge between near and far", () => {
    const steps = depthOf(240, 180, (x) => 1 + Math.floor(x / 48));
    for (let seed = 0; seed < 20; seed++) {
      const { image, points } = posed(steps, [1, 2, 3], {}, seed);
      for (const [x] of points) {
        const within = ((x / image.width) * 5) % 1;
        expect(Math.min(within, 1 - within) * (image.width / 5)).toBeGreaterThan(1.5);
      }
    }
  });

  it("say nothing by their place: another order changes nothing but the numbers", () => {
    expect(posed(scene.depth!, [3, 2, 1]).points).toEqual(posed(scene.depth!, [1, 2, 3]).points);
  });
});

describe("what cannot be told", () => {
  it.each([
    ["a wall: all of one depth", depthOf(240, 180, () => 2), "no 3 points far enough apart in depth"],
    ["two walls", depthOf(240, 180, (x) => (x < 120 ? 2 : 4)), "no 3 points far enough apart in depth"],
    ["nothing known", depthOf(240, 180, () => Number.NaN), "no depth is known"],
  ])("is skipped: %s", (_, depth, skip) => {
    expect(ordered(depth, [1, 2, 3])).toEqual({ skip });
  });

  it("is skipped: a strip too narrow to be marked", () => {
    const strip = { ...asPicture(texture(1, 28, 12000)), depth: depthOf(28, 12000, (_, y) => y) };
    const corruption = depthOrder.create({ size: 2240 }).corrupt(strip, [1, 2, 3, 4, 5, 6], Random.from(1), []);
    expect(corruption).toEqual({ skip: "too narrow a strip to be marked" });
  });
});
