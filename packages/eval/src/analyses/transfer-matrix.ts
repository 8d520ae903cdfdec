import { type CompareOptions, compareRuns } from "../papers/compare-runs.js";
import { bootstrapNotes } from "../papers/comparison.js";
import type { TableDefinition } from "../papers/definition.js";
import type { Run } from "../papers/paper-table.js";
import { signed } from "../papers/rounding.js";
import { type Cell, noFigure, type Table } from "../table/table.js";

/**
 * What training on one task does to all: a row for each trained run, a column for each heading of the table (the mean of
 * the columns under it), cells the change against the base in points (after SSL-R1, Table 4). A star marks changes whose
 * paired bootstrap interval leaves zero out.
 */
export function transferMatrix(
  definition: TableDefinition,
  base: Run,
  trained: readonly Run[],
  options: CompareOptions,
): Table {
  const byTask = { ...definition, columns: headings(definition) };
  const comparisons = trained.map((run) => compareRuns(byTask, base, run, options));
  return {
    title: `Change in points against ${base.label}: ${definition.title}`,
    corner: "Trained on",
    columns: byTask.columns.map(({ label }) => ({ label })),
    rows: trained.map(({ label }, i) => ({
      label,
      kind: "run",
      cells: comparisons[i].changes.map(({ change, low, high }): Cell => {
        if (!Number.isFinite(change)) return noFigure;
        return { text: `${signed(change)}${low > 0 || high < 0 ? "*" : ""}`, value: change, low, high };
      }),
    })),
    notes: [
      "* the 95% interval leaves zero out (not corrected for the number of cells).",
      ...bootstrapNotes(options, Math.max(0, ...comparisons.map(({ pictures }) => pictures))),
    ],
  };
}

/** One column a heading; columns without one are left out, for they sum the others up. */
function headings({ columns }: TableDefinition): TableDefinition["columns"] {
  const groups = new Set(columns.flatMap(({ group }) => group ?? []));
  return [...groups].map((label) => ({
    code: label,
    label,
    rule: {
      by: "mean",
      of: columns.filter(({ group }) => group === label).flatMap(({ rule }) => rule.of),
      rounding: "round",
    },
  }));
}
