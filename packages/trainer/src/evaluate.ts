import { type Estimate, estimate, type Verdict } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { noGrad, scope } from "@ssl4rl/torch";
import { chanceOf } from "./arm.js";
import { type ArmProblem, promptOf } from "./problem-stream.js";

/** One problem with the model's answer. */
export interface Graded {
  readonly problem: ArmProblem;
  readonly response: string;
  readonly verdict: Verdict;
}

export interface TaskScore extends Estimate {
  readonly chance: number;
  /** Share of responses that broke the asked form (they count as wrong). */
  readonly formatError: number;
}

export interface EvaluateOptions {
  readonly promptsPerPass: number;
  readonly maxNewTokens: number;
}

/** Asks the model each problem once, greedily, and verifies the answers. Yields after every pass. */
export async function* evaluate(
  policy: Checkpoint,
  problems: readonly ArmProblem[],
  { promptsPerPass, maxNewTokens }: EvaluateOptions,
): AsyncGenerator<Graded[]> {
  for (let i = 0; i < problems.length; i += promptsPerPass) {
    const pass = problems.slice(i, i + promptsPerPass);
    const text = scope(() =>
      noGrad(() => {
        const prompt = policy.prefill(policy.prepare(pass.map(promptOf)));
        return policy.sample(prompt, { each: 1, maxNewTokens, temperature: 0, seed: 0 }).text;
      }),
    );
    yield pass.map((problem, k) => ({ problem, response: text[k][0], verdict: problem.verify(text[k][0]) }));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Accuracy per arm, by its label, with a 95% interval clustered by picture, the chance level, and the share of format errors. */
export function scores(graded: readonly Graded[]): Record<string, TaskScore> {
  const byArm = new Map<string, Graded[]>();
  for (const answer of graded) {
    const { label } = answer.problem.arm;
    const list = byArm.get(label);
    if (list) list.push(answer);
    else byArm.set(label, [answer]);
  }
  return Object.fromEntries(
    [...byArm].map(([label, answers]) => [
      label,
      {
        ...estimate(answers.map(({ problem, verdict }) => ({ cluster: problem.picture, accuracy: verdict.accuracy }))),
        chance: chanceOf(answers[0].problem.arm),
        formatError: answers.filter(({ verdict }) => !verdict.format).length / answers.length,
      },
    ]),
  );
}
