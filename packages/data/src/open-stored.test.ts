import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePng, isSkip, type Picture, Random } from "@ssl4rl/core";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloud } from "./audit/test-rows.js";
import { decoded } from "./decoded.js";
import { openFolder } from "./folder.js";
import { openStored } from "./open-stored.js";

const shared = fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const limits = { minSide: 56, maxSide: 128 };

let root: string;
let spool: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ssl4rl-open-"));
  spool = join(root, "spool");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const pictures = [0, 1, 2].map((i) => Buffer.from(encodePng(cloud(Random.from("stored", i), 64))));

function put(file: string, content: string | Buffer): string {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** A tar file of pictures 0.png, 1.png, …, as any archiver writes it. */
function tar(): Buffer {
  const blocks = pictures.flatMap((content, i) => {
    const header = Buffer.alloc(512);
    header.write(`${i}.png`);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        0ustar\x0000", 148, "latin1");
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function parquet(file: string, images: readonly (Buffer | null)[]): string {
  const filename = join(root, file);
  mkdirSync(dirname(filename), { recursive: true });
  parquetWriteFile({ filename, columnData: [{ name: "image", data: [...images], type: "BYTE_ARRAY" }] });
  return filename;
}

const tsv = () => ["index\timage", ...pictures.map((bytes, i) => `${i}\t${bytes.toString("base64")}`)].join("\n");

describe("openStored", () => {
  it("gives the same pictures, with the same ids, wherever they are kept", async () => {
    for (const [i, bytes] of pictures.entries()) put(`folder/${i}.png`, bytes);
    const folder = await openFolder(join(root, "folder"), limits);
    const expected = await Promise.all([0, 1, 2].map((i) => folder.get(i)));
    put("tars/a.tar", tar());
    put("tars/README.md", "# Shards");
    parquet("parquets/data/train.parquet", pictures);
    put("tsvs/a.tsv", tsv());
    put("folder/MANIFEST.tsv", "file\twidth");
    const paths = [
      ...["tars", "tars/a.tar", "parquets", "parquets/data/train.parquet", "tsvs", "tsvs/a.tsv"],
      // A name in capitals is a kind too.
      ...[put("b.TAR", tar()), put("c.TSV", tsv())].map((path) => path.slice(root.length + 1)),
    ];
    for (const path of paths) {
      const stored = await openStored(join(root, path), { spool });
      expect(stored.name).toBe(join(root, path));
      const source = decoded(stored, limits);
      expect(source.length, path).toBe(3);
      for (const i of [2, 0, 1]) {
        const picture = await source.get(i);
        if (isSkip(picture)) throw new Error(picture.skip);
        const { id, image } = expected[i] as Picture;
        expect(picture.id, path).toBe(id);
        expect(Buffer.compare(picture.image.data, image.data), path).toBe(0);
      }
      await stored.close();
    }
    const stored = await openStored(join(root, "folder"), { spool });
    expect(await decoded(stored, limits).get(1)).toMatchObject({ id: (expected[1] as Picture).id, name: "1.png" });
    // The manifest beside the pictures is none.
    expect(await decoded(stored, limits).get(3)).toEqual({
      name: "MANIFEST.tsv",
      skip: expect.stringMatching(/unsupported image format/),
    });
  });

  it("says what is possible where there is nothing, or nothing it can use", async () => {
    mkdirSync(join(root, "empty"));
    const cases: [string, RegExp][] = [
      [join(root, "missing"), /There is no .*missing\. Give a folder of pictures, a \.tar file/],
      [join(root, "empty"), /No pictures in .*empty: it is empty\. Give a folder/],
      [put("one/a.png", pictures[0]), /a\.png is no file of many pictures\. Give a folder/],
      [put("set.csv", "image"), /set\.csv is no file of many pictures/],
      [put("set.tar.gz", "x"), /set\.tar\.gz is compressed.*Unpack it to a plain \.tar/],
      [dirname(put("zipped/set-0.tgz", "x")), /set-0\.tgz is compressed/],
      [dirname(put("saved/data-00000-of-00001.arrow", "x")), /save_to_disk.*to_parquet/],
      [parquet("nulls.parquet", [null, null]), /No pictures in .*nulls\.parquet: nulls\.parquet, row 0: null in place/],
    ];
    for (const [path, message] of cases) {
      await expect(openStored(path, { spool })).rejects.toThrow(message);
      await expect(openStored(path, { spool })).rejects.toMatchObject({ name: "UserError" });
    }
  });

  it("does not guess which of several kinds is meant", async () => {
    put("both/a.png", pictures[0]);
    put("both/b.png", pictures[1]);
    put("both/c.tar", tar());
    await expect(openStored(join(root, "both"), { spool })).rejects.toThrow(
      /both holds 2 pictures and 1 \.tar; which of them is meant\?/,
    );
  });
});

describe("decoded", () => {
  it("gives the reason for what cannot be read or decoded, and the same every time", async () => {
    const path = put("spoilt/a.png", pictures[0]);
    put("spoilt/b.png", pictures[1].subarray(0, 500));
    put("spoilt/c.png", encodePng(cloud(Random.from("small"), 20)) as Buffer);
    const source = decoded(await openStored(join(root, "spoilt"), { spool }), limits);
    expect(await source.get(0)).toEqual(await source.get(0));
    expect(await source.get(1)).toEqual({ skip: "cannot be decoded whole", name: "b.png" });
    expect(await source.get(2)).toEqual({ skip: "20x20 px: the shorter side is below 56 px", name: "c.png" });
    rmSync(path);
    expect(await source.get(0)).toEqual({ skip: expect.stringMatching(/ENOENT/) });
  });

  it.skipIf(!existsSync(shared))(
    "uses and skips the odd images as a folder does, copies aside (skipped without shared/data)",
    { timeout: 120_000 },
    async () => {
      const folder = await openFolder(join(shared, "odd-images"), limits);
      const reasons = new Map(folder.skipped.map(({ file, reason }) => [file, reason]));
      const stored = await openStored(join(shared, "odd-images"), { spool });
      const source = decoded(stored, limits);
      const ids = new Set<string>();
      let next = 0;
      for (let i = 0; i < source.length; i++) {
        const picture = await source.get(i);
        const { name } = await stored.read(i);
        // What follows the colon may be the decoder's, whose words differ when it reads several files at a time.
        if (isSkip(picture)) expect(picture.skip.split(":")[0], name).toBe(reasons.get(name)?.split(":")[0]);
        else if (ids.has(picture.id)) expect(reasons.get(name), name).toMatch(/^same content as/);
        else {
          ids.add(picture.id);
          expect(await folder.get(next++)).toMatchObject({ id: picture.id, name: picture.name });
        }
      }
      expect(next).toBe(folder.length);
    },
  );

  it.skipIf(!existsSync(shared))(
    "reads real photos out of a tar file as they are in their folder (skipped without shared/data)",
    async () => {
      const photos = join(shared, "photos", "exif-originals");
      cpSync(photos, join(root, "photos"), { recursive: true });
      execFileSync("tar", ["-C", join(root, "photos"), "-cf", join(root, "photos.tar"), "."]);
      const stored = await openStored(join(root, "photos.tar"), { spool });
      expect(stored.length).toBe(9);
      for (let i = 0; i < stored.length; i++) {
        const { name, bytes } = await stored.read(i);
        const file = name.slice("photos.tar/./".length);
        expect(Buffer.compare(bytes, readFileSync(join(photos, file))), name).toBe(0);
        expect(isSkip(await decoded(stored, limits).get(i)), name).toBe(false);
      }
    },
  );
});
