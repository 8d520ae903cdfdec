import { Image, isSkip, type Picture, Random, type Skip, type Source } from "@ssl4rl/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitByContent } from "./split.js";

const pixel = new Image(1, 1, new Uint8Array(3));

/** A source of pictures known by their ids alone. */
function sourceOf(ids: readonly string[]): Source {
  const pictures: (Picture | Skip)[] = ids.map((id) =>
    id === "" ? { skip: "broken" } : { id, name: `${id}.png`, image: pixel },
  );
  return { name: "memory", length: ids.length, get: async (index) => pictures[index] };
}

async function idsOf(source: Source): Promise<string[]> {
  const all = await Promise.all(Array.from({ length: source.length }, (_, i) => source.get(i)));
  return all.map((picture) => (isSkip(picture) ? "a skip" : picture.id));
}

async function split(ids: readonly string[], heldOut: number): Promise<{ train: string[]; heldOut: string[] }> {
  const parts = await splitByContent(sourceOf(ids), heldOut);
  return { train: await idsOf(parts.train), heldOut: await idsOf(parts.heldOut) };
}

const hashes = (n: number, name = "picture") =>
  Array.from({ length: n }, (_, i) => Random.from(name, i).uint32().toString(16));
const someIds = fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{8}$/), { minLength: 2, maxLength: 30 });

describe("splitByContent", () => {
  it("puts every picture on exactly one side and at least one on each", async () => {
    await fc.assert(
      fc.asyncProperty(someIds, fc.double({ min: 0, max: 1, noNaN: true }), async (ids, fraction) => {
        const { train, heldOut } = await split(ids, fraction);
        expect([...train, ...heldOut].sort()).toEqual([...ids].sort());
        expect(train.length).toBeGreaterThan(0);
        expect(heldOut.length).toBeGreaterThan(0);
      }),
    );
  });

  it("holds out about the asked fraction", async () => {
    for (const fraction of [0.1, 0.3, 0.5]) {
      const { heldOut } = await split(hashes(2000), fraction);
      expect(Math.abs(heldOut.length / 2000 - fraction)).toBeLessThan(
        4 * Math.sqrt((fraction * (1 - fraction)) / 2000),
      );
    }
  });

  it("keeps each picture on its side when others come or go, or the order changes", async () => {
    const ids = hashes(300);
    const whole = await split(ids, 0.2);
    const fewer = await split(ids.slice(0, 150).toReversed(), 0.2);
    const more = await split([...hashes(300, "new"), ...ids], 0.2);
    for (const id of ids) expect(more.heldOut.includes(id)).toBe(whole.heldOut.includes(id));
    for (const id of ids.slice(0, 150)) expect(fewer.heldOut.includes(id)).toBe(whole.heldOut.includes(id));
  });

  it("only ever moves pictures to the held-out side when more are held out", async () => {
    const ids = hashes(200);
    const [less, more] = [await split(ids, 0.1), await split(ids, 0.3)];
    expect(more.heldOut).toEqual(expect.arrayContaining(less.heldOut));
  });

  it("puts copies of one picture on one side", async () => {
    const ids = hashes(60);
    const { train, heldOut } = await split([...ids, ...ids], 0.3);
    expect(train.filter((id) => heldOut.includes(id))).toEqual([]);
    expect(train.length + heldOut.length).toBe(120);
  });

  it("puts copies of one picture on one side even where there is nothing else", async () => {
    const { train, heldOut } = await split(["a1", "a1", "a1"], 0.5);
    expect(train.filter((id) => heldOut.includes(id))).toEqual([]);
  });

  it("keeps the source's order and names its parts after it", async () => {
    const ids = hashes(50);
    const parts = await splitByContent(sourceOf(ids), 0.4);
    for (const part of [parts.train, parts.heldOut]) {
      const places = (await idsOf(part)).map((id) => ids.indexOf(id));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
    expect([parts.train.name, parts.heldOut.name]).toEqual(["memory (train)", "memory (held-out)"]);
  });

  it("leaves out what the source skips", async () => {
    const { train, heldOut } = await split(["", "a1", "", "b2", "c3"], 0.5);
    expect([...train, ...heldOut].sort()).toEqual(["a1", "b2", "c3"]);
  });

  it("survives one picture and none", async () => {
    const one = await split(["a1"], 0.5);
    expect(one.train.length + one.heldOut.length).toBe(1);
    expect(await split([], 0.5)).toEqual({ train: [], heldOut: [] });
  });
});
