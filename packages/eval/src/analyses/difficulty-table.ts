import { type ColumnChange, type CompareOptions, compareRuns } from "../papers/compare-runs.js";
import { bootstrapNotes, changeCells, percentCell } from "../papers/comparison.js";
import type { TableDefinition } from "../papers/definition.js";
import type { Run } from "../papers/paper-table.js";
import { noFigure, type Table, type TableRow } from "../table/table.js";

/** Runs on one task, from the easiest level to the hardest. */
export interface Ladder {
  readonly task: string;
  readonly levels: readonly Run[];
}

/**
 * Does a harder task teach more? The table's last column (its average) for every task and level, its change against the
 * base and against the level before, with paired bootstrap intervals (after SSL4RL, Figure 4).
 */
export function difficultyTable(
  definition: TableDefinition,
  base: Run,
  ladders: readonly Ladder[],
  options: CompareOptions,
): Table {
  let pictures = 0;
  const change = (from: Run, to: Run): ColumnChange => {
    const comparison = compareRuns(definition, from, to, options);
    pictures = Math.max(pictures, comparison.pictures);
    return comparison.changes.at(-1)!;
  };
  const rows = ladders.flatMap(({ task, levels }) =>
    levels.map((run, i): TableRow => {
      const gain = change(base, run);
      const step = i > 0 ? changeCells(change(levels[i - 1], run)) : [noFigure, noFigure];
      return {
        label: run.label,
        block: task,
        kind: "run",
        cells: [percentCell(gain.trained), ...changeCells(gain), ...step],
      };
    }),
  );
  return {
    title: `By difficulty: ${definition.title}`,
    corner: "Level",
    columns: [
      { label: definition.columns.at(-1)!.label },
      ...["against the base", "against the level before"].flatMap((group) => [
        { group, label: "change" },
        { group, label: "95% interval" },
      ]),
    ],
    rows,
    notes: bootstrapNotes(options, pictures),
  };
}
