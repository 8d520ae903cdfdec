import { Random, type RewardWeights, reward, rewardParts, type Verdict } from "@ssl4rl/core";
import type { Checkpoint, Prompt, PromptInput } from "@ssl4rl/models";
import { noGrad } from "@ssl4rl/torch";
import { type AdvantageScale, advantages, gdpoAdvantages, taskAdvantages } from "./advantage.js";
import { overlongPenalty } from "./overlong.js";

/** One rollout with what it earned. */
export interface Rollout {
  readonly text: string;
  readonly verdict: Verdict;
  readonly reward: number;
  readonly advantage: number;
  readonly tokens: number;
}

/** What a pass has to know of a problem. */
export interface Asked {
  readonly prompt: PromptInput;
  verify(response: string): Verdict;
}

export interface RolloutOptions {
  /** Rollouts per prompt (G). */
  readonly rollouts: number;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly reward: RewardWeights;
  /** The last `cache` of `maxNewTokens` tokens cost up to `weight`. */
  readonly overlong?: { readonly cache: number; readonly weight: number } | undefined;
}

export interface AdvantageOptions {
  readonly advantageScale: AdvantageScale;
  /** Scale the weighted sum of the rewards, or each of them before they are added up (GDPO). */
  readonly rewardCombination: "sum" | "gdpo";
}

/** A response as it was drawn and judged: plain data, which may wait for its update. */
export interface Drawn {
  readonly ids: readonly number[];
  readonly text: string;
  /** A stop token came before the limit. */
  readonly finished: boolean;
  /** Log-probability of each token as the sampler saw it. */
  readonly sampler: readonly number[];
  readonly verdict: Verdict;
  /** Parts of the reward before they are weighed. */
  readonly parts: readonly number[];
  readonly reward: number;
}

/** Responses [B][G] to the prompts of a pass, the first of which is number `offset` of its step. */
export function drawRollouts(
  policy: Checkpoint,
  prompt: Prompt,
  problems: readonly Asked[],
  options: RolloutOptions,
  step: number,
  offset: number,
): Drawn[][] {
  const completions = noGrad(() =>
    policy.sample(prompt, {
      each: options.rollouts,
      maxNewTokens: options.maxNewTokens,
      temperature: options.temperature,
      seed: Random.from("rollouts", options.seed, step).uint32(),
      firstPrompt: offset,
    }),
  );
  return problems.map((problem, b) =>
    completions.ids[b].map((ids, g) => {
      const text = completions.text[b][g];
      const verdict = problem.verify(text);
      const { accuracy, format } = rewardParts(verdict, options.reward);
      const { overlong } = options;
      const length = overlong && overlongPenalty(ids.length, options.maxNewTokens, overlong.cache);
      const earned = reward(verdict, options.reward);
      return {
        ids,
        text,
        finished: completions.finished[b][g],
        sampler: completions.logprobs[b][g],
        verdict,
        parts: length === undefined ? [accuracy, format] : [accuracy, format, length],
        reward: length === undefined ? earned : earned + overlong!.weight * length,
      };
    }),
  );
}

/**
 * Advantages [B][G]; `penalties` [B][G] are taken from the rewards first. `variances` [B] are those of each group's task, for
 * the scale `task`.
 */
export function advantagesOf(
  groups: readonly (readonly Drawn[])[],
  options: AdvantageOptions & Pick<RolloutOptions, "reward" | "overlong">,
  penalties: readonly (readonly number[])[] | null = null,
  variances: readonly number[] = [],
): number[][] {
  if (options.rewardCombination === "sum") {
    const rewards = groups.map((group, b) => group.map((one, g) => one.reward - (penalties?.[b][g] ?? 0)));
    const { advantageScale: scale } = options;
    return scale === "task" ? taskAdvantages(rewards, variances) : advantages(rewards, scale);
  }
  const weights = [
    options.reward.accuracy,
    options.reward.format,
    ...(options.overlong ? [options.overlong.weight] : []),
  ];
  return gdpoAdvantages(
    weights.map((_, k) => groups.map((group) => group.map(({ parts }) => parts[k]))),
    weights,
  );
}

export function toRollout({ text, verdict, reward, ids }: Drawn, advantage: number): Rollout {
  return { text, verdict, reward, advantage, tokens: ids.length };
}
