import { type Column, type Reading, type Rule, ruleOf, type TableDefinition } from "./definition.js";
import { twoDecimals } from "./rounding.js";

/** A leaf's share in percent; its hits and units where it is a plain share. */
export interface LeafScore {
  readonly value: number;
  readonly hits?: number;
  readonly n?: number;
}

export interface Figure {
  /** In percent, unshortened. */
  readonly value: number;
  readonly text: string;
}

export type Leaves = ReadonlyMap<string, LeafScore>;

/**
 * The figures of one row by the table's rules. Read as printed, means are taken of cells already shortened, as the paper
 * did; corrected, of exact values. A mean of which a part is missing is not a number; it prints as a dash.
 */
export function rowFigures(definition: TableDefinition, row: string, leaves: Leaves, reading: Reading): Figure[] {
  const columns = new Map<string, Figure>();
  return definition.columns.map((column) => {
    const figure = figureBy(ruleOf(column, row, reading), definition, leaves, columns, reading);
    columns.set(column.code, figure);
    return figure;
  });
}

/** The figure that a rule makes of leaves and of columns left of it. */
export function figureBy(
  rule: Rule,
  { leafRounding }: TableDefinition,
  leaves: Leaves,
  columns: ReadonlyMap<string, Figure>,
  reading: Reading,
): Figure {
  const leafFigure = (code: string): Figure => {
    const value = leaves.get(code)?.value ?? Number.NaN;
    return { value, text: twoDecimals(value, reading === "printed" ? leafRounding : "round") };
  };
  if (rule.by === "leaf") return leafFigure(rule.of[0]);
  const value = rule.by === "units" ? shareOfUnits() : meanOfFigures();
  return { value, text: twoDecimals(value, rule.rounding) };

  function shareOfUnits(): number {
    const parts = rule.of.map((code) => leaves.get(code)).filter((leaf) => leaf !== undefined);
    const sum = (value: (leaf: LeafScore) => number | undefined) =>
      parts.reduce((total, leaf) => total + (value(leaf) ?? Number.NaN), 0);
    return (100 * sum(({ hits }) => hits)) / sum(({ n }) => n);
  }

  function meanOfFigures(): number {
    const parts = rule.of.map((code) => columns.get(code) ?? leafFigure(code));
    const values = parts.map(({ value, text }) => (reading === "printed" ? Number(text) : value));
    return values.reduce((total, part) => total + part, 0) / values.length;
  }
}

/** The leaves that a column rests on, through other columns. */
export function leavesUnder(definition: TableDefinition, column: Column, row: string, reading: Reading): string[] {
  const found = ruleOf(column, row, reading).of.flatMap((code) => {
    const inner = definition.columns.find((other) => other.code === code && other.code !== column.code);
    return inner && !definition.leaves.some((leaf) => leaf.code === code)
      ? leavesUnder(definition, inner, row, reading)
      : [code];
  });
  return [...new Set(found)];
}
