import { basename, resolve } from "node:path";
import { UserError } from "@ssl4rl/core";
import {
  checkSameQuestions,
  comparisonTable,
  csv,
  difficultyTable,
  json,
  type Ladder,
  latex,
  markdown,
  paperTable,
  type Reading,
  type Run,
  readEvaluation,
  scoresTable,
  type Table,
  type TableDefinition,
  tableNamed,
  transferMatrix,
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
  readonly transfer?: boolean;
  readonly difficulty?: boolean;
  readonly intervals?: boolean;
  readonly label?: readonly string[];
}

/** A table of evaluations, the first of which is the base. Rows are named after the folders, unless labels are given. */
export function evaluationTable(folders: readonly string[], flags: TableFlags): Table {
  const shown = flags.intervals ? withIntervals : (table: Table) => table;
  const view = (["compare", "transfer", "difficulty"] as const).filter((name) => flags[name]);
  if (view.length > 1) throw new UserError(`--${view[0]} and --${view[1]} are two tables: give one.`, 2);
  if (flags.table === undefined) {
    if (view.length > 0) {
      throw new UserError(`--${view[0]} compares the columns of a table: name one with --table.`, 2);
    }
    const evaluations = folders.map(readEvaluation);
    return shown(scoresTable(labelsOf(folders, flags).map((label, i) => ({ label, evaluation: evaluations[i] }))));
  }
  const definition = tableNamed(flags.table);
  const [base, ...trained] = readRuns(folders, flags);
  const options = { reading: flags.reading, seed: 0, resamples: 10_000 };
  if (view.length > 0 && (trained.length === 0 || (flags.compare && trained.length > 1))) {
    const number = flags.compare ? "two folders, the base model's and the trained one's" : "the base's folder and more";
    throw new UserError(`--${view[0]} takes ${number}; there are ${folders.length}.`, 2);
  }
  switch (view[0]) {
    case "compare":
      return comparisonTable(definition, base, trained[0], options);
    case "transfer":
      return transferMatrix(grouped(definition), base, trained, options);
    case "difficulty":
      return difficultyTable(definition, base, ladders(trained), options);
    default:
      return shown(paperTable(definition, [base, ...trained], flags.reading));
  }
}

/** Evaluations with their labels, all of the same questions. */
export function readRuns(folders: readonly string[], flags: Pick<TableFlags, "label">): Run[] {
  const labels = labelsOf(folders, flags);
  const runs = folders.map((folder, i): Run => {
    const { results, scores } = readEvaluation(folder);
    // Of a benchmark whose answers are weighed together, the table takes the headline.
    const figures = scores.flatMap(({ benchmark, metrics: [{ value }] }) =>
      value === null ? [] : [[benchmark, 100 * value]],
    );
    return { label: labels[i], results, figures: Object.fromEntries(figures) };
  });
  for (const run of runs.slice(1)) checkSameQuestions(runs[0], run);
  return runs;
}

/** Names of rows: those given, or the folders'. */
export function labelsOf(folders: readonly string[], { label }: Pick<TableFlags, "label">): readonly string[] {
  const labels = label ?? folders.map((folder) => basename(resolve(folder)));
  if (labels.length === folders.length) return labels;
  throw new UserError(`There are ${folders.length} folders and ${labels.length} labels: give --label one for each.`, 2);
}

function grouped(definition: TableDefinition): TableDefinition {
  if (definition.columns.some(({ group }) => group !== undefined)) return definition;
  throw new UserError(`The columns of ${definition.id} have no headings to sum them up: --transfer takes ssl-r1-4.`, 2);
}

/** Runs by their tasks: `Jigsaw 2x2` and `Jigsaw 3x3` are two levels of one. */
function ladders(runs: readonly Run[]): Ladder[] {
  const tasks = new Map<string, Run[]>();
  for (const run of runs) {
    const [, task, level] = /^(.*\S)\s+(\S+)$/.exec(run.label) ?? [];
    if (level === undefined) {
      throw new UserError(
        `--difficulty takes rows named by task and level, from the easiest: --label base "Jigsaw 2x2" "Jigsaw 3x3". Got "${run.label}".`,
        2,
      );
    }
    tasks.set(task, [...(tasks.get(task) ?? []), { ...run, label: level }]);
  }
  return [...tasks].map(([task, levels]) => ({ task, levels }));
}
