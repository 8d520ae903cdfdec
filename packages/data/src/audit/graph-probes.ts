import type { CandidateFacts } from "./graph-facts.js";
import { type Example, predictChoice, predictLabels, type Score } from "./predict.js";
import type { SeenRow, TaskRows } from "./task-rows.js";

/** A probe that guesses the answers of questions on graphs from one fact. */
export interface GraphProbe {
  readonly name: string;
  readonly sees: string;
  readonly remedy: string;
  readonly fact: keyof CandidateFacts;
  /** What it sees is part of what a reader should use: its score is printed, and is no leak. */
  readonly content?: true;
}

const MATCH = "Draw wrong candidates that match the right one, and hide the same edges whatever the answer is.";

export const graphProbes: readonly GraphProbe[] = [
  {
    name: "text length",
    sees: "lengths of texts",
    remedy: "Draw wrong texts of the right one's length.",
    fact: "length",
  },
  { name: "degree", sees: "numbers of visible edges", remedy: MATCH, fact: "degree" },
  {
    name: "name order",
    sees: "numbers in the nodes' names",
    remedy: "Name nodes by lot in each question.",
    fact: "alias",
  },
  {
    name: "common neighbours",
    sees: "neighbours shared with the target",
    remedy: MATCH,
    fact: "common",
    content: true,
  },
  {
    name: "word overlap",
    sees: "words shared with the texts beside it",
    remedy: MATCH,
    fact: "overlap",
    content: true,
  },
  { name: "relation count", sees: "visible edges of each relation", remedy: MATCH, fact: "relation", content: true },
];

/** The probe's score on a task of graph questions, or why it was not asked. */
export function runGraphProbe({ fact }: GraphProbe, { rows }: TaskRows): Score | { readonly unasked: string } {
  const told = rows.filter(({ graph }) => graph !== null);
  const pairs = told.flatMap((row) => (row.graph!.pair ? [example(row, [row.graph!.pair[fact]], row.target)] : []));
  const runs = told.flatMap((row) => runsOf(row, fact));
  if (pairs.length + runs.length === 0) return { unasked: "answers are not chosen from candidates" };
  if ([...pairs, ...runs.flat()].every(({ features }) => features.every(Number.isNaN))) {
    return { unasked: "its candidates have none" };
  }
  const score = pairs.length > 0 ? predictLabels([pairs]) : predictChoice(runs.flat(), runs[0].length);
  return score ?? { unasked: "too few questions" };
}

/**
 * All candidates, one of which is right; an answer of several words is several such runs, in which the other right ones count as
 * wrong. What tells is how a candidate stands among the others.
 */
function runsOf(row: SeenRow, fact: keyof CandidateFacts): Example[][] {
  const { candidates } = row.graph!;
  return row.target.split(", ").map((right) =>
    candidates.map(({ word, facts }) => {
      const value = facts[fact];
      const others = candidates.flatMap((one) => (one.word === word ? [] : [one.facts[fact]]));
      const features = Number.isNaN(value)
        ? [Number.NaN]
        : [others.filter((other) => other < value).length, others.filter((other) => other > value).length, value];
      return example(row, features, word === right ? "right" : "wrong");
    }),
  );
}

function example(row: SeenRow, features: readonly number[], label: string): Example {
  return { features, label, row: row.number, group: row.group };
}
