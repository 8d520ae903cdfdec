import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, Random } from "@ssl4rl/core";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSet } from "./read-set.js";
import type { AuditRow } from "./row.js";
import { cloud } from "./test-rows.js";

const png = encodePng(cloud(Random.from("png"), 32));
const row = (images: unknown, rest: object = {}) => ({
  data_source: "MMBench_RotationQA",
  prompt: [{ role: "user", content: "<image><image>By how many degrees?" }],
  images,
  reward_model: { style: "rule", ground_truth: "90" },
  extra_info: { index: 0, split: "train" },
  ...rest,
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-audit-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function jsonl(name: string, ...lines: unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  return path;
}

/** verl's columns as an exporter writes them. */
function parquet(name: string, count: number, codec: "SNAPPY" | "UNCOMPRESSED"): string {
  const path = join(folder, name);
  const struct = (name: string, children: number) => ({
    name,
    num_children: children,
    repetition_type: "OPTIONAL" as const,
  });
  const text = (name: string) => ({
    name,
    type: "BYTE_ARRAY" as const,
    converted_type: "UTF8" as const,
    repetition_type: "OPTIONAL" as const,
  });
  parquetWriteFile({
    filename: path,
    codec,
    rowGroupSize: 2,
    columnData: [
      { name: "data_source", data: Array.from({ length: count }, () => "MMBench_RotationQA") },
      { name: "images", data: Array.from({ length: count }, () => [{ bytes: png, path: null }]) },
      {
        name: "reward_model",
        data: Array.from({ length: count }, (_, i) => ({ style: "rule", ground_truth: String(90 * i) })),
      },
    ],
    schema: [
      { name: "root", num_children: 3 },
      text("data_source"),
      { ...struct("images", 1), converted_type: "LIST" },
      { name: "list", num_children: 1, repetition_type: "REPEATED" },
      struct("element", 2),
      { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
      text("path"),
      struct("reward_model", 2),
      text("style"),
      text("ground_truth"),
    ],
  });
  return path;
}

const all = async (path: string): Promise<AuditRow[]> => {
  const rows: AuditRow[] = [];
  for await (const row of readSet(path)) rows.push(row);
  return rows;
};

describe("readSet", () => {
  it("reads verl's Parquet, row group by row group, with the pictures' bytes untouched", async () => {
    for (const codec of ["SNAPPY", "UNCOMPRESSED"] as const) {
      const rows = await all(parquet(`${codec}-test.parquet`, 5, codec));
      expect(rows.map(({ target }) => target)).toEqual(["0", "90", "180", "270", "360"]);
      expect(rows.every(({ task, split }) => task === "MMBench_RotationQA" && split === "test")).toBe(true);
      expect(Buffer.from(rows[3].pictures[0] as Uint8Array).equals(png)).toBe(true);
      expect(rows[3].where).toMatch(/test\.parquet, row 3$/);
    }
  });

  it("reads JSONL with pictures as paths, base64 and data URIs", async () => {
    writeFileSync(join(folder, "a.png"), png);
    const base64 = Buffer.from(png).toString("base64");
    const images = [{ path: "a.png" }, "a.png", { bytes: base64 }, { image: `data:image/png;base64,${base64}` }];
    const [read] = await all(jsonl("forms.jsonl", row(images), ""));
    expect(read.pictures).toHaveLength(4);
    for (const picture of read.pictures) expect(Buffer.from(picture as Uint8Array).equals(png)).toBe(true);
    expect(read.split).toBe("train");
  });

  it("reads a folder, splits by the files' names", async () => {
    mkdirSync(join(folder, "set", "deep"), { recursive: true });
    const images = [{ bytes: Buffer.from(png).toString("base64") }];
    for (const name of ["train-0", "deep/my_validation", "trainer", "test"]) jsonl(`set/${name}.jsonl`, row(images));
    expect((await all(join(folder, "set"))).map(({ split }) => split)).toEqual(["val", "test", "train", "train"]);
  });

  it("names file, row, value and remedy of what it cannot read", async () => {
    const cases: [string, RegExp][] = [
      [jsonl("broken.jsonl", row(["a.png"]), "{"), /broken\.jsonl, line 2: .*one JSON object/],
      [jsonl("list.jsonl", [1]), /line 1: expected a JSON object, got \[1\]/],
      [jsonl("task.jsonl", row(["a.png"], { data_source: 3 })), /data_source should be the task's name, got 3/],
      [
        jsonl("truth.jsonl", row(["a.png"], { reward_model: {} })),
        /reward_model\.ground_truth .* got nothing.*verl's layout/,
      ],
      [jsonl("none.jsonl", row([])), /images should be a list of pictures, got \[\]/],
      [jsonl("path.jsonl", row([{ path: "b.png" }])), /images\[0\] is b\.png, which cannot be read \(ENOENT\)/],
      [jsonl("null.jsonl", row([{ path: null }])), /images\[0\] should be bytes or a path, got \{"path":null\}/],
      [jsonl("text.parquet", "not parquet"), /text\.parquet cannot be read as Parquet/],
      [join(folder, "a.png"), /a\.png is no \.parquet or \.jsonl file/],
      [join(folder, "nowhere"), /No file or folder .*nowhere/],
    ];
    writeFileSync(join(folder, "a.png"), png);
    for (const [path, message] of cases) await expect(all(path)).rejects.toThrow(message);
  });
});
