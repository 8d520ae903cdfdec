import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveCheckpoint } from "@ssl4rl/models";
import { position, rotation } from "@ssl4rl/tasks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRecipe, type Recipe } from "./recipe.js";
import { RunFolder } from "./run-folder.js";
import { noisePictures, testCheckpoint } from "./test-checkpoint.js";
import { type TrainEvent, train } from "./train.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-train-"));
  saveCheckpoint(join(folder, "model"), testCheckpoint());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function recipe(change: Partial<Recipe> = {}): Recipe {
  return checkRecipe(
    {
      tasks: [{ task: "rotation" }, { task: "position" }],
      size: 56,
      protocol: "answer-only",
      steps: 4,
      prompts: 4,
      rollouts: 2,
      promptsPerPass: 2,
      maxNewTokens: 3,
      learningRate: 1e-3,
      evaluationQuestions: 6,
      checkpointEvery: 2,
      // An untrained model earns nothing; the KL term gives every step a gradient.
      beta: 0.1,
      ...change,
    },
    "test",
  );
}

async function go(run: RunFolder, stopAfter = Number.POSITIVE_INFINITY): Promise<TrainEvent[]> {
  const stop = new AbortController();
  const events: TrainEvent[] = [];
  const tasks = [rotation.create({ size: 56 }), position.create({ size: 56 })];
  const model = join(folder, "model");
  for await (const event of train({
    run,
    model,
    train: () => noisePictures(9, [3]),
    heldOut: () => noisePictures(5),
    tasks,
    signal: stop.signal,
  })) {
    events.push(event);
    if (event.kind === "step" && event.metrics.step + 1 >= stopAfter) stop.abort();
  }
  return events;
}

/** Metrics without the clock. */
function metrics(run: RunFolder) {
  return run.readMetrics().map(({ seconds: _, ...rest }) => rest);
}

function weights(run: RunFolder): Buffer {
  return readFileSync(join(run.latestCheckpoint()!.folder, "model.safetensors"));
}

describe("train", () => {
  it("writes a run folder that tells the whole run", async () => {
    const run = RunFolder.create(join(folder, "whole"), recipe());
    const events = await go(run);
    expect(run.readMetrics().map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    for (const name of ["before", "after"] as const) {
      const record = run.readEvaluation(name)!;
      expect(record.tasks["rotation@1"].n).toBe(6);
      expect(record.tasks["rotation@1"].chance).toBe(0.25);
      expect(record.samples[0].images.every((image) => readFileSync(join(run.path, image)).length > 100)).toBe(true);
    }
    expect(run.latestCheckpoint()!.step).toBe(4);
    expect(events.at(-1)!.kind).toBe("evaluated");
    const skipped = JSON.parse(readFileSync(join(run.path, "skipped.json"), "utf8")) as { picture: string }[];
    expect(new Set(skipped.map(({ picture }) => picture))).toEqual(new Set(["picture-3"]));
  });

  it("resumes to the same metrics and weights, bit for bit, as a run that was not stopped", async () => {
    const whole = RunFolder.create(join(folder, "unstopped"), recipe());
    await go(whole);
    const path = join(folder, "stopped");
    const events = await go(RunFolder.create(path, recipe()), 3);
    expect(events.at(-1)).toEqual({ kind: "stopped", step: 3 });
    const resumed = RunFolder.open(path);
    await go(resumed);
    expect(metrics(resumed)).toEqual(metrics(whole));
    expect(weights(resumed).equals(weights(whole))).toBe(true);
    expect(resumed.readEvaluation("after")).toEqual(whole.readEvaluation("after"));
  });

  it("goes on from the last whole checkpoint after a kill: torn lines and half checkpoints are forgotten", async () => {
    const whole = RunFolder.create(join(folder, "not-killed"), recipe());
    await go(whole);
    const path = join(folder, "killed");
    await go(RunFolder.create(path, recipe()), 2);
    // What a kill in step 3, while writing, leaves behind.
    const file = join(path, "metrics.jsonl");
    writeFileSync(file, `${readFileSync(file, "utf8")}{"step":2,"reward":0}\n{"step":3,"rew`);
    mkdirSync(join(path, "checkpoints", "step-000003.tmp"));
    const resumed = RunFolder.open(path);
    await go(resumed);
    expect(metrics(resumed)).toEqual(metrics(whole));
    expect(weights(resumed).equals(weights(whole))).toBe(true);
    expect(readdirSync(join(path, "checkpoints"))).toEqual(["step-000002", "step-000004"]);
  });

  it("keeps the two newest checkpoints", async () => {
    const run = RunFolder.create(join(folder, "pruned"), recipe({ checkpointEvery: 1 }));
    await go(run);
    expect(readdirSync(join(run.path, "checkpoints"))).toEqual(["step-000003", "step-000004"]);
  });

  it("goes on after its end when it is given more steps", async () => {
    const run = RunFolder.create(join(folder, "longer"), recipe({ steps: 2 }));
    await go(run);
    const longer = RunFolder.open(run.path).withSteps(3);
    await go(longer);
    expect(longer.readMetrics().map(({ step }) => step)).toEqual([0, 1, 2]);
  });

  it("refuses to write over a run, and to open a folder without one", () => {
    const run = RunFolder.create(join(folder, "once"), recipe());
    expect(() => RunFolder.create(run.path, recipe())).toThrow(/already holds a run.*--resume/);
    expect(() => RunFolder.open(join(folder, "nothing"))).toThrow(/No run in .*recipe\.yaml is missing/);
  });

  it("says that the disk is full, with the file and what to do", () => {
    const run = RunFolder.create(join(folder, "full"), recipe());
    // Linux's /dev/full takes no byte: the same answer as a full disk.
    symlinkSync("/dev/full", join(run.path, "metrics.jsonl"));
    expect(() => run.appendMetrics({ step: 0 } as never)).toThrow(/metrics\.jsonl: the disk is full.*--resume/);
  });

  it("says that a run folder cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => RunFolder.create(join(folder, "file", "run"), recipe())).toThrow(
      /Cannot write .*Choose another folder/,
    );
  });
});
