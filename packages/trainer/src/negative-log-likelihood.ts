import type { Checkpoint, Prompt } from "@ssl4rl/models";
import { type Tape, type Tensor, tensor } from "@ssl4rl/torch";

/** A response that the model is shown. */
export interface Told {
  readonly ids: readonly number[];
  /** How many of its first tokens are given, and not to be learnt. */
  readonly given: number;
}

/** Sums over the tokens of one response that are to be learnt. */
export interface Taught {
  /** Negative log-likelihood, nats. */
  readonly loss: number;
  readonly tokens: number;
  /** Tokens that the model finds the most probable of all. */
  readonly right: number;
}

/**
 * Cross-entropy of responses [B][G] to the prompts, as supervised learning has it: −Σ log p over all tokens to be learnt, a
 * scalar with autograd, to be divided by their number in the whole optimiser step. A `tape` as in `Checkpoint.logprobs`.
 */
export function negativeLogLikelihood(
  policy: Checkpoint,
  prompt: Prompt,
  told: readonly (readonly Told[])[],
  tape: Tape | null = prompt.tape,
): { readonly sum: Tensor; readonly taught: readonly (readonly Taught[])[] } {
  const ids = told.map((group) => group.map((one) => one.ids));
  const { logprobs, likeliest } = policy.logprobs(prompt, { ids }, { temperature: 1, tape, likeliest: true });
  const R = logprobs.shape[2];
  const learnt = new Float32Array(logprobs.size);
  for (const [i, { ids, given }] of told.flat().entries()) learnt.fill(1, i * R + given, i * R + ids.length);
  const mask = tensor(learnt, logprobs.shape, { device: logprobs.device });
  const losses = logprobs.mul(mask).neg();
  const each = (values: Tensor) => values.detach().sum([-1]).tolist() as number[][];
  const [loss, tokens, right] = [losses, mask, likeliest!.mul(mask)].map(each);
  return {
    sum: losses.sum(),
    taught: told.map((group, b) =>
      group.map((_, g) => ({ loss: loss[b][g], tokens: tokens[b][g], right: right[b][g] })),
    ),
  };
}
