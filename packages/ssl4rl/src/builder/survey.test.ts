import { type Image, isSkip, type Picture, resize, type Source } from "@ssl4rl/core";
import { composeScene, render } from "@ssl4rl/world";
import { describe, expect, it } from "vitest";
import { splits } from "./plan.js";
import { deal, dealOut, type Finding, look } from "./survey.js";

const shares = { validation: 0.2, test: 0.2 };
const found = (id: string): Finding => ({ name: `${id}.png`, id, print: null });

function sourceOf(pictures: readonly (Picture | { readonly skip: string; readonly name?: string })[]): Source {
  return { name: "test", length: pictures.length, get: async (i) => pictures[i] };
}

describe("deal", () => {
  const many = Array.from({ length: 400 }, (_, i) => found(`picture ${i}`));

  it("gives each split about its share, and every picture to one of them", () => {
    const { places } = deal(many, shares);
    expect(splits.flatMap((split) => places[split]).sort((a, b) => a - b)).toEqual(many.map((_, i) => i));
    expect(Math.abs(places.validation.length - 80)).toBeLessThan(32);
    expect(Math.abs(places.test.length - 80)).toBeLessThan(32);
  });

  it("leaves a picture in its split when others come before it", () => {
    const before = deal(many, shares).places;
    const after = deal([found("new"), ...many], shares).places;
    for (const split of splits) {
      const moved = before[split].map((place) => place + 1);
      expect(after[split].filter((place) => place > 0)).toEqual(moved);
    }
  });

  it("leaves out copies and what cannot be used, by name and with the reason", () => {
    const { places, ids, skipped } = deal(
      [found("a"), { name: "broken.jpg", skip: "cannot be decoded whole" }, { ...found("a"), name: "again.png" }],
      { validation: 0, test: 0 },
    );
    expect(places.train).toEqual([0]);
    expect(ids).toEqual(["a"]);
    expect(skipped).toEqual([
      { file: "broken.jpg", reason: "cannot be decoded whole" },
      { file: "again.png", reason: "same content as a.png" },
    ]);
  });
});

describe("look", () => {
  const scene = (seed: number, width: number): Image =>
    resize(render(composeScene("survey", seed), { width: 160, height: 120 }), width, (width * 3) / 4);
  const picture = (id: string, image: Image): Picture => ({ id, name: `${id}.png`, image });
  const source = sourceOf([
    picture("one", scene(1, 160)),
    picture("smaller", scene(1, 120)),
    picture("other", scene(2, 160)),
    { skip: "too small", name: "tiny.png" },
    { skip: "nothing" },
  ]);

  it("with prints, lets the first of near copies stay; without, all of them", async () => {
    const near = deal(await look(source, 0, 3, true), { validation: 0, test: 0 });
    expect(near.places.train).toEqual([0, 2]);
    expect(near.skipped).toEqual([{ file: "smaller.png", reason: "looks nearly the same as one.png" }]);
    expect(deal(await look(source, 0, 3, false), { validation: 0, test: 0 }).places.train).toEqual([0, 1, 2]);
  });

  it("names what it cannot use, by its place where it has no name", async () => {
    expect(await look(source, 3, 5, false)).toEqual([
      { name: "tiny.png", skip: "too small" },
      { name: "number 4 of test", skip: "nothing" },
    ]);
  });

  it("gives tasks the pictures of one split only", async () => {
    const opened = new Map([[null, { source, skipped: [] }]]);
    const places = new Map([[null, { validation: [2], test: [], train: [0, 1] }]]);
    const train = dealOut(opened, places)("train")({ needs: null } as never);
    expect(train.length).toBe(2);
    const first = await train.get(1);
    expect(!isSkip(first) && first.id).toBe("smaller");
  });
});
