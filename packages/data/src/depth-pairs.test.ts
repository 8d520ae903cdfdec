import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isSkip, type Picture, type Source, UserError } from "@ssl4rl/core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDepthPairs } from "./depth-pairs.js";

const limits = { minSide: 4, maxSide: 64 };
const head = "name\trgb\tdepth\tmask\tencoding\tunit\tmetres_per_unit\tinvalid\tnote";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "ssl4rl-depth-"));
});
afterAll(() => rm(root, { recursive: true }));

const colour = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "teal" } })
    .png()
    .toBuffer();
const png16 = (width: number, height: number, values: number[]) =>
  sharp(Uint16Array.from(values), { raw: { width, height, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
const npy = (shape: string, values: number[], type = "<f4") => {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(118);
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"),
    Buffer.from(header),
    Buffer.from(Float32Array.from(values).buffer),
  ]);
};
const pgm = (width: number, height: number, values: number[], little = false) => {
  const data = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries())
    little ? data.writeUInt16LE(value, 2 * i) : data.writeUInt16BE(value, 2 * i);
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n65535\n`), data]);
};

/** A folder of these files and the pairs that its manifest names. */
async function folderOf(name: string, files: Record<string, Buffer>, lines: string[]): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  await writeFile(join(folder, "MANIFEST.tsv"), `${[head, ...lines].join("\n")}\n`);
  return folder;
}

async function all(source: Source): Promise<Picture[]> {
  const pictures = await Promise.all(Array.from({ length: source.length }, (_, i) => source.get(i)));
  return pictures.map((picture) => {
    if (isSkip(picture)) throw new Error(picture.skip);
    return picture;
  });
}

const values = Array.from({ length: 48 }, (_, i) => 1000 + 10 * i);
const metres = values.map((value) => Math.fround(value * 0.001));

describe("openDepthPairs", () => {
  it("reads every encoding it names to the same depths", async () => {
    const rotated = values.map((value) => ((value << 3) | (value >> 13)) & 0xffff);
    const folder = await folderOf(
      "encodings",
      {
        "c.png": await colour(8, 6),
        "d.png": await png16(8, 6, values),
        "sun.png": await png16(8, 6, rotated),
        "d.npy": npy("(6, 8)", metres),
        "tail.npy": npy("(6, 8, 1)", metres),
        "big.pgm": pgm(8, 6, values),
        "little.pgm": pgm(8, 6, values, true),
      },
      [
        "png\tc.png\td.png\t\t16-bit PNG\tmillimetres\t0.001\t0\t",
        "sun\tc.png\tsun.png\t\t16-bit PNG, rotated left by 3 bits\tmillimetres\t0.001\t0\t",
        "npy\tc.png\td.npy\t\tNumPy\tmetres\t1\t0\t",
        "tail\tc.png\ttail.npy\t\tNumPy\tmetres\t1\t0\t",
        "big\tc.png\tbig.pgm\t\t16-bit PGM\tmillimetres\t0.001\t0\t",
        "little\tc.png\tlittle.pgm\t\t16-bit PGM, little-endian\tmillimetres\t0.001\t0\t",
      ],
    );
    const source = await openDepthPairs(folder, limits);
    expect(source.skipped).toEqual([]);
    for (const { name, depth } of await all(source)) {
      expect(
        [...depth!.data].map((value) => Math.round(value * 1000)),
        name,
      ).toEqual(values);
      expect([depth!.width, depth!.height]).toEqual([8, 6]);
    }
  });

  it("makes unknown: zeros, the manifest's invalid values, infinities and what the mask says", async () => {
    const odd = [0, 65535, 2047, ...values.slice(3)];
    const folder = await folderOf(
      "unknown",
      {
        "c.png": await colour(8, 6),
        "d.png": await png16(8, 6, odd),
        "d.npy": npy("(6, 8)", [Number.POSITIVE_INFINITY, Number.NaN, -1, ...metres.slice(3)]),
        "mask.npy": npy(
          "(6, 8)",
          values.map((_, i) => (i < 5 ? 0 : 1)),
        ),
      },
      [
        "invalid\tc.png\td.png\t\t16-bit PNG\tmillimetres\t0.001\t0 and 65535 and 2047\t",
        "infinite\tc.png\td.npy\t\tNumPy\tmetres\t1\t0\t",
        "masked\tc.png\td.npy\tmask.npy\tNumPy\tmetres\t1\tmask = 0\t",
      ],
    );
    const known = (await all(await openDepthPairs(folder, limits))).map(
      ({ depth }) => depth!.data.filter((value) => !Number.isNaN(value)).length,
    );
    expect(known).toEqual([45, 45, 43]);
  });

  it("keeps relative depths as they are, and brings depth to the colour's size by the nearest value", async () => {
    const folder = await folderOf("relative", { "c.png": await colour(128, 96), "d.npy": npy("(6, 8)", values) }, [
      "relative\tc.png\td.npy\t\tNumPy\trelative\tn/a\t0\t",
    ]);
    const [{ image, depth }] = await all(await openDepthPairs(folder, limits));
    expect([image.width, image.height, depth!.width, depth!.height]).toEqual([64, 48, 64, 48]);
    expect(depth!.data[0]).toBe(1000);
    expect(depth!.data[64 * 48 - 1]).toBe(values[47]);
    expect(new Set(depth!.data)).toEqual(new Set(values));
  });

  it("lists what cannot be read, with the reason", async () => {
    const folder = await folderOf(
      "skipped",
      {
        "c.png": await colour(8, 6),
        "d.png": await png16(8, 6, values),
        "d.h5": Buffer.from("HDF"),
        "wide.npy": npy("(4, 12)", metres),
        "none.npy": npy(
          "(6, 8)",
          metres.map(() => 0),
        ),
        "double.npy": npy("(6, 8)", metres, "<f8"),
        "short.pgm": pgm(8, 6, values).subarray(0, 40),
      },
      [
        "good\tc.png\td.png\t\t16-bit PNG\tmillimetres\t0.001\t0\t",
        "hdf5\tc.png\td.h5\t\tHDF5\tmetres\t1\t0\t",
        "missing\tc.png\tnowhere.png\t\t16-bit PNG\tmillimetres\t0.001\t0\t",
        "colour\tc.png\tc.png\t\t16-bit PNG\tmillimetres\t0.001\t0\t",
        "shape\tc.png\twide.npy\t\tNumPy\tmetres\t1\t0\t",
        "unknown\tc.png\tnone.npy\t\tNumPy\tmetres\t1\t0\t",
        "double\tc.png\tdouble.npy\t\tNumPy\tmetres\t1\t0\t",
        "short\tc.png\tshort.pgm\t\tPGM\tmetres\t1\t0\t",
        "disparity\tc.png\td.png\t\t16-bit PNG\traw Kinect disparity\tn/a\t0\t",
        "unit\tc.png\td.png\t\t16-bit PNG\tmillimetres\tsmall\t0\t",
      ],
    );
    const source = await openDepthPairs(folder, limits);
    const reasons = Object.fromEntries(source.skipped.map(({ file, reason }) => [file, reason]));
    expect(Object.keys(reasons)).toHaveLength(9);
    expect(reasons).toMatchObject({
      hdf5: "depth in .h5 format is not read; give 16-bit PNG, PGM or .npy",
      missing: expect.stringContaining("ENOENT"),
      colour: "depth is 3 x uchar, not one 16-bit channel",
      shape: "colour (8x6) and depth (12x4) differ in shape",
      unknown: "no depth is known",
      double: expect.stringContaining("not rows of little-endian float32"),
      short: "PGM of 8x6 is cut short",
      disparity: "depth is raw Kinect disparity, no distance",
      unit: 'metres_per_unit is "small", no number or n/a',
    });
  });

  it("says what is missing when there is no manifest, no column or no pair to use", async () => {
    await expect(openDepthPairs(root, limits)).rejects.toThrow(UserError);
    await expect(openDepthPairs(root, limits)).rejects.toThrow("MANIFEST.tsv");
    const bare = await folderOf("bare", {}, []);
    await expect(openDepthPairs(bare, limits)).rejects.toThrow("its MANIFEST.tsv is empty");
    await writeFile(join(bare, "MANIFEST.tsv"), "name\trgb\n");
    await expect(openDepthPairs(bare, limits)).rejects.toThrow("no column depth, mask");
  });
});

const pairs = fileURLToPath(new URL("../../../../shared/data/rgbd/", import.meta.url));

describe.skipIf(!existsSync(pairs))("real RGB-D pairs (needs ../shared/data/rgbd)", () => {
  it("have the depths that their manifest states, or are skipped by name", async () => {
    const source = await openDepthPairs(pairs, { minSide: 56, maxSide: 2000 });
    expect(source.skipped.map(({ file }) => file)).toEqual(["ssrl-1", "ssrl-2", "nyu-raw"]);
    const [head, ...lines] = readFileSync(join(pairs, "MANIFEST.tsv"), "utf8")
      .split("\n")
      .map((line) => line.split("\t"));
    const stated = (name: string, column: string) => lines.find((line) => line[0] === name)![head.indexOf(column)];
    for (const { name, image, depth } of await all(source)) {
      expect([depth!.width, depth!.height]).toEqual([image.width, image.height]);
      const known = depth!.data.filter((value) => !Number.isNaN(value)).sort();
      expect((100 * known.length) / depth!.data.length).toBeCloseTo(Number(stated(name, "valid_percent")), 0);
      const [low, high] = stated(name, "range_p1_p99").split("-").map(Number);
      expect(Math.abs(known[Math.floor(known.length * 0.01)] / low - 1), name).toBeLessThan(0.02);
      expect(Math.abs(known[Math.floor(known.length * 0.99)] / high - 1), name).toBeLessThan(0.02);
    }
  });
});
