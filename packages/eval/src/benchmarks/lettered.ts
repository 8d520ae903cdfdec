import { UserError } from "@ssl4rl/core";
import type { Contents, ReadOptions } from "../benchmark.js";
import type { Choices } from "../extract/option-letter.js";
import type { Question } from "../question.js";
import type { Row, Table } from "../read/row.js";

/** Where a file of lettered questions keeps what. */
export interface Columns {
  readonly id?: string;
  readonly question?: string;
  readonly answer?: string;
  /** The column with the list of choices; without it each has a column of its own, A, B, … */
  readonly choices?: string;
  readonly images?: readonly string[];
  /** Labels by the columns that may hold them. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Names what is scored together, by the question's id. */
  readonly group?: (id: string) => string;
}

/** Questions whose answer is one of lettered choices. */
export function lettered({ rows, skipped }: Table, columns: Columns = {}, options: ReadOptions = {}): Contents {
  return { questions: rows.map((row) => letteredQuestion(row, columns, options)), skipped };
}

export function letteredQuestion(row: Row, columns: Columns, { keepNone = false }: ReadOptions = {}): Question {
  const id = row.text(columns.id ?? "index");
  const choices = choicesOf(row, columns.choices, keepNone);
  const hint = row.optional("hint");
  const labels = Object.entries(columns.labels ?? {}).flatMap(([label, names]) => {
    const column = names.find((name) => row.optional(name) !== null);
    return column === undefined ? [] : [[label, row.text(column)]];
  });
  return {
    id,
    text: row.text(columns.question ?? "question"),
    ...(hint === null ? {} : { hint }),
    images: (columns.images ?? ["image"]).flatMap((column) => row.images(column)),
    choices,
    target: { kind: "letter", letter: letterOf(row, columns.answer ?? "answer", choices) },
    group: columns.group?.(id) ?? id,
    labels: Object.fromEntries(labels),
  };
}

const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

function choicesOf(row: Row, column: string | undefined, keepNone: boolean): Choices {
  if (column === undefined) {
    const texts = letters.map((letter) => [letter, keepNone ? row.whole(letter) : row.optional(letter)] as const);
    return Object.fromEntries(texts.filter((entry): entry is [string, string] => entry[1] !== null));
  }
  return byLetter(row.list(column) ?? []);
}

/** A list of choices by their letters; a mark `(A)` that they bring along is taken off. */
export function byLetter(texts: readonly unknown[]): Choices {
  return Object.fromEntries(texts.map((text, i) => [letters[i], `${text}`.replace(/^\([A-Z]\) ?/, "")]));
}

/** The letter of an answer that is a letter, a letter in brackets, or a number counted from 0. */
function letterOf(row: Row, column: string, choices: Choices): string {
  const answer = row.text(column);
  const letter = /^\d+$/.test(answer) ? letters[Number(answer)] : /^\(?([A-Z])\)?$/i.exec(answer)?.[1].toUpperCase();
  // A choice "None" may be the right one, although upstream does not show it.
  if (letter !== undefined && (letter in choices || row.whole(letter) !== null)) return letter;
  throw new UserError(
    `${row.where}: the answer ${JSON.stringify(answer)} is none of the choices ${Object.keys(choices).join(", ")}. ` +
      "Fetch the file again.",
  );
}
