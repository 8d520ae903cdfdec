import { Random, reward, type Verdict } from "@ssl4rl/core";
import type { Completions, PromptInput } from "@ssl4rl/models";
import { noGrad, scope, Tape, tensor } from "@ssl4rl/torch";
import { groupAdvantages } from "./advantage.js";
import type { GrpoInput, GrpoOptions } from "./grpo.js";
import { policyLoss } from "./loss.js";

/** One rollout with what it earned. */
export interface Rollout {
  readonly text: string;
  readonly verdict: Verdict;
  readonly reward: number;
  readonly advantage: number;
  readonly tokens: number;
}

/** Sums over one pass; `loss`, `entropy`, `kl` and `clipped` are over tokens. */
export interface Pass {
  readonly rollouts: Rollout[][];
  readonly loss: number;
  readonly tokens: number;
  readonly entropy: number;
  readonly kl: number;
  readonly clipped: number;
  readonly truncated: number;
}

/** What the pass has to know of a problem. */
export interface Asked {
  readonly prompt: PromptInput;
  verify(response: string): Verdict;
}

/**
 * Rollouts, verification, advantages, loss and gradients for some prompts, the first of which is number `offset` of its
 * step. Gradients add up unnormalised. Logits are never all in memory; nor, with gradient checkpointing, are the
 * activations of more than one layer.
 */
export function forwardBackward(
  { policy, reference }: Pick<GrpoInput, "policy" | "reference">,
  options: GrpoOptions,
  problems: readonly Asked[],
  step: number,
  offset: number,
): Pass {
  const { rollouts: each, temperature } = options;
  return scope(() => {
    const batch = policy.prepare(problems.map(({ prompt }) => prompt));
    const tape = new Tape();
    const prompt = policy.prefill(batch, options.gradientCheckpointing ? tape : null);
    const completions = noGrad(() =>
      policy.sample(prompt, {
        each,
        maxNewTokens: options.maxNewTokens,
        temperature,
        seed: Random.from("rollouts", options.seed, step).uint32(),
        firstPrompt: offset,
      }),
    );
    const rollouts = judge(problems, completions, options);
    const { logprobs, mask, entropy } = policy.logprobs(prompt, completions, { temperature, tape });
    const frozen =
      reference && options.beta > 0
        ? noGrad(() => reference.logprobs(reference.prefill(batch), completions, { temperature }).logprobs)
        : null;
    const advantages = tensor(
      rollouts.flatMap((group) => group.map(({ advantage }) => advantage)),
      [problems.length, each, 1],
      { device: logprobs.device },
    );
    const { sum, klSum, clipped } = policyLoss({ logprobs, old: null, reference: frozen, advantages, mask }, options);
    tape.backward(sum);
    return {
      rollouts,
      loss: sum.item(),
      tokens: mask.sum().item(),
      entropy: entropy.detach().mul(mask).sum().item(),
      kl: klSum,
      clipped,
      truncated: completions.finished.flat().filter((done) => !done).length,
    };
  });
}

function judge(problems: readonly Asked[], completions: Completions, options: GrpoOptions): Rollout[][] {
  return problems.map((problem, b) => {
    const verdicts = completions.text[b].map((text) => problem.verify(text));
    const rewards = verdicts.map((verdict) => reward(verdict, options.reward));
    const advantages = groupAdvantages(rewards, options.advantageScale);
    return verdicts.map((verdict, g) => ({
      text: completions.text[b][g],
      verdict,
      reward: rewards[g],
      advantage: advantages[g],
      tokens: completions.ids[b][g].length,
    }));
  });
}
