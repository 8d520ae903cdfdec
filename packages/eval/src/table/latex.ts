import { spans, type Table } from "./table.js";

/** A `table` environment with booktabs rules (needs `\usepackage{booktabs}`), notes below the rows. */
export function latex({ title, corner, columns, rows, notes }: Table): string {
  const lines = [
    "\\begin{table}",
    "\\centering",
    `\\caption{${escaped(title)}}`,
    `\\begin{tabular}{l${"r".repeat(columns.length)}}`,
    "\\toprule",
  ];
  if (columns.some(({ group }) => group)) {
    const groups = spans(columns, ({ group }) => group);
    lines.push(
      line(["", ...groups.map(({ heading, size }) => `\\multicolumn{${size}}{c}{${escaped(heading ?? "")}}`)]),
    );
  }
  lines.push(line([corner, ...columns.map(({ label }) => label)].map(escaped)), "\\midrule");
  let block: string | undefined;
  for (const [i, row] of rows.entries()) {
    if (row.block !== block) {
      if (i > 0) lines.push("\\midrule");
      if (row.block) lines.push(`\\multicolumn{${columns.length + 1}}{l}{\\emph{${escaped(row.block)}}} \\\\`);
    }
    block = row.block;
    const cells = row.cells.map(({ text, best }) => (best ? `\\textbf{${escaped(text)}}` : escaped(text)));
    lines.push(line([escaped(row.label), ...cells]));
  }
  lines.push("\\bottomrule", "\\end{tabular}");
  for (const note of notes) lines.push(`\\par\\footnotesize ${escaped(note)}`);
  return `${[...lines, "\\end{table}"].join("\n")}\n`;
}

function line(cells: readonly string[]): string {
  return `${cells.join(" & ")} \\\\`;
}

const commands: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  "†": "$^\\dagger$",
  "→": "$\\to$",
  "–": "--",
  "°": "$^\\circ$",
  // Without braces a row that begins with it would be an argument of the \\ before.
  "[": "{[}",
};

function escaped(text: string): string {
  return (
    text
      .replace(/\s+/g, " ")
      .replace(/[&%$#_{}]|[\\~^<>|†→–°[]/g, (character) => commands[character] ?? `\\${character}`)
      // A minus, not a hyphen, before a figure.
      .replace(/(?<!\w)-(?=\d)/g, "$$-$$")
  );
}
