import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Image, isSkip, Random, resize } from "@ssl4rl/core";
import { worldSource } from "@ssl4rl/world";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { decodePicture } from "../decode.js";
import { auditOf, leaksOf, type MadeRow, rowsOf } from "./test-rows.js";

const photos = fileURLToPath(new URL("../../../../../shared/data/photos/coco/", import.meta.url));
const COUNT = 100;
let pictures: Image[];

/** Real photos where there are some, else pictures of the world; sides odd, of different shapes, below 210 pixels. */
beforeAll(async () => {
  if (existsSync(photos)) {
    const files = Random.from("files").shuffle(readdirSync(photos).sort()).slice(0, COUNT);
    const whole = await Promise.all(
      files.map(async (file) => decodePicture(await readFile(photos + file), { minSide: 1, maxSide: 210 })),
    );
    pictures = whole.map((image) => image.crop(0, 0, odd(image.width), odd(image.height)));
    return;
  }
  const world = worldSource({ seed: "published", length: COUNT, size: 209 });
  pictures = [];
  for (let i = 0; i < COUNT; i++) {
    const picture = await world.get(i);
    if (!isSkip(picture)) pictures.push(picture.image.crop(0, 0, 209, odd(120 + (i % 80))));
  }
});

const odd = (side: number) => side - 1 + (side % 2);

/** A set of one question a picture. */
const setOf = (task: string, make: (image: Image, i: number, random: Random) => MadeRow | Promise<MadeRow>) =>
  rowsOf(task, pictures.length, (i, random) => make(pictures[i], i, random));

const centre = (image: Image, width: number, height: number) =>
  image.crop((image.width - width) >> 1, (image.height - height) >> 1, width, height);

/** Turned by any angle about the centre, the frame kept, what comes in from outside black, the nearest pixel taken. */
function turnedInFrame(image: Image, degrees: number): Image {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const data = new Uint8Array(image.data.length);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const [dx, dy] = [x + 0.5 - image.width / 2, y + 0.5 - image.height / 2];
      const fromX = Math.floor(image.width / 2 + dx * cos - dy * sin);
      const fromY = Math.floor(image.height / 2 + dx * sin + dy * cos);
      if (fromX < 0 || fromY < 0 || fromX >= image.width || fromY >= image.height) continue;
      const from = (fromY * image.width + fromX) * 3;
      data.set(image.data.subarray(from, from + 3), (y * image.width + x) * 3);
    }
  }
  return new Image(image.width, image.height, data);
}

/** Tiles of these column widths and row heights, shuffled; the answer says which tile is in each slot. */
function jigsaw(image: Image, widths: readonly number[], heights: readonly number[], random: Random): MadeRow {
  const start = (sides: readonly number[], k: number) => sides.slice(0, k).reduce((sum, side) => sum + side, 0);
  const tiles = heights.flatMap((height, row) =>
    widths.map((width, column) => image.crop(start(widths, column), start(heights, row), width, height)),
  );
  const order = random.shuffle([...tiles.keys()]);
  return {
    pictures: order.map((slot) => tiles[slot]),
    target: tiles.map((_, slot) => order.indexOf(slot) + 1).join(","),
  };
}

const jpeg = (image: Image, quality: number): Promise<Uint8Array> =>
  sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();

describe("sets made as the published builders make them", () => {
  it("row 1: sizes truncated after turning", async () => {
    const report = await auditOf(
      setOf("rotation", (image, _, random) => {
        const square = image.centreSquare();
        const degrees = 90 * random.int(4);
        // int() of a side that floating point left a hair below the whole number.
        const side = degrees === 0 ? square.width : square.width - 1;
        return { pictures: [square, centre(square.quarterTurns(degrees / 90), side, side)], target: String(degrees) };
      }),
    );
    expect(leaksOf(report)).toContain("sizes");
  });

  it("row 3: black bars where the frame is kept", async () => {
    const report = await auditOf(
      setOf("rotation", (image, _, random) => {
        const degrees = 90 * random.int(4);
        return { pictures: [image, turnedInFrame(image, degrees)], target: String(degrees) };
      }),
    );
    expect(leaksOf(report)).toEqual(expect.arrayContaining(["bars", "black share"]));
  });

  it("row 4: only large pictures are shrunk after turning", async () => {
    const report = await auditOf(
      setOf("rotation", (image, _, random) => {
        const degrees = 45 * random.int(8);
        const square = image.centreSquare();
        const inner = Math.floor(square.width / Math.SQRT2);
        const turned = degrees % 90 === 0 ? square : centre(turnedInFrame(square, degrees), inner, inner);
        const side = Math.min(120, turned.width);
        return { pictures: [square, resize(turned, side, side)], target: String(degrees) };
      }),
    );
    expect(leaksOf(report)).toContain("sizes");
  });

  it("row 5: nearest-neighbour sampling at odd multiples of 45°", async () => {
    const report = await auditOf(
      setOf("rotation", (image, _, random) => {
        const degrees = 45 * random.int(8);
        const square = image.centreSquare();
        const inner = Math.floor(square.width / Math.SQRT2) - 1;
        return {
          pictures: [centre(square, inner, inner), centre(turnedInFrame(square, degrees), inner, inner)],
          target: String(degrees),
        };
      }),
    );
    expect(leaksOf(report)).toEqual(["sharpness"]);
  });

  it("row 6: the generator is reset for every batch and split", async () => {
    const batch = 16;
    const split = (name: string, from: number) =>
      rowsOf("rotation", COUNT / 2, (i) => {
        const square = centre(pictures[(from + i) % pictures.length].centreSquare(), 64, 64);
        const quarters = Random.from(42, i % batch).int(4);
        return { split: name, pictures: [square, square.quarterTurns(quarters)], target: String(90 * quarters) };
      });
    const report = await auditOf(split("train", 0), split("test", COUNT / 2));
    expect(leaksOf(report)).toEqual(expect.arrayContaining(["row order", "draws between splits"]));
  });

  it("row 7: one draw per row number, for every task and split", async () => {
    const names = ["top-left", "top-right", "bottom-left", "bottom-right"];
    const draw = (i: number) => Random.from(42 + i).int(4);
    const square = (i: number) => centre(pictures[i].centreSquare(), 64, 64);
    const report = await auditOf(
      rowsOf("RotationQA", COUNT, (i) => ({
        pictures: [square(i), square(i).quarterTurns(draw(i))],
        target: String(90 * draw(i)),
      })),
      rowsOf("PositionQA", COUNT, (i, random) => ({
        pictures: [
          square(i),
          square(i).crop(32 * (draw(i) % 2) + random.int(4), 32 * (draw(i) >> 1) + random.int(4), 28, 28),
        ],
        target: names[draw(i)],
      })),
    );
    expect(leaksOf(report)).toEqual(["answers between tasks"]);
  });

  it("row 10: the first tiles are one pixel larger", async () => {
    const parts = (length: number) => [0, 1, 2].map((k) => Math.floor(length / 3) + (k < length % 3 ? 1 : 0));
    const report = await auditOf(
      setOf("jigsaw", (image, _, random) => {
        const cut = image.crop(0, 0, image.width - ((image.width + 2) % 3), image.height - ((image.height + 2) % 3));
        return jigsaw(cut, parts(cut.width), parts(cut.height), random);
      }),
    );
    expect(leaksOf(report)).toContain("sizes");
  });

  it("row 11: tiles of a JPEG that was not resampled", async () => {
    const report = await auditOf(
      setOf("jigsaw", async (image, _, random) => {
        const photo = await decodePicture(await jpeg(image, 75), { minSide: 1, maxSide: 4096 });
        const [width, height] = [photo.width, photo.height].map((side) => Math.floor(side / 2));
        return jigsaw(photo, [width, width], [height, height], random);
      }),
    );
    expect(leaksOf(report).join()).toMatch(/^block (columns|rows)/);
  });

  it("rows 12 and 13: the true patch alone is not resampled, and all are stored as JPEG", async () => {
    const report = await auditOf(
      setOf("Crop", async (image, _, random) => {
        const side = Math.floor(Math.min(image.width, image.height) / 3);
        const left = side + random.int(Math.max(1, image.width - 3 * side));
        const top = side + random.int(Math.max(1, image.height - 3 * side));
        const cut = (grow: number) =>
          resize(image.crop(left - grow, top - grow, side + 2 * grow, side + 2 * grow), side, side);
        const wrong = [cut(-(side >> 2)), cut(side >> 3), cut(side >> 2)];
        const right = random.int(4);
        const candidates = await Promise.all(wrong.toSpliced(right, 0, cut(0)).map((patch) => jpeg(patch, 75)));
        return { pictures: [image, ...candidates], target: "ABCD"[right] };
      }),
    );
    expect(leaksOf(report)).toEqual(expect.arrayContaining(["sharpness"]));
  });

  it("row 27: positives first", async () => {
    const view = (image: Image, random: Random) => {
      const side = Math.round(Math.min(image.width, image.height) * random.uniform(0.5, 1));
      const crop = image.crop(random.int(image.width - side + 1), random.int(image.height - side + 1), side, side);
      return resize(crop, 56, 56);
    };
    const report = await auditOf(
      setOf("contrastive", (image, i, random) => {
        const positive = i < pictures.length / 2;
        const other = positive ? image : pictures[(i + 1 + random.int(pictures.length - 1)) % pictures.length];
        return { pictures: [view(image, random), view(other, random)], target: positive ? "positive" : "negative" };
      }),
    );
    expect(leaksOf(report)).toEqual(["row order"]);
  });
});
