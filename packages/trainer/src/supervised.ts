import { type Problem, UserError } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { scope, Tape } from "@ssl4rl/torch";
import type { GrpoInput, GrpoOptions } from "./grpo.js";
import { negativeLogLikelihood, type Taught } from "./negative-log-likelihood.js";
import { optimise } from "./optimise.js";
import { type ArmProblem, promptOf } from "./problem-stream.js";
import { type MachineMetrics, Stopwatch } from "./stopwatch.js";
import { widenGradients } from "./widen-gradients.js";

/** What supervised learning takes of the options of a run. */
export type SupervisedOptions = Pick<
  GrpoOptions,
  "steps" | "prompts" | "promptsPerPass" | "gradientCheckpointing" | "gradientClip" | "loss" | "maxNewTokens"
>;

interface TaughtMean {
  /** Cross-entropy per token, nats. */
  readonly loss: number;
  /** Share of the tokens that were the likeliest, given those before them. */
  readonly tokenAccuracy: number;
}

export interface SupervisedMetrics extends TaughtMean {
  readonly step: number;
  /** Mean length of the responses that were shown, in tokens. */
  readonly length: number;
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Time and memory: all that a resumed run does not repeat. */
  readonly machine: MachineMetrics;
  /** By the label of their arm; `n` counts responses. */
  readonly tasks: Readonly<Record<string, TaughtMean & { readonly n: number }>>;
}

export interface SupervisedStep {
  readonly metrics: SupervisedMetrics;
  readonly problems: readonly ArmProblem[];
}

/**
 * Supervised learning on the problems that GRPO would ask: cross-entropy of the right answer in the protocol's form, the end
 * token included; the loss is the mean over all tokens of the step, whatever the passes. For warm-ups, and to compare with.
 * Step s depends on the weights and on the schedule alone. Stops as `grpo` does where numbers are not finite.
 */
export async function* supervised(
  input: Omit<GrpoInput, "reference" | "replica">,
  options: SupervisedOptions,
): AsyncGenerator<SupervisedStep> {
  const { policy, learningRate } = input;
  for (let step = input.start; step < options.steps; step++) {
    const watch = new Stopwatch();
    const problems = await input.problems.poseAll(input.schedule.next(options.prompts));
    watch.lap("posing");
    const taught: Taught[] = [];
    for (let i = 0; i < problems.length; i += options.promptsPerPass) {
      taught.push(...teach(policy, problems.slice(i, i + options.promptsPerPass), options, watch));
      widenGradients([...policy.model.parameters().values()]);
      watch.lap("backward");
      // Lets Ctrl-C and timers through between passes.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { tokens } = sums(taught);
    const size = { tokens, responses: problems.length, passes: 1 };
    const update = { step, name: `Step ${step}`, problems, rollouts: [] };
    const { loss, gradNorm } = optimise(input, options, taught, size, update);
    watch.lap("optimiser");
    const names = [...new Set(problems.map(({ arm }) => arm.label))];
    yield {
      problems,
      metrics: {
        step,
        ...summarise(taught),
        loss,
        length: tokens / problems.length,
        gradNorm,
        learningRate: learningRate(step),
        machine: watch.metrics(tokens),
        tasks: Object.fromEntries(
          names.map((name) => {
            const own = taught.filter((_, b) => problems[b].arm.label === name);
            return [name, { ...summarise(own), n: own.length }];
          }),
        ),
      },
    };
  }
}

/** The right answers to some problems, and their gradients, which add up unnormalised. */
function teach(
  policy: Checkpoint,
  problems: readonly Problem[],
  options: SupervisedOptions,
  watch: Stopwatch,
): Taught[] {
  return scope(() => {
    const tape = new Tape();
    const batch = policy.prepare(problems.map(promptOf));
    const prompt = policy.prefill(batch, options.gradientCheckpointing ? tape : null);
    watch.lap("prompt");
    const told = problems.map((problem) => [{ ids: solutionOf(problem, policy, options), given: 0 }]);
    const { sum, taught } = negativeLogLikelihood(policy, prompt, told, tape);
    watch.lap("loss");
    tape.backward(sum);
    return taught.flat();
  });
}

/** Tokens of the right answer, the end token included. */
function solutionOf({ task, solution }: Problem, policy: Checkpoint, { maxNewTokens }: SupervisedOptions): number[] {
  const ids = [...policy.tokenizer.encodeText(solution), policy.stopTokens[0]];
  if (ids.length <= maxNewTokens) return ids;
  throw new UserError(
    `The right answer of a ${task.id} problem has ${ids.length} tokens, more than maxNewTokens (${maxNewTokens}): the model ` +
      "could not say it. Raise maxNewTokens.",
  );
}

function sums(taught: readonly Taught[]): Taught {
  const sum = (value: (one: Taught) => number) => taught.reduce((total, one) => total + value(one), 0);
  return { loss: sum(({ loss }) => loss), tokens: sum(({ tokens }) => tokens), right: sum(({ right }) => right) };
}

function summarise(taught: readonly Taught[]): TaughtMean {
  const { loss, tokens, right } = sums(taught);
  return { loss: loss / tokens, tokenAccuracy: right / tokens };
}
