import type { AnswerKind } from "./answer.js";
import type { Image } from "./image.js";
import type { Random } from "./random.js";
import type { Picture, Skip } from "./source.js";

/** "rotation@1": the number rises whenever questions or scores change, so that old rows are never scored by new rules. */
export type TaskId = `${string}@${number}`;

/** The corrupted pictures (c, x̃ in the papers): what the model is shown besides the prompt. */
export interface Corruption {
  readonly images: readonly Image[];
  /** Words before each picture, one for each; without them the pictures follow each other unnamed. */
  readonly labels?: readonly string[];
  /** The question, where it names what was drawn; else the task's own. */
  readonly prompt?: string;
  /** What was drawn, by name: with the true answer it says all about the corruption, so that it can be undone. */
  readonly drawn?: Readonly<Record<string, Drawn>>;
}

/** A drawn value that a row can hold. */
export type Drawn = string | number | boolean | readonly Drawn[];

/** What a task needs of a picture besides its pixels. */
export type Need = "depth" | "frames";

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
  /** Null for tasks of pixels alone. */
  readonly needs: Need | null;
  /** How many other pictures of the source it shows beside the one it is posed on. */
  readonly others: number;
  /**
   * The pictures to which `answer` is the one right answer; a Skip when the picture cannot carry the question (too
   * small, or the answer could not be told). The answer comes from outside so that answers can be balanced exactly.
   */
  corrupt(picture: Picture, answer: Answer, random: Random, others: readonly Picture[]): Corruption | Skip;
}
