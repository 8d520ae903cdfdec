import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerOnly } from "@ssl4rl/core";
import { loadCheckpoint, saveCheckpoint } from "@ssl4rl/models";
import { position, rotation } from "@ssl4rl/tasks";
import { AdamW, liveTensors, noGrad, scope, setThreads } from "@ssl4rl/torch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evenArms } from "./arm.js";
import { negativeLogLikelihood } from "./negative-log-likelihood.js";
import { ProblemStream, promptOf } from "./problem-stream.js";
import { checkRecipe, type Recipe } from "./recipe.js";
import { RunFolder } from "./run-folder.js";
import { supervised } from "./supervised.js";
import { TaskScheduler } from "./task-scheduler.js";
import { noisePictures, testCheckpoint } from "./test-checkpoint.js";
import { type TrainEvent, train } from "./train.js";

setThreads(1);

const arms = evenArms([rotation.create({ size: 56 }), position.create({ size: 56 })]);

function recipe(change: Omit<Partial<Recipe>, "lora"> & { readonly lora?: object } = {}): Recipe {
  return checkRecipe(
    {
      method: "supervised",
      tasks: [{ task: "rotation" }, { task: "position" }],
      size: 56,
      protocol: "answer-only",
      steps: 3,
      prompts: 6,
      promptsPerPass: 2,
      maxNewTokens: 24,
      learningRate: 1e-3,
      gradientClip: 1e9,
      evaluationQuestions: 3,
      ...change,
    },
    "test",
  );
}

function stream(): ProblemStream {
  return new ProblemStream(() => noisePictures(9), arms, answerOnly, 0);
}

async function steps(change: Partial<Recipe> = {}, lr = 0) {
  const policy = testCheckpoint();
  const optimizer = new AdamW(policy.model.parameters().values(), { lr });
  const schedule = new TaskScheduler(arms, 0);
  const from = { policy, problems: stream(), schedule, optimizer, learningRate: () => lr, start: 0 };
  const metrics = [];
  for await (const step of supervised(from, recipe(change))) metrics.push(step.metrics);
  optimizer.free();
  policy.free();
  return metrics;
}

/** Right answers to the first problems, each computed alone: the sum of −log p, the tokens, and all gradients. */
async function alone(count: number) {
  const policy = testCheckpoint();
  const { tokenizer } = policy;
  let [loss, tokens] = [0, 0];
  for (const problem of await stream().slice(0, count)) {
    scope(() => {
      const ids = [...tokenizer.encodeText(answerOnly.wrap(problem.target)), tokenizer.id("<|im_end|>")];
      const prompt = policy.prefill(policy.prepare([promptOf(problem)]));
      const sum = policy
        .logprobs(prompt, { ids: [[ids]] }, { temperature: 1 })
        .logprobs.sum()
        .neg();
      sum.backward();
      loss += sum.item();
      tokens += ids.length;
    });
  }
  return { policy, loss, tokens };
}

describe("supervised learning", () => {
  it("has the mean of −log p over the tokens of a step's right answers as its loss, however it is cut into passes", async () => {
    const { policy, loss, tokens } = await alone(6);
    const squares = [...policy.model.parameters().values()].map(({ grad }) =>
      scope(() => grad!.mul(grad!).sum().item()),
    );
    const norm = Math.sqrt(squares.reduce((sum, value) => sum + value, 0)) / tokens;
    for (const change of [{}, { promptsPerPass: 1 }, { promptsPerPass: 4 }, { gradientCheckpointing: true }]) {
      const [metrics] = await steps({ steps: 1, ...change });
      expect(metrics.loss).toBeCloseTo(loss / tokens, 5);
      expect(metrics.gradNorm / norm).toBeCloseTo(1, 4);
      expect(metrics.length).toBe(tokens / 6);
    }
    policy.free();
  });

  it("has the gradient of that loss: the loss changes along it by its squared norm", async () => {
    const policy = testCheckpoint();
    const [problem] = await stream().slice(0, 1);
    const ids = [...policy.tokenizer.encodeText(problem.solution), policy.stopTokens[0]];
    const likelihood = (given = 0) => {
      const prompt = policy.prefill(policy.prepare([promptOf(problem)]));
      return negativeLogLikelihood(policy, prompt, [[{ ids, given }]]);
    };
    scope(() => likelihood().sum.backward());
    const parameters = [...policy.model.parameters().values()];
    const gradients = parameters.map(({ grad }) => grad!.clone());
    const squared = scope(() => gradients.reduce((sum, grad) => sum + grad.mul(grad).sum().item(), 0));
    const at = (distance: number) =>
      scope(() =>
        noGrad(() => {
          for (const [i, weight] of parameters.entries()) weight.add_(gradients[i].mul(distance));
          const loss = likelihood().sum.item();
          for (const [i, weight] of parameters.entries()) weight.sub_(gradients[i].mul(distance));
          return loss;
        }),
      );
    const h = 2e-2 / Math.sqrt(squared);
    expect((at(h) - at(-h)) / (2 * h) / squared).toBeCloseTo(1, 2);
    // Tokens that are given count neither in the loss nor among the tokens.
    scope(() => {
      const whole = likelihood();
      const tail = likelihood(2);
      const first = policy.logprobs(
        policy.prefill(policy.prepare([promptOf(problem)])),
        { ids: [[ids]] },
        { temperature: 1 },
      );
      const given = (first.logprobs.tolist() as number[][][])[0][0].slice(0, 2);
      expect(tail.sum.item() - given[0] - given[1]).toBeCloseTo(whole.sum.item(), 4);
      expect(tail.taught[0][0].tokens).toBe(ids.length - 2);
    });
    policy.free();
  });

  it("learns the answers it is shown, and leaves no tensors", async () => {
    const live = liveTensors();
    const metrics = await steps({ steps: 12, prompts: 8 }, 1e-2);
    const [first, last] = [metrics[0], metrics[11]];
    expect(last.loss).toBeLessThan(first.loss / 2);
    expect(last.tokenAccuracy).toBeGreaterThan(first.tokenAccuracy);
    expect(Object.values(last.tasks).map(({ n }) => n)).toEqual([4, 4]);
    const mean = Object.values(last.tasks).reduce((sum, { loss }) => sum + loss, 0) / 2;
    expect(mean / last.loss).toBeCloseTo(1, 0);
    expect(liveTensors()).toBe(live);
  });

  it("says that answers are longer than the model may speak", async () => {
    await expect(steps({ maxNewTokens: 2 })).rejects.toThrow(
      /right answer of a rotation@1 problem has \d+ tokens, more than maxNewTokens \(2\).*Raise maxNewTokens/,
    );
  });
});

describe("a supervised run", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ssl4rl-supervised-"));
    const made = testCheckpoint();
    saveCheckpoint(join(folder, "model"), made);
    made.free();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function go(run: RunFolder, model: string, stopAfter = Number.POSITIVE_INFINITY): Promise<TrainEvent[]> {
    const stop = new AbortController();
    const events: TrainEvent[] = [];
    const sources = { train: () => noisePictures(9), heldOut: () => noisePictures(5) };
    for await (const event of train({ run, model, ...sources, arms, signal: stop.signal })) {
      events.push(event);
      if (event.kind === "step" && event.metrics.step + 1 >= stopAfter) stop.abort();
    }
    return events;
  }

  const metrics = (run: RunFolder) => run.readMetrics().map(({ machine: _, ...rest }) => rest);

  it.each<[string, Parameters<typeof recipe>[0], string]>([
    ["all weights", {}, "model.safetensors"],
    ["LoRA", { lora: { rank: 2 } }, "adapter_model.safetensors"],
    [
      "a frozen tower in bfloat16 with gradient checkpointing",
      { freezeVision: true, dtype: "bfloat16", gradientCheckpointing: true },
      "model.safetensors",
    ],
  ])("of %s resumes bit for bit", async (name, change, file) => {
    const settings = recipe(change);
    const whole = RunFolder.create(join(folder, `${name} whole`), settings);
    const kinds = (await go(whole, join(folder, "model"))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "step").length).toBe(3);
    expect(kinds.at(-1)).toBe("evaluated");
    const path = join(folder, name);
    await go(RunFolder.create(path, settings), join(folder, "model"), 2);
    const resumed = RunFolder.open(path);
    await go(resumed, join(folder, "model"));
    expect(metrics(resumed)).toEqual(metrics(whole));
    const bytes = (run: RunFolder) => readFileSync(join(run.latestCheckpoint()!.folder, file));
    expect(bytes(resumed).equals(bytes(whole))).toBe(true);
  });

  it("gives a checkpoint that GRPO can begin with", async () => {
    const warm = RunFolder.create(join(folder, "warm-up"), recipe({ steps: 1, learningRate: 1e-2 }));
    await go(warm, join(folder, "model"));
    const checkpoint = warm.latestCheckpoint()!.folder;
    const next = recipe({ method: "grpo", steps: 1, rollouts: 2, beta: 0.1, model: checkpoint });
    const run = RunFolder.create(join(folder, "after warm-up"), next);
    await go(run, checkpoint);
    // The KL term looks back to the warmed-up model, which the policy still is.
    expect(run.readMetrics()[0]).toMatchObject({ kl: 0 });
    expect(run.readEvaluation("before")!.tasks).toEqual(warm.readEvaluation("after")!.tasks);
    const [a, b] = [checkpoint, join(folder, "model")].map((path) => loadCheckpoint(path));
    const norm = (policy: typeof a) => policy.model.parameters().get("model.norm.weight")!.tolist();
    expect(norm(a)).not.toEqual(norm(b));
  });
});
