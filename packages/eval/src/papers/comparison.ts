import { type Cell, noFigure, type Table } from "../table/table.js";
import { type ColumnChange, type CompareOptions, compareRuns } from "./compare-runs.js";
import type { TableDefinition } from "./definition.js";
import type { Run } from "./paper-table.js";
import { signed, twoDecimals } from "./rounding.js";

/**
 * What training changed, column by column of a table: both figures, their difference with a paired bootstrap interval over
 * pictures, and McNemar's test.
 */
export function comparisonTable(definition: TableDefinition, base: Run, trained: Run, options: CompareOptions): Table {
  const comparison = compareRuns(definition, base, trained, options);
  return {
    title: `${trained.label} against ${base.label}: ${definition.title}`,
    corner: "Column",
    columns: [base.label, trained.label, "change", "95% interval", "lost", "won", "McNemar p"].map((label) => ({
      label,
    })),
    rows: comparison.changes.map((change) => ({
      label: change.column.group ? `${change.column.group}: ${change.column.label}` : change.column.label,
      kind: "run",
      cells: [percentCell(change.base), percentCell(change.trained), ...changeCells(change), ...testCells(change)],
    })),
    notes: [
      ...bootstrapNotes(options, comparison.pictures),
      "Lost: only the base is right; won: only the trained model. McNemar's test is exact (binomial) below 25 of these, else chi-square with continuity correction.",
      ...(comparison.pictures < comparison.units
        ? ["Several items share a picture: the intervals allow for that, McNemar's test does not and is too sure."]
        : []),
      "Neither the test nor the intervals are corrected for the number of columns.",
      ...(comparison.alone > 0 ? [`${comparison.alone} units that only one of the two answered are left out.`] : []),
    ],
  };
}

/** How the intervals of a table were made. */
export function bootstrapNotes({ resamples, seed }: CompareOptions, pictures: number): string[] {
  return [`Intervals: paired bootstrap over ${pictures} pictures, ${resamples} resamples, seed ${seed}, percentiles.`];
}

export function percentCell(value: number): Cell {
  return Number.isFinite(value) ? { text: twoDecimals(value), value } : noFigure;
}

/** A change and its interval, as two cells. */
export function changeCells({ change, low, high }: Pick<ColumnChange, "change" | "low" | "high">): Cell[] {
  if (!Number.isFinite(change)) return [noFigure, noFigure];
  return [
    { text: signed(change), value: change, low, high },
    { text: `${signed(low)} to ${signed(high)}`, value: null },
  ];
}

function testCells({ test: { lost, won, p } }: ColumnChange): Cell[] {
  return [
    { text: `${lost}`, value: lost },
    { text: `${won}`, value: won },
    { text: p < 0.0001 ? "<0.0001" : p.toFixed(4), value: p },
  ];
}
