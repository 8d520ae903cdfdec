import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdamW, setThreads } from "@ssl4rl/torch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StepMetrics } from "./grpo.js";
import { checkRecipe, type Recipe } from "./recipe.js";
import { RunFolder } from "./run-folder.js";
import { testCheckpoint } from "./test-checkpoint.js";

setThreads(1);

const policy = testCheckpoint();
const optimizer = new AdamW(policy.model.parameters().values(), { lr: 1e-3 });
const schedule = { batches: 0, credits: [], arms: [], entries: [] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-run-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run of steps with these accuracies, and a checkpoint after each of `saved`. */
async function make(
  name: string,
  accuracies: readonly number[],
  saved: readonly number[],
  change: Partial<Recipe> = {},
) {
  const recipe = checkRecipe(
    { tasks: [{ task: "rotation" }], steps: accuracies.length, checkpointEvery: 2, ...change },
    "test",
  );
  const run = RunFolder.create(join(folder, name), recipe);
  for (const [step, accuracy] of accuracies.entries()) {
    run.appendMetrics({ step, accuracy } as StepMetrics);
    if (saved.includes(step + 1)) await run.saveCheckpoint(step + 1, policy, optimizer, schedule);
  }
  return run;
}

const checkpoints = (run: RunFolder) => readdirSync(join(run.path, "checkpoints")).sort();
const best = (run: RunFolder) => JSON.parse(readFileSync(join(run.path, "best.json"), "utf8")) as unknown;

describe("checkpoints that are kept", () => {
  const accuracies = [0.1, 0.2, 0.5, 0.5, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3];

  it("are the newest and the best by its last steps, which best.json names", async () => {
    const run = await make("best", accuracies, [2, 4, 6, 8, 10]);
    expect(checkpoints(run)).toEqual(["step-000004", "step-000008", "step-000010"]);
    expect(best(run)).toEqual({ checkpoint: "checkpoints/step-000004", step: 4, accuracy: 0.5 });
  });

  it("are as many as the recipe says, and the newest alone without keepBest", async () => {
    const run = await make("newest", accuracies, [2, 4, 6, 8, 10], { keepCheckpoints: 1, keepBest: false });
    expect(checkpoints(run)).toEqual(["step-000010"]);
    expect(existsSync(join(run.path, "best.json"))).toBe(false);
  });

  it("do not compete between the recipe's, where Ctrl-C left them; the newest of equals is the best", async () => {
    const run = await make("stopped", [0.1, 0.1, 0.9, 0, 0.5, 0.4], [2, 3, 4, 6]);
    expect(best(run)).toMatchObject({ step: 6, accuracy: 0.45 });
    const equal = await make("equal", [0.5, 0.5, 0.5, 0.5], [2, 4]);
    expect(best(equal)).toMatchObject({ step: 4 });
  });

  it("are sorted out on resuming after a kill before that was done", async () => {
    const run = await make("kill", accuracies, [2, 4, 6, 8, 10]);
    // As if best.json and the removal of an older checkpoint had not come about.
    rmSync(join(run.path, "best.json"));
    renameSync(join(run.path, "checkpoints", "step-000008"), join(run.path, "checkpoints", "step-000006"));
    run.truncate(10);
    expect(best(run)).toMatchObject({ step: 4 });
    expect(checkpoints(run)).toEqual(["step-000004", "step-000006", "step-000010"]);
  });
});

describe("a damaged checkpoint", () => {
  const weights = "model.safetensors";
  const state = join("trainer_state", "optimizer.safetensors");
  const flip = (file: string) => {
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
  };

  it.each<[string, string, (file: string) => void, RegExp]>([
    ["a flipped bit", state, flip, /optimizer\.safetensors is not as it was saved: its SHA-256/],
    ["a file cut short", weights, (file) => truncateSync(file, 1000), /model\.safetensors has 1000 bytes, .* \d{4,}/],
    ["a missing file", "config.json", (file) => rmSync(file), /config\.json is missing/],
    ["no manifest", "manifest.json", (file) => rmSync(file), /manifest\.json is missing/],
    ["a torn manifest", "manifest.json", (file) => truncateSync(file, 300), /manifest\.json .*not as it was written/],
  ])("with %s is named and set aside, and the one before it is taken", async (what, file, damage, fault) => {
    const run = await make(`damaged by ${what}`, [0, 0, 0, 0], [2, 4]);
    expect(await run.intactCheckpoint()).toMatchObject({ latest: { step: 4 }, damaged: [] });
    damage(join(run.latestCheckpoint()!.folder, file));
    const { latest, damaged } = await run.intactCheckpoint();
    expect(latest!.step).toBe(2);
    expect(damaged).toMatchObject([{ step: 4, fault: expect.stringMatching(fault) }]);
    expect(checkpoints(run)).toEqual(["step-000002", "step-000004.damaged"]);
    expect((await run.intactCheckpoint()).damaged).toEqual([]);
  });

  it("is an error that names all of them where none is whole, and leaves them where they are", async () => {
    const run = await make("all damaged", [0, 0, 0, 0], [2, 4]);
    for (const step of ["step-000002", "step-000004"]) flip(join(run.path, "checkpoints", step, weights));
    await expect(run.intactCheckpoint()).rejects.toThrow(
      /Every checkpoint .*damaged:\n.*step-000004: model\.safetensors.*\n.*step-000002: model\.safetensors.*\nPut a good copy/,
    );
    expect(checkpoints(run)).toEqual(["step-000002", "step-000004"]);
  });

  it("is not the best any more, which best.json would still name", async () => {
    const run = await make("best set aside", [0.5, 0.5, 0.5, 0.5], [1, 4]);
    expect(best(run)).toMatchObject({ step: 4 });
    flip(join(run.path, "checkpoints", "step-000004", weights));
    const { latest } = await run.intactCheckpoint();
    run.truncate(latest!.step);
    expect(existsSync(join(run.path, "best.json"))).toBe(false);
  });

  it("is none in a run that has saved nothing yet", async () => {
    const run = await make("none", [0], []);
    expect(await run.intactCheckpoint()).toEqual({ latest: null, damaged: [] });
  });

  it("does not keep the others from being pruned where it is the best", async () => {
    const run = await make("best damaged", [0.5, 0.5, 0, 0, 0, 0, 0, 0], [2, 4]);
    copyFileSync(join(run.path, "recipe.yaml"), join(run.path, "checkpoints", "step-000002", "manifest.json"));
    await run.saveCheckpoint(6, policy, optimizer, schedule);
    expect(checkpoints(run)).toEqual(["step-000004", "step-000006"]);
  });
});
