/**
 * A kind of answer that tasks share: it knows how to print itself, to parse strictly, to compare, and what a blind
 * guess earns. A task picks one and parses nothing itself.
 */
export interface AnswerKind<Answer> {
  /** How many different answers there are. */
  readonly size: number;
  /** How a prompt describes the form, e.g. `0, 90, 180 or 270`. */
  readonly form: string;
  /** Expected accuracy of a uniform guess. */
  readonly chance: number;
  /** Answer number `index` of the space, 0..size-1; lets the caller balance answers exactly. */
  at(index: number): Answer;
  print(answer: Answer): string;
  /** Strict: anything but one well-formed answer of the space is null. Never coerces. */
  parse(text: string): Answer | null;
  /** Accuracy of a given answer, 0..1. */
  compare(given: Answer, truth: Answer): number;
}

/** `0, 90, 180 or 270` */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

/** One word of a closed list; case does not matter. Numbers are words too (`"90"`), so `90.0` or `+90` is no answer. */
export function oneOf<const Words extends readonly string[]>(words: Words): AnswerKind<Words[number]> {
  const byLowerCase = new Map(words.map((word) => [word.toLowerCase(), word]));
  if (byLowerCase.size !== words.length) throw new Error(`oneOf: words repeat in ${words.join(", ")}`);
  return {
    size: words.length,
    form: orList(words),
    chance: 1 / words.length,
    at: (index) => words[index],
    print: (word) => word,
    parse: (text) => byLowerCase.get(text.toLowerCase()) ?? null,
    compare: (given, truth) => (given === truth ? 1 : 0),
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
    form: "row/column",
    chance: 1 / (n * n),
    at: (i) => ({ row: Math.floor(i / n) + 1, column: (i % n) + 1 }),
    print: ({ row, column }) => `${row}/${column}`,
    parse(text) {
      const match = index.exec(text);
      if (!match) return null;
      const cell = { row: Number(match[1]), column: Number(match[2]) };
      return cell.row <= n && cell.column <= n ? cell : null;
    },
    compare: (given, truth) => (given.row === truth.row && given.column === truth.column ? 1 : 0),
  };
}
