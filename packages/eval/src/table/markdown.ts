import type { Cell, Table } from "./table.js";

/** A GitHub table; groups of columns stand before their labels, blocks of rows in a row of their own. */
export function markdown({ title, corner, columns, rows, notes }: Table): string {
  const header = [corner, ...columns.map(({ label, group }) => (group ? `${group}: ${label}` : label))].map(escaped);
  const lines = [`**${escaped(title)}**`, "", line(header), line(["---", ...columns.map(() => "---:")])];
  let block: string | undefined;
  for (const row of rows) {
    if (row.block && row.block !== block) lines.push(line([`*${escaped(row.block)}*`, ...columns.map(() => "")]));
    block = row.block;
    lines.push(line([escaped(row.label), ...row.cells.map(cellText)]));
  }
  if (notes.length > 0) lines.push("", ...notes.map((note) => `- ${escaped(note)}`));
  return `${lines.join("\n")}\n`;
}

function cellText({ text, best }: Cell): string {
  return best ? `**${escaped(text)}**` : escaped(text);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Text that Markdown neither formats nor takes for HTML nor breaks a row at. */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]|~$]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
}
