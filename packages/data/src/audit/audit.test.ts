import { type Image, isSkip, pose, protocols, Random, resize } from "@ssl4rl/core";
import { taskNamed } from "@ssl4rl/tasks";
import { worldSource } from "@ssl4rl/world";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pictureFacts } from "./picture-facts.js";
import type { AuditRow } from "./row.js";
import { auditOf, cloud, leaksOf, type MadeRow, mapped, rowsOf } from "./test-rows.js";

const ROWS = 90;
const LETTERS = ["A", "B", "C", "D"];

/** Two windows of one picture, the second turned; `spoil` makes the leak. */
function turned(spoil: (image: Image, degrees: number) => Image | Uint8Array | Promise<Uint8Array> = (image) => image) {
  return async (_: number, random: Random): Promise<MadeRow> => {
    const picture = cloud(random, 56);
    const quarters = random.int(4);
    const window = () => picture.crop(random.int(8), random.int(8), 48, 48);
    return {
      pictures: [window(), await spoil(window().quarterTurns(quarters), 90 * quarters)],
      target: String(90 * quarters),
    };
  };
}

/** A reference and four pictures, one of which is right; `spoil` makes the leak. */
function choice(spoil: (image: Image, right: boolean) => Image | Uint8Array | Promise<Uint8Array> = (image) => image) {
  return async (_: number, random: Random): Promise<MadeRow> => {
    const right = random.int(4);
    const candidates = LETTERS.map((_, i) => spoil(cloud(random, 48), i === right));
    return { pictures: [cloud(random, 48), ...(await Promise.all(candidates))], target: LETTERS[right] };
  };
}

/** A 2 × 2 jigsaw; `piece` cuts and may leak. */
function jigsaw(piece: (picture: Image, column: number, row: number) => Image) {
  return (_: number, random: Random): MadeRow => {
    const picture = cloud(random, 96);
    const order = random.shuffle([0, 1, 2, 3]);
    return {
      pictures: order.map((slot) => piece(picture, slot % 2, slot >> 1)),
      target: [0, 1, 2, 3].map((slot) => order.indexOf(slot) + 1).join(","),
    };
  };
}
const half = (picture: Image, column: number, row: number) => picture.crop(48 * column, 48 * row, 48, 48);

/** Two pictures, the same or not. */
function pair(_: number, random: Random): MadeRow {
  const same = random.chance(0.5);
  const first = cloud(random, 56);
  const second = same ? first : cloud(random, 56);
  return {
    pictures: [first, second].map((image) => image.crop(random.int(8), random.int(8), 48, 48)),
    target: same ? "positive" : "negative",
  };
}

const jpeg = (image: Image, quality: number): Promise<Uint8Array> =>
  sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
const blurred = (image: Image) => resize(resize(image, 24, 24), 48, 48);
const grainy = (image: Image) => mapped(image, (value, x, y, c) => value + ((x * 7919 + y * 104729 + c * 31) % 11));

describe("audit", () => {
  it("finds nothing in clean sets of every kind", async () => {
    const report = await auditOf(
      rowsOf("turn", ROWS, turned()),
      rowsOf("choice", ROWS, choice()),
      rowsOf("jigsaw", ROWS, jigsaw(half)),
      rowsOf("pair", ROWS, pair),
    );
    expect(leaksOf(report)).toEqual([]);
    expect(report.tasks.map(({ kind }) => kind)).toEqual(["turn", "choice", "sequence", "pair"]);
    expect(report.rows).toBe(4 * ROWS);
  });

  it("finds nothing in the tasks of ssl4rl on pictures of the world", async () => {
    const world = worldSource({ seed: "audit", length: 60, size: 96 });
    async function* posed(name: string, options: Record<string, number>): AsyncGenerator<AuditRow> {
      const task = taskNamed(name).create({ size: 84, ...options });
      for (let i = 0; i < world.length; i++) {
        const picture = await world.get(i);
        if (isSkip(picture)) continue;
        const problem = pose(picture, task, protocols[0], Random.from(name, i).int(task.answers.size), 0);
        if (isSkip(problem)) continue;
        yield {
          task: name,
          split: "all",
          source: picture.name,
          pictures: problem.images,
          target: problem.target,
          where: "",
        };
      }
    }
    const report = await auditOf(posed("rotation", { step: 90 }), posed("position", { grid: 2 }));
    expect(leaksOf(report)).toEqual([]);
  });

  it("catches answers that are not balanced", async () => {
    const often = (i: number, random: Random) => {
      const picture = cloud(random, 48);
      const quarters = random.chance(0.3) ? 1 : random.int(4);
      return { pictures: [picture, picture.quarterTurns(quarters)], target: String(90 * quarters), where: `${i}` };
    };
    expect(leaksOf(await auditOf(rowsOf("turn", 2 * ROWS, often)))).toEqual(["answer balance"]);
  });

  it("catches answers in order, and answers that come again", async () => {
    const sorted = (i: number, random: Random) => ({
      ...pair(i, random),
      target: i < ROWS / 2 ? "positive" : "negative",
    });
    expect(leaksOf(await auditOf(rowsOf("pair", ROWS, sorted)))).toEqual(["row order"]);
    const again = async (i: number, random: Random) => ({
      ...(await turned()(i, random)),
      target: String(90 * Random.from("batch", i % 40).int(4)),
    });
    expect(leaksOf(await auditOf(rowsOf("turn", ROWS, again)))).toContain("row order");
  });

  it("catches sizes that tell the answer", async () => {
    const smaller = turned((image, degrees) => (degrees === 0 ? image : image.crop(0, 0, 47, 47)));
    const wider = jigsaw((picture, column, row) => picture.crop(48 * column, 48 * row, column === 0 ? 48 : 47, 48));
    const larger = choice((image, right) => (right ? image : resize(image, 49, 48)));
    for (const make of [smaller, wider, larger]) {
      expect(leaksOf(await auditOf(rowsOf("sizes", ROWS, make)))).toContain("sizes");
    }
  });

  it("catches a file format that tells the answer", async () => {
    const finer = turned((image, degrees) => jpeg(image, degrees % 180 === 0 ? 95 : 90));
    expect(leaksOf(await auditOf(rowsOf("turn", ROWS, finer)))).toContain("file format");
    const photo = choice((image, right) => (right ? jpeg(image, 95) : image));
    expect(leaksOf(await auditOf(rowsOf("choice", ROWS, photo)))).toContain("file format");
  });

  it("catches bars at the border", async () => {
    const padded = turned((image, degrees) =>
      degrees % 180 === 0 ? image : mapped(image, (value, x) => (x < 4 || x >= 44 ? 128 : value)),
    );
    expect(leaksOf(await auditOf(rowsOf("turn", ROWS, padded)))).toContain("bars");
  });

  it("catches black corners", async () => {
    const corners = turned((image, degrees) =>
      degrees === 0 ? image : mapped(image, (value, x, y) => (x + y < 10 || 94 - x - y < 10 ? 0 : value)),
    );
    expect(leaksOf(await auditOf(rowsOf("turn", ROWS, corners)))).toContain("black share");
  });

  it("catches candidates of another byte length", async () => {
    const make = choice((image, right) => (right ? mapped(image, (value) => value & 0xfc) : image));
    expect(leaksOf(await auditOf(rowsOf("choice", ROWS, make)))).toContain("byte length");
  });

  it("catches unequal resampling", async () => {
    const softer = turned((image, degrees) => (degrees % 180 === 0 ? grainy(image) : blurred(grainy(image))));
    expect(leaksOf(await auditOf(rowsOf("turn", ROWS, softer)))).toContain("sharpness");
    const one = choice((image, right) => (right ? grainy(image) : blurred(grainy(image))));
    expect(leaksOf(await auditOf(rowsOf("choice", ROWS, one)))).toContain("sharpness");
  });

  it("catches JPEG blocks that begin elsewhere in every piece", async () => {
    const make = async (i: number, random: Random) => {
      const { data } = await sharp(await jpeg(grainy(cloud(random, 102)), 60))
        .raw()
        .toBuffer({ resolveWithObject: true });
      const picture = cloud(random, 102);
      const photo = mapped(picture, (_, x, y, c) => data[(y * 102 + x) * 3 + c]);
      const cut = jigsaw((_, column, row) => photo.crop(51 * column, 51 * row, 51, 51));
      return cut(i, random);
    };
    expect(leaksOf(await auditOf(rowsOf("jigsaw", ROWS, make)))).toEqual(["block columns", "block rows"]);
  });

  it("catches splits that draw the same, or show the same pictures", async () => {
    const train = rowsOf("turn", ROWS, async (i, random) => ({ ...(await turned()(i, random)), split: "train" }));
    const other = (answer: (i: number) => number) =>
      rowsOf("turn", ROWS, (i) => {
        const picture = cloud(Random.from("test", i), 48);
        const target = String(90 * answer(i));
        return { pictures: [picture, picture.quarterTurns(Number(target) / 90)], split: "test", target };
      });
    // The draws of `train`, made again.
    const answers = await Promise.all(
      Array.from(
        { length: ROWS },
        async (_, i) => Number((await turned()(i, Random.from("row", "turn", i))).target) / 90,
      ),
    );
    expect(
      leaksOf(
        await auditOf(
          train,
          other((i) => answers[i]),
        ),
      ),
    ).toEqual(["draws between splits"]);
    const half = rowsOf("turn", 2 * ROWS, async (i, random) => ({
      ...(await turned()(i, i < ROWS + 3 ? random : Random.from("row", "turn", i - ROWS))),
      split: i < ROWS ? "train" : "test",
    }));
    const report = await auditOf(half);
    expect(leaksOf(report)).toContain("pictures in both splits");
    const clean = await auditOf(
      rowsOf("turn", ROWS, async (i, random) => ({ ...(await turned()(i, random)), split: i % 2 ? "train" : "test" })),
    );
    expect(leaksOf(clean)).toEqual([]);
  });

  it("catches one task's answer telling another's", async () => {
    const source = (i: number) => ({ source: `picture ${i}` });
    const a = rowsOf("turn", ROWS, async (i, random) => ({ ...(await turned()(i, random)), ...source(i) }));
    const same = rowsOf("choice", ROWS, async (i, random) => {
      const { target } = await turned()(i, Random.from("row", "turn", i));
      return { ...(await choice()(i, random)), ...source(i), target: LETTERS[Number(target) / 90] };
    });
    expect(leaksOf(await auditOf(a, same))).toEqual(["answers between tasks"]);
  });

  it("counts rows that show a picture again, which is no leak by itself", async () => {
    const twice = rowsOf("turn", ROWS, (i) => turned()(i, Random.from("twice", i >> 1)));
    const { tasks } = await auditOf(twice);
    expect(tasks[0].repeated).toBe(ROWS / 2);
  });

  it("names the row and the picture that cannot be read", async () => {
    const broken = rowsOf("turn", 3, () => ({ pictures: [new Uint8Array(20)], target: "0" }));
    await expect(auditOf(broken)).rejects.toThrow(/row 0: picture 1 cannot be read .*Repair or drop/);
  });
});

describe("pictureFacts", () => {
  it("measures the same sharpness of a picture and of its turns", async () => {
    const image = grainy(cloud(Random.from("sharp"), 64));
    const upright = await pictureFacts(image);
    for (const quarters of [1, 2, 3]) {
      const { sharpness, bytes } = await pictureFacts(image.quarterTurns(quarters));
      for (const [i, value] of sharpness.entries()) expect(value).toBeCloseTo(upright.sharpness[i], 6);
      expect(Math.abs(bytes - upright.bytes)).toBeLessThan(0.02);
    }
  });
});
