import { describe, expect, it } from "vitest";
import { csv } from "./csv.js";
import { json } from "./json.js";
import { latex } from "./latex.js";
import { markdown } from "./markdown.js";
import { noFigure, type Table } from "./table.js";
import { withIntervals } from "./with-intervals.js";

const table: Table = {
  title: "50% of V* & <all>",
  corner: "Model",
  columns: [{ group: "Rotation", label: "4x90°" }, { group: "Rotation", label: "8x45°" }, { label: "a|b_c" }],
  rows: [
    {
      label: 'base, "old"',
      kind: "base",
      cells: [{ text: "12.50†", value: 12.5 }, { text: "1.00", value: 1 }, noFigure],
    },
    {
      label: "[x]",
      block: "Single task",
      kind: "run",
      cells: [
        { text: "72.99", value: 72.9961, low: 71.65, high: 74.3, best: true },
        { text: "-10.14", value: -10.14 },
        { text: "5", value: 5 },
      ],
    },
  ],
  notes: ["n = 5\nitems_1"],
};

describe("one table, four forms", () => {
  it("Markdown keeps columns and formatting apart from text", () => {
    expect(markdown(table)).toBe(`**50% of V\\* &amp; &lt;all>**

| Model | Rotation: 4x90° | Rotation: 8x45° | a\\|b\\_c |
| --- | ---: | ---: | ---: |
| base, "old" | 12.50† | 1.00 | – |
| *Single task* |  |  |  |
| \\[x\\] | **72.99** | -10.14 | 5 |

- n = 5 items\\_1
`);
  });

  it("CSV quotes by RFC 4180, with a column for blocks and nothing for no figure", () => {
    expect(csv(table).split("\r\n")).toEqual([
      "Block,Model,Rotation: 4x90°,Rotation: 8x45°,a|b_c",
      ',"base, ""old""",12.50†,1.00,',
      "Single task,[x],72.99,-10.14,5",
      "",
    ]);
  });

  it("LaTeX escapes its ten characters and a bracket after a line's end", () => {
    expect(latex(table)).toBe(`\\begin{table}
\\centering
\\caption{50\\% of V* \\& \\textless{}all\\textgreater{}}
\\begin{tabular}{lrrr}
\\toprule
 & \\multicolumn{2}{c}{Rotation} & \\multicolumn{1}{c}{} \\\\
Model & 4x90$^\\circ$ & 8x45$^\\circ$ & a\\textbar{}b\\_c \\\\
\\midrule
base, "old" & 12.50$^\\dagger$ & 1.00 & -- \\\\
\\midrule
\\multicolumn{4}{l}{\\emph{Single task}} \\\\
{[}x] & \\textbf{72.99} & $-$10.14 & 5 \\\\
\\bottomrule
\\end{tabular}
\\par\\footnotesize n = 5 items\\_1
\\end{table}
`);
  });

  it("LaTeX escapes every character that means something to it", () => {
    const label = "\\ { } $ & # ^ _ ~ % < > |";
    const [row] = latex({ ...table, rows: [{ label, kind: "run", cells: [] }] }).match(/\\textbackslash.*/)!;
    expect(row).toBe(
      "\\textbackslash{} \\{ \\} \\$ \\& \\# \\textasciicircum{} \\_ \\textasciitilde{} \\% \\textless{} \\textgreater{} \\textbar{} \\\\",
    );
  });

  it("intervals can stand in the texts", () => {
    const { rows, notes } = withIntervals(table);
    expect(rows[1].cells.map(({ text }) => text)).toEqual(["72.99 (71.65 to 74.30)", "-10.14", "5"]);
    expect(notes.at(-1)).toContain("95% intervals");
  });

  it("JSON keeps figures unshortened", () => {
    expect(JSON.parse(json(table))).toEqual(table);
  });
});
