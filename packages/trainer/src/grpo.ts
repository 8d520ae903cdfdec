import type { Checkpoint } from "@ssl4rl/models";
import type { AdamW } from "@ssl4rl/torch";
import type { LossOptions } from "./loss.js";
import { withProblems } from "./not-finite.js";
import { optimise } from "./optimise.js";
import { forwardBackward, type Pass, type PassSums } from "./pass.js";
import { type ArmProblem, type ProblemStream, promptOf } from "./problem-stream.js";
import { addGradients, type Replica } from "./replica.js";
import type { AdvantageOptions, Rollout, RolloutOptions } from "./rollout.js";
import { type MachineMetrics, Stopwatch } from "./stopwatch.js";
import type { ScheduleMetrics, TaskScheduler } from "./task-scheduler.js";
import { rolloutsFirst, takeUpdates, type Updates } from "./updates.js";
import { widenGradients } from "./widen-gradients.js";

export interface GrpoOptions extends LossOptions, RolloutOptions, AdvantageOptions {
  readonly steps: number;
  /** Prompts per step (B). */
  readonly prompts: number;
  /** Prompts per update: a step is ⌈prompts / miniBatch⌉ · epochs updates. Default all of them. */
  readonly miniBatch?: number | undefined;
  /** How often a step's rollouts are learnt from. */
  readonly epochs: number;
  /** Rounds of further prompts in place of those whose rollouts all earned the same. */
  readonly refillRounds: number;
  /** Prompts computed at once; bounds memory, changes nothing else (but for the mean bnpo). */
  readonly promptsPerPass: number;
  /** Compute each layer once more in the backward pass instead of keeping its activations. */
  readonly gradientCheckpointing: boolean;
  readonly gradientClip: number;
}

export interface StepMetrics {
  readonly step: number;
  readonly reward: number;
  readonly accuracy: number;
  /** Share of rollouts that broke the asked form. */
  readonly formatError: number;
  /** Share of rollouts cut at maxNewTokens. */
  readonly truncated: number;
  /** Mean completion length in tokens. */
  readonly length: number;
  /** Mean entropy of the distributions that the tokens learnt from were drawn from, nats; null where there were none. */
  readonly entropy: number | null;
  /** Mean estimate of the KL divergence per token learnt from towards the reference, 0 without one; null as the entropy. */
  readonly kl: number | null;
  /** Share of the tokens learnt from whose ratio stood outside of the clip range; null as the entropy. */
  readonly clipped: number | null;
  /** Share of groups whose rollouts all earned the same: they teach nothing. */
  readonly zeroVariance: number;
  /** Mean over the step's updates, as is the norm. */
  readonly loss: number;
  readonly gradNorm: number;
  readonly learningRate: number;
  /** By the label of their arm. */
  readonly tasks: Readonly<Record<string, { readonly reward: number; readonly accuracy: number; readonly n: number }>>;
  /** What the step's problems were drawn by; null without a curriculum. */
  readonly curriculum: ScheduleMetrics | null;
  /** Time and memory: all that a resumed run does not repeat. */
  readonly machine: MachineMetrics;
}

export interface Step {
  readonly metrics: StepMetrics;
  readonly problems: readonly ArmProblem[];
  /** Rollouts of each problem, [B][G]. */
  readonly rollouts: readonly (readonly Rollout[])[];
}

export interface GrpoInput {
  readonly policy: Checkpoint;
  /** Frozen copy for the KL term; needed when beta > 0. */
  readonly reference: Checkpoint | null;
  readonly problems: Pick<ProblemStream, "poseAll">;
  /** Of the same arms. Steps draw their problems from it and let it know what they earned, which changes it. */
  readonly schedule: TaskScheduler;
  /** A second pair of hands on another core; null for none. */
  readonly replica: Replica | null;
  readonly optimizer: AdamW;
  /** Learning rate of a step. */
  readonly learningRate: (step: number) => number;
  /** First step to take: 0, or where a run goes on. */
  readonly start: number;
}

/** What a step is taken with. */
export interface StepInput extends GrpoInput {
  readonly watch: Stopwatch;
}

/**
 * GRPO (DeepSeekMath, arXiv 2402.03300). With one update per batch each prompt, pictures included, is computed once
 * (`prefill`) and serves all its rollouts twice: for sampling and, through the same autograd graph, for the loss; see
 * {@link takeUpdates} for several. The loss is normalised over the whole optimiser step, so `promptsPerPass` changes memory
 * and nothing else, and a `replica` only the order in which gradients are added up.
 * Step s depends on the weights and on (seed, s, schedule) alone. A non-finite loss or gradient stops before the weights move.
 */
export async function* grpo(input: GrpoInput, options: GrpoOptions): AsyncGenerator<Step> {
  const { schedule } = input;
  for (let step = input.start; step < options.steps; step++) {
    const watch = new Stopwatch();
    const take = rolloutsFirst(options) ? takeUpdates : takeUpdate;
    const curriculum = schedule.metrics();
    const { problems, rollouts, passes, updates, truncated } = await take({ ...input, watch }, options, step);
    const total = sumPasses(passes);
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const perToken = (sum: number) => (total.learnt > 0 ? sum / total.learnt : null);
    yield {
      problems,
      rollouts,
      metrics: {
        step,
        ...summarise(problems, rollouts),
        truncated: truncated / rollouts.flat().length,
        entropy: perToken(total.entropy),
        kl: perToken(total.kl),
        clipped: perToken(total.clipped),
        loss: mean(updates.map(({ loss }) => loss)),
        gradNorm: mean(updates.map(({ gradNorm }) => gradNorm)),
        learningRate: input.learningRate(step),
        curriculum,
        machine: watch.metrics(rollouts.flat().reduce((sum, { tokens }) => sum + tokens, 0)),
      },
    };
  }
}

/** A step of one update, which needs no more of its rollouts at a time than those of a pass. */
async function takeUpdate(input: StepInput, options: GrpoOptions, step: number): Promise<Updates> {
  const problems = await input.problems.poseAll(input.schedule.next(options.prompts));
  input.watch.lap("posing");
  const passes = await withProblems(input.policy, step, problems, () => takePasses(input, options, problems, step));
  const rollouts = passes.flatMap((pass) => pass.rollouts);
  input.schedule.observe(problems.map(({ arm }, b) => ({ arm, responses: rollouts[b] })));
  const size = {
    tokens: sumPasses(passes).tokens,
    responses: rollouts.flat().length,
    passes: passes.length,
  };
  const update = optimise(input, options, passes, size, { step, name: `Step ${step}`, problems, rollouts });
  input.watch.lap("optimiser");
  return {
    problems,
    rollouts,
    passes,
    updates: [update],
    truncated: passes.reduce((sum, pass) => sum + pass.truncated, 0),
  };
}

/** All passes of a step; where there is a replica it takes the later half at the same time. */
async function takePasses(
  input: StepInput,
  options: GrpoOptions,
  batch: readonly ArmProblem[],
  step: number,
): Promise<Pass[]> {
  const { replica, watch } = input;
  const count = Math.ceil(batch.length / options.promptsPerPass);
  const own = (replica ? Math.ceil(count / 2) : count) * options.promptsPerPass;
  const later = replica?.start(input.policy, options, batch.slice(own), step, own);
  // Where the passes below fail first, nobody waits for it any more.
  later?.catch(() => {});
  if (later) watch.lap("replica");
  const parameters = [...input.policy.model.parameters().values()];
  const passes: Pass[] = [];
  for (let i = 0; i < Math.min(own, batch.length); i += options.promptsPerPass) {
    const asked = batch.slice(i, Math.min(own, i + options.promptsPerPass)).map((problem) => ({
      prompt: promptOf(problem),
      verify: problem.verify,
    }));
    passes.push(forwardBackward(input, options, asked, step, i));
    widenGradients(parameters);
    watch.lap("backward");
    // Lets Ctrl-C and timers through between passes.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!later) return passes;
  const theirs = await later;
  addGradients(input.policy, theirs.gradients);
  watch.lap("replica");
  return [...passes, ...theirs.passes];
}

function sumPasses(passes: readonly PassSums[]) {
  const sum = (pick: (pass: PassSums) => number) => passes.reduce((total, pass) => total + pick(pass), 0);
  return {
    tokens: sum((p) => p.tokens),
    learnt: sum((p) => p.learnt),
    entropy: sum((p) => p.entropy),
    kl: sum((p) => p.kl),
    clipped: sum((p) => p.clipped),
  };
}

function summarise(problems: readonly ArmProblem[], rollouts: readonly (readonly Rollout[])[]) {
  const all = rollouts.flat();
  const mean = (list: readonly Rollout[], value: (rollout: Rollout) => number) =>
    list.reduce((sum, rollout) => sum + value(rollout), 0) / list.length;
  const names = [...new Set(problems.map(({ arm }) => arm.label))];
  return {
    reward: mean(all, (r) => r.reward),
    accuracy: mean(all, (r) => r.verdict.accuracy),
    formatError: mean(all, (r) => (r.verdict.format ? 0 : 1)),
    length: mean(all, (r) => r.tokens),
    zeroVariance: rollouts.filter((group) => group.every(({ advantage }) => advantage === 0)).length / rollouts.length,
    tasks: Object.fromEntries(
      names.map((name) => {
        const own = rollouts.filter((_, b) => problems[b].arm.label === name).flat();
        return [
          name,
          { reward: mean(own, (r) => r.reward), accuracy: mean(own, (r) => r.verdict.accuracy), n: own.length },
        ];
      }),
    ),
  };
}
