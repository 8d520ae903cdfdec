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

const NOTHING: Omit<PassSums, "tokens"> = { loss: 0, learnt: 0, entropy: 0, kl: 0, clipped: 0 };

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
 * activations of more than one layer. What teaches nothing is left out of the loss; a pass of nothing else ends before it.
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
    const prompts = problems.map(({ prompt }) => prompt);
    const { byPolicy, byReference } = see(policy, reference, prompts);
    const { lessons, teaching, sums } = scope(() => {
      const tape = new Tape();
      const prompt = policy.prefill(byPolicy, options.gradientCheckpointing ? tape : null);
      watch.lap("prompt");
      const drawn = drawRollouts(policy, prompt, problems, options, step, offset);
      watch.lap("sampling");
      const advantages = advantagesOf(drawn, options);
      const lessons = drawn.map((group, b) =>
        group.map((one, g) => ({ ...one, advantage: advantages[b][g], weight: 1 })),
      );
      const teaching = lessons.flatMap((group, b) => (teaches(group, options) ? [b] : []));
      if (costsLessAnew(teaching.length, lessons.length)) return { lessons, teaching, sums: null };
      const frozen =
        reference && options.beta > 0
          ? noGrad(() => reference.logprobs(reference.prefill(byReference), idsOf(lessons), { temperature }).logprobs)
          : null;
      return {
        lessons,
        teaching,
        sums: learn({ policy, watch }, prompt, tape, lessons, options, { old: null, reference: frozen }),
      };
    });
    const some = <T>(all: readonly T[]) => teaching.map((b) => all[b]);
    const again = () => ("pixels" in byPolicy ? policy.prepare(some(prompts)) : some(byPolicy));
    const learnt =
      sums ?? (teaching.length > 0 ? learnAnew({ policy, watch }, again(), some(lessons), options) : NOTHING);
    return {
      ...learnt,
      rollouts: lessons.map((group) => group.map((lesson) => toRollout(lesson, lesson.advantage))),
      tokens: activeTokens(lessons, options),
      truncated: lessons.flat().filter(({ finished }) => !finished).length,
    };
  });
}

/**
 * Gradients go back through all prompts that were computed together, at twice the cost of computing them, the others' being
 * zero. Where no more than half of them teach, it costs less to compute these once more and go back through them alone.
 */
function costsLessAnew(teaching: number, all: number): boolean {
  return 2 * teaching <= all;
}

function learnAnew(
  { policy, watch }: Pick<StepInput, "policy" | "watch">,
  batch: PreparedBatch | readonly EncodedPrompt[],
  lessons: readonly (readonly Lesson[])[],
  options: GrpoOptions,
): Omit<PassSums, "tokens"> {
  const tape = new Tape();
  const prompt = policy.prefill(batch, options.gradientCheckpointing ? tape : null);
  watch.lap("prompt");
  return learn({ policy, watch }, prompt, tape, lessons, options, { old: null, reference: null });
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
  all: readonly (readonly Lesson[])[],
  options: GrpoOptions,
  { old, reference }: { readonly old: Tensor | null; readonly reference: Tensor | null },
): Omit<PassSums, "tokens"> {
  const { temperature, loss: shape } = options;
  const lessons = withoutIdle(all, options);
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
export function padded<T extends Pick<Lesson, "ids">>(
  groups: readonly (readonly T[])[],
  values: (one: T) => readonly number[],
  { shape, device }: Pick<Tensor, "shape" | "device">,
): Tensor {
  const [, G, R] = shape;
  const data = new Float32Array(groups.length * G * R);
  for (const [i, one] of groups.flat().entries()) data.set(values(one).slice(0, one.ids.length), i * R);
  return tensor(data, shape, { device });
}

/** Whether any response has a gradient. */
export function teaches(group: readonly Lesson[], options: GrpoOptions): boolean {
  return !onlyAdvantagesTeach(options) || group.some(({ advantage }) => advantage !== 0);
}

/** The same lessons, but those that teach nothing have no tokens: none is computed for them. */
export function withoutIdle<T extends Lesson>(
  groups: readonly (readonly T[])[],
  options: GrpoOptions,
): readonly (readonly T[])[] {
  if (!onlyAdvantagesTeach(options)) return groups;
  return groups.map((group) => group.map((one) => (one.advantage === 0 ? { ...one, ids: [] } : one)));
}

/**
 * Where nothing but its advantage pulls at a response, one without an advantage has no gradient. (The mean of bnpo is one over
 * the pass, and another without those that teach nothing.)
 */
function onlyAdvantagesTeach({ beta, kl, loss }: GrpoOptions): boolean {
  return (beta === 0 || kl.in === "reward") && loss.entropy === 0 && loss.mean !== "bnpo";
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
