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
  /** The first picture's name. Items that share it, or the content, or the group, are not independent. */
  readonly picture: string;
  /** What the first picture's file holds, as a hash: benchmarks repeat pictures under other names. */
  readonly content?: string;
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

/** What was asked: the question in the protocol's words, and the picture it is about. */
export interface Asked {
  readonly benchmark: string;
  readonly question: Question;
  readonly prompt: string;
  readonly picture: string;
  /** A hash of the first picture's file. */
  readonly content?: string;
}

/** The record of an answered question. */
export function answeredItem(what: Asked, { response, extraction, accuracy }: Omit<Graded, "question">): ItemResult {
  return { ...record(what), response, given: extraction.answer, how: extraction.how, accuracy };
}

/** The record of a question whose call failed for good. */
export function failedItem(what: Asked, failure: string): ItemResult {
  return { ...record(what), response: null, failure, given: null, how: [], accuracy: null };
}

/** The names by which items of a benchmark are joined to clusters; see {@link clustersOf}. */
export function clusterNames({ picture, content, group }: ItemResult): string[] {
  return [`picture ${picture}`, `group ${group}`, ...(content === undefined ? [] : [`content ${content}`])];
}

function record({ benchmark, question: { id, group, labels, target }, prompt, picture, content }: Asked) {
  const known = content === undefined ? {} : { content };
  return { benchmark, id, group, picture, ...known, labels, prompt, target: inWords(target) };
}

/** The picture that a question is about, by a name that all questions about it share. */
export function pictureOf(question: Question): string | Promise<string> {
  return question.picture ? question.picture() : (question.images[0]?.name ?? question.group);
}

function inWords(target: Target): string {
  switch (target.kind) {
    case "letter":
      return target.letter;
    case "text":
      return target.accepted.join(", ");
    case "value":
      return target.value;
    case "answer":
      return target.answer;
    case "box":
      return JSON.stringify(target.box);
    case "detection": {
      const { image, category, truth } = target;
      const own = truth.boxes.filter((other) => other.image === image && other.category === category);
      return JSON.stringify(own.map(({ box }) => box));
    }
  }
}
