import type { Column, Rule, TableDefinition } from "./definition.js";
import { signed, twoDecimals } from "./rounding.js";
import { type Figure, figureBy, type LeafScore } from "./row.js";

/** A row of a table as a paper prints it: cells by the code of leaf or column. */
export interface PrintedRow {
  readonly label: string;
  readonly cells: Readonly<Record<string, string>>;
}

export interface Finding {
  readonly row: string;
  readonly column: string;
  readonly printed: string;
  readonly problem: "misprint" | "another rule" | "no count" | "repeated row" | "columns in another order";
  /** What was expected instead, in words. */
  readonly detail: string;
}

/**
 * What does not follow in printed rows: leaves that are no count of the benchmark's size, columns that follow from their
 * leaves under another rule than their heading's, or under none that is known (a misprint), rows that repeat another.
 * A cell passes if rounding or truncating explains it.
 */
export function findMisprints(definition: TableDefinition, rows: readonly PrintedRow[]): Finding[] {
  const findings: Finding[] = [];
  for (const [i, row] of rows.entries()) {
    const twin = rows.slice(0, i).find(({ cells }) => sameCells(cells, row.cells));
    if (twin) {
      findings.push({
        row: row.label,
        column: "",
        printed: "",
        problem: "repeated row",
        detail: `every cell is that of ${twin.label}`,
      });
    }
    findings.push(...leafFindings(definition, row), ...columnFindings(definition, row));
  }
  return findings;
}

/** Printed gains that are not the best printed cell of the rows minus the base's. */
export function findWrongGains(
  base: PrintedRow,
  trained: readonly PrintedRow[],
  gains: Readonly<Record<string, string>>,
): Finding[] {
  return Object.entries(gains).flatMap(([column, printed]): Finding[] => {
    const best = Math.max(...trained.map(({ cells }) => Number(cells[column])));
    const expected = signed(best - Number(base.cells[column]));
    if (Number(expected) === Number(printed)) return [];
    return [
      {
        row: "gain",
        column,
        printed,
        problem: "misprint",
        detail: `${best.toFixed(2)} - ${base.cells[column]} = ${expected}`,
      },
    ];
  });
}

function leafFindings({ leaves, otherOrder }: TableDefinition, { label, cells }: PrintedRow): Finding[] {
  const counted = leaves.filter(({ code, n, counting }) => cells[code] !== undefined && n && counting.of !== "means");
  const strange = counted.filter(({ code, n }) => countOf(cells[code], n!) === null);
  if (strange.length > 1 && otherOrder) {
    const inOrder = Object.fromEntries(otherOrder.map((code, i) => [code, Object.values(cells)[i]]));
    if (counted.every(({ code, n }) => countOf(inOrder[code], n!) !== null)) {
      return [
        {
          row: label,
          column: strange.map(({ code }) => code).join(", "),
          printed: strange.map(({ code }) => cells[code]).join(", "),
          problem: "columns in another order",
          detail: `the cells are counts in the order ${otherOrder.join(" ")}`,
        },
      ];
    }
  }
  return strange.map(({ code, n }) => ({
    row: label,
    column: code,
    printed: cells[code],
    problem: "no count",
    detail: `no share of ${n} is ${cells[code]}%, rounded or truncated`,
  }));
}

function columnFindings(definition: TableDefinition, { label, cells }: PrintedRow): Finding[] {
  const leaves = new Map<string, LeafScore>();
  for (const { code, n } of definition.leaves) {
    const hits = cells[code] !== undefined && n ? countOf(cells[code], n) : null;
    if (cells[code] !== undefined) {
      leaves.set(code, { value: Number(cells[code]), ...(hits !== null ? { hits, n } : {}) });
    }
  }
  const columns = new Map<string, Figure>();
  for (const { code } of definition.columns) {
    if (cells[code] !== undefined) columns.set(code, { value: Number(cells[code]), text: cells[code] });
  }
  return definition.columns.flatMap((column): Finding[] => {
    const printed = cells[column.code];
    if (printed === undefined || column.rule.by === "leaf") return [];
    // A column that stands for itself must not explain itself.
    const others = new Map([...columns].filter(([code]) => code !== column.code));
    const value = (rule: Rule) => figureBy(rule, definition, leaves, others, "printed").value;
    const expected = value(column.rule);
    if (!Number.isFinite(expected) || explains(expected, printed)) return [];
    const other = otherRules(column).find((rule) => explains(value(rule), printed));
    return [
      {
        row: label,
        column: column.code,
        printed,
        problem: other ? "another rule" : "misprint",
        detail: `${inWords(column.rule)} is ${expected.toFixed(4)}${other ? `; printed is ${inWords(other)}` : ""}`,
      },
    ];
  });
}

/** Every other rule that the paper is known to use somewhere for such a column. */
function otherRules({ rule, printed = [] }: Column): Rule[] {
  const swapped: Rule[] = rule.by === "leaf" ? [] : [{ ...rule, by: rule.by === "mean" ? "units" : "mean" }];
  return [...printed.map((other) => other.rule), ...swapped];
}

function explains(value: number, printed: string): boolean {
  return (["round", "truncate"] as const).some((rounding) => twoDecimals(value, rounding) === printed);
}

/** Hits of n that print like this, rounded or else truncated; null if there are none. */
function countOf(printed: string, n: number): number | null {
  const near = Math.round((Number(printed) * n) / 100);
  const found = (["round", "truncate"] as const)
    .flatMap((rounding) => [near, near + 1, near - 1].map((hits) => ({ hits, rounding })))
    .find(({ hits, rounding }) => twoDecimals((100 * hits) / n, rounding) === printed);
  return found?.hits ?? null;
}

function sameCells(a: PrintedRow["cells"], b: PrintedRow["cells"]): boolean {
  const codes = Object.keys(a);
  return codes.length === Object.keys(b).length && codes.every((code) => a[code] === b[code]);
}

function inWords(rule: Rule): string {
  if (rule.by === "leaf") return rule.of[0];
  return rule.by === "mean" ? `the mean of ${rule.of.join(", ")}` : `the share of all rows of ${rule.of.join(", ")}`;
}
