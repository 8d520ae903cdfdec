import type { Table } from "./table.js";

/** The table with 95% intervals in its texts, `72.99 (71.65 to 74.30)`, for any printer. */
export function withIntervals(table: Table): Table {
  return {
    ...table,
    rows: table.rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell) =>
        cell.low === undefined || cell.high === undefined
          ? cell
          : { ...cell, text: `${cell.text} (${cell.low.toFixed(2)} to ${cell.high.toFixed(2)})` },
      ),
    })),
    notes: [
      ...table.notes,
      "In brackets: 95% intervals, Wilson's for shares and made of those for means; items on one picture are taken together.",
    ],
  };
}
