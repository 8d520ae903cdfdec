import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setThreads } from "@ssl4rl/torch";
import { afterAll, beforeAll, expect, it } from "vitest";
import { recipeArms } from "./arm.js";
import { checkRecipe } from "./recipe.js";
import { RunFolder } from "./run-folder.js";
import { noisePictures } from "./test-checkpoint.js";
import { type TrainEvent, train } from "./train.js";

setThreads(1);

const model = fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-warnings-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tiny checkpoint needs five or six tokens to answer. */
const recipe = checkRecipe(
  {
    tasks: [{ task: "rotation" }],
    size: 56,
    protocol: "answer-only",
    steps: 13,
    prompts: 2,
    rollouts: 2,
    maxNewTokens: 2,
    evaluationQuestions: 1,
    checkpointEvery: 4,
  },
  "test",
);

async function go(run: RunFolder, stopAfter: number): Promise<TrainEvent[]> {
  const stop = new AbortController();
  const events: TrainEvent[] = [];
  const sources = { train: () => noisePictures(9), heldOut: () => noisePictures(5) };
  for await (const event of train({ run, model, ...sources, arms: recipeArms(recipe), signal: stop.signal })) {
    events.push(event);
    // As a kill would: nothing of what follows the event is done.
    if (event.kind === "step" && event.metrics.step + 1 === stopAfter) break;
  }
  return events;
}

const warned = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.kind === "warning" ? [[event.warning.step, event.warning.kind]] : []));

const written = (run: RunFolder) => readFileSync(join(run.path, "warnings.jsonl"), "utf8");

it("a run of the tiny checkpoint warns of its cut responses once; resumed it neither loses nor repeats that", async () => {
  const whole = RunFolder.create(join(folder, "whole"), recipe);
  expect(warned(await go(whole, Number.POSITIVE_INFINITY))).toEqual([[9, "truncated"]]);
  expect(JSON.parse(written(whole))).toMatchObject({ step: 9, kind: "truncated", task: null });

  // Killed after the warning, before the next checkpoint: it belongs to a step that is taken again.
  const early = RunFolder.create(join(folder, "early"), recipe);
  expect(warned(await go(early, 11))).toEqual([[9, "truncated"]]);
  expect(warned(await go(RunFolder.open(early.path), Number.POSITIVE_INFINITY))).toEqual([[9, "truncated"]]);
  expect(written(early)).toBe(written(whole));

  // Killed after a checkpoint that knows of it.
  const late = RunFolder.create(join(folder, "late"), recipe);
  expect(warned(await go(late, 13))).toEqual([[9, "truncated"]]);
  expect(warned(await go(RunFolder.open(late.path), Number.POSITIVE_INFINITY))).toEqual([]);
  expect(written(late)).toBe(written(whole));
});
