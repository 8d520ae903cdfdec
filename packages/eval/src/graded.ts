import type { Question } from "./question.js";

/** What was read out of a response. */
export interface Extraction {
  /** A letter, a text, or boxes as JSON; null when nothing could be read, which counts as wrong. */
  readonly answer: string | null;
  /** The steps that led there, e.g. `["answer tag", "option letter"]`. */
  readonly how: readonly string[];
}

/** A question that was answered. Calls that failed have none: they are counted apart. */
export interface Graded {
  readonly question: Question;
  readonly response: string;
  readonly extraction: Extraction;
  /** 1 if right, else 0. */
  readonly accuracy: number;
}
