import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Image, isSkip, type Picture, Random, type Source, UserError } from "@ssl4rl/core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFolder } from "./folder.js";

const limits = { minSide: 56, maxSide: 256 };
const upright = [
  [220, 40, 40],
  [40, 200, 40],
  [40, 40, 220],
  [230, 230, 60],
];

/** The pixels of a picture whose quarters are red, green, blue and yellow, in raster order, with a faint own mark. */
function quarters(
  width: number,
  height: number,
  mark = 0,
): { data: Buffer; raw: { width: number; height: number; channels: 3 } } {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = upright[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)];
      data.set(
        colour.map((value) => value + (mark % 16)),
        (y * width + x) * 3,
      );
    }
  }
  return { data, raw: { width, height, channels: 3 } };
}

/** EXIF orientations 1 to 8: the visible sides that the first stored row and the first stored column are. */
const orientations = [
  ...["top left", "top right", "bottom right", "bottom left"],
  ...["left top", "right top", "right bottom", "left bottom"],
];

const jpeg = ({ data, raw }: ReturnType<typeof quarters>, orientation?: number) =>
  sharp(data, { raw }).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
const png = ({ data, raw }: ReturnType<typeof quarters>) => sharp(data, { raw }).png().toBuffer();

/** The four quarters' middles. */
function middles({ width, height, data }: Image): number[][] {
  return [0, 1, 2, 3].map((i) => {
    const x = Math.floor(width * (i % 2 ? 0.75 : 0.25));
    const y = Math.floor(height * (i < 2 ? 0.25 : 0.75));
    return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  });
}

async function picturesOf(source: Source): Promise<Picture[]> {
  const all = await Promise.all(Array.from({ length: source.length }, (_, i) => source.get(i)));
  return all.map((picture) => {
    if (isSkip(picture)) throw new Error(picture.skip);
    return picture;
  });
}

const expectNear = (given: number[][], wanted: number[][], tolerance: number) => {
  for (const [i, colour] of wanted.entries()) {
    for (const [c, value] of colour.entries()) expect(Math.abs(given[i][c] - value)).toBeLessThanOrEqual(tolerance);
  }
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "ssl4rl-folder-"));
});
afterAll(() => rm(root, { recursive: true }));

/** A folder with these files. */
async function folderOf(name: string, files: Record<string, Buffer | string>): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}

describe("openFolder", () => {
  it("reads pictures at any depth in the order of their paths, whatever they are called", async () => {
    const names = ["b.jpg", "a/z.jpg", "a/b/c.png", "Z.jpg", "ä.jpg", "10.jpg", "9.jpg", "no extension", "a#%20b.jpg"];
    const files: Record<string, Buffer> = {};
    for (const [i, name] of names.entries()) files[name] = await png(quarters(60, 60, i));
    const folder = await openFolder(await folderOf("order", files), limits);
    expect(folder.skipped).toEqual([]);
    expect((await picturesOf(folder)).map(({ name }) => name)).toEqual([
      "10.jpg",
      "9.jpg",
      "Z.jpg",
      "a#%20b.jpg",
      "a/b/c.png",
      "a/z.jpg",
      "b.jpg",
      "no extension",
      "ä.jpg",
    ]);
  });

  it("gives the same picture at the same index every time, named by its content", async () => {
    const content = await png(quarters(60, 60, 1));
    const here = await openFolder(await folderOf("here", { "a.png": content }), limits);
    const there = await openFolder(await folderOf("there", { "deep/other.png": content }), limits);
    expect(await here.get(0)).toEqual(await here.get(0));
    const [a, b] = [await picturesOf(here), await picturesOf(there)].map(([picture]) => picture);
    expect(a.id).toBe(b.id);
    expect(a.id).toMatch(/^[0-9a-f]{32}$/);
    expect(a.image).toEqual(b.image);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("turns EXIF orientation %i upright", async (orientation) => {
    const [row, column] = orientations[orientation - 1].split(" ");
    const seen = quarters(96, 64);
    const [width, height] = orientation < 5 ? [96, 64] : [64, 96];
    const data = Buffer.alloc(seen.data.length);
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) {
        const place: Record<string, number> = { [row]: r, [column]: c };
        const x = place.left ?? 95 - place.right;
        const y = place.top ?? 63 - place.bottom;
        data.set(seen.data.subarray((y * 96 + x) * 3, (y * 96 + x) * 3 + 3), (r * width + c) * 3);
      }
    }
    const file = await jpeg({ data, raw: { width, height, channels: 3 } }, orientation);
    const [{ image }] = await picturesOf(
      await openFolder(await folderOf(`exif${orientation}`, { "a.jpg": file }), limits),
    );
    expect([image.width, image.height]).toEqual([96, 64]);
    expectNear(middles(image), upright, 12);
  });

  it("lays transparency on white", async () => {
    const rgba = Buffer.alloc(64 * 64 * 4);
    for (let i = 0; i < 64 * 64; i++) rgba.set(i % 64 < 32 ? [200, 0, 0, 0] : [200, 0, 0, 128], i * 4);
    const file = await sharp(rgba, { raw: { width: 64, height: 64, channels: 4 } })
      .png()
      .toBuffer();
    const [{ image }] = await picturesOf(await openFolder(await folderOf("alpha", { "a.png": file }), limits));
    const [clear, half] = middles(image);
    expect(clear).toEqual([255, 255, 255]);
    expectNear([half], [[227, 127, 127]], 2);
  });

  it("expands grey, palettes and 16 bits to 8-bit RGB", async () => {
    const grey = await sharp(quarters(64, 64).data, { raw: quarters(64, 64).raw })
      .greyscale()
      .jpeg()
      .toBuffer();
    const palette = await sharp(quarters(64, 64).data, { raw: quarters(64, 64).raw })
      .png({ palette: true })
      .toBuffer();
    const wide = await sharp(quarters(64, 64, 3).data, { raw: quarters(64, 64).raw })
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    const folder = await openFolder(
      await folderOf("depth", { "1.jpg": grey, "2.png": palette, "3.png": wide }),
      limits,
    );
    const [one, two, three] = (await picturesOf(folder)).map(({ image }) => image);
    for (const [r, g, b] of middles(one)) expect([g, b]).toEqual([r, r]);
    expectNear(middles(two), upright, 3);
    expectNear(
      middles(three),
      upright.map((colour) => colour.map((value) => value + 3)),
      1,
    );
  });

  it("reduces longer sides to the limit, keeps the aspect, and enlarges nothing", async () => {
    const files = { "large.png": await png(quarters(1000, 500)), "small.png": await png(quarters(60, 70)) };
    const [large, small] = await picturesOf(await openFolder(await folderOf("sides", files), limits));
    expect([large.image.width, large.image.height]).toEqual([256, 128]);
    expect([small.image.width, small.image.height]).toEqual([60, 70]);
  });

  it("lists what it leaves out, in order and with the reason, and goes on with the rest", async () => {
    const good = await jpeg(quarters(200, 100));
    const folder = await openFolder(
      await folderOf("mixed", {
        "a.jpg": good,
        "b copy of a.jpg": good,
        "c small.png": await png(quarters(300, 55)),
        "d thin.png": await png(quarters(2000, 300)),
        "e cut.jpg": good.subarray(0, good.length * 0.6),
        "f notes.txt": "Bring sunglasses.",
        "g empty.jpg": "",
        "h drawing.svg":
          '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><rect width="9" height="9"/></svg>',
        "i.jpg/inside.jpg": await jpeg(quarters(200, 120)),
      }),
      limits,
    );
    expect((await picturesOf(folder)).map(({ name }) => name)).toEqual(["a.jpg", "i.jpg/inside.jpg"]);
    const reasons = Object.fromEntries(folder.skipped.map(({ file, reason }) => [file, reason]));
    expect(Object.keys(reasons).map((file) => file[0])).toEqual(["b", "c", "d", "e", "f", "g", "h"]);
    expect(reasons["b copy of a.jpg"]).toBe("same content as a.jpg");
    expect(reasons["c small.png"]).toBe("300x55 px: the shorter side is below 66 px");
    expect(reasons["d thin.png"]).toBe("2000x300 px: the shorter side is below 438 px");
    expect(reasons["e cut.jpg"]).toMatch(/^cannot be decoded whole$/);
    expect(reasons["f notes.txt"]).toMatch(/unsupported image format/i);
    expect(reasons["g empty.jpg"]).toMatch(/empty/i);
    expect(reasons["h drawing.svg"]).toBe("a vector drawing (svg), not a photo");
  });

  it("leaves out what shows nothing, and names the cause", async () => {
    const random = Random.from("noise");
    const of = (channels: 3 | 4, value: () => number) =>
      sharp(Uint8Array.from({ length: 64 * 64 * channels }, value), { raw: { width: 64, height: 64, channels } })
        .png()
        .toBuffer();
    const millimetres = Uint16Array.from({ length: 64 * 64 }, (_, i) => 500 + 2 * i);
    const folder = await openFolder(
      await folderOf("nothing", {
        "clear.png": await of(4, () => 0),
        "depth.png": await sharp(millimetres, { raw: { width: 64, height: 64, channels: 1 } })
          .toColourspace("grey16")
          .png()
          .toBuffer(),
        "grey.png": await of(3, () => 90),
        "noise.png": await of(3, () => random.int(256)),
        "photo.png": await png(quarters(64, 64)),
        "pointer.png": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
      }),
      limits,
    );
    expect((await picturesOf(folder)).map(({ name }) => name)).toEqual(["photo.png"]);
    expect(folder.skipped.map(({ reason }) => reason)).toEqual([
      "shows nothing: transparent or white",
      "16-bit grey within a quarter of its range: a depth map, not a photo",
      "shows nothing but one colour",
      "noise: neighbouring pixels have nothing in common",
      "a Git LFS pointer in place of the picture: `git lfs pull` brings it",
    ]);
  });

  it("follows links to files and lists links that lead nowhere or to folders", async () => {
    const folder = await folderOf("links", {
      "far/a.png": await png(quarters(64, 64)),
      "near/b.png": await png(quarters(64, 64, 5)),
    });
    await symlink(join(folder, "far/a.png"), join(folder, "near/a.png"));
    await symlink(join(folder, "gone.png"), join(folder, "near/c.png"));
    await symlink(join(folder, "far"), join(folder, "near/d"));
    const opened = await openFolder(join(folder, "near"), limits);
    expect((await picturesOf(opened)).map(({ name }) => name)).toEqual(["a.png", "b.png"]);
    expect(opened.skipped.map(({ file }) => file)).toEqual(["c.png", "d"]);
  });

  it("accepts a path that ends in a slash and names that need more than one chunk of files", async () => {
    const files: Record<string, Buffer> = {};
    const random = Random.from("many");
    for (let i = 0; i < 19; i++) files[`${random.uint32()}.png`] = await png(quarters(56 + i, 56));
    const folder = await openFolder(`${await folderOf("many", files)}/`, limits);
    expect((await picturesOf(folder)).map(({ name }) => name)).toEqual(Object.keys(files).sort());
  });
});

describe("openFolder says what is wrong and what to do", () => {
  const failure = async (folder: string): Promise<UserError> => {
    const error = await openFolder(folder, limits).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  };

  it("when there is no such folder", async () => {
    const folder = join(root, "no such folder");
    expect((await failure(folder)).message).toBe(`No folder ${folder}. Check the path.`);
  });

  it("when the folder is a file", async () => {
    const file = join(await folderOf("a file", { "a.txt": "a" }), "a.txt");
    expect((await failure(file)).message).toBe(`${file} is a file. Give a folder.`);
  });

  it("when the folder is empty", async () => {
    const folder = await folderOf("empty", {});
    await mkdir(join(folder, "sub"));
    expect((await failure(folder)).message).toBe(
      `No pictures in ${folder}: it holds no files. Give a folder of JPEG, PNG, WebP, AVIF, GIF or TIFF files.`,
    );
  });

  it("when no file can be used, naming the first ones and why", async () => {
    const folder = await folderOf("broken", {
      "a.jpg": "",
      "b.jpg": "no",
      "c.png": await png(quarters(20, 20)),
      "d.jpg": "x",
    });
    const { message } = await failure(folder);
    expect(message).toContain(`No pictures in ${folder}: none of its 4 files can be used`);
    expect(message).toContain("c.png: 20x20 px: the shorter side is below 56 px");
    expect(message).not.toContain("d.jpg");
    expect(message).toContain("Give a folder of JPEG");
  });
});

const odd = fileURLToPath(new URL("../../../../shared/data/odd-images/", import.meta.url));

describe.skipIf(!existsSync(odd))("awkward pictures (needs ../shared/data/odd-images)", () => {
  /** Decodable pictures that only a task can judge. */
  const leftToTasks = /^content\/(checkerboard|fourfold_symmetric)\./;
  let rows: { file: string; expect: string; note: string }[];
  let folder: Awaited<ReturnType<typeof openFolder>>;
  let used: Map<string, Image>;

  beforeAll(async () => {
    const lines = (await readFile(join(odd, "MANIFEST.tsv"), "utf8")).trimEnd().split("\n").slice(1);
    rows = lines.map((line) => {
      const [file, , , expected, note] = line.split("\t");
      return { file, expect: expected, note };
    });
    folder = await openFolder(odd, limits);
    used = new Map((await picturesOf(folder)).map(({ name, image }) => [name, image]));
  }, 120_000);

  const reason = (file: string) => folder.skipped.find((skipped) => skipped.file === file)?.reason;

  it("are each used or listed with a reason, none both", () => {
    expect(rows).toHaveLength(80);
    for (const { file } of rows) {
      expect(used.has(file), file).toBe(reason(file) === undefined);
      if (!used.has(file)) expect(reason(file), file).toMatch(/\w+ \w+/);
    }
  });

  it("are skipped where damage, format or size makes them no photo", () => {
    const wrong = rows.filter((row) => row.expect === "skip" && used.has(row.file) && !leftToTasks.test(row.file));
    expect(wrong).toEqual([]);
  });

  it("are used where the picture can be had, unless too small", () => {
    const wrong = rows.filter(
      (row) =>
        row.expect === "usable" && !used.has(row.file) && !/ px: the shorter side is below/.test(reason(row.file)!),
    );
    expect(wrong.map(({ file }) => [file, reason(file)])).toEqual([]);
  });

  it("come upright and alike from all EXIF orientations", () => {
    const turned = [...used].filter(([name]) => /^exif\/orientation_\d_landscape/.test(name));
    expect(turned).toHaveLength(8);
    const thumbnails = turned.map(([, image]) => [image.width, image.height, ...middles(image)].flat());
    for (const thumbnail of thumbnails) {
      for (const [i, value] of thumbnail.entries()) expect(Math.abs(value - thumbnails[0][i])).toBeLessThan(16);
    }
  });

  it("count a byte-identical copy once", () => {
    expect(reason("content/duplicate_b.jpg")).toBe("same content as content/duplicate_a.jpg");
  });

  it("do not come out as negatives: a CMYK photo of a park is as bright as a viewer shows it, and greener than blue", () => {
    for (const file of ["colour/cmyk_icc.jpg", "colour/cmyk_no_profile.jpg"]) {
      const { data } = used.get(file)!;
      const [red, green, blue] = [0, 1, 2].map((c) => {
        const channel = data.filter((_, i) => i % 3 === c);
        return channel.reduce((sum, value) => sum + value, 0) / channel.length;
      });
      expectNear([[red, green, blue]], [[118, 122, 110]], 12);
      expect(green).toBeGreaterThan(blue + 5);
    }
  });

  it("never exceed the limits on their sides", () => {
    for (const [name, { width, height }] of used) {
      expect(Math.max(width, height), name).toBeLessThanOrEqual(limits.maxSide);
      expect(Math.min(width, height), name).toBeGreaterThanOrEqual(limits.minSide);
    }
  });
});
