import type { Table } from "@ssl4rl/eval";
import { expect, test } from "vitest";
import { resultTable } from "./result-table.js";

const table: Table = {
  title: "Answers & <questions>",
  corner: "Model",
  columns: [{ group: "Rotation", label: "4x90°" }, { group: "Rotation", label: "8x45°" }, { label: "Avg" }],
  rows: [
    { label: "<b>", kind: "base", cells: ["1.00", "2.00", "1.50"].map((text) => ({ text, value: Number(text) })) },
    {
      label: "tiny",
      block: "Single task",
      kind: "run",
      cells: [
        { text: "9.00", value: 9, low: 7.5, high: 10.25, best: true },
        { text: "–", value: null },
        { text: "–", value: null },
      ],
    },
  ],
  notes: ["n < 5"],
};

test("headings span their columns, blocks have a row of their own, text is escaped", () => {
  const { text } = resultTable(table);
  expect(text).toContain(
    '<th scope="colgroup" class="group" colspan="2"><bdi>Rotation</bdi></th><td colspan="1"></td>',
  );
  expect(text).toContain('<tr class="block"><th scope="rowgroup" colspan="4"><bdi>Single task</bdi></th></tr>');
  expect(text).toContain('<td class="best" title="95% interval 7.50 to 10.25">9.00</td><td>–</td>');
  expect(text).toContain("<caption><bdi>Answers &amp; &lt;questions&gt;</bdi></caption>");
  expect(text).toContain('<tr class="base"><th scope="row"><bdi>&lt;b&gt;</bdi></th>');
  expect(text).toContain("<li><bdi>n &lt; 5</bdi></li>");
});

test("a table without headings or notes has no empty row or list", () => {
  const { text } = resultTable({ ...table, columns: table.columns.map(({ label }) => ({ label })), notes: [] });
  expect(text).not.toContain("colgroup");
  expect(text).not.toContain("<ul");
  expect(text.match(/<tr/g)).toHaveLength(1 + 2 + 1);
});
