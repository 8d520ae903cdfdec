import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StepMetrics } from "@ssl4rl/trainer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCommand } from "./test-command.js";

// Two threads for so small a model only wait for each other.
process.env.OMP_NUM_THREADS = "1";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-lora-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ssl4rl = (...args: string[]) => startCommand(folder, args).outcome;

function recipeFile(name: string, more = ""): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    "worldPictures: 16\ntasks: [{task: rotation}]\nsize: 56\nprotocol: answer-only\nsteps: 2\nprompts: 4\nrollouts: 4\n" +
      `promptsPerPass: 2\nmaxNewTokens: 8\nlearningRate: 0.01\nbeta: 0.04\nevaluationQuestions: 16\n${more}`,
  );
  return file;
}

const read = (...path: string[]) => readFileSync(join(folder, ...path));
const metrics = (run: string) =>
  read(run, "metrics.jsonl")
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as StepMetrics);

const adapter = join("one", "checkpoints", "step-000002");

describe("a run with --lora", () => {
  it("takes the same steps with two replicas as with one, but for the order of sums", async () => {
    const runs = await Promise.all([
      ssl4rl("train", recipeFile("one"), "--lora", "--run", "./one"),
      ssl4rl("train", recipeFile("two", "replicas: 2\n"), "--lora", "--run", "./two"),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const shared = metrics("two");
    for (const [step, { loss, kl, gradNorm }] of metrics("one").entries()) {
      expect(gradNorm).toBeGreaterThan(0);
      expect(shared[step].loss).toBeCloseTo(loss, 4);
      expect(shared[step].kl).toBeCloseTo(kl!, 4);
      expect(shared[step].gradNorm / gradNorm).toBeCloseTo(1, 2);
    }
  });

  it("saves an adapter, which eval finds and merge makes a checkpoint of", async () => {
    expect(existsSync(join(folder, adapter, "model.safetensors"))).toBe(false);
    expect(read("one", "report.html").toString()).toContain("LoRA of rank 64, alpha 32");
    const [merged, direct] = await Promise.all([
      ssl4rl("merge", "--run", "./one", "--out", "merged"),
      ssl4rl("merge", "--adapter", adapter, "--model", "tiny-vl", "--out", "direct"),
      ssl4rl("merge", "--run", "./one", "--dtype", "bfloat16", "--out", "narrow"),
    ]);
    expect(merged.err).toMatch(/merged: tiny-vl with .* \(rank 64, 28 modules\)/);
    expect([merged.code, direct.code]).toEqual([0, 0]);
    expect(read("merged", "model.safetensors").equals(read("direct", "model.safetensors"))).toBe(true);
    expect(read("narrow", "model.safetensors").length / read("merged", "model.safetensors").length).toBeCloseTo(0.5, 2);

    const again = await ssl4rl("eval", "--run", "./one", "--questions", "16", "--json");
    const { tasks } = JSON.parse(read("one", "eval", "after.json").toString());
    expect(JSON.parse(again.out)).toMatchObject({ model: adapter, tasks });
  });

  it("says what is wrong with what it is asked", async () => {
    const cases: [string[], RegExp][] = [
      [["merge", "--run", "./one", "--out", "merged"], /merged is there already/],
      [["merge", "--out", "no"], /name a run \(--run\), or an adapter and its model/],
      [["train", "--resume", "--run", "./one", "--lora"], /leave out --lora/],
      [["eval", "--model", adapter], /holds a LoRA adapter, not a whole checkpoint.*ssl4rl merge --adapter/],
    ];
    for (const [args, message] of cases) expect((await ssl4rl(...args)).err).toMatch(message);
  });
});
