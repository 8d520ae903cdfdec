import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "@ssl4rl/core";
import { afterAll, describe, expect, it } from "vitest";
import { parquet, table, write } from "../test-files.js";
import { findFiles } from "./find-files.js";
import { pythonList } from "./python-list.js";
import { readJson, readLines, readRecords } from "./read-json.js";
import { readParquet } from "./read-parquet.js";
import { readCsv, readTsv } from "./read-tsv.js";
import { Row } from "./row.js";

const root = mkdtempSync(join(tmpdir(), "ssl4rl-read-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const random = Random.from("read");
const file = (length = 60) => Buffer.from(Uint8Array.from({ length }, () => random.int(256)));
const pictures = (row: Row, column = "image") => Promise.all(row.images(column).map((image) => image.bytes()));

describe("readTsv", () => {
  it("finds pictures where they lie in the file: quoted, after a mark, behind text of several bytes", async () => {
    const [a, b, c] = [file(), file(61), file(3000)];
    const path = write(
      join(root, "places.tsv"),
      `\uFEFFindex\tquestion\timage\tA\r\n1\t"什么？ ""x""\n2"\t"${a.toString("base64")}"\tä\r\n` +
        `2\t\t${b.toString("base64")}\t\r\n3\té\t${c.toString("base64")}\tlast`,
    );
    const { rows, skipped } = await readTsv(path);
    expect(skipped).toEqual([]);
    expect(rows.map((row) => row.optional("question"))).toEqual(['什么？ "x"\n2', null, "é"]);
    expect(await Promise.all(rows.map((row) => pictures(row)))).toEqual([[a], [b], [c]]);
  });

  it("follows a short image to the row it names, before or after, and reads several of a row", async () => {
    const [a, b, c] = [file(), file(), file()];
    const list = `['${b.toString("base64")}', '${c.toString("base64")}']`;
    const path = table(join(root, "references.tsv"), [
      { index: 1000001, image: "1" },
      { index: 1, image: a.toString("base64") },
      { index: 2, image: list },
      { index: 3, image: JSON.stringify([b, c].map((bytes) => bytes.toString("base64"))) },
      { index: 4, image: "77" },
      { index: 5, image: "" },
    ]);
    const { rows, skipped } = await readTsv(path);
    const [first, second, third, fourth, dangling] = rows;
    expect(await pictures(first)).toEqual([a]);
    expect(await pictures(second)).toEqual([a]);
    expect(await pictures(third)).toEqual([b, c]);
    expect(await pictures(fourth)).toEqual([b, c]);
    await expect(pictures(dangling)).rejects.toThrow(
      "references.tsv, row 4: its image names a row that has no picture",
    );
    expect(skipped).toEqual([{ where: "references.tsv, row 5", reason: "no picture" }]);
  });

  it("takes what pandas takes for missing for no option", async () => {
    const image = file().toString("base64");
    const path = table(join(root, "none.tsv"), [{ index: 1, image, A: "None", B: "NA", C: "none", D: "0" }]);
    const [row] = (await readTsv(path)).rows;
    expect(["A", "B", "C", "D"].map((letter) => row.optional(letter))).toEqual([null, null, "none", "0"]);
  });

  it("names a file that is none of VLMEvalKit's", async () => {
    const path = write(join(root, "other.tsv"), "id\ttext\n1\tx\n");
    await expect(readTsv(path)).rejects.toThrow(
      "other.tsv has no column index, as VLMEvalKit's tables have; it has: id, text.",
    );
  });
});

it("reads CSV with commas and line breaks in quotes", async () => {
  const path = table(
    join(root, "a.csv"),
    [
      { Index: 1, Question: 'a, "b"\nc' },
      { Index: 2, Question: "d" },
    ],
    ",",
  );
  expect((await readCsv(path)).rows.map((row) => row.text("Question"))).toEqual(['a, "b"\nc', "d"]);
});

describe("readParquet", () => {
  it("reads texts at once and pictures when asked, of any row group", async () => {
    const images = Array.from({ length: 5 }, () => file());
    const path = parquet(
      join(root, "a.parquet"),
      images.map((image, i) => ({
        id: i,
        text: `é ${i}`,
        image_1: image,
        image_2: i < 2 ? null : image,
        none: null,
        options: ["a", "b"],
      })),
    );
    const { rows } = await readParquet(path);
    expect(rows.map((row) => row.text("text"))).toEqual(["é 0", "é 1", "é 2", "é 3", "é 4"]);
    expect(rows[3].list("options")).toEqual(["a", "b"]);
    for (const i of [4, 0, 3, 1, 2])
      expect((await pictures(rows[i], "image_1")).map((x) => Buffer.from(x))).toEqual([images[i]]);
    expect(rows.map((row) => row.images("image_2").length)).toEqual([0, 0, 1, 1, 1]);
  });

  it("reads pictures in base64", async () => {
    const image = file();
    const path = parquet(join(root, "b.parquet"), [{ index: 1, image: image.toString("base64") }]);
    expect(await pictures((await readParquet(path)).rows[0])).toEqual([image]);
  });

  it("names a file that is none", async () => {
    await expect(readParquet(write(join(root, "c.parquet"), "x"))).rejects.toThrow(
      "c.parquet cannot be read as Parquet",
    );
  });
});

describe("JSON", () => {
  it("says what is wrong and where", async () => {
    await expect(readJson(write(join(root, "a.json"), "{"))).rejects.toThrow("a.json is no JSON");
    await expect(readRecords(write(join(root, "b.json"), "{}"))).rejects.toThrow(
      "b.json should hold a list of records",
    );
    await expect(readRecords(write(join(root, "c.json"), "[1]"))).rejects.toThrow(
      "c.json, record 0: expected an object, got 1",
    );
    const [row] = await readLines(write(join(root, "d.json"), '{"x": "y", "box": [1, "a"]}\n'));
    expect(() => row.text("z")).toThrow("d.json, line 1: z should be a text, but is nothing. Fetch the file again.");
    expect(() => row.number("x")).toThrow('x should be a number, but is "y"');
    expect(() => row.numbers("box")).toThrow('box should be a list of numbers, but is [1,"a"]');
  });
});

it("reads lists as Python and JSON write them", () => {
  expect(pythonList(`['a', "b's", 'it\\'s', 'x\\ny', '\\\\frac', '\\alpha', 3, -1.5]`)).toEqual([
    "a",
    "b's",
    "it's",
    "x\ny",
    "\\frac",
    "\\alpha",
    3,
    -1.5,
  ]);
  expect(pythonList('["a", "\\u00e9"]')).toEqual(["a", "é"]);
  expect([pythonList("[]"), pythonList("['a',]"), pythonList("a"), pythonList("[a]"), pythonList("['a' 'b']")]).toEqual(
    [[], ["a"], null, null, null],
  );
});

it("finds files by parts of their names", async () => {
  for (const name of ["MMMU/Art/validation-0.parquet", "MMMU/Math/validation-0.parquet", "MMMU/Math/test-0.parquet"]) {
    write(join(root, name), "");
  }
  expect(await findFiles(root, "MMMU/*/validation-*.parquet")).toEqual([
    join(root, "MMMU/Art/validation-0.parquet"),
    join(root, "MMMU/Math/validation-0.parquet"),
  ]);
  expect(await findFiles(root, "MMMU/*/train-*")).toEqual([]);
  expect(new Row("", {}).list("x")).toBeNull();
});
