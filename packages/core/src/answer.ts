import { freeText, freeWords } from "./free-text.js";
import { Random } from "./random.js";
import { anySubset, selection, subset } from "./subset.js";

/**
 * A kind of answer that tasks share: it knows how to print itself, to parse strictly, to compare, and what a blind
 * guess earns. A task picks one and parses nothing itself.
 */
export interface AnswerKind<Answer> {
  /** How many different answers there are, infinite for free text. A blind guess is right once in so many times. */
  readonly size: number;
  /** How many parts an answer has that can be right or wrong each: 1, or the length of a sequence. */
  readonly parts: number;
  /** How a prompt describes the form, e.g. `0, 90, 180 or 270`. */
  readonly form: string;
  /**
   * Answer number `index` of the space, 0..size-1; lets the caller balance answers exactly. Of a space beyond 2³² the
   * indices below 2³² give answers drawn from all of it.
   */
  at(index: number): Answer;
  print(answer: Answer): string;
  /** Strict: anything but one well-formed answer of the space is null. Never coerces. */
  parse(text: string): Answer | null;
  /** Share of the parts that are right: 1 for the truth and for nothing else. */
  compare(given: Answer, truth: Answer): number;
  /** The kind as plain data, for verifiers that cannot call these functions. */
  readonly spec: AnswerSpec;
}

/** What the functions below were called with. */
export type AnswerSpec =
  | { readonly kind: "one-of"; readonly words: readonly string[] }
  | { readonly kind: "cell"; readonly n: number }
  | { readonly kind: "permutation"; readonly n: number; readonly from: 0 | 1; readonly separator: "," | "-" }
  | { readonly kind: "grid"; readonly rows: number; readonly columns: number }
  | { readonly kind: "subset" | "selection"; readonly words: readonly string[]; readonly count: number }
  | { readonly kind: "any-subset"; readonly words: readonly string[]; readonly most: number }
  | { readonly kind: "words"; readonly count: number }
  | { readonly kind: "text"; readonly ignored: readonly string[]; readonly base: number };

/** The kind that a spec was made by. */
export function answerKind(spec: AnswerSpec): AnswerKind<unknown> {
  switch (spec.kind) {
    case "one-of":
      return oneOf(spec.words) as AnswerKind<unknown>;
    case "cell":
      return gridCell(spec.n) as AnswerKind<unknown>;
    case "permutation":
      return permutation(spec.n, spec) as AnswerKind<unknown>;
    case "grid":
      return numberGrid(spec.rows, spec.columns) as AnswerKind<unknown>;
    case "subset":
      return subset(spec.words, spec.count) as AnswerKind<unknown>;
    case "selection":
      return selection(spec.words, spec.count) as AnswerKind<unknown>;
    case "any-subset":
      return anySubset(spec.words, spec.most) as AnswerKind<unknown>;
    case "words":
      return freeWords(spec.count) as AnswerKind<unknown>;
    case "text":
      return freeText(spec.ignored, spec.base) as AnswerKind<unknown>;
  }
}

/** `0, 90, 180 or 270` */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

/**
 * One word of a closed list; both are compared in lower case. Numbers are words too (`"90"`), so `90.0` or `+90` is no
 * answer.
 */
export function oneOf<const Words extends readonly string[]>(words: Words): AnswerKind<Words[number]> {
  const byLowerCase = new Map(words.map((word) => [word.toLowerCase(), word]));
  if (byLowerCase.size !== words.length) throw new Error(`oneOf: words repeat in ${words.join(", ")}`);
  return {
    size: words.length,
    parts: 1,
    form: orList(words),
    at: (index) => words[index],
    print: (word) => word,
    parse: (text) => byLowerCase.get(text.toLowerCase()) ?? null,
    compare: (given, truth) => (given === truth ? 1 : 0),
    spec: { kind: "one-of", words },
  };
}

/** A cell of an n × n grid. Row and column count from 1, from the top and from the left. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** `row/column`, as SSL4RL asks for positions in grids of 3 × 3 and more. */
export function gridCell(n: number): AnswerKind<Cell> {
  const index = /^([1-9][0-9]?)\/([1-9][0-9]?)$/;
  return {
    size: n * n,
    parts: 1,
    form: "row/column",
    at: (i) => ({ row: Math.floor(i / n) + 1, column: (i % n) + 1 }),
    print: ({ row, column }) => `${row}/${column}`,
    parse(text) {
      const match = index.exec(text);
      if (!match) return null;
      const cell = { row: Number(match[1]), column: Number(match[2]) };
      return cell.row <= n && cell.column <= n ? cell : null;
    },
    compare: (given, truth) => (given.row === truth.row && given.column === truth.column ? 1 : 0),
    spec: { kind: "cell", n },
  };
}

/** What a sequence answer looks like. */
export interface SequenceForm {
  /** The smallest number: 1, or 0 as in Spatial-SSRL. */
  readonly from: 0 | 1;
  readonly separator: "," | "-";
}

/**
 * All n numbers, each once, in one line: `2,4,1,3` or `1-3-0-2`. Spaces and tabs around commas are allowed, up to
 * {@link ROOM} characters a number in all; anything else that is not exactly such a sequence is no answer. Compared place
 * by place.
 */
export function permutation(n: number, { from, separator }: SequenceForm): AnswerKind<readonly number[]> {
  return {
    ...arrangement(n, from),
    form: `the numbers ${from} to ${n - 1 + from}, each once, separated by ${separator === "," ? "commas" : "hyphens"}`,
    print: (sequence) => sequence.join(separator),
    parse(text) {
      if (text.length > ROOM * n) return null;
      return readArrangement([text], separator === "," ? /[ \t]*,[ \t]*/ : "-", n, from);
    },
    spec: { kind: "permutation", n, from, separator },
  };
}

/**
 * The numbers 1 to rows × columns, each once, in as many lines and columns: `3 1\n4 2`. Numbers of a line are separated by
 * a comma or by spaces and tabs, which may also stand around commas and at either end of a line, up to {@link ROOM}
 * characters a number in all. Compared place by place.
 */
export function numberGrid(rows: number, columns: number): AnswerKind<readonly number[]> {
  const n = rows * columns;
  return {
    ...arrangement(n, 1),
    form: `${rows} lines of ${columns} numbers, separated by blanks`,
    print: (grid) =>
      Array.from({ length: rows }, (_, row) => grid.slice(row * columns, (row + 1) * columns).join(" ")).join("\n"),
    parse(text) {
      if (text.length > ROOM * n) return null;
      const lines = text.split(/[ \t]*\r?\n[ \t]*/);
      const even = lines.length === rows && lines.every((line) => line.split(GAP).length === columns);
      return even ? readArrangement(lines, GAP, n, 1) : null;
    },
    spec: { kind: "grid", rows, columns },
  };
}

const GAP = /[ \t]*,[ \t]*|[ \t]+/;

/** Two digits, a separator and a few blanks: longer texts are not looked at, for a pattern may go astray in 1 MB of blanks. */
const ROOM = 16;

/** Up to this many numbers the index counts all arrangements; 13! is beyond 2³². */
const COUNTED = 12;

function arrangement(n: number, from: number) {
  let size = 1;
  for (let i = 2; i <= n; i++) size *= i;
  return {
    size,
    parts: n,
    at(index: number): readonly number[] {
      const numbers = Array.from({ length: n }, (_, i) => i + from);
      if (n > COUNTED) return Random.from("arrangement", n, index).shuffle(numbers);
      // The digits of the index in the factorial number system choose from what is left.
      let count = size;
      let rest = index;
      return Array.from({ length: n }, (_, place) => {
        count /= n - place;
        const chosen = Math.floor(rest / count);
        rest %= count;
        return numbers.splice(chosen, 1)[0];
      });
    },
    compare: (given: readonly number[], truth: readonly number[]) =>
      given.filter((number, place) => number === truth[place]).length / n,
  };
}

function readArrangement(lines: readonly string[], gap: string | RegExp, n: number, from: number): number[] | null {
  const words = lines.flatMap((line) => line.split(gap));
  if (words.length !== n || !words.every((word) => /^(0|[1-9][0-9]?)$/.test(word))) return null;
  const numbers = words.map(Number);
  const inRange = numbers.every((number) => number >= from && number < n + from);
  return inRange && new Set(numbers).size === n ? numbers : null;
}
