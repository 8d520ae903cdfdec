import type { AnswerKind } from "@ssl4rl/core";

/** What the places and numbers of an answer stand for. All count from 0 here. */
export interface Convention {
  /** The answer to tiles of which number k comes from place `places[k]`; and, as it is its own inverse, back. */
  readonly convert: (places: readonly number[]) => readonly number[];
  /** What the prompt asks for. */
  readonly question: (tile: string) => string;
}

/**
 * The two ways to write down how shuffled tiles go together. Their answers are inverse to each other and agree for only
 * one 3 × 3 puzzle in a hundred, so a task takes its prompt, its example and its truth from one of these objects.
 */
export const conventions = {
  /** SSL4RL, SSL-R1, Visual Jigsaw, Spatial-SSRL. */
  "slot-to-piece": {
    convert: inverse,
    question: (tile) => `For each place, in order, give the number of the ${tile} that belongs there`,
  },
  /** Jigsaw-R1 ("forward"). */
  "piece-to-slot": {
    convert: (places) => places,
    question: (tile) => `For each ${tile}, in order, give the number of the place where it belongs`,
  },
} as const satisfies Record<string, Convention>;

function inverse(sequence: readonly number[]): number[] {
  const out = new Array<number>(sequence.length);
  for (const [i, value] of sequence.entries()) out[value] = i;
  return out;
}

/**
 * An example for the prompt. It moves three tiles round, so its answer in the other convention differs; nothing for two
 * tiles, where every answer is the same in both. Numbers count from `from`.
 */
export function example(
  convention: Convention,
  answers: AnswerKind<readonly number[]>,
  tile: string,
  from: 0 | 1,
): string {
  if (answers.parts < 3) return "";
  const places = [1, 2, 0, ...Array.from({ length: answers.parts - 3 }, (_, i) => i + 3)];
  const answer = answers.print(convention.convert(places).map((number) => number + from));
  const moves = [0, 1, 2].map((k) => `${tile} ${k + from} belongs in place ${places[k] + from}`);
  const rest = answers.parts > 3 ? ` and every other ${tile} in the place of its own number` : "";
  return ` For example, if ${moves.join(", ")}${rest}, the answer is${answer.includes("\n") ? `\n${answer}` : ` ${answer}.`}`;
}
