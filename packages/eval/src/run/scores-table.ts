import { type Cell, noFigure, type Table } from "../table/table.js";
import type { Evaluation } from "./read-evaluation.js";
import type { Scores } from "./scores.js";

/** Every metric of every benchmark that was asked to its end, a row for each model. */
export function scoresTable(runs: readonly { readonly label: string; readonly evaluation: Evaluation }[]): Table {
  const all = runs.flatMap(({ evaluation }) => evaluation.scores);
  const columns = new Map(
    all.flatMap(({ benchmark, title, metrics }) =>
      metrics.map(({ name }) => [`${benchmark}/${name}`, { group: title, label: name, benchmark }] as const),
    ),
  );
  const found = (scores: readonly Scores[], benchmark: string, metric: string) =>
    scores.find((each) => each.benchmark === benchmark)?.metrics.find(({ name }) => name === metric);
  return {
    title: "Scores in percent",
    corner: "Model",
    columns: [...columns.values()].map(({ group, label }) => ({ group, label })),
    rows: [
      {
        label: "chance",
        kind: "chance",
        cells: [...columns.values()].map(({ benchmark, label }) =>
          percent(found(all, benchmark, label)?.chance ?? null),
        ),
      },
      ...runs.map(({ label, evaluation }, i) => ({
        label,
        kind: i === 0 ? ("base" as const) : ("run" as const),
        cells: [...columns.values()].map((column): Cell => {
          const metric = found(evaluation.scores, column.benchmark, column.label);
          if (!metric) return noFigure;
          const { value, low, high } = metric;
          return {
            ...percent(value),
            ...(value === null || low === undefined || high === undefined ? {} : { low: 100 * low, high: 100 * high }),
          };
        }),
      })),
    ],
    notes: runs.flatMap(({ label, evaluation }) => evaluation.scores.map((scores) => `${label}: ${note(scores)}.`)),
  };
}

function percent(share: number | null): Cell {
  return share === null ? noFigure : { text: (100 * share).toFixed(2), value: 100 * share };
}

function note({ title, protocol, questions, answered, failed, leftOut, unparsable, majority }: Scores): string {
  const failures = failed > 0 ? `, ${failed} calls failed and ${leftOut} answers of their groups are left out` : "";
  const constant = majority ? `; always "${majority.answer}" would score ${percent(majority.share).text}` : "";
  return `${title} asked as ${protocol.name}; ${answered} of ${questions} answered, ${(100 * unparsable).toFixed(1)}% not readable${failures}${constant}`;
}
