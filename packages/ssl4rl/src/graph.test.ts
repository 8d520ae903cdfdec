/** A graph on its way through the commands. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "@ssl4rl/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCommand } from "./test-command.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-graph-"));
  mkdirSync(join(folder, "papers"));
  const random = Random.from("papers");
  const words = Array.from({ length: 400 }, () =>
    Array.from({ length: 7 }, () => String.fromCharCode(97 + random.int(26))).join(""),
  );
  const text = (topic: number, count: number) =>
    Array.from({ length: count }, () => words[(20 * topic + random.int(40)) % words.length]).join(" ");
  const nodes = Array.from({ length: 300 }, (_, i) => `id${1000 + i}\t${text(i % 20, 6)}\t${text(i % 20, 30)}`);
  writeFileSync(join(folder, "papers", "nodes.tsv"), ["id\ttitle\ttext", ...nodes].join("\n"));
  const edges = Array.from({ length: 1500 }, (_, i) => {
    const [head, other] = [i % 300, random.int(300)];
    return `id${1000 + head}\tid${1000 + (random.chance(0.7) ? (head + 20 * (1 + random.int(14))) % 300 : other)}`;
  });
  writeFileSync(join(folder, "papers", "edges.tsv"), edges.join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ssl4rl = (...args: string[]) => startCommand(folder, args).outcome;

const build = (out: string, rows: number, workers: number, format: string) =>
  ssl4rl(
    ...["build", "--preset", "ssl4rl-graph", "--source", "papers", "--validation", "0", "--rows-per-file", "10"],
    ...["--rows", String(rows), "--workers", String(workers), "--format", format, "--out", out],
  );

const lines = (out: string) =>
  readdirSync(join(folder, out))
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .flatMap((name) =>
      readFileSync(join(folder, out, name), "utf8")
        .trim()
        .split("\n"),
    );

describe("ssl4rl on a graph", () => {
  it("builds rows without pictures, the same for any number of workers, and the first ones whatever comes after", async () => {
    const [one, two] = [await build("one", 30, 1, "jsonl"), await build("two", 60, 2, "jsonl")];
    expect([one.code, two.code], one.err + two.err).toEqual([0, 0]);
    expect(lines("one")).toHaveLength(30);
    expect(lines("two").slice(0, 30)).toEqual(lines("one"));
    const row = JSON.parse(lines("one")[0]);
    expect(row).not.toHaveProperty("images");
    expect(row.prompt).toMatch(/\nNodes:\n\[N1\] /);
    expect(row.prompt).not.toMatch(/id1\d\d\d/);
  });

  it("audits a built set by its words", async () => {
    const { code, err } = await build("verl", 150, 2, "verl");
    expect(code, err).toBe(0);
    const audit = await ssl4rl("audit", "verl", "--json");
    expect(audit.err).not.toContain("ssl4rl:");
    const report = JSON.parse(audit.out);
    expect(report.rows).toBe(150);
    expect(report.findings.map(({ probe }: { probe: string }) => probe)).toContain("word overlap");
    expect(report.leaks).toEqual([]);
  });

  it("previews each task with its graph drawn, and leaves out what the graph cannot carry", async () => {
    const { code, err } = await ssl4rl("preview", "--graph", "papers", "--rows", "1", "--out", "sheet.html");
    expect(code, err).toBe(0);
    expect(err).toMatch(/link-relation@2, e\.g\. .*the graph has 0 relations/);
    const page = readFileSync(join(folder, "sheet.html"), "utf8");
    expect(page.match(/<svg class="graph"/g)).toHaveLength(8);
    for (const task of ["attribute-mask@", "neighbor-any@", "link-tail@"]) expect(page).toContain(task);
  });

  it("asks which tasks to train on where neither recipe nor task says, and for a graph where a task needs one", async () => {
    const which = await ssl4rl("train", "--graph", "papers");
    expect([which.code, which.err]).toEqual([2, expect.stringContaining("Which tasks?")]);
    const needs = await ssl4rl("train", "--images", "papers", "--task", "link-prediction", "--steps", "1");
    expect([needs.code, needs.err]).toEqual([
      2,
      expect.stringContaining("Some of the tasks need a graph: give --graph DIR"),
    ]);
  });

  it("trains on a task of words alone, and keeps its graph in the recipe", async () => {
    writeFileSync(
      join(folder, "tiny.yaml"),
      "tasks: [{task: link-prediction, sample: '2', text: title, budget: 800}]\nprotocol: answer-only\nsteps: 2\nprompts: 2\n" +
        "rollouts: 2\nmaxNewTokens: 6\nevaluationQuestions: 4\ncheckpointEvery: 2\n",
    );
    const { code, err } = await ssl4rl("train", "tiny.yaml", "--graph", "papers", "--run", "run", "--json");
    expect(code, err).toBe(0);
    expect(err).toMatch(/link-prediction@\d+ on papers, 2 steps/);
    expect(readFileSync(join(folder, "runs", "run", "recipe.yaml"), "utf8")).toContain("graph: papers");
  });
});
