import { type Corruption, type Image, isSkip, Random, resize, UserError } from "@ssl4rl/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jigsaw } from "./jigsaw.js";
import { asPicture, checkerboard, flat, texture } from "./test-picture.js";

type Options = Record<string, unknown> & { rows: number; columns: number };

function pose(image: Image, answer: readonly number[], options: Options, seed = 0): Corruption {
  const corruption = jigsaw.create(options).corrupt(asPicture(image), answer, Random.from("jigsaw", seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption;
}

/** The tiles as they are shown, whatever the layout. */
function shownTiles({ images }: Corruption, { rows, columns }: Options): readonly Image[] {
  if (images.length > 1) return images;
  const [width, height] = [images[0].width / columns, images[0].height / rows];
  return Array.from({ length: rows * columns }, (_, i) =>
    images[0].crop((i % columns) * width, Math.floor(i / columns) * height, width, height),
  );
}

/** Whether the tiles, put where the answer says, are the window that was cut. */
function restores(image: Image, corruption: Corruption, answer: readonly number[], options: Options): boolean {
  const { rows, columns, convention = "slot-to-piece", gap = 0 } = options;
  const tiles = shownTiles(corruption, options);
  const { width, height } = tiles[0];
  const [stepX, stepY] = [width, height].map((side) => side + Math.round((gap as number) * side));
  const [x, y, w, h] = corruption.drawn!.window as number[];
  const whole = resize(image.crop(x, y, w, h), stepX * (columns - 1) + width, stepY * (rows - 1) + height);
  return answer.every((number, i) => {
    const [slot, tile] = convention === "slot-to-piece" ? [i, number - 1] : [number - 1, i];
    const part = whole.crop((slot % columns) * stepX, Math.floor(slot / columns) * stepY, width, height);
    return Buffer.compare(part.data, tiles[tile].data) === 0;
  });
}

describe("undoing the shuffle", () => {
  const image = texture(1, 230, 200);
  const cases = fc
    .record({
      rows: fc.integer({ min: 1, max: 4 }),
      columns: fc.integer({ min: 1, max: 4 }),
      layout: fc.constantFrom("tiles", "composite"),
      convention: fc.constantFrom("slot-to-piece", "piece-to-slot"),
      gap: fc.constantFrom(0, 0.13, 0.3),
    })
    .filter(({ rows, columns }) => rows * columns > 1);

  it("by the true answer restores the picture, by any other does not, in every grid, layout and convention", () => {
    fc.assert(
      fc.property(cases, fc.nat(), (options, seed) => {
        const numbers = Array.from({ length: options.rows * options.columns }, (_, i) => i + 1);
        const [truth, other] = [1, 2].map((k) => Random.from(seed, k).shuffle(numbers));
        const corruption = pose(image, truth, { ...options, size: 112 }, seed);
        expect(restores(image, corruption, truth, options)).toBe(true);
        expect(restores(image, corruption, other, options)).toBe(String(other) === String(truth));
      }),
      { numRuns: 60 },
    );
  });

  it("works for six by six", () => {
    const options = { rows: 6, columns: 6, size: 336 };
    const truth = Random.from("36").shuffle(Array.from({ length: 36 }, (_, i) => i + 1));
    const busy = texture(2, 400, 400, 8);
    expect(restores(busy, pose(busy, truth, options), truth, options)).toBe(true);
  });
});

describe("the convention (row 16)", () => {
  const image = texture(3, 200, 200);

  it("follows the worked example: shown bottom left, top left, bottom right, top right", () => {
    const grid = { rows: 2, columns: 2, size: 112 };
    const slotToPiece = pose(image, [2, 4, 1, 3], grid);
    const pieceToSlot = pose(image, [3, 1, 4, 2], { ...grid, convention: "piece-to-slot" });
    const original = pose(image, [1, 2, 3, 4], grid);
    expect(slotToPiece.images).toEqual([2, 0, 3, 1].map((slot) => original.images[slot]));
    expect(pieceToSlot.images).toEqual(slotToPiece.images);
  });

  it.each(["slot-to-piece", "piece-to-slot"])(
    "of the prompt's example is the truth's: read with %s, it describes the tiles as it says",
    (convention) => {
      for (const [rows, columns] of [
        [2, 2],
        [1, 3],
        [3, 3],
        [6, 6],
      ]) {
        const { prompt, answers } = jigsaw.create({ rows, columns, convention });
        const moves = [...prompt.matchAll(/tile (\d+) belongs in place (\d+)/g)].map(([, tile, place]) => [
          +tile,
          +place,
        ]);
        const answer = answers.parse(/the answer is ([\d,]+)\.$/.exec(prompt)![1])!;
        expect(moves).toHaveLength(3);
        for (const [tile, place] of moves) {
          if (convention === "slot-to-piece") expect(answer[place - 1]).toBe(tile);
          else expect(answer[tile - 1]).toBe(place);
        }
      }
    },
  );

  it("is told by the prompt's example, which is no involution: the other convention's answer differs", () => {
    for (const convention of ["slot-to-piece", "piece-to-slot"]) {
      const { prompt, answers } = jigsaw.create({ rows: 3, columns: 3, convention });
      const answer = answers.parse(/the answer is ([\d,]+)\.$/.exec(prompt)![1])!;
      const inverse = answer.map((_, i) => answer.indexOf(i + 1) + 1);
      expect(inverse).not.toEqual(answer);
    }
  });

  it("needs no example for two tiles, where all answers are involutions", () => {
    expect(jigsaw.create({ rows: 1, columns: 2 }).prompt).not.toContain("example");
  });
});

describe("what could give the answer away", () => {
  it("are not the tiles' sizes (row 10), nor which answer is true: the identity is among them", () => {
    const image = texture(4, 341, 227);
    const options = { rows: 3, columns: 3, size: 168 };
    for (const answer of [
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [9, 8, 7, 6, 5, 4, 3, 2, 1],
    ]) {
      const { images } = pose(image, answer, options);
      expect(new Set(images.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
    }
  });

  it("are not the labels, which count the tiles as shown", () => {
    const image = texture(5, 200, 200);
    for (const answer of [
      [2, 4, 1, 3],
      [1, 2, 3, 4],
    ]) {
      expect(pose(image, answer, { rows: 2, columns: 2 }).labels).toEqual(["Tile 1:", "Tile 2:", "Tile 3:", "Tile 4:"]);
    }
  });

  it("are not the edges, where a gap is asked for, and the prompt says so (row 11)", () => {
    expect(jigsaw.create({ gap: 0.1 }).prompt).toContain("a strip lost between neighbours");
    expect(jigsaw.create().prompt).not.toContain("strip");
  });
});

describe("what cannot be told (row 30)", () => {
  it.each([
    ["one colour", flat(200, 200), "two tiles show next to nothing"],
    ["a checkerboard", checkerboard(240, 10), "tiles 1 and"],
    ["a small picture", texture(6, 55, 200), "55x200 px is too small for 2x2 tiles of 28 px"],
  ])("is skipped: %s", (_, image, skip) => {
    for (const gap of [0, 0.2]) {
      expect(jigsaw.create({ gap }).corrupt(asPicture(image), [2, 1, 3, 4], Random.from(1), [])).toEqual({
        skip: expect.stringContaining(skip),
      });
    }
  });
});

it("is refused for a grid of one tile", () => {
  const create = () => jigsaw.create({ rows: 1, columns: 1 });
  expect(create).toThrow(UserError);
  expect(create).toThrow("rows × columns must be 2 or more, got 1");
});
