import type { Tensor } from "@ssl4rl/torch";

/**
 * How a step's loss is made of those of its tokens, by TRL's names; T are a response's active tokens, L is maxNewTokens:
 *
 * - `dapo`: the mean over all tokens of the optimiser step (arXiv 2503.14476; verl: token-mean);
 * - `grpo`: the mean over responses of their mean over tokens (arXiv 2402.03300; verl: seq-mean-token-mean);
 * - `dr_grpo`: the sum over tokens, divided by responses · L (arXiv 2503.20783);
 * - `luspo`: the mean over responses of their sum over tokens (arXiv 2602.05261; verl: seq-mean-token-sum);
 * - `task`: the mean over tasks, by their groups, of the mean over the task's tokens of the step: tasks of long answers do
 *   not drown those of short ones;
 * - `bnpo`: the mean over passes of the mean over their tokens. The only one that `promptsPerPass` changes.
 */
export const lossMeans = ["dapo", "grpo", "dr_grpo", "luspo", "task", "bnpo"] as const;

export type LossMean = (typeof lossMeans)[number];

/**
 * Weight of every token's loss in the sum over a pass, from its mask [..., T] of active tokens. The sums of all passes of an
 * optimiser step are to be divided by their one {@link denominator}, so that passes add up to the whole.
 */
export function tokenWeights(mask: Tensor, mean: LossMean): Tensor {
  if (mean === "grpo") return mask.div(mask.sum([-1], true).clamp(1));
  if (mean === "bnpo") return mask.div(mask.sum().clamp(1));
  return mask;
}

/**
 * For the mean `task`: what each group's tokens are weighed by beside {@link tokenWeights}, from its task and its active
 * tokens. B_k of the step's B groups and N_k of its N tokens are of task k, and (B_k/B)·(N/N_k) makes of the mean over all
 * tokens Σ_k (B_k/B)·(Σ ℓ)/N_k.
 */
export function taskWeights(groups: readonly { readonly task: number; readonly tokens: number }[]): number[] {
  const tokensOf = (some: typeof groups) => some.reduce((sum, { tokens }) => sum + tokens, 0);
  return groups.map(({ task }) => {
    const own = groups.filter((group) => group.task === task);
    return ((own.length / groups.length) * tokensOf(groups)) / Math.max(1, tokensOf(own));
  });
}

/** What an optimiser step is made of. Responses without an active token count too, as in TRL. */
export interface StepSize {
  readonly tokens: number;
  readonly responses: number;
  readonly passes: number;
}

/** What the sum over all passes of an optimiser step is divided by. */
export function denominator(mean: LossMean, { tokens, responses, passes }: StepSize, maxNewTokens: number): number {
  const whole = {
    dapo: tokens,
    grpo: responses,
    dr_grpo: responses * maxNewTokens,
    luspo: responses,
    task: tokens,
    bnpo: passes,
  };
  return Math.max(1, whole[mean]);
}
