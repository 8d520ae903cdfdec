import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Random } from "@ssl4rl/core";
import type { SchemaElement } from "hyparquet";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stored } from "./stored.js";
import { openStoredParquet } from "./stored-parquet.js";

let root: string;
let spool: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ssl4rl-parquet-"));
  spool = join(root, "room", "spool");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const binary: SchemaElement = { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" };
const text = (name: string): SchemaElement => ({
  name,
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type: "OPTIONAL",
});
/** What `datasets` writes for a column of type Image. */
const struct = (name: string): SchemaElement[] => [
  { name, num_children: 2, repetition_type: "OPTIONAL" },
  binary,
  text("path"),
];
const list = (name: string, element: SchemaElement[]): SchemaElement[] => [
  { name, num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" },
  { name: "list", num_children: 1, repetition_type: "REPEATED" },
  ...element,
];

function parquet(name: string, data: unknown[], schema: SchemaElement[], rowGroupSize = 2): string {
  const filename = join(root, name);
  mkdirSync(dirname(filename), { recursive: true });
  const columnData = [
    { name: "label", data: data.map((_, i) => `label ${i}`) },
    { name: schema[0].name, data },
  ];
  parquetWriteFile({
    filename,
    columnData,
    rowGroupSize,
    schema: [{ name: "root", num_children: 2 }, text("label"), ...schema],
  });
  return filename;
}

const random = Random.from("parquet");
/** Bytes as picture files have them: no text. */
const bytes = (length: number) => Uint8Array.from({ length }, () => random.int(256));

async function contents(stored: Stored): Promise<[string, Uint8Array][]> {
  const read = await Promise.all(Array.from({ length: stored.length }, (_, i) => stored.read(i)));
  await stored.close();
  return read.map(({ name, bytes }) => [name, new Uint8Array(bytes)]);
}

describe("openStoredParquet", () => {
  it("gives the bytes of structs, of plain bytes, and of lists of both, untouched and at random", async () => {
    const files = Array.from({ length: 7 }, (_, i) => bytes(500 * i + 1));
    const structs = files.map((file, i) => ({ bytes: file, path: `${i}.png` }));
    const cases = {
      "structs.parquet": parquet("structs.parquet", structs, struct("image")),
      "plain.parquet": parquet("plain.parquet", files, [{ ...binary, name: "image" }]),
      "lists.parquet": parquet(
        "lists.parquet",
        structs.map((file) => [file]),
        list("images", struct("element")),
      ),
      "plain-lists.parquet": parquet(
        "plain-lists.parquet",
        files.map((file) => [file]),
        list("images", [{ ...binary, name: "element" }]),
      ),
    };
    for (const [name, path] of Object.entries(cases)) {
      const stored = await openStoredParquet(path, { spool });
      expect(stored.skipped).toEqual([]);
      for (const i of [6, 0, 3]) {
        const read = await stored.read(i);
        expect(read.name).toBe(`${name}, row ${i}`);
        expect(new Uint8Array(read.bytes), name).toEqual(files[i]);
      }
      expect(await contents(stored)).toEqual(files.map((file, i) => [`${name}, row ${i}`, file]));
    }
  });

  it("tells apart the pictures of a row", async () => {
    const [a, b, c] = [bytes(9), bytes(9), bytes(9)];
    const path = parquet("rows.parquet", [[a, b], [], [c]], list("images", [{ ...binary, name: "element" }]));
    const stored = await openStoredParquet(path, { spool });
    expect(stored.skipped).toEqual([{ file: "rows.parquet, row 1", reason: "an empty list" }]);
    expect(await contents(stored)).toEqual([
      ["rows.parquet, row 0, picture 0", a],
      ["rows.parquet, row 0, picture 1", b],
      ["rows.parquet, row 2", c],
    ]);
  });

  it("reads all files of a data set's folder in the order of their paths", async () => {
    const files = Array.from({ length: 4 }, () => bytes(50));
    const names = ["data/train-00000-of-00002", "data/train-00001-of-00002", "test/0000", "train/0000"];
    for (const [i, name] of names.entries()) {
      parquet(`set/${name}.parquet`, [{ bytes: files[i], path: null }], struct("image"));
    }
    writeFileSync(join(root, "set", "README.md"), "# A set");
    const stored = await openStoredParquet(join(root, "set"), { spool });
    expect(await contents(stored)).toEqual(names.map((name, i) => [`${name}.parquet, row 0`, files[i]]));
  });

  it("reads the column that is named, and asks for its name where it cannot be guessed", async () => {
    const path = parquet("photo.parquet", [bytes(20)], [{ ...binary, name: "photo" }]);
    await expect(openStoredParquet(path, { spool })).rejects.toThrow(
      /photo\.parquet has no column image or images\. Name the one with pictures of: label, photo\./,
    );
    await expect(openStoredParquet(path, { spool, column: "image" })).rejects.toThrow(/has no column image\./);
    const stored = await openStoredParquet(path, { spool, column: "photo" });
    expect(stored.length).toBe(1);
    await stored.close();
  });

  it("lists nulls, and paths without bytes, by row", async () => {
    const good = bytes(30);
    const cells = [
      null,
      { bytes: null, path: "elsewhere.png" },
      { bytes: null, path: null },
      { bytes: good, path: null },
    ];
    const stored = await openStoredParquet(parquet("nulls.parquet", cells, struct("image")), { spool });
    expect(stored.skipped).toEqual([
      { file: "nulls.parquet, row 0", reason: "null in place of a picture" },
      { file: "nulls.parquet, row 1", reason: "the path elsewhere.png alone, without the picture's bytes" },
      { file: "nulls.parquet, row 2", reason: "null in place of a picture" },
    ]);
    expect(await contents(stored)).toEqual([["nulls.parquet, row 3", good]]);
  });

  it("refuses columns that cannot hold pictures, with file, column and type", async () => {
    const cases: [unknown, SchemaElement[], RegExp][] = [
      ["a.png", [text("image")], /column image holds UTF8, not the bytes/],
      [7, [{ name: "image", type: "INT32", repetition_type: "OPTIONAL" }], /column image holds INT32/],
      [
        null,
        [{ name: "image", type: "INT32", logical_type: { type: "NULL" }, repetition_type: "OPTIONAL" }],
        /column image holds (NULL|INT32)/,
      ],
      [["a.png"], list("images", [text("element")]), /column images holds UTF8/],
    ];
    for (const [cell, schema, message] of cases) {
      const path = parquet("wrong.parquet", [cell], schema);
      await expect(openStoredParquet(path, { spool })).rejects.toThrow(message);
      await expect(openStoredParquet(path, { spool })).rejects.toMatchObject({ name: "UserError" });
    }
  });

  it("refuses damaged files, wherever the damage is, and names the file", async () => {
    const whole = readFileSync(
      parquet(
        "whole.parquet",
        Array.from({ length: 6 }, () => ({ bytes: bytes(400), path: "a.png" })),
        struct("image"),
      ),
    );
    const footer = whole.readUInt32LE(whole.length - 8);
    const cases: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      page: Buffer.from("<html>404</html>"),
      "cut short": whole.subarray(0, whole.length - 100),
      "without start of footer": Buffer.from(whole).fill(0xff, whole.length - 8 - footer, whole.length - footer + 20),
      "with the length of the footer": Buffer.from(whole).fill(0x7f, whole.length - 8, whole.length - 4),
      "without pages": Buffer.from(whole).fill(0, 4, whole.length - 8 - footer),
    };
    for (const [name, content] of Object.entries(cases)) {
      const path = join(root, `damaged ${name}.parquet`);
      writeFileSync(path, content);
      await expect(openStoredParquet(path, { spool }), name).rejects.toThrow(
        /damaged .*\.parquet cannot be read as Parquet: .*Fetch or write it again, or leave it out\.$/s,
      );
    }
  });

  it("ends with a UserError or whole rows whatever byte of the footer is wrong", async () => {
    const path = parquet("changed.parquet", [{ bytes: bytes(40), path: "a.png" }], struct("image"));
    const whole = readFileSync(path);
    const footer = whole.readUInt32LE(whole.length - 8);
    for (let at = whole.length - 8 - footer; at < whole.length; at += 3) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0x55;
      writeFileSync(path, changed);
      const outcome = await openStoredParquet(path, { spool }).then(contents, (error) => error);
      expect(Array.isArray(outcome) || outcome.name === "UserError", `byte ${at}: ${outcome}`).toBe(true);
    }
  });

  it("leaves no file behind, neither while it is open nor after a failure", async () => {
    const path = parquet("tidy.parquet", [bytes(40)], [{ ...binary, name: "image" }]);
    const stored = await openStoredParquet(path, { spool });
    expect(readdirSync(spool)).toEqual([]);
    await stored.close();
    expect(existsSync(spool)).toBe(true);
  });

  it("says where there is no room for the pictures", async () => {
    const path = parquet("room.parquet", [bytes(300_000), bytes(300_000)], [{ ...binary, name: "image" }]);
    await expect(openStoredParquet(path, { spool: join(path, "spool") })).rejects.toThrow(
      /cannot be put into .*spool: ENOTDIR.*Free room there, or name another folder/,
    );
    // A limit on the size of files fails the writing as a full disk does.
    const program = `import { openStoredParquet } from ${JSON.stringify(
      pathToFileURL(join(import.meta.dirname, "stored-parquet.ts")).href,
    )};
      openStoredParquet(${JSON.stringify(path)}, { spool: ${JSON.stringify(spool)} })
        .then(() => console.log("opened"), (error) => console.log(error.name, error.message));`;
    const command = 'ulimit -f 256; exec "$0" --import tsx --input-type=module --eval "$1"';
    const out = execFileSync("bash", ["-c", command, process.execPath, program], { encoding: "utf8" });
    expect(out).toMatch(/^UserError The pictures of the table cannot be put into .*spool: EFBIG/);
  });
});
