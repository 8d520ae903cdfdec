import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCheckpoint, saveCheckpoint } from "@ssl4rl/models";
import { readSafetensors, setThreads } from "@ssl4rl/torch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recipeArms } from "./arm.js";
import type { Environment } from "./environment.js";
import { openPolicy, openReference } from "./policy.js";
import { checkRecipe, type Recipe } from "./recipe.js";
import { RunFolder } from "./run-folder.js";
import { noisePictures, testCheckpoint } from "./test-checkpoint.js";
import { type TrainEvent, train } from "./train.js";

// Models this small gain nothing from a second thread, and lose much when test files share the cores.
setThreads(1);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-train-"));
  saveCheckpoint(join(folder, "model"), testCheckpoint());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function recipe(change: Omit<Partial<Recipe>, "lora"> & { readonly lora?: object } = {}): Recipe {
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

async function go(
  run: RunFolder,
  stopAfter = Number.POSITIVE_INFINITY,
  model = join(folder, "model"),
): Promise<TrainEvent[]> {
  const stop = new AbortController();
  const events: TrainEvent[] = [];
  for await (const event of train({
    run,
    model,
    train: () => noisePictures(9, [3]),
    heldOut: () => noisePictures(5),
    arms: recipeArms(run.recipe),
    signal: stop.signal,
  })) {
    events.push(event);
    if (event.kind === "step" && event.metrics.step + 1 >= stopAfter) stop.abort();
  }
  return events;
}

/** Metrics without the clock and the memory. */
function metrics(run: RunFolder) {
  return run.readMetrics().map(({ machine: _, ...rest }) => rest);
}

function weights(run: RunFolder, file = "model.safetensors"): Buffer {
  return readFileSync(join(run.latestCheckpoint()!.folder, file));
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
    expect(resumed.readSkipped()).toEqual(whole.readSkipped());
    expect(whole.readSkipped()).not.toEqual([]);
  });

  it("resumes a bfloat16 run bit for bit, float32 masters included", async () => {
    const narrow = recipe({ dtype: "bfloat16", gradientCheckpointing: true });
    const whole = RunFolder.create(join(folder, "unstopped-bfloat16"), narrow);
    await go(whole);
    const path = join(folder, "stopped-bfloat16");
    await go(RunFolder.create(path, narrow), 2);
    const resumed = RunFolder.open(path);
    await go(resumed);
    expect(metrics(resumed)).toEqual(metrics(whole));
    const file = (run: RunFolder, name: string) => readFileSync(join(run.latestCheckpoint()!.folder, name));
    for (const name of ["model.safetensors", "trainer_state/optimizer.safetensors"]) {
      expect(file(resumed, name).equals(file(whole, name)), name).toBe(true);
    }
    const weights = readSafetensors(join(whole.latestCheckpoint()!.folder, "model.safetensors"));
    expect(weights.get("model.norm.weight").dtype).toBe("bfloat16");
    weights.close();
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

  it("goes on from the checkpoint before a damaged one, says so, and comes to the same end", async () => {
    const whole = RunFolder.create(join(folder, "undamaged"), recipe({ tensorboard: true, samplesEvery: 2 }));
    await go(whole);
    expect(readdirSync(join(whole.path, "samples")).sort()).toEqual([
      "images",
      "step-000000.jsonl",
      "step-000002.jsonl",
      "step-000003.jsonl",
    ]);
    const before = weights(whole);
    const file = join(whole.latestCheckpoint()!.folder, "model.safetensors");
    truncateSync(file, 1000);
    const resumed = RunFolder.open(whole.path);
    const events = await go(resumed);
    expect(events[0]).toMatchObject({ kind: "damaged", checkpoint: { step: 4 }, from: 2 });
    expect(metrics(resumed).map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    expect(weights(resumed).equals(before)).toBe(true);
    const starts = JSON.parse(readFileSync(join(whole.path, "environment.json"), "utf8")) as Environment[];
    expect(starts.map(({ step }) => step)).toEqual([0, 2]);
    expect(readdirSync(whole.path).filter((name) => name.startsWith("events"))).toEqual([
      "events.out.tfevents.0001",
      "events.out.tfevents.0002",
    ]);
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

describe("train with several updates per batch, dynamic sampling and a curriculum", () => {
  it("resumes bit for bit, with the next problem of every task and level", async () => {
    const tinyVl = fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url));
    const settings = recipe({
      tasks: [
        { task: "rotation", levels: [{ step: 90 }, { step: 45 }] },
        { task: "position", weight: 2 },
      ],
      curriculum: { learnability: true, ladder: true },
      advantageScale: "task",
      loss: { ...recipe().loss, mean: "task" },
      rollouts: 4,
      maxNewTokens: 8,
      steps: 5,
      miniBatch: 2,
      epochs: 2,
      refillRounds: 2,
      evaluationQuestions: 2,
    });
    const whole = RunFolder.create(join(folder, "updates"), settings);
    await go(whole, Number.POSITIVE_INFINITY, tinyVl);
    const path = join(folder, "updates-stopped");
    await go(RunFolder.create(path, settings), 3, tinyVl);
    const resumed = RunFolder.open(path);
    const before = resumed.loadSchedule(resumed.latestCheckpoint()!.folder);
    // More problems were asked than a step's prompts, and the ladder waits for its next step, or nothing would be shown.
    expect(before.arms.reduce((sum, { turns }) => sum + turns, 0)).toBeGreaterThan(3 * settings.prompts);
    expect(before.entries[0]).toMatchObject({ level: 0, batches: 3 });
    await go(resumed, Number.POSITIVE_INFINITY, tinyVl);
    const after = resumed.loadSchedule(resumed.latestCheckpoint()!.folder);
    expect(after.entries[0].batches).toBe(1);
    expect(after).toEqual(whole.loadSchedule(whole.latestCheckpoint()!.folder));
    expect(metrics(resumed)).toEqual(metrics(whole));
    expect(weights(resumed).equals(weights(whole))).toBe(true);
    expect(Object.keys(resumed.readEvaluation("after")!.tasks)).toEqual([
      "rotation@1 step=90",
      "rotation@1 step=45",
      "position@2",
    ]);
  });
});

describe("train with LoRA", () => {
  // One that earns something: where B and the KL term are zero, so is their gradient.
  const tinyVl = fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url));
  const lora = { rank: 2, alpha: 4 };
  const settings = recipe({ lora, rollouts: 4, maxNewTokens: 8, learningRate: 1e-2 });
  const ADAPTER = "adapter_model.safetensors";

  it("saves the adapter alone, and resumes to the same metrics and adapter, bit for bit", async () => {
    const whole = RunFolder.create(join(folder, "lora"), settings);
    await go(whole, Number.POSITIVE_INFINITY, tinyVl);
    const { folder: last } = whole.latestCheckpoint()!;
    expect(readdirSync(last).sort()).toEqual(["adapter_config.json", ADAPTER, "manifest.json", "trainer_state"]);
    const kl = metrics(whole).map((step) => ("kl" in step ? step.kl : Number.NaN));
    expect(kl[0]).toBeCloseTo(0, 6);
    expect(kl[3]).toBeGreaterThan(1e-3);

    const path = join(folder, "lora-stopped");
    await go(RunFolder.create(path, settings), 2, tinyVl);
    const resumed = RunFolder.open(path);
    await go(resumed, Number.POSITIVE_INFINITY, tinyVl);
    expect(metrics(resumed)).toEqual(metrics(whole));
    for (const file of [ADAPTER, join("trainer_state", "optimizer.safetensors")]) {
      expect(weights(resumed, file).equals(weights(whole, file)), file).toBe(true);
    }
    expect(resumed.readEvaluation("after")).toEqual(whole.readEvaluation("after"));
  });

  it("looks back to the policy's own weights, which no step moves", () => {
    const own = recipe({ lora });
    const policy = openPolicy(own, join(folder, "model"), null);
    const reference = openReference(policy, join(folder, "nowhere"), own);
    expect(reference.model.weights).toBe(policy.model.weights);
    expect(reference.model.lora).toBeNull();
    expect([...policy.model.parameters().keys()].every((name) => /lora_[AB]\.weight$/.test(name))).toBe(true);
    policy.free();
  });

  it("refuses adapters in a tower that is to be left as it is", () => {
    const inTower = recipe({ lora: { targets: ".*mlp.*" }, freezeVision: true });
    expect(() => openPolicy(inTower, join(folder, "model"), null)).toThrow(
      /freezeVision is true, but lora\.targets match visual\./,
    );
  });
});

describe("train with a frozen vision tower", () => {
  it("holds the tower once, for the policy and for what it is compared with", () => {
    const frozen = recipe({ freezeVision: true });
    const policy = openPolicy(frozen, join(folder, "model"), null);
    const reference = openReference(policy, join(folder, "model"), frozen);
    expect(reference.model.sharesVision(policy.model)).toBe(true);
    expect(reference.model.weights.get("model.norm.weight")).not.toBe(policy.model.weights.get("model.norm.weight"));
    reference.free();
    policy.free();
  });

  it("moves all other weights, and resumes bit for bit", async () => {
    const whole = RunFolder.create(join(folder, "frozen"), recipe({ freezeVision: true }));
    await go(whole);
    const before = loadCheckpoint(join(folder, "model"));
    const after = loadCheckpoint(whole.latestCheckpoint()!.folder);
    for (const [name, weight] of after.model.weights) {
      const moved = !Buffer.from(weight.data().buffer).equals(
        Buffer.from(before.model.weights.get(name)!.data().buffer),
      );
      expect(moved, name).toBe(!name.startsWith("visual."));
    }
    before.free();
    after.free();
    const path = join(folder, "frozen-stopped");
    await go(RunFolder.create(path, recipe({ freezeVision: true })), 3);
    const resumed = RunFolder.open(path);
    await go(resumed);
    expect(metrics(resumed)).toEqual(metrics(whole));
    expect(weights(resumed).equals(weights(whole))).toBe(true);
  });
});
