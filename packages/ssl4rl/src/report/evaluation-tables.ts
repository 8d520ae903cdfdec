import { basename, resolve } from "node:path";
import { UserError } from "@ssl4rl/core";
import {
  comparisonTable,
  csv,
  json,
  latex,
  markdown,
  paperTable,
  type Reading,
  type Run,
  readEvaluation,
  scoresTable,
  type Table,
  tableNamed,
  withIntervals,
} from "@ssl4rl/eval";
import { html, page } from "./page.js";
import { resultTable } from "./result-table.js";

/** How a table is printed, by the name of its format. */
export const printers: Readonly<Record<string, (table: Table) => string>> = {
  md: markdown,
  csv,
  latex,
  json,
  html: (table) => page(table.title, html`<main><h1>${table.title}</h1>${resultTable(table)}</main>`),
};

export interface TableFlags {
  /** A table of the papers; without it, all scores. */
  readonly table?: string;
  readonly reading: Reading;
  readonly compare?: boolean;
  readonly intervals?: boolean;
  readonly label?: readonly string[];
}

/** A table of evaluations, the first of which is the base. Rows are named after the folders, unless labels are given. */
export function evaluationTable(folders: readonly string[], flags: TableFlags): Table {
  const { reading, label: labels = folders.map((folder) => basename(resolve(folder))) } = flags;
  if (labels.length !== folders.length) {
    throw new UserError(
      `There are ${folders.length} folders and ${labels.length} labels: give --label one for each.`,
      2,
    );
  }
  const runs = folders.map((folder, i) => ({ label: labels[i], evaluation: readEvaluation(folder) }));
  const shown = flags.intervals ? withIntervals : (table: Table) => table;
  if (flags.table === undefined) {
    if (flags.compare) throw new UserError("--compare compares the columns of a table: name one with --table.", 2);
    return shown(scoresTable(runs));
  }
  const definition = tableNamed(flags.table);
  const all = runs.map(
    ({ label, evaluation: { results, scores } }): Run => ({
      label,
      results,
      // Of a benchmark whose answers are weighed together, the table takes the headline.
      figures: Object.fromEntries(
        scores.flatMap(({ benchmark, metrics: [{ value }] }) => (value === null ? [] : [[benchmark, 100 * value]])),
      ),
    }),
  );
  if (!flags.compare) return shown(paperTable(definition, all, reading));
  if (all.length !== 2) {
    throw new UserError(
      `--compare takes two folders, the base model's and the trained one's; there are ${all.length}.`,
      2,
    );
  }
  return comparisonTable(definition, all[0], all[1], { reading, seed: 0, resamples: 10_000 });
}
