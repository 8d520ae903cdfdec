import { type Problem, type RewardWeights, UserError } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { type AdamW, clipGradNorm, scope } from "@ssl4rl/torch";
import type { AdvantageScale } from "./advantage.js";
import { forwardBackward, type Pass, type Rollout } from "./pass.js";
import { type ProblemStream, promptOf } from "./problem-stream.js";
import { addGradients, type Replica } from "./replica.js";
import { widenGradients } from "./widen-gradients.js";

export interface GrpoOptions {
  readonly steps: number;
  /** Prompts per optimiser step (B). */
  readonly prompts: number;
  /** Rollouts per prompt (G). */
  readonly rollouts: number;
  /** Prompts computed at once; bounds memory, changes nothing else. */
  readonly promptsPerPass: number;
  /** Compute each layer once more in the backward pass instead of keeping its activations. */
  readonly gradientCheckpointing: boolean;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly advantageScale: AdvantageScale;
  readonly clipLow: number;
  readonly clipHigh: number;
  /** KL weight towards the reference (k3); 0 for none. */
  readonly beta: number;
  readonly gradientClip: number;
  readonly seed: number;
  readonly reward: RewardWeights;
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
  /** Mean entropy of the sampled tokens' distributions, nats. */
  readonly entropy: number;
  /** Mean k3 per token towards the reference; 0 without one. */
  readonly kl: number;
  readonly clipped: number;
  /** Share of groups whose rollouts all earned the same: they teach nothing. */
  readonly zeroVariance: number;
  readonly loss: number;
  readonly gradNorm: number;
  readonly learningRate: number;
  readonly seconds: number;
  readonly tasks: Readonly<Record<string, { readonly reward: number; readonly accuracy: number; readonly n: number }>>;
}

export interface Step {
  readonly metrics: StepMetrics;
  readonly problems: readonly Problem[];
  /** Rollouts of each problem, [B][G]. */
  readonly rollouts: readonly (readonly Rollout[])[];
}

export interface GrpoInput {
  readonly policy: Checkpoint;
  /** Frozen copy for the KL term; needed when beta > 0. */
  readonly reference: Checkpoint | null;
  readonly problems: ProblemStream;
  /** A second pair of hands on another core; null for none. */
  readonly replica: Replica | null;
  readonly optimizer: AdamW;
  /** Learning rate of a step. */
  readonly learningRate: (step: number) => number;
  /** First step to take: 0, or where a run goes on. */
  readonly start: number;
}

/**
 * GRPO (DeepSeekMath, arXiv 2402.03300) with one update per batch: each prompt, pictures included, is computed once
 * (`prefill`) and serves all its rollouts twice: for sampling and, through the same autograd graph, for the loss. The
 * loss is normalised by the active tokens of the whole step, so `promptsPerPass` changes memory and nothing else, and a
 * `replica` only the order in which gradients are added up.
 * Step s depends on the weights and on (seed, s) alone. A non-finite loss or gradient stops before the weights move.
 */
export async function* grpo(input: GrpoInput, options: GrpoOptions): AsyncGenerator<Step> {
  const { policy, optimizer, problems } = input;
  const parameters = [...policy.model.parameters().values()];
  for (let step = input.start; step < options.steps; step++) {
    const started = performance.now();
    const batch = await problems.slice(step * options.prompts, options.prompts);
    const passes = await takePasses(input, options, batch, step);
    const total = sumPasses(passes);
    const gradNorm = scope(() => {
      for (const parameter of parameters) parameter.grad?.mul_(1 / Math.max(1, total.tokens));
      return clipGradNorm(parameters, options.gradientClip);
    });
    const loss = total.loss / Math.max(1, total.tokens);
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
      throw new UserError(
        `Step ${step}: loss ${loss}, gradient norm ${gradNorm}; stopped before the weights moved. ` +
          "Lower learningRate, or start again from the last checkpoint with --resume.",
      );
    }
    const learningRate = input.learningRate(step);
    optimizer.lr = learningRate;
    optimizer.step();
    optimizer.zeroGrad();
    const rollouts = passes.flatMap((pass) => pass.rollouts);
    yield {
      problems: batch,
      rollouts,
      metrics: {
        step,
        ...summarise(batch, rollouts),
        truncated: total.truncated / rollouts.flat().length,
        entropy: total.entropy / Math.max(1, total.tokens),
        kl: total.kl / Math.max(1, total.tokens),
        clipped: total.clipped / Math.max(1, total.tokens),
        loss,
        gradNorm,
        learningRate,
        seconds: (performance.now() - started) / 1000,
      },
    };
  }
}

/** All passes of a step; where there is a replica it takes the later half at the same time. */
async function takePasses(
  input: GrpoInput,
  options: GrpoOptions,
  batch: readonly Problem[],
  step: number,
): Promise<Pass[]> {
  const { replica } = input;
  const count = Math.ceil(batch.length / options.promptsPerPass);
  const own = (replica ? Math.ceil(count / 2) : count) * options.promptsPerPass;
  const later = replica?.start(input.policy, options, batch.slice(own), step, own);
  const parameters = [...input.policy.model.parameters().values()];
  const passes: Pass[] = [];
  for (let i = 0; i < Math.min(own, batch.length); i += options.promptsPerPass) {
    const asked = batch.slice(i, Math.min(own, i + options.promptsPerPass)).map((problem) => ({
      prompt: promptOf(problem),
      verify: problem.verify,
    }));
    passes.push(forwardBackward(input, options, asked, step, i));
    widenGradients(parameters);
    // Lets Ctrl-C and timers through between passes.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!later) return passes;
  const theirs = await later;
  addGradients(input.policy, theirs.gradients);
  return [...passes, ...theirs.passes];
}

function sumPasses(passes: readonly Pass[]) {
  const sum = (pick: (pass: Pass) => number) => passes.reduce((total, pass) => total + pick(pass), 0);
  return {
    loss: sum((p) => p.loss),
    tokens: sum((p) => p.tokens),
    entropy: sum((p) => p.entropy),
    kl: sum((p) => p.kl),
    clipped: sum((p) => p.clipped),
    truncated: sum((p) => p.truncated),
  };
}

function summarise(problems: readonly Problem[], rollouts: readonly (readonly Rollout[])[]) {
  const all = rollouts.flat();
  const mean = (list: readonly Rollout[], value: (rollout: Rollout) => number) =>
    list.reduce((sum, rollout) => sum + value(rollout), 0) / list.length;
  const names = [...new Set(problems.map(({ task }) => task.id))];
  return {
    reward: mean(all, (r) => r.reward),
    accuracy: mean(all, (r) => r.verdict.accuracy),
    formatError: mean(all, (r) => (r.verdict.format ? 0 : 1)),
    length: mean(all, (r) => r.tokens),
    zeroVariance: rollouts.filter((group) => group.every(({ advantage }) => advantage === 0)).length / rollouts.length,
    tasks: Object.fromEntries(
      names.map((name) => {
        const own = rollouts.filter((_, b) => problems[b].task.id === name).flat();
        return [
          name,
          { reward: mean(own, (r) => r.reward), accuracy: mean(own, (r) => r.verdict.accuracy), n: own.length },
        ];
      }),
    ),
  };
}
