import type { Image } from "@ssl4rl/core";
import { ChatTemplate, type Checkpoint, defaultChatTemplate, type PreparedBatch } from "@ssl4rl/models";
import { noGrad, scope } from "@ssl4rl/torch";
import { negativeLogLikelihood } from "@ssl4rl/trainer";

/** One thing a tiny model is shown: what it is asked, and the response it should give. */
export interface Lesson {
  readonly text: string;
  readonly response: string;
}

/** Lessons on the same pictures, or the same text, which are then computed once for all of them. */
export interface LessonGroup {
  readonly images: readonly Image[];
  /** What stands before each lesson's own text. */
  readonly text?: string;
  readonly lessons: readonly Lesson[];
}

/** The words that stand around every question, so that they too become few tokens. */
export function chatFrame(): string[] {
  const template = new ChatTemplate(defaultChatTemplate, "the default chat template");
  return template.render([{ role: "user", content: "" }]).split(/<\|[a-z_]+\|>/);
}

/** What the chat template puts between the user's text and the response, and where a prompt without text ends. */
function turnOf({ tokenizer }: Checkpoint): number[] {
  const mark = (name: string) => tokenizer.id(`<|${name}|>`);
  return [mark("im_end"), ...tokenizer.encodeText("\n"), mark("im_start"), ...tokenizer.encodeText("assistant\n")];
}

/**
 * Adds the gradient of the mean negative log-likelihood of the responses' tokens, and gives that mean. What a group's lessons share
 * is the prompt; each question with its response is a continuation of it.
 */
export function teach(checkpoint: Checkpoint, groups: readonly LessonGroup[]): number {
  const { tokenizer } = checkpoint;
  const turn = turnOf(checkpoint);
  const told = groups.map(({ lessons }) =>
    lessons.map(({ text, response }) => {
      const question = [...tokenizer.encodeText(text), ...turn];
      return { ids: [...question, ...tokenizer.encodeText(response), turn[0]], given: question.length };
    }),
  );
  return scope(() => {
    const prompt = checkpoint.prefill(sharedOnly(checkpoint, groups, turn.length));
    const { sum, taught } = negativeLogLikelihood(checkpoint, prompt, told);
    const loss = sum.div(taught.flat().reduce((total, { tokens }) => total + tokens, 0));
    loss.backward();
    return loss.item();
  });
}

/** Prompts that end behind what all questions of a group share. */
function sharedOnly(checkpoint: Checkpoint, groups: readonly LessonGroup[], turn: number): PreparedBatch {
  const whole = checkpoint.prepare(groups.map(({ images, text = "" }) => ({ images, text })));
  const prompts = whole.prompts.map(({ ids, positions: { t, h, w, next } }) => ({
    ids: ids.slice(0, -turn),
    positions: { t: t.slice(0, -turn), h: h.slice(0, -turn), w: w.slice(0, -turn), next: next - turn },
  }));
  return { ...whole, prompts };
}

/** What the model answers, greedily, to the first lesson of each group. */
export function answersTo(checkpoint: Checkpoint, groups: readonly LessonGroup[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < groups.length; i += 16) {
    const inputs = groups
      .slice(i, i + 16)
      .map(({ images, text = "", lessons }) => ({ images, text: `${text}${lessons[0].text}` }));
    const sampled = scope(() =>
      noGrad(() => {
        const prompt = checkpoint.prefill(checkpoint.prepare(inputs));
        return checkpoint.sample(prompt, { each: 1, maxNewTokens: 60, temperature: 0, seed: 0 });
      }),
    );
    texts.push(...sampled.text.map(([first]) => first));
  }
  return texts;
}
