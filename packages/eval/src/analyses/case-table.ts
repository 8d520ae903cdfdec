import type { ItemResult } from "../item-result.js";
import type { Table, TableRow } from "../table/table.js";
import type { Case, Cases } from "./cases.js";

/** Cases side by side, those won above those lost: what was asked, the true answer, and what each model answered. */
export function caseTable(base: string, trained: string, cases: Cases): Table {
  const { won, lost, bothRight, bothWrong, unanswered } = cases;
  return {
    title: `Cases: ${trained} against ${base}`,
    corner: "Item",
    columns: ["Benchmark", "Asked", "True answer", base, trained].map((label) => ({ label })),
    rows: [
      ...rowsOf(`Only ${trained} is right: ${won.count}`, won.shown),
      ...rowsOf(`Only ${base} is right: ${lost.count}`, lost.shown),
    ],
    notes: [
      `Both are right in ${bothRight}, both wrong in ${bothWrong}; ${unanswered} answers have no pair.`,
      "Which cases are shown follows from their names alone: nobody chose them. No two share a picture.",
    ],
  };
}

function rowsOf(block: string, cases: readonly Case[]): TableRow[] {
  return cases.map(({ base, trained }) => ({
    label: base.id,
    block,
    kind: "run",
    cells: [base.benchmark, trained.prompt, base.target, answerOf(base), answerOf(trained)].map((text) => ({
      text,
      value: null,
    })),
  }));
}

function answerOf({ given }: ItemResult): string {
  return given ?? "not readable";
}
