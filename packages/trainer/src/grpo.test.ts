import { answerOnly, type Verdict } from "@ssl4rl/core";
import { rotation } from "@ssl4rl/tasks";
import { AdamW, liveTensors, noGrad, scope } from "@ssl4rl/torch";
import { describe, expect, it } from "vitest";
import { evenArms } from "./arm.js";
import { type GrpoOptions, grpo, type Step } from "./grpo.js";
import { ProblemStream, type Turn } from "./problem-stream.js";
import { checkRecipe } from "./recipe.js";
import { TaskScheduler } from "./task-scheduler.js";
import { noisePictures, testCheckpoint } from "./test-checkpoint.js";

const options: GrpoOptions = checkRecipe(
  {
    tasks: [{ task: "rotation" }],
    steps: 1,
    prompts: 4,
    rollouts: 4,
    promptsPerPass: 4,
    maxNewTokens: 4,
    gradientClip: 1e9,
    seed: 7,
  },
  "test",
);

const arms = evenArms([rotation.create({ size: 56 })]);

/** An untrained model never answers in the form, so responses are paid by a rule that splits them: an even length. */
class PaidByLength extends ProblemStream {
  override async pose(turn: Turn) {
    const problem = await super.pose(turn);
    return {
      ...problem,
      verify: (text: string): Verdict => {
        const even = text.length % 2 ? 0 : 1;
        return { accuracy: even, partial: even, format: true, given: text };
      },
    };
  }
}

function stream(): ProblemStream {
  return new PaidByLength(() => noisePictures(8), arms, answerOnly, 0);
}

async function firstStep(change: Partial<GrpoOptions> = {}, lr = 1e-3) {
  const policy = testCheckpoint();
  const optimizer = new AdamW(policy.model.parameters().values(), { lr, weightDecay: 0 });
  const input = {
    policy,
    reference: null,
    replica: null,
    problems: stream(),
    optimizer,
    learningRate: () => lr,
    start: 0,
    schedule: new TaskScheduler(arms, 0),
  };
  for await (const step of grpo(input, { ...options, ...change })) return { policy, step };
  throw new Error("no step");
}

describe("grpo", () => {
  it("makes rollouts with a positive advantage likelier and the others less likely", async () => {
    const { policy, step } = await firstStep();
    const fresh = testCheckpoint();
    let gain = 0;
    scope(() =>
      noGrad(() => {
        const inputs = step.problems.map(({ prompt, images }) => ({ text: prompt, images }));
        const ids = step.rollouts.map((group) => group.map(({ text }) => [...policy.tokenizer.encodeText(text)]));
        const kept = ids.map((group) => group.map((tokens) => (tokens.length ? tokens : [0])));
        const logprobs = [policy, fresh].map((checkpoint) => {
          const prompt = checkpoint.prefill(checkpoint.prepare(inputs));
          return checkpoint
            .logprobs(prompt, { ids: kept }, { temperature: 1 })
            .logprobs.sum([-1])
            .tolist() as number[][];
        });
        for (const [b, group] of step.rollouts.entries()) {
          for (const [g, { advantage }] of group.entries()) gain += advantage * (logprobs[0][b][g] - logprobs[1][b][g]);
        }
      }),
    );
    expect(step.metrics.zeroVariance).toBeLessThan(1);
    expect(gain).toBeGreaterThan(0);
  });

  it("takes the same step whatever number of prompts is computed at once", async () => {
    const whole = await firstStep();
    const halves = await firstStep({ promptsPerPass: 2 });
    expect(halves.step.rollouts).toEqual(whole.step.rollouts);
    expect(halves.step.metrics.loss).toBeCloseTo(whole.step.metrics.loss, 5);
    expect(halves.step.metrics.gradNorm / whole.step.metrics.gradNorm).toBeCloseTo(1, 4);
  });

  it("takes the same step with gradient checkpointing", async () => {
    const kept = await firstStep();
    const again = await firstStep({ gradientCheckpointing: true });
    expect(again.step.rollouts).toEqual(kept.step.rollouts);
    expect(again.step.metrics.loss).toBeCloseTo(kept.step.metrics.loss, 6);
    expect(again.step.metrics.gradNorm / kept.step.metrics.gradNorm).toBeCloseTo(1, 6);
  });

  it("says where its time went: phases that add up to the step's", async () => {
    for (const change of [{}, { epochs: 2 }]) {
      const { rollouts, metrics } = (await firstStep(change)).step;
      const { seconds, phases, tokensPerSecond, peakBytes } = metrics.machine;
      expect(Object.keys(phases)).toEqual(["posing", "prompt", "sampling", "loss", "backward", "optimiser"]);
      expect(Object.values(phases).reduce((sum, took) => sum + took, 0)).toBeCloseTo(seconds, 9);
      const tokens = rollouts.flat().reduce((sum, rollout) => sum + rollout.tokens, 0);
      expect(tokensPerSecond * seconds).toBeCloseTo(tokens, 6);
      expect(peakBytes).toBeGreaterThan(process.memoryUsage().rss / 2);
    }
  });

  it("draws the same rollouts for the same seed and others for another", async () => {
    const text = ({ step }: { step: Step }) => step.rollouts.flat().map((rollout) => rollout.text);
    const first = text(await firstStep());
    expect(text(await firstStep())).toEqual(first);
    expect(text(await firstStep({ seed: 8 }))).not.toEqual(first);
  });

  it("leaves nothing behind but weights, gradients' state and moments", async () => {
    const policy = testCheckpoint();
    const optimizer = new AdamW(policy.model.parameters().values(), { lr: 1e-3 });
    const input = {
      policy,
      reference: null,
      replica: null,
      problems: stream(),
      optimizer,
      learningRate: () => 1e-3,
      start: 0,
      schedule: new TaskScheduler(arms, 0),
    };
    const counts: number[] = [];
    for await (const _ of grpo(input, { ...options, steps: 4 })) counts.push(liveTensors());
    expect(new Set(counts.slice(1)).size).toBe(1);
  });

  it("pays for distance from the reference when beta is above 0", async () => {
    const policy = testCheckpoint();
    const reference = testCheckpoint();
    const optimizer = new AdamW(policy.model.parameters().values(), { lr: 1e-2 });
    const input = {
      policy,
      reference,
      replica: null,
      problems: stream(),
      optimizer,
      learningRate: () => 1e-2,
      start: 0,
      schedule: new TaskScheduler(arms, 0),
    };
    const kl: number[] = [];
    for await (const { metrics } of grpo(input, { ...options, steps: 3, beta: 0.1 })) kl.push(metrics.kl!);
    expect(kl[0]).toBeCloseTo(0, 6);
    expect(kl[2]).toBeGreaterThan(1e-4);
  });

  it("stops before the weights move when the loss is not finite", async () => {
    const policy = testCheckpoint();
    const reference = testCheckpoint();
    noGrad(() => reference.model.parameters().get("model.norm.weight")!.fill_(Number.NaN));
    const optimizer = new AdamW(policy.model.parameters().values(), { lr: 1e-3 });
    const input = {
      policy,
      reference,
      replica: null,
      problems: stream(),
      optimizer,
      learningRate: () => 1e-3,
      start: 0,
      schedule: new TaskScheduler(arms, 0),
    };
    const embed = policy.model.parameters().get("model.embed_tokens.weight")!;
    const before = embed.data();
    const steps = grpo(input, { ...options, beta: 0.1 });
    await expect(steps.next()).rejects.toThrow(/Step 0: .*stopped before the weights moved/);
    expect(embed.data()).toEqual(before);
  });
});
