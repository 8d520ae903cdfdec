import type { EncodedPrompt } from "@ssl4rl/models";
import { noGrad, scope, scopeAsync, Tape, type Tensor } from "@ssl4rl/torch";
import { alike } from "./advantage.js";
import type { GrpoOptions, StepInput } from "./grpo.js";
import { klEstimate } from "./kl.js";
import { withProblems } from "./not-finite.js";
import { type Optimised, optimise } from "./optimise.js";
import { activeTokens, type Lesson, learn, type PassSums, padded, see, teaches, withoutIdle } from "./pass.js";
import { type ArmProblem, promptOf } from "./problem-stream.js";
import { advantagesOf, type Drawn, drawRollouts, type Rollout, toRollout } from "./rollout.js";
import { taskWeights } from "./token-weights.js";
import { widenGradients } from "./widen-gradients.js";

/** A response that waits for its update, with the log-probabilities of its tokens that the loss compares with. */
interface Waiting extends Drawn {
  readonly old: readonly number[] | null;
  readonly reference: readonly number[] | null;
  /** Taken from the reward: β · KL, where the recipe has it there. */
  readonly penalty: number;
}

interface Group<T> {
  readonly problem: ArmProblem;
  readonly responses: readonly T[];
  /** The prompt with the features of its pictures, where the vision tower is frozen: held for the step's updates. */
  readonly encoded: EncodedPrompt | null;
}

/** All that happened on one batch of rollouts. */
export interface Updates {
  readonly problems: readonly ArmProblem[];
  readonly rollouts: readonly (readonly Rollout[])[];
  /** Over the passes of all updates. */
  readonly passes: readonly PassSums[];
  readonly updates: readonly Optimised[];
  readonly truncated: number;
}

/** Optimiser steps on one batch of rollouts. */
export function updatesPerStep({ prompts, miniBatch = prompts, epochs }: GrpoOptions): number {
  return Math.ceil(prompts / miniBatch) * epochs;
}

/** Whether all of a step's rollouts must be there before the first loss can be computed. */
export function rolloutsFirst(options: GrpoOptions): boolean {
  return (
    updatesPerStep(options) > 1 ||
    options.advantageScale === "batch" ||
    options.advantageScale === "task" ||
    options.loss.mean === "task" ||
    options.rewardCombination === "gdpo" ||
    options.refillRounds > 0 ||
    (options.beta > 0 && options.kl.in === "reward")
  );
}

/**
 * A step in two phases: rollouts of all prompts, kept as plain data; then `epochs` times an update on each `miniBatch` of
 * them (PPO, arXiv 1707.06347). Prompts are computed once more for every update, for its graph goes through weights that have
 * moved.
 */
export function takeUpdates(input: StepInput, options: GrpoOptions, step: number): Promise<Updates> {
  // Features of pictures live until the last update.
  return scopeAsync(() => takePhases(input, options, step));
}

async function takePhases(input: StepInput, options: GrpoOptions, step: number): Promise<Updates> {
  const { schedule } = input;
  const groups = await rollOut(input, options, step);
  schedule.observe(groups.map(({ problem, responses }) => ({ arm: problem.arm, responses })));
  const kept = options.refillRounds > 0 ? groups.filter(differs) : groups;
  const advantages = advantagesOf(
    kept.map(({ responses }) => responses),
    options,
    kept.map(({ responses }) => responses.map(({ penalty }) => penalty)),
    kept.map(({ problem }) => schedule.variance(problem.arm)),
  );
  const lessons = new Map(
    kept.map(({ problem, responses, encoded }, b) => [
      problem,
      { problem, encoded, responses: responses.map((one, g) => ({ ...one, advantage: advantages[b][g], weight: 1 })) },
    ]),
  );
  const passes: PassSums[] = [];
  const updates: Optimised[] = [];
  const miniBatches = chunks([...lessons.values()], options.miniBatch ?? options.prompts).map((groups) =>
    weighed(groups, options),
  );
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    for (const miniBatch of miniBatches) {
      const taken = await backward(input, options, miniBatch, updates.length === 0);
      const responses = miniBatch.map((group) => group.responses);
      const size = {
        tokens: activeTokens(responses, options),
        responses: responses.flat().length,
        passes: taken.length,
      };
      const update = {
        step,
        name: `Step ${step}, update ${updates.length + 1} of ${miniBatches.length * options.epochs}`,
        problems: miniBatch.map(({ problem }) => problem),
        rollouts: responses.map((group) => group.map((one) => toRollout(one, one.advantage))),
      };
      updates.push(optimise(input, options, taken, size, update));
      input.watch.lap("optimiser");
      passes.push(...taken);
    }
  }
  return {
    problems: groups.map(({ problem }) => problem),
    rollouts: groups.map(({ problem, responses }) =>
      responses.map((one, g) => toRollout(one, lessons.get(problem)?.responses[g].advantage ?? 0)),
    ),
    passes,
    updates,
    truncated: groups.flatMap(({ responses }) => responses).filter(({ finished }) => !finished).length,
  };
}

/**
 * Rollouts of a step's prompts. With `refillRounds` groups whose rollouts all earned the same, which teach nothing, are made
 * up for by further problems of the same task, in at most so many rounds (dynamic sampling, DAPO, arXiv 2503.14476; that
 * tasks keep their shares, MT-GRPO, arXiv 2602.05547); what is missing then stays missing.
 */
async function rollOut(input: StepInput, options: GrpoOptions, step: number): Promise<Group<Waiting>[]> {
  const groups: Group<Waiting>[] = [];
  let turns = input.schedule.next(options.prompts);
  for (let round = 0; turns.length > 0; round++) {
    const problems = await input.problems.poseAll(turns);
    input.watch.lap("posing");
    const asked: Group<Waiting>[] = [];
    for (const some of chunks(problems, options.promptsPerPass)) {
      const offset = groups.length + asked.length;
      const draw = () => rollOutSome(input, options, some, step, offset);
      asked.push(...(await withProblems(input.policy, step, some, draw)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    groups.push(...asked);
    if (round === options.refillRounds) break;
    turns = turns.filter((_, b) => !differs(asked[b])).map((turn) => input.schedule.again(turn));
  }
  return groups;
}

function rollOutSome(
  { policy, reference, watch }: StepInput,
  options: GrpoOptions,
  problems: readonly ArmProblem[],
  step: number,
  offset: number,
): Group<Waiting>[] {
  const { temperature, beta, kl } = options;
  return scope(() =>
    noGrad(() => {
      const seen = see(policy, reference, problems.map(promptOf));
      const prompt = policy.prefill(seen.byPolicy);
      watch.lap("prompt");
      const asked = problems.map((problem) => ({ prompt: promptOf(problem), verify: problem.verify }));
      const drawn = drawRollouts(policy, prompt, asked, options, step, offset);
      watch.lap("sampling");
      const ids = { ids: drawn.map((group) => group.map((one) => one.ids)) };
      // Not the sampler's own: computed as the updates compute theirs, so that rounding, in bfloat16 a percent or more, does
      // not pass for a change of the policy. The prompt is there already, so it costs a forward pass of the responses.
      const inReward = beta > 0 && kl.in === "reward";
      const old = updatesPerStep(options) > 1 || inReward ? policy.logprobs(prompt, ids, { temperature }) : null;
      const frozen =
        reference && beta > 0
          ? reference.logprobs(reference.prefill(seen.byReference), ids, { temperature }).logprobs
          : null;
      const penalties =
        inReward && old && frozen
          ? (klEstimate(old.logprobs, frozen, old.mask, kl).mul(old.mask).sum([-1]).mul(beta).tolist() as number[][])
          : null;
      const [olds, frozens] = [old?.logprobs ?? null, frozen].map((all) => all?.tolist() as number[][][] | undefined);
      watch.lap("loss");
      return problems.map((problem, b) => ({
        problem,
        encoded: "pixels" in seen.byPolicy ? null : seen.byPolicy[b],
        responses: drawn[b].map((one, g) => ({
          ...one,
          old: olds?.[b][g].slice(0, one.ids.length) ?? null,
          reference: frozens?.[b][g].slice(0, one.ids.length) ?? null,
          penalty: penalties?.[b][g] ?? 0,
        })),
      }));
    }),
  );
}

/** Gradients of one optimiser step, pass after pass. */
async function backward(
  input: StepInput,
  options: GrpoOptions,
  miniBatch: readonly Group<Waiting & Lesson>[],
  first: boolean,
): Promise<PassSums[]> {
  const teaching = miniBatch.filter(({ responses }) => teaches(responses, options));
  const passes: PassSums[] = [];
  for (const groups of chunks(teaching, options.promptsPerPass)) {
    passes.push(backwardSome(input, options, groups, first));
    widenGradients([...input.policy.model.parameters().values()]);
    input.watch.lap("backward");
    await new Promise((resolve) => setImmediate(resolve));
  }
  return passes;
}

function backwardSome(
  { policy, watch }: StepInput,
  options: GrpoOptions,
  groups: readonly Group<Waiting & Lesson>[],
  first: boolean,
): PassSums {
  return scope(() => {
    const tape = new Tape();
    const encoded = groups.map((group) => group.encoded).filter((one) => one !== null);
    const batch = encoded.length > 0 ? encoded : policy.prepare(groups.map(({ problem }) => promptOf(problem)));
    const prompt = policy.prefill(batch, options.gradientCheckpointing ? tape : null);
    watch.lap("prompt");
    const all = groups.map(({ responses }) => responses);
    const lessons = withoutIdle(all, options);
    const shape = [lessons.length, options.rollouts, Math.max(1, ...lessons.flat().map(({ ids }) => ids.length))];
    const like = { shape, device: prompt.last.device };
    const compared = (values: (one: Waiting) => readonly number[] | null): Tensor | null =>
      values(lessons[0][0]) ? padded(lessons, (one) => values(one)!, like) : null;
    const sums = learn({ policy, watch }, prompt, tape, lessons, options, {
      // Before the first update the policy is the one that sampled, so that r is exactly 1.
      old: first ? null : compared(({ old }) => old),
      reference: compared(({ reference }) => reference),
    });
    return { ...sums, tokens: activeTokens(all, options) };
  });
}

/** With the weights that the mean `task` gives to the responses of an update. */
function weighed(groups: readonly Group<Waiting & Lesson>[], options: GrpoOptions): readonly Group<Waiting & Lesson>[] {
  if (options.loss.mean !== "task") return groups;
  const weights = taskWeights(
    groups.map(({ problem, responses }) => ({ task: problem.arm.entry, tokens: activeTokens([responses], options) })),
  );
  return groups.map((group, b) => ({
    ...group,
    responses: group.responses.map((one) => ({ ...one, weight: weights[b] })),
  }));
}

function differs({ responses }: Group<Drawn>): boolean {
  return !alike(responses.map(({ reward }) => reward));
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
