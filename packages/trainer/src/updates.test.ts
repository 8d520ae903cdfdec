import { answerOnly, type Verdict } from "@ssl4rl/core";
import { Checkpoint } from "@ssl4rl/models";
import { position, rotation } from "@ssl4rl/tasks";
import { AdamW, liveTensors, noGrad, scope, setThreads } from "@ssl4rl/torch";
import { describe, expect, it, vi } from "vitest";
import { variance } from "./advantage.js";
import { type Arm, evenArms } from "./arm.js";
import { type GrpoInput, type GrpoOptions, grpo, type Step } from "./grpo.js";
import { ProblemStream, type Turn } from "./problem-stream.js";
import { checkRecipe, type Recipe } from "./recipe.js";
import { TaskScheduler } from "./task-scheduler.js";
import { noisePictures, testCheckpoint } from "./test-checkpoint.js";

setThreads(1);

/** Every fourth token ends a response: an untrained model would not stop before the limit. */
const policy = stoppingOften(testCheckpoint());
const initial = new Map([...policy.model.parameters()].map(([name, weight]) => [name, weight.clone().detach()]));
/** Another model than the policy, so that there is a KL term from the first step on. */
const reference = testCheckpoint();
noGrad(() => reference.model.parameters().get("model.norm.weight")!.mul_(1.3));

function stoppingOften({ config, tokenizer, processor, model, files }: Checkpoint): Checkpoint {
  const stops = Array.from({ length: Math.floor(tokenizer.size / 4) }, (_, i) => 4 * i);
  return new Checkpoint(config, tokenizer, processor, model, stops, files);
}

type Change = Omit<Partial<Recipe>, "loss" | "kl"> & { readonly loss?: object; readonly kl?: object };

function optionsOf(change: Change): GrpoOptions {
  return checkRecipe(
    {
      tasks: [{ task: "rotation" }],
      steps: 1,
      prompts: 4,
      rollouts: 4,
      promptsPerPass: 2,
      maxNewTokens: 4,
      gradientClip: 1e9,
      reward: { accuracy: 1, format: 0.5 },
      seed: 7,
      ...change,
    },
    "test",
  );
}

const one = evenArms([rotation.create({ size: 56 })]);
const two = evenArms([rotation.create({ size: 56 }), position.create({ size: 56 })]);

/**
 * Pays an even length, and a length above 6 for its form; but responses to the problems `equal` of the first arm all alike, and
 * to its problems `inTurn` 0.5, 1, 0.5 and nothing, so that two of four stand at the mean.
 */
class PaidByLength extends ProblemStream {
  constructor(
    arms: readonly Arm[],
    private readonly equal: readonly number[],
    private readonly inTurn: readonly number[],
  ) {
    super(() => noisePictures(8), arms, answerOnly, 0);
  }

  override async pose(turn: Turn) {
    const problem = await super.pose(turn);
    if (turn.arm === 0 && this.inTurn.includes(turn.turn)) {
      let asked = 0;
      const verify = (given: string): Verdict => {
        const [accuracy, format] = [
          [0, true],
          [1, false],
          [0, true],
          [0, false],
        ][asked++ % 4] as [number, boolean];
        return { accuracy, partial: accuracy, format, given };
      };
      return { ...problem, verify };
    }
    return {
      ...problem,
      verify: (text: string): Verdict => {
        const even = this.equal.includes(turn.turn) || text.length % 2 ? 0 : 1;
        return {
          accuracy: even,
          partial: even,
          format: !this.equal.includes(turn.turn) && text.length > 6,
          given: text,
        };
      },
    };
  }
}

/** Counts calls of vision towers, whosoever they are, which it lets through. */
const towers = vi.spyOn(Object.getPrototypeOf(policy.model.vision) as VisionTower, "encode");
type VisionTower = NonNullable<typeof policy.model.vision>;

/**
 * The first step of the same policy; also the number of times that its optimiser moved the weights, and that pictures went
 * through a vision tower.
 */
async function firstStep(
  change: Change = {},
  {
    lr = 1e-2,
    eps = 1e-8,
    equal = [] as readonly number[],
    inTurn = [] as readonly number[],
    comparedWith = reference,
    arms = one,
  } = {},
) {
  noGrad(() => {
    for (const [name, weight] of policy.model.weights) weight.copy_(initial.get(name)!);
  });
  const options = optionsOf(change);
  const optimizer = new AdamW(policy.model.parameters().values(), { lr, eps, weightDecay: 0 });
  const input: GrpoInput = {
    policy,
    reference: options.beta > 0 ? comparedWith : null,
    replica: null,
    problems: new PaidByLength(arms, equal, inTurn),
    optimizer,
    learningRate: () => lr,
    start: 0,
    schedule: new TaskScheduler(arms, 0),
  };
  towers.mockClear();
  const step: Step | undefined = (await grpo(input, options).next()).value;
  const moves = scope(() => Math.max(...optimizer.state().step.tolist()));
  optimizer.free();
  if (!step) throw new Error("no step");
  return { step, moves, encoded: towers.mock.calls.length };
}

describe("several updates per batch", () => {
  it("are the one update, again and again, while the weights stay", async () => {
    const once = await firstStep({}, { lr: 0 });
    const often = await firstStep({ miniBatch: 4, epochs: 3 }, { lr: 0 });
    expect([once.moves, often.moves]).toEqual([1, 3]);
    expect(often.step.rollouts).toEqual(once.step.rollouts);
    expect(often.step.metrics.loss).toBeCloseTo(once.step.metrics.loss, 5);
    expect(often.step.metrics.gradNorm / once.step.metrics.gradNorm).toBeCloseTo(1, 4);
    expect(often.step.metrics.clipped).toBe(0);
    // After the first, ratios are with the log-probabilities from before it.
    const moved = await firstStep({ epochs: 3 });
    expect(moved.step.rollouts).toEqual(once.step.rollouts);
    expect(moved.step.metrics.clipped).toBeGreaterThan(0);
  });

  it("begin exactly where one update would: the ratio is 1", async () => {
    // Nothing but r = 1 stands inside of this clip range.
    const closed = { clipLow: 0, clipHigh: 0, beta: 0.1, kl: { in: "reward" } };
    expect((await firstStep(closed)).step.metrics.clipped).toBe(0);
  });

  it("are one for each mini-batch", async () => {
    const { step, moves } = await firstStep({ miniBatch: 2 });
    expect(moves).toBe(2);
    const once = await firstStep();
    expect(step.rollouts).toEqual(once.step.rollouts);
    expect(step.metrics.gradNorm).not.toBeCloseTo(once.step.metrics.gradNorm, 3);
  });

  it("take the same steps with gradient checkpointing, and in passes of one prompt", async () => {
    const change = { miniBatch: 2, epochs: 2, beta: 0.1 };
    const kept = await firstStep(change, { lr: 1e-3 });
    const again = await firstStep({ ...change, gradientCheckpointing: true }, { lr: 1e-3 });
    const alone = await firstStep({ ...change, promptsPerPass: 1 }, { lr: 1e-3 });
    for (const { step } of [again, alone]) {
      expect(step.rollouts).toEqual(kept.step.rollouts);
      expect(step.metrics.loss).toBeCloseTo(kept.step.metrics.loss, 4);
      expect(step.metrics.gradNorm / kept.step.metrics.gradNorm).toBeCloseTo(1, 2);
    }
  });
});

describe("a frozen vision tower", () => {
  /** As the reference, but that it has the policy's tower. */
  const sharing = testCheckpoint().withVisionOf(policy);
  noGrad(() => sharing.model.weights.get("model.norm.weight")!.mul_(1.3));

  const freeze = (frozen: boolean) => {
    for (const [name, weight] of policy.model.weights) {
      if (name.startsWith("visual.")) weight.requiresGrad_(!frozen);
    }
  };
  const whenFrozen = async <T>(fn: () => Promise<T>): Promise<T> => {
    freeze(true);
    try {
      return await fn();
    } finally {
      freeze(false);
    }
  };

  it("sees each prompt once in a step, whoever asks and however often", async () => {
    const several = { beta: 0.1, miniBatch: 2, epochs: 3 };
    // Two passes of rollouts, by the policy and by the reference; with several updates six passes more.
    expect((await firstStep({ beta: 0.1 })).encoded).toBe(4);
    expect((await firstStep(several)).encoded).toBe(10);
    await whenFrozen(async () => {
      expect((await firstStep({ beta: 0.1 })).encoded).toBe(4);
      expect((await firstStep({ beta: 0.1 }, { comparedWith: sharing })).encoded).toBe(2);
      expect((await firstStep(several, { comparedWith: sharing })).encoded).toBe(2);
    });
  });

  it("teaches the same whether its features are made once or anew", () =>
    whenFrozen(async () => {
      const change = { beta: 0.1, miniBatch: 2, epochs: 2 };
      const own = await firstStep(change);
      const shared = await firstStep(change, { comparedWith: sharing });
      expect({ ...shared.step.metrics, machine: null }).toEqual({ ...own.step.metrics, machine: null });
      const once = await firstStep({}, { lr: 0 });
      const often = await firstStep({ epochs: 3 }, { lr: 0 });
      expect(often.step.rollouts).toEqual(once.step.rollouts);
      expect(often.step.metrics.gradNorm / once.step.metrics.gradNorm).toBeCloseTo(1, 5);
    }));

  it("has its features freed at the end of the step", () =>
    whenFrozen(async () => {
      await firstStep({ epochs: 2 });
      const before = liveTensors();
      await firstStep({ epochs: 2 });
      expect(liveTensors()).toBe(before);
    }));
});

describe("dynamic sampling", () => {
  it("takes further problems in place of those whose responses all earn the same", async () => {
    const { step } = await firstStep({ refillRounds: 3 }, { equal: [0, 2, 4] });
    const plain = await firstStep({}, { equal: [0, 2, 4] });
    expect(step.problems.slice(0, 4).map(({ key }) => key)).toEqual(plain.step.problems.map(({ key }) => key));
    expect(step.problems.length).toBeGreaterThanOrEqual(7);
    const teaching = step.rollouts.filter((group) => group.some(({ advantage }) => advantage !== 0));
    expect(teaching.length).toBe(4);
    expect(plain.step.problems.length).toBe(4);
  });

  it("asks the same task again, so that tasks keep their shares", async () => {
    const { step } = await firstStep({ refillRounds: 3 }, { equal: [0, 1], arms: two });
    const further = step.problems.slice(4).map(({ arm }) => arm);
    expect(further.filter((arm) => arm === two[0]).length).toBeGreaterThanOrEqual(2);
    const taught = step.problems.filter((_, b) => step.rollouts[b].some(({ advantage }) => advantage !== 0));
    expect(two.map((arm) => taught.filter((problem) => problem.arm === arm).length)).toEqual([2, 2]);
  });

  it("gives up after its rounds, and moves nothing where nothing teaches", async () => {
    const all = Array.from({ length: 32 }, (_, i) => i);
    const { step, moves } = await firstStep({ refillRounds: 2 }, { equal: all });
    expect(step.problems.length).toBe(12);
    expect(moves).toBe(0);
    expect(step.metrics).toMatchObject({ zeroVariance: 1, loss: 0, gradNorm: 0 });
    // Of no tokens there is no mean.
    expect(step.metrics).toMatchObject({ entropy: null, kl: null, clipped: null });
  });
});

describe("tasks of one step", () => {
  const mean = { loss: { mean: "task" } };

  it("have one loss each, whatever number of prompts is computed at once", async () => {
    const whole = await firstStep({ ...mean, promptsPerPass: 4 }, { arms: two });
    const alone = await firstStep({ ...mean, promptsPerPass: 1 }, { arms: two });
    expect(alone.step.rollouts).toEqual(whole.step.rollouts);
    expect(alone.step.metrics.loss).toBeCloseTo(whole.step.metrics.loss, 5);
    expect(alone.step.metrics.gradNorm / whole.step.metrics.gradNorm).toBeCloseTo(1, 4);
    const tokens = await firstStep({ promptsPerPass: 4 }, { arms: two });
    expect(whole.step.metrics.gradNorm / tokens.step.metrics.gradNorm).not.toBeCloseTo(1, 3);
    // The policy has not moved, so a task's loss is minus the mean of its tokens' advantages.
    const ofTask = (arm: Arm) => {
      const own = whole.step.rollouts.filter((_, b) => whole.step.problems[b].arm === arm).flat();
      const sum = own.reduce((sum, { advantage, tokens }) => sum + advantage * tokens, 0);
      return -sum / own.reduce((sum, { tokens }) => sum + tokens, 0);
    };
    expect(whole.step.metrics.loss).toBeCloseTo((ofTask(two[0]) + ofTask(two[1])) / 2, 5);
  });

  it("have the mean over tokens where there is but one task", async () => {
    const task = await firstStep({ ...mean, miniBatch: 2 });
    const tokens = await firstStep({ miniBatch: 2 });
    expect(task.step.metrics.loss).toBe(tokens.step.metrics.loss);
    expect(task.step.metrics.gradNorm).toBe(tokens.step.metrics.gradNorm);
  });

  it("have advantages on the scale of their own rewards", async () => {
    const { step } = await firstStep({ advantageScale: "task" }, { arms: two, equal: [0] });
    for (const arm of two) {
      const own = step.rollouts.filter((_, b) => step.problems[b].arm === arm);
      const spreads = own.map((group) => variance(group.map(({ reward }) => reward)));
      const scale = Math.sqrt(spreads.reduce((sum, spread) => sum + spread, 0) / own.length + 1e-6);
      for (const group of own) {
        const average = group.reduce((sum, { reward }) => sum + reward, 0) / group.length;
        for (const { advantage, reward } of group) expect(advantage).toBeCloseTo((reward - average) / scale, 6);
      }
    }
  });
});

describe("groups without an advantage", () => {
  // A bonus too small to count keeps them from being skipped.
  const unskipped = { loss: { entropy: 1e-30 } };

  const start = [...initial.values()].map((weight) => weight.data() as Float32Array);

  /** Weights after a step that moves each by about its gradient: Adam's, where eps is far larger than any of them. */
  const weightsAfter = async (change: Change, paid: object) => {
    const { step, encoded } = await firstStep(change, { ...paid, lr: 1, eps: 1 });
    return {
      step,
      encoded,
      weights: [...policy.model.weights.values()].map((weight) => weight.data() as Float32Array),
    };
  };

  it.each<[string, Change, object, number]>([
    ["that fill a pass", { promptsPerPass: 1 }, { equal: [0, 3] }, 4],
    [
      "that are half of a pass: the others' prompts are computed once more",
      { promptsPerPass: 4 },
      { equal: [0, 3] },
      2,
    ],
    ["the same, with gradient checkpointing", { promptsPerPass: 4, gradientCheckpointing: true }, { equal: [0, 3] }, 2],
    ["that are a quarter of a pass", { promptsPerPass: 4 }, { equal: [1] }, 1],
    ["of single responses", { promptsPerPass: 4 }, { inTurn: [0, 1, 2, 3] }, 1],
    ["by the mean over responses", { promptsPerPass: 4, loss: { mean: "grpo" } }, { equal: [0], inTurn: [2] }, 1],
    ["in several updates", { miniBatch: 2, epochs: 2 }, { equal: [0, 3], inTurn: [1] }, 6],
  ])("are skipped without a trace %s", async (_, change, paid, encodings) => {
    const skipped = await weightsAfter(change, paid);
    const whole = await weightsAfter({ ...change, loss: { ...change.loss, ...unskipped.loss } }, paid);
    expect(skipped.step.rollouts).toEqual(whole.step.rollouts);
    expect(skipped.step.metrics.loss).toBeCloseTo(whole.step.metrics.loss, 5);
    skipped.weights.forEach((values, i) => {
      expect(Math.max(...values.map((value, j) => Math.abs(value - whole.weights[i][j])))).toBeLessThan(1e-6);
    });
    const moved = Math.max(
      ...skipped.weights.flatMap((values, i) => [...values].map((value, j) => Math.abs(value - start[i][j]))),
    );
    expect(moved).toBeGreaterThan(1e-3);
    // Entropy is a mean over what was learnt from.
    expect(skipped.step.metrics.entropy).not.toBeCloseTo(whole.step.metrics.entropy!, 9);
    expect(skipped.encoded).toBe(encodings);
  });

  it("leave the optimiser a gradient of zero where there are no others", async () => {
    const { step, moves } = await firstStep({}, { equal: [0, 1, 2, 3] });
    expect(step.metrics.gradNorm).toBe(0);
    expect(moves).toBe(1);
  });
});

describe("every option changes the step", () => {
  // Three updates at a high rate: ratios move far from 1.
  const several = { epochs: 3, clipHigh: 0.2 };
  const withKl = { beta: 0.1 };

  const seen = new Map<string, ReturnType<typeof firstStep>>();
  const base = (change: Change) => {
    const key = JSON.stringify(change);
    const step = seen.get(key) ?? firstStep(change);
    seen.set(key, step);
    return step;
  };

  it.each<[string, Change, Change]>([
    ["advantageScale none", {}, { advantageScale: "none" }],
    ["advantageScale batch", {}, { advantageScale: "batch" }],
    ["advantageScale task", {}, { advantageScale: "task" }],
    ["advantageScale rloo", { advantageScale: "none" }, { advantageScale: "rloo" }],
    ["rewardCombination", {}, { rewardCombination: "gdpo" }],
    ["overlong", {}, { overlong: { cache: 2, weight: 1 } }],
    ["overlong.cache", { overlong: { cache: 2, weight: 1 } }, { overlong: { cache: 4, weight: 1 } }],
    ["overlong.weight", { overlong: { cache: 2, weight: 1 } }, { overlong: { cache: 2, weight: 3 } }],
    ["clipLow", several, { ...several, clipLow: 0.01 }],
    ["clipHigh", several, { ...several, clipHigh: 0.01 }],
    ["loss.type cispo", several, { ...several, loss: { type: "cispo" } }],
    ["loss.type sapo", several, { ...several, loss: { type: "sapo" } }],
    ["loss.tau", { ...several, loss: { type: "sapo" } }, { ...several, loss: { type: "sapo", tau: { positive: 3 } } }],
    ["loss.ratio", several, { ...several, loss: { ratio: "sequence" } }],
    ["loss.mean grpo", {}, { loss: { mean: "grpo" } }],
    ["loss.mean dr_grpo", {}, { loss: { mean: "dr_grpo" } }],
    ["loss.mean luspo", {}, { loss: { mean: "luspo" } }],
    ["loss.mean bnpo", {}, { loss: { mean: "bnpo" }, promptsPerPass: 1 }],
    ["loss.delta", { ...several, clipHigh: 0 }, { ...several, clipHigh: 0, loss: { delta: 1.001 } }],
    ["loss.dualClip", { ...several, loss: { dualClip: null } }, { ...several, loss: { dualClip: 1.1 } }],
    ["loss.entropy", {}, { loss: { entropy: 10 } }],
    ["loss.maskTruncated", {}, { loss: { maskTruncated: true } }],
    ["beta", {}, withKl],
    ["kl.estimator", withKl, { ...withKl, kl: { estimator: "k1" } }],
    ["kl.in", withKl, { ...withKl, kl: { in: "reward" } }],
    ["kl.unbiased", { ...withKl, ...several }, { ...withKl, ...several, kl: { unbiased: true } }],
    ["kl.limit", withKl, { ...withKl, kl: { limit: 1e-4 } }],
    // Sampler and loss round differently: the strictest bound leaves out some of the tokens.
    ["samplerCorrection", {}, { samplerCorrection: { mode: "token-mask", max: 1 } }],
  ])("%s", async (_, without, change) => {
    const before = await base(without);
    const after = await firstStep(change);
    expect(after.step.rollouts.flat().map(({ text }) => text)).toEqual(
      before.step.rollouts.flat().map(({ text }) => text),
    );
    const difference = Math.abs(after.step.metrics.gradNorm / before.step.metrics.gradNorm - 1);
    expect(difference).toBeGreaterThan(1e-4);
  });
});
