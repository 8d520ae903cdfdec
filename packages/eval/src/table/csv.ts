import { noFigure, type Table } from "./table.js";

/** RFC 4180: texts as printed, one line a row. Groups and blocks are columns of their own; notes are left to the other forms. */
export function csv({ corner, columns, rows }: Table): string {
  const blocks = rows.some(({ block }) => block !== undefined);
  const header = columns.map(({ label, group }) => (group ? `${group}: ${label}` : label));
  const lines = [
    [...(blocks ? ["Block"] : []), corner, ...header],
    ...rows.map(({ block, label, cells }) => [
      ...(blocks ? [block ?? ""] : []),
      label,
      ...cells.map(({ text }) => (text === noFigure.text ? "" : text)),
    ]),
  ];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
