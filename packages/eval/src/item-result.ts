import type { Graded } from "./graded.js";
import type { Question, Target } from "./question.js";

/**
 * What an evaluation leaves of one item: a line of `results/<benchmark>.jsonl`. Tables and analyses are functions of these
 * records alone, so a table can be made again, by another rule, without asking the model again.
 */
export interface ItemResult {
  readonly benchmark: string;
  /** Unique in the benchmark. */
  readonly id: string;
  /** Names what is scored together: the turns of one question, the two of a pair. */
  readonly group: string;
  /** The picture, by a name that items on the same picture share: such items are not independent. */
  readonly picture: string;
  /** What the benchmark says of the item: its category and the like. */
  readonly labels: Readonly<Record<string, string>>;
  readonly prompt: string;
  readonly target: string;
  /** Null if the call failed; `failure` then says why. */
  readonly response: string | null;
  readonly failure?: string;
  /** What was read out of the response; null when nothing could be read, which counts as wrong. */
  readonly given: string | null;
  /** The steps that led there, e.g. `["answer tag", "option letter"]`. */
  readonly how: readonly string[];
  /** 0..1. Null if the call failed: such items are counted apart, never as wrong. */
  readonly accuracy: number | null;
}

/** The record of an answered question; `prompt` is what was asked, as the protocol worded it. */
export function answeredItem(
  benchmark: string,
  prompt: string,
  { question, response, extraction, accuracy }: Graded,
): ItemResult {
  return { ...asked(benchmark, prompt, question), response, given: extraction.answer, how: extraction.how, accuracy };
}

/** The record of a question whose call failed for good. */
export function failedItem(benchmark: string, prompt: string, question: Question, failure: string): ItemResult {
  return { ...asked(benchmark, prompt, question), response: null, failure, given: null, how: [], accuracy: null };
}

function asked(benchmark: string, prompt: string, { id, group, images, labels, target }: Question) {
  return { benchmark, id, group, picture: images[0]?.name ?? group, labels, prompt, target: inWords(target) };
}

function inWords(target: Target): string {
  switch (target.kind) {
    case "letter":
      return target.letter;
    case "text":
      return target.accepted.join(", ");
    case "value":
      return target.value;
    case "box":
      return JSON.stringify(target.box);
    case "detection": {
      const { image, category, truth } = target;
      const own = truth.boxes.filter((other) => other.image === image && other.category === category);
      return JSON.stringify(own.map(({ box }) => box));
    }
  }
}
