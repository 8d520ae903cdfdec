import type { Table } from "./table.js";

/** The table as it is, figures unshortened beside their texts. A figure that is not finite is null. */
export function json(table: Table): string {
  return `${JSON.stringify(table, null, 1)}\n`;
}
