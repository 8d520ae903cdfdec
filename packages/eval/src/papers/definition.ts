import type { Rounding } from "./rounding.js";

/** A table of a paper as data: which shares it counts, how its columns follow from them, and where it errs. */
export interface TableDefinition {
  /** `ssl4rl-1`: paper and number. */
  readonly id: string;
  readonly title: string;
  readonly leaves: readonly Leaf[];
  readonly columns: readonly Column[];
  /** Labels of the rows as the paper has them, the base model's first. */
  readonly blocks: readonly Block[];
  /** How gains are shown: the best of each column against the base, each run against it, or each in brackets behind its cell. */
  readonly gains: "best of block" | "each run" | "in brackets" | "none";
  /** How the paper shortens its leaves, which means are then taken of. */
  readonly leafRounding: Rounding;
  /** The order in which the paper prints the leaves of some rows, under a header in another order. */
  readonly otherOrder?: readonly string[];
  /** Known errors of the paper's own table and what its figures mean, printed below it. */
  readonly remarks: readonly string[];
}

export interface Block {
  readonly label?: string;
  readonly rows: readonly string[];
}

/** One counted share: a benchmark, or the items of it whose label has some value. */
export interface Leaf {
  readonly code: string;
  readonly benchmark: string;
  /** Compared without regard to case, `_`, `-` and blanks. */
  readonly where?: { readonly label: string; readonly is: string };
  readonly counting: Counting;
  /** How many units (rows, or groups of rows) the official data has, where that is known. */
  readonly n?: number;
  /** Expected score of blind guesses in percent. */
  readonly chance?: number;
}

export type Counting =
  /** Every row by itself. */
  | { readonly of: "rows" }
  /** Rows of one group are one unit, right if all of them are: pairs, CircularEval, Winoground. */
  | { readonly of: "groups" }
  /** Of each group only the row whose id names the group: MMBench's questions with their options as written. */
  | { readonly of: "first of group" }
  /** The unweighted mean over the values of a label of their rows' accuracies: MMStar's fine perception. */
  | { readonly of: "means"; readonly label: string }
  /** A figure of all items together, which the benchmark works out itself: OVD-Eval's average precision. */
  | { readonly of: "figure" };

export interface Column {
  readonly code: string;
  readonly label: string;
  readonly group?: string;
  /** The column as its heading says. */
  readonly rule: Rule;
  /** What the paper's printed figures follow instead, in all rows or in those named. */
  readonly printed?: readonly { readonly rule: Rule; readonly rows?: readonly string[] }[];
}

export type Rule =
  /** A leaf's own share. */
  | { readonly by: "leaf"; readonly of: readonly [string] }
  /** The unweighted mean of leaves or earlier columns, by code; the share of all units of these leaves. */
  | { readonly by: "mean" | "units"; readonly of: readonly string[]; readonly rounding: Rounding };

/** `corrected`: each column as its heading says. `printed`: as the paper's own figures were made, errors included. */
export type Reading = "corrected" | "printed";

/** The rule of a column in one row. */
export function ruleOf(column: Column, row: string, reading: Reading): Rule {
  if (reading === "corrected") return column.rule;
  const special = column.printed?.find(({ rows }) => rows?.includes(row));
  return (special ?? column.printed?.find(({ rows }) => rows === undefined))?.rule ?? column.rule;
}
