import { describe, expect, it } from "vitest";
import { findMisprints, findWrongGains, type PrintedRow } from "./misprints.js";
import { tableNamed } from "./tables.js";

/** A row whose cells stand in the order of these codes. */
function row(label: string, codes: readonly string[], cells: string): PrintedRow {
  const texts = cells.split(" ");
  return { label, cells: Object.fromEntries(codes.map((code, i) => [code, texts[i]])) };
}

const columnsOf = (id: string) => tableNamed(id).columns.map(({ code }) => code);

/** SSL4RL, Table 6: the 3B base and Rotation, hits over rows, rounded. */
const table6 = {
  base: row(
    "Qwen2.5-VL-3B",
    columnsOf("ssl4rl-6"),
    "86.36 60.27 83.22 63.17 71.99 81.44 51.54 45.20 91.15 46.67 84.65 63.12 82.86 64.25 47.87 38.37 89.39 82.55 94.23 64.50 72.99",
  ),
  rotation: row(
    "Rotation",
    columnsOf("ssl4rl-6"),
    "97.16 66.67 87.83 63.49 75.53 85.23 56.15 56.50 95.82 55.33 89.30 68.79 87.14 70.39 64.89 88.37 95.45 87.26 94.87 75.50 80.38",
  ),
};

describe("findMisprints", () => {
  it("finds nothing in rows that follow, averages truncated or rounded", () => {
    expect(findMisprints(tableNamed("ssl4rl-6"), [table6.base, table6.rotation])).toEqual([]);
    const graphs = row("Neighbor", columnsOf("ssl4rl-5-3b"), "39.00 74.37 50.84 12.65 36.10 36.60 41.59");
    expect(findMisprints(tableNamed("ssl4rl-5-3b"), [graphs])).toEqual([]);
  });

  it("finds a Relation that leaves one of its leaves out", () => {
    const { cells } = table6.rotation;
    const groups = row("Rotation", columnsOf("ssl4rl-1"), "65.84 80.54 83.89 80.21 71.53 84.76 80.38").cells;
    const found = findMisprints(tableNamed("ssl4rl-1"), [{ label: "Rotation", cells: { ...cells, ...groups } }]);
    expect(found).toEqual([
      {
        row: "Rotation",
        column: "Relation",
        printed: "80.54",
        problem: "another rule",
        detail: "the mean of NR, PR, SoR is 74.5500; printed is the mean of PR, SoR, SoR",
      },
    ]);
  });

  it("finds an average that is the mean of the leaves", () => {
    const leaves = columnsOf("ssl4rl-6").slice(0, -1);
    const mean = leaves.reduce((sum, code) => sum + Number(table6.base.cells[code]), 0) / 20;
    const changed = { label: "Combination", cells: { ...table6.base.cells, Average: mean.toFixed(2) } };
    expect(findMisprints(tableNamed("ssl4rl-7"), [changed])).toMatchObject([
      { row: "Combination", column: "Average", printed: "69.64", problem: "another rule" },
    ]);
  });

  it("finds an average that follows from nothing", () => {
    const graphs = row("base", columnsOf("ssl4rl-5-7b"), "64.80 69.86 49.15 50.50 30.10 32.50 57.73");
    expect(findMisprints(tableNamed("ssl4rl-5-7b"), [graphs])).toMatchObject([
      { column: "Average", printed: "57.73", problem: "misprint" },
    ]);
    const r1 = row(
      "SSL-R1-3B",
      columnsOf("ssl-r1-3"),
      "54.67 57.67 78.52 68.75 80.63 43.67 61.58 35.60 77.68 46.84 61.70 29.25 61.49 58.41",
    );
    expect(findMisprints(tableNamed("ssl-r1-3"), [r1])).toMatchObject([
      { column: "Avg", printed: "58.41", problem: "misprint" },
    ]);
  });

  it("finds the cells of SSL-R1's Table 5 that are no counts", () => {
    // MathVerse 50.50 is 1990 of 3940, cut off.
    const rows = [
      "59.70 75.20 30.92 50.76 55.11 26.75 49.74",
      "61.60 75.10 35.20 50.50 54.22 29.00 50.94",
      "62.35 76.10 36.25 51.00 55.78 29.34 51.80",
    ].map((cells, i) => row(`row ${i}`, columnsOf("ssl-r1-5"), cells));
    const found = findMisprints(tableNamed("ssl-r1-5"), rows);
    expect(found.map(({ column, printed, problem }) => `${column} ${printed}: ${problem}`)).toEqual([
      "MathVision 36.25: no count",
      "MathVerse 51.00: no count",
      "EMMA 29.34: no count",
    ]);
  });

  it("finds SSL-R1's 13 columns to be counts, cells rounded or cut off", () => {
    const cells = "43.33 51.49 77.15 64.12 76.44 42.68 59.59 35.21 77.31 45.27 51.89 27.75 61.05 54.87";
    const base = row("Qwen2.5-VL-3B", columnsOf("ssl-r1-3"), cells);
    expect(findMisprints(tableNamed("ssl-r1-3"), [base])).toEqual([]);
  });

  it("finds a row that repeats another", () => {
    const twin = { label: "Position", cells: { ...table6.rotation.cells } };
    expect(findMisprints(tableNamed("ssl4rl-7"), [table6.rotation, twin])).toEqual([
      {
        row: "Position",
        column: "",
        printed: "",
        problem: "repeated row",
        detail: "every cell is that of Rotation",
      },
    ]);
  });

  it("finds a row in the order of another table under this header", () => {
    // Rotation of Table 2, its cells in Table 10's order as Table 13's rows are, under Table 2's header.
    const shares = {
      TU: "45.24",
      VR: "73.41",
      SU: "73.65",
      IId: "72.80",
      IIn: "67.01",
      IA: "71.03",
      IL: "61.76",
      SR: "54.03",
      IC: "64.12",
    };
    const cells = tableNamed("ssl4rl-13").otherOrder!.map((code) => shares[code as keyof typeof shares]);
    const under = row("Jigsaw 3x3", columnsOf("ssl4rl-2").slice(0, -1), cells.join(" "));
    expect(findMisprints(tableNamed("ssl4rl-13"), [under])).toMatchObject([{ problem: "columns in another order" }]);
    expect(findMisprints(tableNamed("ssl4rl-2"), [{ label: "Rotation", cells: shares }])).toEqual([]);
  });
});

describe("findWrongGains", () => {
  it("finds nothing in Table 3's Relation at 7B", () => {
    const relation = { Rotation: "86.16", Jigsaw: "84.64", Contrastive: "83.19" };
    const trained = Object.entries(relation).map(([label, Relation]) => ({ label, cells: { Relation } }));
    expect(findWrongGains({ label: "base", cells: { Relation: "84.68" } }, trained, { Relation: "1.48" })).toEqual([]);
  });

  it.each([
    {
      size: "3b",
      rows: [
        "21.80 64.26 30.50 7.93 26.30 29.80 30.09",
        "55.80 73.27 57.62 8.03 36.10 32.50 43.88",
        "39.00 74.37 50.84 12.65 36.10 36.60 41.59",
        "31.30 71.97 55.93 4.91 46.50 41.10 41.95",
      ],
      gains: "34.00 10.11 27.12 4.42 20.20 11.30 13.79",
      wrong: { column: "Products", printed: "4.42", detail: "12.65 - 7.93 = +4.72" },
    },
    {
      size: "7b",
      rows: [
        "64.80 69.86 49.15 50.50 30.10 32.50 49.48",
        "63.80 59.55 54.23 51.30 37.00 32.70 49.76",
        "63.10 70.87 52.54 43.47 33.00 34.00 49.49",
        "67.70 72.27 55.93 48.89 21.30 39.50 50.93",
      ],
      // The gain of the average is reckoned from 49.48, not from the 57.73 that the paper prints.
      gains: "1.90 - - - - - 1.45",
      wrong: { column: "Cora", printed: "1.90", detail: "67.70 - 64.80 = +2.90" },
    },
  ])("finds the one of Table 5 at $size", ({ size, rows, gains, wrong }) => {
    const definition = tableNamed(`ssl4rl-5-${size}`);
    const columns = definition.columns.map(({ code }) => code);
    const labels = definition.blocks[0].rows;
    const [base, ...trained] = rows.map((cells, i) => row(labels[i], columns, cells));
    const cells = Object.entries(row("gain", columns, gains).cells);
    const printedGains = Object.fromEntries(cells.filter(([, gain]) => gain !== "-"));
    expect(findMisprints(definition, [base, ...trained])).toEqual([]);
    expect(findWrongGains(base, trained, printedGains)).toEqual([{ row: "gain", problem: "misprint", ...wrong }]);
  });
});
