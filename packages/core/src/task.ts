import type { AnswerKind } from "./answer.js";
import type { Image } from "./image.js";
import type { Random } from "./random.js";
import type { Skip } from "./source.js";

/** "rotation@1": the number rises whenever questions or scores change, so that old rows are never scored by new rules. */
export type TaskId = `${string}@${number}`;

/** The corrupted pictures (c, x̃ in the papers): what the model is shown besides the prompt. */
export interface Corruption {
  readonly images: readonly Image[];
}

/**
 * A self-supervised task: it corrupts a picture so that undoing the corruption has one verifiable answer.
 * Pure: the same picture, answer and random stream give the same corruption, bit for bit.
 */
export interface Task<Answer = unknown> {
  readonly id: TaskId;
  /** The options it was made with, all of them; printed in every report, stored in every row. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly answers: AnswerKind<Answer>;
  /** The question, without the words about the response's form (those are the protocol's). */
  readonly prompt: string;
  /**
   * The pictures to which `answer` is the one right answer; a Skip when the picture cannot carry the question (too
   * small, or the answer could not be told). The answer comes from outside so that answers can be balanced exactly.
   */
  corrupt(image: Image, answer: Answer, random: Random): Corruption | Skip;
}
