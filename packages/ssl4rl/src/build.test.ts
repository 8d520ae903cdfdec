import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng } from "@ssl4rl/core";
import { composeScene, render } from "@ssl4rl/world";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCommand } from "./test-command.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-build-"));
  mkdirSync(join(folder, "photos", "more"), { recursive: true });
  for (let i = 0; i < 24; i++) {
    const file = join(folder, "photos", i % 2 ? "more" : "", `${i}.png`);
    writeFileSync(file, encodePng(render(composeScene("build", i), { width: 140, height: 112 })));
  }
  writeFileSync(join(folder, "photos", "notes.txt"), "not a picture");
  writeFileSync(join(folder, "photos", "copy.png"), readFileSync(join(folder, "photos", "0.png")));
  const damaged = Buffer.from(encodePng(render(composeScene("build", 24), { width: 140, height: 112 })));
  writeFileSync(join(folder, "photos", "damaged.png"), damaged.subarray(0, damaged.length / 2));
  symlinkSync("..", join(folder, "photos", "more", "loop"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (args: readonly string[]) => startCommand(folder, ["build", ...args]);

const wanted = [
  ...["--source", "photos", "--task", "rotation:size=56", "position:size=56", "jigsaw:size=112"],
  ...["--rows", "60", "--rows-per-file", "10", "--validation", "0.2", "--test", "0.1"],
];
const run = (out: string, ...more: string[]) => start([...wanted, "--out", out, ...more]).outcome;

/** Names and hashes of all files that a set is made of. */
function filesOf(out: string): Record<string, string> {
  const names = readdirSync(join(folder, out)).filter((name) => name !== ".build");
  return Object.fromEntries(
    names.sort().map((name) => {
      const bytes = readFileSync(join(folder, out, name));
      return [name, createHash("sha256").update(bytes).digest("hex")];
    }),
  );
}

interface Counted {
  readonly name: string;
  readonly rows: number;
}

/** What these tests read of a row in verl's layout. */
interface Row {
  readonly data_source: string;
  readonly reward_model: { readonly ground_truth: string };
  readonly extra_info: { readonly index: bigint; readonly picture: string };
}

async function rowsOf(out: string, split: string): Promise<Row[]> {
  const names = readdirSync(join(folder, out)).filter((name) => name.startsWith(`${split}-`));
  const rows = await Promise.all(
    names.sort().map(async (name) => {
      const file = await asyncBufferFromFile(join(folder, out, name));
      return parquetReadObjects({ file, compressors, utf8: false });
    }),
  );
  return rows.flat() as unknown as Row[];
}

describe("ssl4rl build", () => {
  let whole: Record<string, string>;
  beforeAll(async () => {
    const { code, err } = await run("whole", "--workers", "1");
    expect(err).toContain("60 rows in 8 files");
    expect(code).toBe(0);
    whole = filesOf("whole");
  });

  it("makes files of the stated sizes, a manifest that knows their hashes, and the verifier beside them", () => {
    const manifest = JSON.parse(readFileSync(join(folder, "whole", "manifest.json"), "utf8"));
    expect(manifest.files.map(({ name, rows }: Counted) => [name, rows])).toEqual([
      ["validation-00000-of-00002.parquet", 10],
      ["validation-00001-of-00002.parquet", 2],
      ["test-00000-of-00001.parquet", 6],
      ...[10, 10, 10, 10, 2].map((rows, k) => [`train-0000${k}-of-00005.parquet`, rows]),
    ]);
    for (const { name, sha256 } of manifest.files) expect(whole[name]).toBe(sha256);
    expect(Object.keys(whole)).toContain("reward.py");
    expect(Object.values<Counted>(manifest.tasks).map(({ rows }) => rows)).toEqual([20, 20, 20]);
    expect(manifest.leftOut).toEqual(
      expect.arrayContaining([
        { file: "copy.png", reason: "same content as 0.png" },
        expect.objectContaining({ file: "notes.txt" }),
      ]),
    );
  });

  it("lists a picture that is damaged behind its header, and lets another take its place", async () => {
    const { skipped } = JSON.parse(readFileSync(join(folder, "whole", "manifest.json"), "utf8"));
    const damaged = skipped.filter(({ picture }: { picture: string }) => picture === "damaged.png");
    expect(damaged[0]).toMatchObject({ reason: "cannot be decoded whole" });
    expect(await rowsOf("whole", "train")).toHaveLength(42);
  });

  it("lets tasks take turns, balances answers, and shares no picture between splits", async () => {
    const train = await rowsOf("whole", "train");
    expect(train.slice(0, 6).map(({ data_source }) => data_source)).toEqual([
      ...["rotation", "position", "jigsaw", "rotation", "position", "jigsaw"],
    ]);
    expect(train.map(({ extra_info }) => Number(extra_info.index))).toEqual(train.map((_, i) => i));
    const turned = train.filter(({ data_source }) => data_source === "rotation");
    const counts = ["0", "90", "180", "270"].map(
      (answer) => turned.filter(({ reward_model }) => reward_model.ground_truth === answer).length,
    );
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const [own, validation, test] = await Promise.all(
      ["train", "validation", "test"].map(async (split) => {
        return new Set((await rowsOf("whole", split)).map(({ extra_info }) => extra_info.picture));
      }),
    );
    expect([...own].filter((picture) => validation.has(picture) || test.has(picture))).toEqual([]);
    expect([...validation].filter((picture) => test.has(picture))).toEqual([]);
    expect(validation.size).toBeGreaterThan(0);
    expect(test.size).toBeGreaterThan(0);
  });

  it("makes the same bytes with three workers", async () => {
    expect((await run("three", "--workers", "3")).code).toBe(0);
    expect(filesOf("three")).toEqual(whole);
  });

  it("makes the same bytes in shards, in any order; the manifest comes with the last", async () => {
    for (const shard of ["2/3", "1/3"]) {
      expect((await run("shards", "--shard", shard, "--resume")).code).toBe(0);
      expect(existsSync(join(folder, "shards", "manifest.json"))).toBe(false);
    }
    expect((await run("shards", "--shard", "3/3", "--resume")).code).toBe(0);
    expect(filesOf("shards")).toEqual(whole);
  });

  it("goes on after kill -9 to the same bytes, and makes anew what was damaged", async () => {
    for (let kill = 0; kill < 3; kill++) {
      const { child, outcome } = start([...wanted, "--out", "killed", "--workers", "1", "--resume"]);
      const before = records("killed");
      while (records("killed") === before && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill("SIGKILL");
      await outcome;
      expect(existsSync(join(folder, "killed", "manifest.json"))).toBe(false);
    }
    writeFileSync(join(folder, "killed", "validation-00000-of-00002.parquet"), "damaged");
    expect((await run("killed", "--resume")).code).toBe(0);
    expect(filesOf("killed")).toEqual(whole);
  });

  function records(out: string): number {
    const path = join(folder, out, ".build");
    return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".json")).length : 0;
  }

  it("stops on Ctrl-C with whole files and says how to go on", async () => {
    const { child, outcome } = start([...wanted, "--out", "stopped", "--workers", "1"]);
    while (records("stopped") === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGINT");
    const { code, err } = await outcome;
    expect(code).toBe(130);
    expect(err).toContain("--resume --out stopped");
    expect(readdirSync(join(folder, "stopped")).filter((name) => name.includes("partial"))).toEqual([]);
    expect((await run("stopped", "--resume")).code).toBe(0);
    expect(filesOf("stopped")).toEqual(whole);
  });

  it("tells of a set before it is made", async () => {
    const { code, out, err } = await run("nowhere", "--dry-run", "--json");
    expect(code).toBe(0);
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
    const told = JSON.parse(out);
    expect(told.rows).toEqual({ validation: 12, test: 6, train: 42 });
    // Two squares of 56 px: 4 tokens each, and two marks around each.
    expect(told.tasks[0]).toMatchObject({ task: "rotation@1", rows: 20, tokens: { mean: 12, most: 12 } });
    expect(err).toContain("copy.png: same content as 0.png");
  });

  it("counts tokens as a family of models has them, and what a limit would drop", async () => {
    const limits = ["--model", "qwen3-vl", "--min-pixels", "9216", "--max-prompt-tokens", "40"];
    const { out, err } = await run("nowhere", "--dry-run", "--json", ...limits);
    const [rotation, , jigsaw] = JSON.parse(out).tasks;
    // Two squares of 56 px, enlarged to 96 px: 3 × 3 tokens of 32 px, and two marks around each.
    expect(rotation.tokens).toEqual({ mean: 22, most: 22 });
    expect(rotation.overlong).toEqual({ certain: 0, possible: rotation.sampled });
    // Four tiles of 11 tokens each are more than the limit without a word.
    expect(jigsaw.overlong).toEqual({ certain: jigsaw.sampled, possible: 0 });
    expect(err).toContain(
      `dropped for more than 40 tokens: ${jigsaw.sampled} of ${jigsaw.sampled} for their pictures alone`,
    );
  });

  it.each(["trl", "easyr1", "swift", "jsonl"])("writes the layout of %s", async (format) => {
    const { code } = await run(format, "--format", format, "--rows", "6");
    expect(code).toBe(0);
    const names = Object.keys(filesOf(format));
    expect(names.filter((name) => name.startsWith("train-")).length).toBe(1);
  });

  it.each([
    [["--out", "whole"], 2, "--resume"],
    [["--out", "photos"], 2, "holds other files"],
    [["--out", "whole", "--resume", "--seed", "9"], 1, "other pictures or settings"],
    [["--out", "x", "--format", "verll"], 2, 'Did you mean "verl"'],
    [["--out", "x", "--validation", "0.6", "--test", "0.4"], 2, "leave nothing to train on"],
    [["--out", "x", "--shard", "4/3"], 2, "3/8"],
    [["--out", "x", "--source", "nothing-there"], 1, "nothing-there"],
    [["--out", "x", "--task", "depth-order"], 2, "--depth"],
    [["--out", "x", "--max-pixels", "50000"], 2, "--max-pixels is for --dry-run"],
    [["--dry-run", "--model", "qwen3"], 2, "qwen2.5-vl, qwen3-vl"],
    [[], 2, "--out"],
  ])("refuses %j", async (flags, code, words) => {
    const outcome = await start([...wanted, ...flags]).outcome;
    expect(outcome.err).toContain(words);
    expect(outcome.code).toBe(code);
    expect(filesOf("whole")).toEqual(whole);
  });
});
