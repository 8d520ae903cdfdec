import { type Image, isSkip, meanDifference, Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { correspondence } from "./correspondence.js";
import { markRadius, type Point, RED_DISC } from "./marks.js";
import { asPicture, checkerboard, flat, numberAt, paint, texture } from "./test-picture.js";

/** Both pictures and what was drawn. */
function warped(image: Image, answer: readonly number[], options: Record<string, unknown>, seed = 0) {
  const corruption = correspondence.create(options).corrupt(asPicture(image), answer, Random.from("warp", seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  const { points, linear, seen, window } = corruption.drawn as unknown as {
    points: Point[];
    linear: number[];
    seen: Point;
    window: number[];
  };
  const [first, second] = corruption.images;
  const forward = ([x, y]: Point): Point => {
    const [dx, dy] = [x - seen[0], y - seen[1]];
    return [first.width / 2 + linear[0] * dx + linear[1] * dy, first.width / 2 + linear[2] * dx + linear[3] * dy];
  };
  return { first, second, points, there: points.map(forward), forward, linear, window };
}

/** The affine map that takes three points to three others. */
function through(from: readonly Point[], to: readonly Point[]): (point: Point) => Point {
  const [[ax, ay], [bx, by], [cx, cy]] = from;
  const determinant = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  return ([x, y]) => {
    const b = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / determinant;
    const c = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / determinant;
    return [0, 1].map((k) => to[0][k] + b * (to[1][k] - to[0][k]) + c * (to[2][k] - to[0][k])) as unknown as Point;
  };
}

/** How far picture 2, seen through `map`, is from picture 1, where both show and neither is marked. */
function mismatch(first: Image, second: Image, map: (point: Point) => Point, marks: readonly Point[]): number {
  const radius = 1.6 * markRadius(first.width);
  const free = (x: number, y: number) => marks.every(([u, v]) => Math.hypot(x - u, y - v) > radius);
  let sum = 0;
  let count = 0;
  for (let y = 0; y < first.height; y++) {
    for (let x = 0; x < first.width; x++) {
      const [u, v] = map([x + 0.5, y + 0.5]).map(Math.floor);
      if (u < 0 || v < 0 || u >= second.width || v >= second.height || !free(x, y)) continue;
      for (let c = 0; c < 3; c++) {
        sum += Math.abs(first.data[(y * first.width + x) * 3 + c] - second.data[(v * second.width + u) * 3 + c]);
      }
      count += 3;
    }
  }
  return count === 0 ? Number.POSITIVE_INFINITY : sum / count;
}

const photoLike = texture(7, 260, 220, 20);
const sixes = [
  [1, 2, 3, 4, 5, 6],
  [4, 6, 1, 3, 2, 5],
  [6, 5, 4, 3, 2, 1],
];

describe("undoing the warp", () => {
  it.each(sixes)(
    "through the true marks %i,%i,%i,%i,%i,%i restores picture 1; through swapped ones it does not",
    (...answer) => {
      const { first, second, points, there } = warped(photoLike, answer, { size: 224 }, answer[0]);
      // Picture 2's mark number n, wherever it is.
      const marks = answer.map((_, i) => there[answer.indexOf(i + 1)]);
      const match = (given: readonly number[]) =>
        mismatch(
          first,
          second,
          through(
            points.slice(0, 3),
            given.slice(0, 3).map((number) => marks[number - 1]),
          ),
          points,
        );
      expect(match(answer)).toBeLessThan(4);
      const wrong = [answer[1], answer[2], answer[0], ...answer.slice(3)];
      expect(match(wrong)).toBeGreaterThan(8);
    },
  );

  it.each([6, 4])("is said by the numbers on the discs: %i points", (count) => {
    for (const seed of [1, 2]) {
      const answer = correspondence.create({ points: count }).answers.at(seed * 11);
      const { first, second, points, there } = warped(photoLike, answer, { points: count, size: 336 }, seed);
      expect(points.map((point) => numberAt(first, point, 336, RED_DISC, count))).toEqual(points.map((_, i) => i + 1));
      expect(there.map((point) => numberAt(second, point, 336, RED_DISC, count))).toEqual(answer);
    }
  });
});

describe("the warp", () => {
  const draws = Array.from({ length: 40 }, (_, seed) => warped(photoLike, sixes[seed % 3], { size: 56 }, seed));

  it("keeps the area between half and twice, and never reflects", () => {
    for (const { linear } of draws) {
      const determinant = linear[0] * linear[3] - linear[1] * linear[2];
      expect(determinant).toBeGreaterThan(0.499);
      expect(determinant).toBeLessThan(2.001);
    }
  });

  it("keeps points 40 px of 336 apart and every disc inside both pictures", () => {
    const radius = markRadius(56);
    for (const { points, there } of draws) {
      for (const [x, y] of [...points, ...there]) {
        for (const value of [x, y]) {
          expect(value).toBeGreaterThan(radius);
          expect(value).toBeLessThan(56 - radius);
        }
      }
      for (const [i, [x, y]] of points.entries()) {
        for (const [u, v] of points.slice(0, i))
          expect(Math.hypot(x - u, y - v)).toBeGreaterThanOrEqual((40 * 56) / 336);
      }
      for (const [i, [x, y]] of there.entries()) {
        for (const [u, v] of there.slice(0, i)) expect(Math.hypot(x - u, y - v)).toBeGreaterThan(2 * radius);
      }
    }
  });

  it("shows no padding: a picture without dark pixels stays without them outside the discs", () => {
    for (const [width, height] of [
      [260, 220],
      [90, 300],
      [56, 56],
    ]) {
      for (let seed = 0; seed < 6; seed++) {
        const { first, second, points, there } = warped(texture(seed, width, height, 9), sixes[1], { size: 112 }, seed);
        for (const [image, marks] of [
          [first, points],
          [second, there],
        ] as const) {
          for (let i = 0; i < 112 * 112; i++) {
            const [x, y] = [(i % 112) + 0.5, Math.floor(i / 112) + 0.5];
            if (marks.some(([u, v]) => Math.hypot(x - u, y - v) < markRadius(112) + 3)) continue;
            expect(Math.min(...image.data.subarray(3 * i, 3 * i + 3))).toBeGreaterThan(50);
          }
        }
      }
    }
  });

  it("cuts picture 1 from the window it names", () => {
    const { first, window, points } = warped(texture(3, 336, 336, 40), sixes[0], { size: 112 }, 3);
    const source = texture(3, 336, 336, 40);
    const [left, top, side] = window;
    expect(mismatch(first, source, ([x, y]) => [left + (x * side) / 112, top + (y * side) / 112], points)).toBeLessThan(
      4,
    );
  });
});

describe("what could give the answer away", () => {
  it("is not the points' place: no number is more to the left, or higher, than the others", () => {
    const draws = Array.from({ length: 100 }, (_, seed) => warped(photoLike, sixes[1], { size: 56 }, 1000 + seed));
    for (let number = 0; number < 6; number++) {
      for (const places of [draws.map(({ points }) => points[number]), draws.map(({ there }) => there[number])]) {
        for (const axis of [0, 1]) {
          const mean = places.reduce((sum, place) => sum + place[axis], 0) / places.length;
          const deviation = Math.sqrt(
            places.reduce((sum, place) => sum + (place[axis] - mean) ** 2, 0) / places.length,
          );
          expect(Math.abs(mean - 28)).toBeLessThan((4.5 * deviation) / Math.sqrt(places.length));
        }
      }
    }
  });

  it("is not how the pictures are made: another answer changes nothing but the numbers on picture 2", () => {
    const [one, other] = [sixes[0], sixes[1]].map((answer) => warped(photoLike, answer, { size: 112 }, 5));
    expect(other.first).toEqual(one.first);
    expect(other.there).toEqual(one.there);
    expect(mismatch(one.second, other.second, (point) => point, one.there)).toBe(0);
  });
});

describe("what cannot be told", () => {
  it.each([
    ["a grey picture", flat(200, 200)],
    ["a checkerboard", checkerboard(256, 8)],
    ["a fine checkerboard", checkerboard(256, 2)],
    ["stripes, along which points look alike", paint(240, 240, (x) => new Array(3).fill(128 + 100 * Math.sin(x / 3)))],
  ])("is skipped: %s", (_, image) => {
    for (let seed = 0; seed < 4; seed++) {
      const corruption = correspondence
        .create({ size: 112 })
        .corrupt(asPicture(image), sixes[1], Random.from(seed), []);
      expect(corruption).toEqual({ skip: "no 6 points whose surroundings can be told apart" });
    }
  });

  it("is not marked: points lie on what is to be seen", () => {
    const busy = texture(9, 300, 300, 14);
    const mixed = paint(300, 300, (x, y) =>
      x < 150 ? [150, 150, 150] : [...busy.data.subarray((y * 300 + x) * 3, (y * 300 + x) * 3 + 3)],
    );
    for (let seed = 0; seed < 4; seed++) {
      const { points, window } = warped(mixed, [2, 1, 4, 3], { points: 4, size: 112 }, seed);
      for (const [x] of points) expect(window[0] + (x * window[2]) / 112).toBeGreaterThan(130);
    }
  });
});

it("gives another picture for other options", () => {
  expect(
    meanDifference(
      warped(photoLike, [1, 2, 3, 4], { points: 4, size: 112 }).first,
      warped(photoLike, sixes[0], { size: 112 }).first,
    ),
  ).toBeGreaterThan(0);
});
