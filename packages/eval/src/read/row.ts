import { UserError } from "@ssl4rl/core";
import type { QuestionImage } from "../question.js";
import { pythonList } from "./python-list.js";

/** What pandas takes for a missing cell (pandas 3.0.6), and VLMEvalKit with it: an option "None" is no option. */
const MISSING = new Set(
  ",#N/A,#N/A N/A,#NA,-1.#IND,-1.#QNAN,-NaN,-nan,1.#IND,1.#QNAN,<NA>,N/A,NA,NULL,NaN,None,n/a,nan,null".split(","),
);

/** One record of a benchmark's file, with its place for messages. Pictures are not read yet. */
export class Row {
  constructor(
    readonly where: string,
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly pictures: Readonly<Record<string, readonly QuestionImage[]>> = {},
  ) {}

  /** The same record with other texts. */
  with(values: Readonly<Record<string, string>>): Row {
    return new Row(this.where, { ...this.values, ...values }, this.pictures);
  }

  /** A text or a number as text. Throws a UserError where there is none. */
  text(column: string): string {
    const text = this.optional(column);
    if (text === null) throw this.lacks(column, "a text");
    return text;
  }

  /** Null for a missing cell, for an empty one, and for those that pandas takes for missing. */
  optional(column: string): string | null {
    const value = this.values[column];
    if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
    return typeof value === "string" && !MISSING.has(value) ? value : null;
  }

  /** A cell's text where {@link optional} would take `None` and the like for missing; null for `nan` and an empty cell. */
  whole(column: string): string | null {
    const value = this.values[column];
    return typeof value === "string" && !/^(nan)?$/i.test(value) ? value : this.optional(column);
  }

  number(column: string): number {
    const value = Number(this.text(column));
    if (!Number.isFinite(value)) throw this.lacks(column, "a number");
    return value;
  }

  /** A list, or the text of a Python or JSON list. Null where the cell is missing. */
  list(column: string): readonly unknown[] | null {
    const value = this.values[column];
    if (Array.isArray(value)) return value;
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array);
    const text = this.optional(column);
    if (text === null) return null;
    const list = pythonList(text);
    if (!list) throw this.lacks(column, "a list");
    return list;
  }

  numbers(column: string): number[] {
    const list = this.list(column);
    if (!list?.every((value) => Number.isFinite(Number(value)))) throw this.lacks(column, "a list of numbers");
    return list.map(Number);
  }

  /** A record inside the record. */
  record(column: string): Row {
    const value = this.values[column];
    if (typeof value !== "object" || value === null) throw this.lacks(column, "an object");
    return new Row(`${this.where}, ${column}`, value as Record<string, unknown>);
  }

  /** The records of a record that is a list. */
  entries(): Row[] {
    return Object.keys(this.values).map((key) => this.record(key));
  }

  /** The pictures of a column; none where the cell is missing. */
  images(column: string): readonly QuestionImage[] {
    return this.pictures[column] ?? [];
  }

  lacks(column: string, wanted: string): UserError {
    const given = column in this.values ? JSON.stringify(this.values[column])?.slice(0, 60) : "nothing";
    return new UserError(`${this.where}: ${column} should be ${wanted}, but is ${given}. Fetch the file again.`);
  }
}

/** A file's records, and those that cannot be used, each with its reason. */
export interface Table {
  readonly rows: readonly Row[];
  readonly skipped: readonly { readonly where: string; readonly reason: string }[];
}
