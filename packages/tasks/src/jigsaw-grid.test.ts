import { type Corruption, type Image, isSkip, Random, resize } from "@ssl4rl/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jigsawGrid } from "./jigsaw-grid.js";
import { asPicture, flat, paint, texture } from "./test-picture.js";

interface Options {
  readonly rows: number;
  readonly columns: number;
  readonly mask?: number;
  readonly size?: number;
}

function pose(image: Image, answer: readonly number[], options: Options, seed = 0): Corruption {
  const corruption = jigsawGrid.create({ ...options }).corrupt(asPicture(image), answer, Random.from(seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption;
}

describe("undoing the shuffle", () => {
  it("puts patch k to the place that the answer names at k; another answer does not", () => {
    const image = texture(1, 240, 200, 8);
    const grids = fc
      .record({ rows: fc.integer({ min: 1, max: 4 }), columns: fc.integer({ min: 1, max: 4 }) })
      .filter(({ rows, columns }) => rows * columns > 1);
    fc.assert(
      fc.property(grids, fc.nat(), ({ rows, columns }, seed) => {
        const numbers = Array.from({ length: rows * columns }, (_, i) => i + 1);
        const [truth, other] = [1, 2].map((k) => Random.from(seed, k).shuffle(numbers));
        const { images, drawn } = pose(image, truth, { rows, columns, size: 112 }, seed);
        const [shown] = images;
        const [x, y, w, h] = drawn!.window as number[];
        const whole = resize(image.crop(x, y, w, h), shown.width, shown.height);
        const part = (picture: Image, i: number) => {
          const [width, height] = [picture.width / columns, picture.height / rows];
          return picture.crop((i % columns) * width, Math.floor(i / columns) * height, width, height).data;
        };
        const restored = (answer: readonly number[]) =>
          answer.every((place, k) => Buffer.compare(part(shown, k), part(whole, place - 1)) === 0);
        expect(restored(truth)).toBe(true);
        expect(restored(other)).toBe(String(other) === String(truth));
      }),
      { numRuns: 40 },
    );
  });

  it("follows the worked example: 3 1 4 2 shows bottom left, top left, bottom right, top right", () => {
    const colours = [
      [200, 0, 0],
      [0, 200, 0],
      [0, 0, 200],
      [200, 200, 0],
    ];
    const quarters = paint(200, 200, (x, y) =>
      colours[(y < 100 ? 0 : 2) + (x < 100 ? 0 : 1)].map((value) => value + ((x * y) % 50)),
    );
    const [shown] = pose(quarters, [3, 1, 4, 2], { rows: 2, columns: 2, size: 112 }).images;
    const reddest = [0, 1, 2, 3].map((i) => {
      const { data } = shown.crop((i % 2) * 56 + 20, (i >> 1) * 56 + 20, 16, 16);
      return [data[0] >= 200, data[1] >= 200, data[2] >= 200].map(Number).join("");
    });
    expect(reddest).toEqual(["001", "100", "110", "010"]);
  });
});

describe("the prompt", () => {
  it("prints the grid of numbers and an example that is no involution and agrees with its words (row 16)", () => {
    const { prompt, answers } = jigsawGrid.create({ rows: 2, columns: 3 });
    expect(prompt).toContain("\n1 2 3\n4 5 6\n");
    const answer = answers.parse(prompt.split("the answer is\n")[1])!;
    const moves = [...prompt.matchAll(/patch (\d+) belongs in place (\d+)/g)];
    expect(moves).toHaveLength(3);
    for (const [, patch, place] of moves) expect(answer[+patch - 1]).toBe(+place);
    expect(answer.map((_, i) => answer.indexOf(i + 1) + 1)).not.toEqual(answer);
  });

  it("says when borders are masked", () => {
    expect(jigsawGrid.create({ mask: 0.1 }).prompt).toContain("masked in black");
    expect(jigsawGrid.create().prompt).not.toContain("masked");
  });
});

describe("the mask", () => {
  const options = { rows: 2, columns: 3, mask: 0.2, size: 336 };
  const image = texture(2, 300, 300);
  const black = ({ width, data }: Image) =>
    Array.from({ length: data.length / 3 }, (_, i) => data[3 * i] + data[3 * i + 1] + data[3 * i + 2] === 0)
      .map((isBlack, i) => (isBlack ? [i % width, Math.floor(i / width)] : null))
      .filter((at) => at !== null);

  it("blackens its share along the picture's edges and half of it on either side of the seams", () => {
    const [{ width, height, ...shown }] = pose(image, [1, 2, 3, 4, 5, 6], options).images;
    const [w, h] = [width / 3, height / 2];
    const [bandX, bandY] = [Math.floor(0.2 * w), Math.floor(0.2 * h)];
    const inBand = (at: number, end: number, step: number, band: number) => {
      if (at < band || at >= end - band) return true;
      const seam = Math.round(at / step) * step;
      return seam > 0 && seam < end && at >= seam - (band >> 1) && at < seam + (band >> 1);
    };
    let expected = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const masked = inBand(x, width, w, bandX) || inBand(y, height, h, bandY);
        if (masked) expected++;
        const at = (y * width + x) * 3;
        if (masked) expect([...shown.data.subarray(at, at + 3)]).toEqual([0, 0, 0]);
      }
    }
    expect(black({ width, height, ...shown } as Image)).toHaveLength(expected);
  });

  it("lies the same for every answer", () => {
    const [a, b] = [
      [1, 2, 3, 4, 5, 6],
      [6, 4, 2, 5, 3, 1],
    ].map((answer) => black(pose(image, answer, options).images[0]));
    expect(b).toEqual(a);
  });

  it("hides what it hides from the question of what can be told: patches that differ only there are skipped (row 30)", () => {
    const framed = paint(280, 280, (x, y) => {
      const edge = Math.min(x % 140, y % 140, 139 - (x % 140), 139 - (y % 140));
      return edge < 30 ? [x < 140 ? 0 : 250, y < 140 ? 0 : 250, 60] : [40 + (x % 140), 40 + (y % 140), 128];
    });
    const ask = (mask: number) =>
      jigsawGrid.create({ mask }).corrupt(asPicture(framed), [2, 1, 4, 3], Random.from(1), []);
    expect(isSkip(ask(0))).toBe(false);
    expect(ask(0.3)).toEqual({ skip: expect.stringMatching(/look alike/) });
  });
});

it("skips one colour and small pictures with a reason", () => {
  const ask = (image: Image) => jigsawGrid.create().corrupt(asPicture(image), [2, 1, 4, 3], Random.from(1), []);
  expect(ask(flat(200, 200))).toEqual({ skip: "two tiles show next to nothing" });
  expect(ask(texture(3, 55, 80))).toEqual({ skip: "55x80 px is too small for 2x2 tiles of 28 px" });
});
