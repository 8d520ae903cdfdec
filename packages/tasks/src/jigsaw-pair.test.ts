import { type Corruption, type Image, isSkip, Random, resize } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { jigsawPair } from "./jigsaw-pair.js";
import { asPicture, flat, texture } from "./test-picture.js";

const image = texture(1, 130, 120, 8);

function pose(answer: string, options: Record<string, unknown>, seed: number): Corruption {
  const corruption = jigsawPair.create(options).corrupt(asPicture(image), answer, Random.from("pair", seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption;
}

/** What the choices say, by letter. */
function choices({ prompt }: Corruption): Record<string, string> {
  return Object.fromEntries([...prompt!.matchAll(/^([A-H]): (.*)$/gm)].map(([, letter, words]) => [letter, words]));
}

/** How place `a` lies to place `b`, in words, worked out anew. */
function words(a: number, b: number, columns: number): string {
  const [rowA, columnA, rowB, columnB] = [Math.floor(a / columns), a % columns, Math.floor(b / columns), b % columns];
  const vertical = rowA < rowB ? "above it" : "below it";
  const horizontal = columnA < columnB ? "left" : "right";
  if (rowA === rowB) return `to its ${horizontal}, in the same row`;
  if (columnA === columnB) return `${vertical}, in the same column`;
  return `${vertical} and to its ${horizontal}`;
}

const grids = [
  { rows: 2, columns: 2 },
  { rows: 1, columns: 3 },
  { rows: 4, columns: 1 },
  { rows: 2, columns: 4 },
].map((grid) => ({ ...grid, size: 56 }));

describe.each(grids)("in $rows rows and $columns columns", (options) => {
  const { rows, columns } = options;
  const letters = [..."ABCDEFGH"].slice(0, rows === 1 || columns === 1 ? 2 : 8);
  const posed = Array.from({ length: 40 }, (_, seed) => ({
    letter: letters[seed % letters.length],
    corruption: pose(letters[seed % letters.length], options, seed),
  }));

  it("the patches, put back to their places, are the picture", () => {
    for (const { corruption } of posed) {
      const { window, places } = corruption.drawn as { window: number[]; places: number[] };
      const [shown] = corruption.images;
      const whole = resize(image.crop(window[0], window[1], window[2], window[3]), shown.width, shown.height);
      const part = (picture: Image, i: number) => {
        const [width, height] = [picture.width / columns, picture.height / rows];
        return picture.crop((i % columns) * width, Math.floor(i / columns) * height, width, height).data;
      };
      for (const [k, place] of places.entries()) {
        expect(Buffer.compare(part(shown, k), part(whole, place - 1))).toBe(0);
      }
    }
  });

  it("the true letter names how the two lay, and no other letter does", () => {
    for (const { letter, corruption } of posed) {
      const { places, patches } = corruption.drawn as { places: number[]; patches: number[] };
      const relation = words(places[patches[0] - 1] - 1, places[patches[1] - 1] - 1, columns);
      const matching = Object.entries(choices(corruption)).filter(([_, choice]) => choice === relation);
      expect(matching).toEqual([[letter, relation]]);
      expect(corruption.prompt).toContain(`Seen from patch ${patches[1]}, where did patch ${patches[0]} lie`);
    }
  });

  it("the choices are always the same, in changing order", () => {
    const sets = posed.map(({ corruption }) => Object.values(choices(corruption)));
    expect(new Set(sets.map((set) => [...set].sort().join())).size).toBe(1);
    expect(sets[0]).toHaveLength(letters.length);
    expect(new Set(sets.map(String)).size).toBeGreaterThan(1);
  });
});

describe("who sees the text alone", () => {
  const posed = Array.from({ length: 1600 }, (_, seed) => {
    const letter = "ABCDEFGH"[seed % 8];
    const corruption = pose(letter, { size: 56 }, seed);
    const { relation, patches } = corruption.drawn as { relation: string; patches: number[] };
    return { letter, relation, patches: patches.join(), prompt: choices(corruption) };
  });
  const counts = (keys: string[]) => {
    const count = new Map<string, number>();
    for (const key of keys) count.set(key, (count.get(key) ?? 0) + 1);
    return [...count.values()];
  };
  /** How far the counts are from even ones, over its expectation: about 1 for chance. */
  const unevenness = (values: number[], kinds: number) => {
    const mean = 1600 / kinds;
    const missing = (kinds - values.length) * mean;
    return (values.reduce((sum, value) => sum + (value - mean) ** 2 / mean, 0) + missing) / (kinds - 1);
  };

  it("finds all eight relations equally often, also in the 2 x 2 grid", () => {
    expect(unevenness(counts(posed.map(({ relation }) => relation)), 8)).toBeLessThan(3);
  });

  it("learns nothing from a relation's letter, nor from the patches' numbers", () => {
    expect(unevenness(counts(posed.map(({ relation, letter }) => relation + letter)), 64)).toBeLessThan(1.6);
    expect(unevenness(counts(posed.map(({ relation, patches }) => relation + patches)), 96)).toBeLessThan(1.5);
  });

  it("does not win by always choosing one relation, one letter, or what stands after one relation", () => {
    for (const relation of new Set(posed.map((one) => one.relation))) {
      const right = posed.filter(({ prompt, letter }) => prompt[letter] === relation).length;
      const after = posed.filter(({ prompt, letter }) => {
        const at = Object.values(prompt).indexOf(relation);
        return "ABCDEFGH"[(at + 1) % 8] === letter;
      }).length;
      for (const wins of [right, after]) expect(Math.abs(wins - 200)).toBeLessThan(4.5 * Math.sqrt(175));
    }
  });
});

it("masks borders when asked to and says so", () => {
  const corruption = pose("A", { mask: 0.2, size: 112 }, 1);
  expect([...corruption.images[0].data.subarray(0, 3)]).toEqual([0, 0, 0]);
  expect(corruption.prompt).toContain("masked in black");
  expect(pose("A", { size: 112 }, 1).prompt).not.toContain("masked");
});

it("skips one colour and small pictures with a reason (row 30)", () => {
  const ask = (picture: Image) => jigsawPair.create().corrupt(asPicture(picture), "A", Random.from(1), []);
  expect(ask(flat(200, 200))).toEqual({ skip: "two tiles show next to nothing" });
  expect(ask(texture(3, 80, 55))).toEqual({ skip: "80x55 px is too small for 2x2 tiles of 28 px" });
});
