import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mmbenchLines, quoted, writeMmbenchTsv } from "./mmbench.js";
import { groups } from "./questions/view.js";

/** libvips, as the rest of the workspace reads pictures; reached by `require` for it is no dependency of this package. */
type Decoder = (file: Uint8Array) => {
  removeAlpha(): { raw(): { toBuffer(options: { resolveWithObject: true }): Promise<Decoded> } };
};
interface Decoded {
  readonly data: Buffer;
  readonly info: { readonly width: number; readonly height: number; readonly channels: number };
}
const sharp: Decoder = createRequire(import.meta.url)("sharp");

async function decode(file: Uint8Array): Promise<Decoded> {
  return await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
}

/** A strict reader of tab-separated text with doubled quotes. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      at++;
      for (;;) {
        const end = text.indexOf('"', at);
        cell += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at++;
      }
    } else {
      const end = /[\t\n]/g;
      end.lastIndex = at;
      const stop = end.exec(text)?.index ?? text.length;
      cell = text.slice(at, stop);
      at = stop;
    }
    rows[rows.length - 1].push(cell);
    if (text[at] === "\n" && at + 1 < text.length) rows.push([]);
    at++;
  }
  return rows;
}

const options = { seed: "bench", questions: 60, size: 56, circular: false };

describe("mmbenchLines", () => {
  it("parses back into MMBench's columns, with the answer among the options", async () => {
    const [header, ...rows] = parse([...mmbenchLines(options)].join(""));
    expect(header).toEqual([
      "index",
      "question",
      "hint",
      "A",
      "B",
      "C",
      "D",
      "answer",
      "category",
      "l2-category",
      "image",
      "source",
      "split",
    ]);
    expect(rows).toHaveLength(60);
    for (const row of rows) {
      expect(row).toHaveLength(header.length);
      const cell = Object.fromEntries(header.map((name, i) => [name, row[i]]));
      expect(cell[cell.answer]).not.toBe("");
      expect(groups).toContain(cell["l2-category"]);
    }
    const { info } = await decode(Buffer.from(rows[0][10], "base64"));
    expect(info).toMatchObject({ width: 56, height: 56 });
  });

  it("asks of all six groups equally often", () => {
    const rows = parse([...mmbenchLines({ ...options, questions: 120 })].join("")).slice(1);
    for (const group of groups) expect(rows.filter((row) => row[9] === group).length, group).toBeGreaterThanOrEqual(17);
  });

  it("turns the options of a circular file and keeps the answer's text", () => {
    const rows = parse([...mmbenchLines({ ...options, questions: 12, circular: true })].join("")).slice(1);
    const byQuestion = new Map<number, string[][]>();
    for (const row of rows) {
      const key = Number(row[0]) % 1_000_000;
      byQuestion.set(key, [...(byQuestion.get(key) ?? []), row]);
    }
    expect(byQuestion.size).toBe(12);
    for (const turns of byQuestion.values()) {
      const texts = turns.map((row) => row[3 + "ABCD".indexOf(row[7])]);
      expect(new Set(texts).size).toBe(1);
      expect(new Set(turns.map((row) => row[7])).size).toBe(turns.length);
      expect(turns).toHaveLength(turns[0].slice(3, 7).filter((option) => option !== "").length);
    }
  });

  it("quotes cells with tabs, line ends and quotes", () => {
    const cells = ["plain", 'say "hi"', "two\nlines", "a\ttab", ""];
    expect(parse(`${cells.map(quoted).join("\t")}\n`)).toEqual([cells]);
  });
});

describe("writeMmbenchTsv", () => {
  it("leaves the whole file and nothing else", async () => {
    const folder = await mkdtemp(join(tmpdir(), "world-"));
    try {
      const path = join(folder, "world.tsv");
      await writeMmbenchTsv(path, { ...options, questions: 5 });
      expect(await readdir(folder)).toEqual(["world.tsv"]);
      expect(parse(await readFile(path, "utf8"))).toHaveLength(6);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
