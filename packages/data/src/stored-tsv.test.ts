import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "@ssl4rl/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stored } from "./stored.js";
import { openStoredTsv } from "./stored-tsv.js";

const benchmarks = fileURLToPath(new URL("../../../../shared/data/benchmarks", import.meta.url));

let root: string;
let spool: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ssl4rl-tsv-"));
  spool = join(root, "spool");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const random = Random.from("tsv");
const file = (length = 60) => Buffer.from(Uint8Array.from({ length }, () => random.int(256)));

function table(name: string, ...lines: string[]): string {
  const path = join(root, name);
  writeFileSync(path, lines.join("\n"));
  return path;
}

async function contents(stored: Stored): Promise<[string, Buffer][]> {
  const read = await Promise.all(Array.from({ length: stored.length }, (_, i) => stored.read(i)));
  await stored.close();
  return read.map(({ name, bytes }) => [name, Buffer.from(bytes)]);
}

describe("openStoredTsv", () => {
  it("decodes pictures whatever stands around them: quotes, tabs, line breaks, a byte-order mark, CRLF", async () => {
    const [a, b, c, d] = [file(), file(), file(), file(61)];
    const path = table(
      "quoted.tsv",
      "\uFEFFindex\tquestion\timage\thint\r",
      `1\t"a ""tab"":\t,\r\na line"\t${a.toString("base64")}\t\r`,
      `2\tan inch is 2.54 cm, 1"\t"${b.toString("base64")}"\t"""`,
      '"',
      `3\t\t${c.toString("base64")}\tx`,
      "",
      `4\t什么？\t${d.toString("base64")}\tlast`,
    );
    const stored = await openStoredTsv(path, { spool });
    expect(stored.skipped).toEqual([]);
    expect(await contents(stored)).toEqual([a, b, c, d].map((bytes, i) => [`quoted.tsv, row ${i}`, bytes]));
  });

  it("follows short cells to the row they name, before or after, and lists those that lead nowhere", async () => {
    const [a, b] = [file(), file()];
    const path = table(
      "references.tsv",
      "index\timage",
      `10\t${a.toString("base64")}`,
      "11\t10",
      "12\t20",
      "13\t99",
      "14\t11",
      "15\t",
      `20\t${b.toString("base64")}`,
    );
    const stored = await openStoredTsv(path, { spool });
    expect(stored.skipped).toEqual([
      { file: "references.tsv, row 5", reason: "no picture" },
      { file: "references.tsv, row 3", reason: "refers to index 99, which has no picture" },
      { file: "references.tsv, row 4", reason: "refers to index 11, which has no picture" },
    ]);
    expect(await contents(stored)).toEqual([
      ["references.tsv, row 0", a],
      ["references.tsv, row 6", b],
      ["references.tsv, row 0", a],
      ["references.tsv, row 6", b],
    ]);
  });

  it("takes apart lists of pictures", async () => {
    const [a, b] = [file(), file()];
    const path = table("list.tsv", "index\timage", `1\t['${a.toString("base64")}', '${b.toString("base64")}']`);
    expect(await contents(await openStoredTsv(path, { spool }))).toEqual([
      ["list.tsv, row 0, picture 0", a],
      ["list.tsv, row 0, picture 1", b],
    ]);
  });

  it("lists what is no base64, and rows of too few or too many cells, and goes on", async () => {
    const good = file();
    const base64 = good.toString("base64");
    const path = table(
      "broken.tsv",
      "index\timage",
      `1\t${base64.slice(0, -1)}`,
      `2\t${base64.slice(0, 40)}*${base64.slice(41)}`,
      `3\thttps://example.org/${"deep/".repeat(20)}cat.jpg`,
      `4\t${base64}\tmore`,
      "5",
      `6\t${base64}`,
    );
    const stored = await openStoredTsv(path, { spool });
    expect(stored.skipped.map(({ file, reason }) => [file.replace("broken.tsv, row ", ""), reason])).toEqual([
      ["0", "its image is no base64"],
      ["1", "its image is no base64"],
      ["2", "its image is no base64"],
      ["3", "3 cells in place of 2"],
      ["4", "1 cells in place of 2"],
    ]);
    expect(await contents(stored)).toEqual([["broken.tsv, row 5", good]]);
  });

  it("reads rows larger than what is read at once", async () => {
    const [large, small] = [file(5_000_000), file()];
    const path = table(
      "large.tsv",
      "index\timage",
      `1\t"${large.toString("base64")}"`,
      `2\t${large.toString("base64")}`,
      `3\t${small.toString("base64")}`,
    );
    const read = await contents(await openStoredTsv(path, { spool }));
    expect(read.map(([, bytes], i) => Buffer.compare(bytes, [large, large, small][i]))).toEqual([0, 0, 0]);
  });

  it("refuses other tables, quotes that never close and what is no table, with file and remedy, and leaves no file", async () => {
    const cases: [string, RegExp][] = [
      [table("other.tsv", "file\twidth", "a.jpg\t3"), /other\.tsv has no columns index and image.*it has: file, width/],
      [
        table("quote.tsv", "index\timage", '1\t"abc', "2\tabc"),
        /quote\.tsv: a row never ends\. Either a quote .*Write it again/,
      ],
      [table("tabs.tsv", "\t".repeat(100_000)), /tabs\.tsv: a row never ends/],
    ];
    for (const [path, message] of cases) {
      await expect(openStoredTsv(path, { spool })).rejects.toThrow(message);
      await expect(openStoredTsv(path, { spool })).rejects.toMatchObject({ name: "UserError" });
    }
    expect(readdirSync(spool)).toEqual([]);
  });

  it.skipIf(!existsSync(benchmarks))("reads MMBench's samples (skipped without shared/data)", async () => {
    const stored = await openStoredTsv(join(benchmarks, "mmbench-samples"), { spool });
    expect(stored.skipped).toEqual([]);
    const read = await contents(stored);
    expect(read).toHaveLength(40);
    expect(read[21][0]).toBe("MMBench_samples_EN.tsv, row 1");
    // The same questions in two languages show the same pictures.
    for (let i = 0; i < 20; i++) expect(Buffer.compare(read[i][1], read[20 + i][1])).toBe(0);
    const text = readFileSync(join(benchmarks, "mmbench-samples", "MMBench_samples_EN.tsv"), "latin1");
    for (const [, bytes] of read.slice(20)) expect(text).toContain(bytes.toString("base64"));
  });
});
