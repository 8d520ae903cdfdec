// Questions of every kind, each with a completion near the border of its grammar: what two verifiers must agree on.

import {
  type AnswerKind,
  type AnswerSpec,
  answerKind,
  answerOnly,
  protocols,
  Random,
  type RewardWeights,
} from "@ssl4rl/core";
import { BLANKS, generate, ZEROS } from "./completions.js";
import type { Question } from "./question.js";

export interface Vector {
  readonly question: Question;
  readonly response: string;
}

/** Vector 0, 1, 2, …: the same at any time. All kinds under all protocols take turns. */
export function* vectors(count: number): Generator<Vector> {
  for (let i = 0; i < count; i++) {
    const random = Random.from("conformance", i);
    const protocol = protocols[i % protocols.length];
    const answer = specs[Math.floor(i / protocols.length) % specs.length];
    const kind = answerKind(answer);
    const target = free[answer.kind] ? random.pick(free[answer.kind]!(kind.parts)) : drawn(kind, random);
    const question = { target, answer, protocol: protocol.name, reward: random.pick(weights) };
    yield { question, response: generate(random, protocol, kind, target) };
  }
}

const drawn = (kind: AnswerKind<unknown>, random: Random) =>
  kind.print(kind.at(random.int(Math.min(kind.size, 2 ** 32))));

/** True answers of the kinds that have no list to draw them from. */
const free: Partial<Record<AnswerSpec["kind"], (parts: number) => string[]>> = {
  words: (parts) =>
    [
      ["neural", "graph", "2000", "x", "theory", "of", "learning"],
      ["straße", "ångström", "οδος", "数据", "ﬁn", "ｆull", "४२"],
    ].map((words) => words.slice(0, parts).join(", ")),
  text: () => ["theory of graph learning", "the x of the x", "straße 2000 数据 a b c", "a not the graph: a theory."],
};

/** The true answer of every kind with one blank at any place, or one digit of another script. */
export function* nearMisses(): Generator<Vector> {
  for (const answer of specs) {
    const kind = answerKind(answer);
    const target = kind.print(kind.at(Math.min(kind.size, 2 ** 32) - 1));
    const question = { target, answer, protocol: answerOnly.name, reward: weights[2] };
    for (let at = 0; at <= Math.min(target.length, PLACES); at++) {
      const [before, after] = [target.slice(0, at), target.slice(at)];
      const bent = BLANKS.map((blank) => before + blank + after);
      if (/^[0-9]/.test(after))
        bent.push(...ZEROS.map((zero) => before + String.fromCodePoint(zero + Number(after[0])) + after.slice(1)));
      for (const text of bent) yield { question, response: answerOnly.wrap(text) };
    }
  }
}

/** More of a long sequence would be the same again. */
const PLACES = 9;

const aliases = (count: number) => Array.from({ length: count }, (_, i) => `N${i + 1}`);

const oneOf = (...words: string[]): AnswerSpec => ({ kind: "one-of", words });

const specs: readonly AnswerSpec[] = [
  oneOf("0", "90", "180", "270"),
  oneOf("0", "45", "90", "135", "180", "225", "270", "315"),
  oneOf("top-left", "top-right", "bottom-left", "bottom-right"),
  oneOf("positive", "negative"),
  oneOf(..."ABCDEFGH"),
  oneOf("0-1", "1-0", "2-0", "3-0"),
  oneOf("yes"),
  // Capital letters whose lower case is several, final or context-bound; words made of blanks within and of marks.
  oneOf("İstanbul", "ΟΔΟΣ", "Ĳssel", "Straße", "ﬁn", "ÅNGSTRÖM", "kelvin", "😀"),
  oneOf("one word", "no  word", "a\tb", "{", "}", "<", "<answer>", "\u200b", "\u0085"),
  ...[1, 2, 3, 9, 10, 12, 50, 99].map((n): AnswerSpec => ({ kind: "cell", n })),
  ...[1, 2, 3, 4, 5, 6, 9, 10, 12, 13, 16, 25, 99].flatMap((n) =>
    ([0, 1] as const).flatMap((from) =>
      ([",", "-"] as const).map((separator): AnswerSpec => ({ kind: "permutation", n, from, separator })),
    ),
  ),
  ...[
    [1, 1],
    [1, 3],
    [3, 1],
    [2, 2],
    [2, 3],
    [4, 3],
    [4, 4],
    [5, 5],
    [9, 11],
  ].map(([rows, columns]): AnswerSpec => ({ kind: "grid", rows, columns })),
  ...[1, 2, 3, 7].flatMap((count): AnswerSpec[] => [
    { kind: "subset", words: aliases(8), count },
    { kind: "selection", words: [..."ABCDEFGH"], count },
    { kind: "any-subset", words: aliases(8), most: count },
    { kind: "words", count },
  ]),
  { kind: "subset", words: ["ΟΔΟΣ", "Straße", "İ", "😀😀", "one word"], count: 2 },
  { kind: "selection", words: ["kelvin", "ﬁn"], count: 2 },
  { kind: "any-subset", words: ["{", "<answer>", "x"], most: 2 },
  ...[0, 0.25, 1 / 3].flatMap((base): AnswerSpec[] => [
    { kind: "text", ignored: [], base },
    { kind: "text", ignored: ["the", "a", "not", "x", "straße"], base },
  ]),
];

/** Those of the presets, and two with no short binary fraction. */
const weights: readonly RewardWeights[] = [
  { accuracy: 1, format: 0, partial: 0 },
  { accuracy: 1, format: 0, partial: 1 },
  { accuracy: 1, format: 0.2, partial: 1 },
  { accuracy: 1, format: 0.2, partial: 0.2 },
  { accuracy: 1, format: 0.5, partial: 1 },
  { accuracy: 0.9, format: 0.1, partial: 0 },
  { accuracy: 0.7, format: 0.3, partial: 0.1 },
  { accuracy: 1 / 3, format: -0.1, partial: 0.9 },
];
