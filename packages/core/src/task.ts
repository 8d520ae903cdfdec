import type { AnswerKind } from "./answer.js";
import type { Image } from "./image.js";
import type { Random } from "./random.js";
import type { Item, Skip } from "./source.js";

/** "rotation@1": the number rises whenever questions or scores change, so that old rows are never scored by new rules. */
export type TaskId = `${string}@${number}`;

/** The corrupted item (c, x̃ in the papers): what the model is shown besides the task's prompt. */
export interface Corruption<Answer = unknown> {
  /** None where the prompt says it all. */
  readonly images: readonly Image[];
  /** Words before each picture, one for each; without them the pictures follow each other unnamed. */
  readonly labels?: readonly string[];
  /** The question, where it names what was drawn; else the task's own. */
  readonly prompt?: string;
  /** The true answer and how answers are compared with it, where both follow from the item and cannot be chosen from outside. */
  readonly own?: { readonly answer: Answer; readonly answers: AnswerKind<Answer> };
  /** What was drawn, by name: with the true answer it says all about the corruption, so that it can be undone. */
  readonly drawn?: Readonly<Record<string, Drawn>>;
}

/** A drawn value that a row can hold. */
export type Drawn = string | number | boolean | readonly Drawn[];

/** What a task needs: of a picture besides its pixels, or instead of a picture. */
export type Need = "depth" | "frames" | "graph";

/**
 * A self-supervised task: it corrupts an item so that undoing the corruption has one verifiable answer.
 * Pure: the same item, answer and random stream give the same corruption, bit for bit.
 */
export interface Task<Answer = unknown, Posed extends Item = Item> {
  readonly id: TaskId;
  /** The options it was made with, all of them; printed in every report, stored in every row. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly answers: AnswerKind<Answer>;
  /** The question, without the words about the response's form (those are the protocol's). */
  readonly prompt: string;
  /** Null for tasks of pixels alone. `graph`: it is posed on nodes of a graph. */
  readonly needs: Need | null;
  /** How many other items of the source it shows beside the one it is posed on. */
  readonly others: number;
  /**
   * What has `answer` for its one right answer; a Skip when the item cannot carry the question (a picture too small, or the
   * answer could not be told). The answer comes from outside so that answers can be balanced exactly.
   */
  corrupt(item: Posed, answer: Answer, random: Random, others: readonly Posed[]): Corruption<Answer> | Skip;
}
