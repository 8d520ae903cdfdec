import type { Checkpoint, EncodedPrompt, PreparedBatch, Prompt, PromptInput } from "@ssl4rl/models";
import { noGrad, scope, Tape, type Tensor, tensor } from "@ssl4rl/torch";
import type { GrpoOptions, StepInput } from "./grpo.js";
import { policyLoss } from "./loss.js";
import { type Asked, advantagesOf, type Drawn, drawRollouts, type Rollout, toRollout } from "./rollout.js";

/** Sums over the tokens of a pass. */
export interface PassSums {
  readonly loss: number;
  /** Active tokens of all responses: those that the loss is divided by. */
  readonly tokens: number;
  /** Of these, the ones whose loss was computed; the following sums are over them. */
  readonly learnt: number;
  readonly entropy: number;
  readonly kl: number;
  readonly clipped: number;
}

export interface Pass extends PassSums {
  readonly rollouts: Rollout[][];
  readonly truncated: number;
}

/** A response with all that its loss needs. */
export interface Lesson extends Drawn {
  readonly advantage: number;
  /** In the sum of the losses. */
  readonly weight: number;
}

/**
 * Rollouts, verification, advantages, loss and gradients for some prompts, the first of which is number `offset` of its
 * step. Gradients add up unnormalised. Logits are never all in memory; nor, with gradient checkpointing, are the
 * activations of more than one layer. A pass that teaches nothing ends before the loss.
 */
export function forwardBackward(
  { policy, reference, watch }: Pick<StepInput, "policy" | "reference" | "watch">,
  options: GrpoOptions,
  problems: readonly Asked[],
  step: number,
  offset: number,
): Pass {
  const { temperature } = options;
  return scope(() => {
    const seen = see(
      policy,
      reference,
      problems.map(({ prompt }) => prompt),
    );
    const tape = new Tape();
    const prompt = policy.prefill(seen.byPolicy, options.gradientCheckpointing ? tape : null);
    watch.lap("prompt");
    const drawn = drawRollouts(policy, prompt, problems, options, step, offset);
    watch.lap("sampling");
    const advantages = advantagesOf(drawn, options);
    const lessons = drawn.map((group, b) =>
      group.map((one, g) => ({ ...one, advantage: advantages[b][g], weight: 1 })),
    );
    const idle = onlyAdvantagesTeach(options) && advantages.flat().every((advantage) => advantage === 0);
    const learnt = idle
      ? { loss: 0, learnt: 0, entropy: 0, kl: 0, clipped: 0 }
      : learn({ policy, watch }, prompt, tape, lessons, options, {
          old: null,
          reference:
            reference && options.beta > 0
              ? noGrad(
                  () =>
                    reference.logprobs(reference.prefill(seen.byReference), idsOf(lessons), { temperature }).logprobs,
                )
              : null,
        });
    return {
      ...learnt,
      rollouts: lessons.map((group) => group.map((lesson) => toRollout(lesson, lesson.advantage))),
      tokens: activeTokens(lessons, options),
      truncated: lessons.flat().filter(({ finished }) => !finished).length,
    };
  });
}

/**
 * Prompts as the models take them. A vision tower that nothing trains has been over their pictures, once: policy and
 * reference, and later updates of the step, go on from its features.
 */
export function see(
  policy: Checkpoint,
  reference: Checkpoint | null,
  prompts: readonly PromptInput[],
): {
  readonly byPolicy: PreparedBatch | readonly EncodedPrompt[];
  readonly byReference: PreparedBatch | readonly EncodedPrompt[];
} {
  const batch = policy.prepare(prompts);
  if (policy.model.trainsVision) return { byPolicy: batch, byReference: batch };
  const encoded = policy.encode(batch);
  return { byPolicy: encoded, byReference: reference?.model.sharesVision(policy.model) ? encoded : batch };
}

/**
 * Loss of responses and its gradients, which go back through the prompt's own graph. `old` and `reference` are the
 * log-probabilities [B, G, R] that the loss compares with, see PolicyLossInput.
 */
export function learn(
  { policy, watch }: Pick<StepInput, "policy" | "watch">,
  prompt: Prompt,
  tape: Tape,
  lessons: readonly (readonly Lesson[])[],
  options: GrpoOptions,
  { old, reference }: { readonly old: Tensor | null; readonly reference: Tensor | null },
): Omit<PassSums, "tokens"> {
  const { temperature, loss: shape } = options;
  const scored = policy.logprobs(prompt, idsOf(lessons), { temperature, tape, entropyGradient: shape.entropy > 0 });
  const { logprobs, entropy } = scored;
  const { device } = logprobs;
  const [B, G] = logprobs.shape;
  const each = (value: (lesson: Lesson) => number) =>
    tensor(
      lessons.flatMap((group) => group.map(value)),
      [B, G, 1],
      { device },
    );
  const mask = shape.maskTruncated ? scored.mask.mul(each((lesson) => (counts(lesson, options) ? 1 : 0))) : scored.mask;
  const { sum, klSum, clipped } = policyLoss(
    {
      logprobs,
      old,
      reference,
      sampler: options.samplerCorrection ? padded(lessons, ({ sampler }) => sampler, logprobs) : null,
      entropy: shape.entropy > 0 ? entropy : null,
      advantages: each(({ advantage }) => advantage),
      weights: shape.mean === "task" ? each(({ weight }) => weight) : null,
      mask,
    },
    options,
  );
  watch.lap("loss");
  tape.backward(sum);
  return {
    loss: sum.item(),
    learnt: mask.sum().item(),
    entropy: entropy.detach().mul(mask).sum().item(),
    kl: klSum,
    clipped,
  };
}

/** Numbers of each response's tokens as [B, G, R], the shape of `like`; 0 behind a response's end. */
export function padded<T>(
  groups: readonly (readonly T[])[],
  values: (one: T) => readonly number[],
  { shape, device }: Pick<Tensor, "shape" | "device">,
): Tensor {
  const [, G, R] = shape;
  const data = new Float32Array(groups.length * G * R);
  for (const [i, one] of groups.flat().entries()) data.set(values(one), i * R);
  return tensor(data, shape, { device });
}

/** Where nothing but its advantage pulls at a response, one without an advantage has no gradient. */
export function onlyAdvantagesTeach({ beta, kl, loss }: GrpoOptions): boolean {
  return (beta === 0 || kl.in === "reward") && loss.entropy === 0;
}

/** Tokens of the responses that count in the loss. */
export function activeTokens(groups: readonly (readonly Drawn[])[], options: GrpoOptions): number {
  return groups.flat().reduce((sum, one) => sum + (counts(one, options) ? one.ids.length : 0), 0);
}

function counts({ finished }: Drawn, { loss }: GrpoOptions): boolean {
  return finished || !loss.maskTruncated;
}

function idsOf(groups: readonly (readonly Drawn[])[]) {
  return { ids: groups.map((group) => group.map(({ ids }) => ids)) };
}
