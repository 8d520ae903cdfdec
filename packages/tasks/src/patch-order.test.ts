import { type Corruption, type Image, isSkip, meanDifference, Random, resize } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { numberedTiles } from "./numbered-tiles.js";
import { Overlay, WHITE } from "./overlay.js";
import { patchOrder } from "./patch-order.js";
import { asPicture, checkerboard, flat, paint, texture } from "./test-picture.js";

const image = texture(1, 230, 200);

function pose(answer: readonly number[], options: Record<string, unknown>, seed = 0, picture = image): Corruption {
  const corruption = patchOrder.create(options).corrupt(asPicture(picture), answer, Random.from("order", seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption;
}

/** The inner part of tile `i`, clear of frame and number. */
function inner(picture: Image, rows: number, columns: number, i: number): Image {
  const [width, height] = [picture.width / columns, picture.height / rows];
  const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height];
  return picture.crop(x + Math.floor(width / 2), y + Math.floor(height / 2), (width >> 1) - 4, (height >> 1) - 4);
}

describe.each(["2x2", "1x3", "1x4", "3x1", "4x1"])("in a grid of %s", (grid) => {
  const [rows, columns] = grid.split("x").map(Number);
  const { answers } = patchOrder.create({ grid });

  it("patch answer[s] belongs in place s; another answer does not restore the picture", () => {
    for (let index = 0; index < answers.size; index++) {
      const truth = answers.at(index);
      const { images, drawn } = pose(truth, { grid, size: 224 }, index);
      const [x, y, w, h] = drawn!.window as number[];
      const whole = resize(image.crop(x, y, w, h), images[0].width, images[0].height);
      const restores = (answer: readonly number[]) =>
        answer.every(
          (patch, place) =>
            meanDifference(inner(images[0], rows, columns, patch), inner(whole, rows, columns, place)) === 0,
        );
      expect(restores(truth)).toBe(true);
      expect(restores(answers.at((index + 1) % answers.size))).toBe(false);
    }
  });

  it("the prompt's example is no involution and agrees with its words (row 16)", () => {
    const { prompt } = patchOrder.create({ grid });
    const answer = answers.parse(/the answer is ([\d-]+)\.$/.exec(prompt)![1])!;
    const moves = [...prompt.matchAll(/patch (\d+) belongs in place (\d+)/g)];
    expect(moves).toHaveLength(3);
    for (const [, patch, place] of moves) expect(answer[+place]).toBe(+patch);
    expect(answer.map((_, i) => answer.indexOf(i))).not.toEqual(answer);
  });
});

describe("frames and numbers", () => {
  it("count from 0 in the order shown and say nothing of the place: they are the same for every answer", () => {
    const blank = Array.from({ length: 4 }, () => flat(84, 84, 90));
    const marks = numberedTiles(blank, 2);
    const marked = (i: number) =>
      marks.data[3 * i] !== 90 || marks.data[3 * i + 1] !== 90 || marks.data[3 * i + 2] !== 90;
    for (const answer of [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
    ]) {
      const [shown] = pose(answer, { size: 168 }, 0, texture(2, 200, 200)).images;
      expect([shown.width, shown.height]).toEqual([marks.width, marks.height]);
      for (let i = 0; i < shown.width * shown.height; i++) {
        const [r, g, b] = marks.data.subarray(3 * i, 3 * i + 3);
        // Pixels wholly of the frame or of a number's inside; those at their rims mix with the patch.
        const solid = marked(i) && ((r === 230 && g === 30 && b === 30) || (r === 255 && g === 255) || r + g + b === 0);
        if (solid) expect([...shown.data.subarray(3 * i, 3 * i + 3)]).toEqual([r, g, b]);
      }
    }
  });

  it("are all different, drawn inside their own patch, and grow with it (row 31)", () => {
    for (const side of [28, 84, 336]) {
      const tiles = Array.from({ length: 4 }, () => flat(side, side, 90));
      const whole = numberedTiles(tiles, 2);
      const parts = [0, 1, 2, 3].map((i) => whole.crop((i % 2) * side, (i >> 1) * side, side, side));
      expect(new Set(parts.map(({ data }) => Buffer.from(data).toString("base64"))).size).toBe(4);
      const white = parts.map(({ data }) => data.filter((_, i) => i % 3 === 1 && data[i] > 150).length);
      for (const count of white) {
        expect(count).toBeGreaterThan(8);
        expect(count).toBeLessThan((side * side) / 8);
      }
      const right = parts.map((part) => part.crop(Math.ceil(0.6 * side), 4, Math.floor(0.4 * side) - 4, side - 8));
      for (const clear of right) expect(meanDifference(clear, flat(clear.width, clear.height, 90))).toBe(0);
    }
  });
});

describe("with a patch painted white", () => {
  it("shows three patches and says so; the blank one's number is part of the answer", () => {
    const truth = [2, 0, 3, 1];
    const places = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const { images, drawn } = pose(truth, { blank: true, size: 168 }, seed);
      const isWhite = (i: number) => inner(images[0], 2, 2, i).data.every((value) => value === 255);
      const white = [0, 1, 2, 3].filter(isWhite);
      expect(white).toEqual([truth[drawn!.blankPlace as number]]);
      places.add(drawn!.blankPlace as number);
    }
    expect(places.size).toBe(4);
    expect(patchOrder.create({ blank: true }).prompt).toContain("one was painted white");
    expect(patchOrder.create().prompt).not.toContain("white");
  });

  it("is skipped when another patch is white too (row 30)", () => {
    const whole = new Overlay(image).fill(0, 0, 130, 110, WHITE).toImage();
    const ask = (blank: boolean) => {
      const made = [0, 1, 2, 3, 4, 5].map((seed) =>
        patchOrder.create({ blank }).corrupt(asPicture(whole), [1, 0, 2, 3], Random.from(seed), []),
      );
      return made.filter(isSkip).length;
    };
    expect(ask(false)).toBe(0);
    expect(ask(true)).toBeGreaterThan(0);
  });
});

describe("what cannot be told (row 30)", () => {
  it.each([
    ["one colour", flat(200, 200), "two tiles show next to nothing"],
    ["a checkerboard", checkerboard(240, 10), "tiles 1 and 2 look alike"],
    ["a small picture", texture(6, 55, 200), "55x200 px is too small for 2x2 tiles of 28 px"],
    ["two columns alike", paint(200, 200, (x, y) => [50 + (x % 100), y, 99]), "tiles 1 and 2 look alike"],
  ])("is skipped: %s", (_, picture, skip) => {
    expect(patchOrder.create().corrupt(asPicture(picture), [1, 0, 2, 3], Random.from(1), [])).toEqual({ skip });
  });
});
