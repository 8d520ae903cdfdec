import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerOnly } from "@ssl4rl/core";
import { saveCheckpoint } from "@ssl4rl/models";
import { rotation } from "@ssl4rl/tasks";
import { AdamW, full, noGrad, setThreads } from "@ssl4rl/torch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evenArms } from "./arm.js";
import { grpo } from "./grpo.js";
import { NotFinite } from "./not-finite.js";
import { ProblemStream } from "./problem-stream.js";
import { checkRecipe, type Recipe } from "./recipe.js";
import { RunFolder } from "./run-folder.js";
import { supervised } from "./supervised.js";
import { TaskScheduler } from "./task-scheduler.js";
import { noisePictures, testCheckpoint } from "./test-checkpoint.js";
import { train } from "./train.js";

setThreads(1);

const arms = evenArms([rotation.create({ size: 56 })]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-not-finite-"));
  const made = testCheckpoint();
  saveCheckpoint(join(folder, "model"), made);
  made.free();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function recipe(change: Partial<Recipe> = {}): Recipe {
  return checkRecipe(
    {
      tasks: [{ task: "rotation" }],
      size: 56,
      protocol: "answer-only",
      steps: 3,
      prompts: 4,
      promptsPerPass: 2,
      maxNewTokens: 24,
      evaluationQuestions: 2,
      checkpointEvery: 1,
      ...(change.method !== "supervised" && { rollouts: 2, beta: 0.1 }),
      ...change,
    },
    "test",
  );
}

type Policy = ReturnType<typeof testCheckpoint>;

/** The first step of a policy, or of a reference, that `spoil` did something to. */
async function stop(options: Recipe, spoil: (policy: Policy, reference: Policy) => void): Promise<NotFinite> {
  const [policy, reference] = [testCheckpoint(), testCheckpoint()];
  spoil(policy, reference);
  const parameters = policy.model.parameters();
  const optimizer = new AdamW(parameters.values(), { lr: 1 });
  const problems = new ProblemStream(() => noisePictures(8), arms, answerOnly, 0);
  const schedule = new TaskScheduler(arms, 0);
  const from = { policy, problems, schedule, optimizer, learningRate: () => 1, start: 0 };
  const before = [...parameters.values()].map((weight) => weight.tolist());
  const steps =
    options.method === "grpo" ? grpo({ ...from, reference, replica: null }, options) : supervised(from, options);
  const error = await steps.next().then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(NotFinite);
  expect([...parameters.values()].map((weight) => weight.tolist())).toEqual(before);
  return error as NotFinite;
}

const spoilGradient = (policy: Policy) => {
  const weight = policy.model.parameters().get("model.layers.1.mlp.up_proj.weight")!;
  weight.grad = full(weight.shape, Number.POSITIVE_INFINITY);
};

describe("a step whose numbers are not finite", () => {
  it.each<[string, Partial<Recipe>]>([
    ["of one update", {}],
    ["of several updates", { miniBatch: 2 }],
    ["of supervised learning", { method: "supervised" }],
  ])("%s names the first gradient that is not, and keeps the weights and the batch", async (_, change) => {
    const options = recipe(change);
    const error = await stop(options, spoilGradient);
    expect(error.message).toMatch(
      /^Step 0.*: loss .*, gradient norm Infinity; stopped before the weights moved\. .*model\.layers\.1\.mlp\.up_proj\.weight.*lower learningRate/,
    );
    expect(error.finding).toEqual({ step: 0, weight: null, gradient: "model.layers.1.mlp.up_proj.weight" });
    expect(error.batch.problems.length).toBe(options.miniBatch ?? 4);
    if (options.method === "supervised") return;
    for (const group of error.batch.rollouts) expect(group.length).toBe(2);

    const run = RunFolder.create(join(folder, `kept ${options.miniBatch}`), options);
    const kept = run.writeStopped(error);
    expect(kept).toBe(join(run.path, "stopped", "step-000000"));
    const records = readFileSync(join(kept, "batch.jsonl"), "utf8").trim().split("\n");
    expect(records.length).toBe(error.batch.problems.length);
    const { images, target, responses } = JSON.parse(records[0]);
    expect(target).toBe(error.batch.problems[0].target);
    for (const image of images) expect(existsSync(join(run.path, image))).toBe(true);
    const [{ text, reward, advantage }] = error.batch.rollouts[0];
    expect(responses[0]).toMatchObject({ text, reward, advantage });
    expect(JSON.parse(readFileSync(join(kept, "found.json"), "utf8"))).toEqual({
      ...error.finding,
      message: error.message,
    });
  });

  it.each<[string, Partial<Recipe>]>([
    ["of one update", {}],
    ["of several updates", { epochs: 2 }],
  ])("%s stops for a reference that is not finite", async (_, change) => {
    const error = await stop(recipe(change), (__, reference) => {
      noGrad(() => reference.model.parameters().get("model.norm.weight")!.fill_(Number.NaN));
    });
    expect(error.message).toMatch(/Step 0.*loss NaN/);
    expect(error.finding.weight).toBeNull();
  });

  it("names a weight that is not finite", async () => {
    const spoil = (policy: Policy) => {
      noGrad(() => policy.model.parameters().get("model.norm.weight")!.fill_(Number.NaN));
    };
    for (const method of ["grpo", "supervised"] as const) {
      const error = await stop(recipe({ method }), spoil);
      expect(error.message).toMatch(/The weight model\.norm\.weight is not finite: the checkpoint is damaged/);
      expect(error.batch.problems.length).toBe(4);
    }
  });
});

describe("a run at an absurd learning rate", () => {
  it.each<[string, Partial<Recipe>]>([
    ["of GRPO", {}],
    ["of GRPO with several updates", { miniBatch: 2 }],
    ["of supervised learning", { method: "supervised" }],
  ])("%s stops, and says where the batch and the last checkpoint are", async (name, change) => {
    const run = RunFolder.create(join(folder, name), recipe({ learningRate: 1e30, ...change }));
    const sources = { train: () => noisePictures(9), heldOut: () => noisePictures(5) };
    const events = train({
      run,
      model: join(folder, "model"),
      ...sources,
      arms,
      signal: new AbortController().signal,
    });
    const all = async () => {
      for await (const _ of events);
    };
    const error = await all().then(
      () => null,
      (error: Error) => error,
    );
    const [kept] = readdirSync(join(run.path, "stopped"));
    expect(error!.message).toContain(
      `are in ${join(run.path, "stopped", kept)}. A resumed run would come to the same end`,
    );
    const last = run.latestCheckpoint();
    if (last) expect(error!.message).toContain(`model: ${last.folder}`);
    expect(run.readMetrics().length).toBe(Number(kept.replace("step-", "")));
    expect(readFileSync(join(run.path, "stopped", kept, "batch.jsonl"), "utf8")).toContain('"target"');
  });
});
