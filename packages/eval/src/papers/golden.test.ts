import { describe, expect, it } from "vitest";
import type { ItemResult } from "../item-result.js";
import type { Table } from "../table/table.js";
import type { Reading, TableDefinition } from "./definition.js";
import { findMisprints, findWrongGains } from "./misprints.js";
import { paperTable, type Run } from "./paper-table.js";
import { rowFigures } from "./row.js";
import { tableNamed } from "./tables.js";
import { result, rowsOf } from "./test-results.js";

/** Hits per category, as they follow from the leaves that SSL4RL prints in Tables 6 and 7. */
const mmbenchHits = {
  "Qwen2.5-VL-3B": "152 132 253 199 203 215 67 80 371 70 182 89 116 115 45 66 354 175 147 129",
  Rotation: "171 146 267 200 213 225 73 100 390 83 192 97 122 126 61 152 378 185 148 151",
  Jigsaw: "161 141 259 194 207 235 68 94 382 84 186 90 123 115 56 141 376 181 143 133",
  Contrastive: "159 114 222 190 195 206 69 58 360 63 175 86 115 66 54 140 358 131 133 105",
  Position: "168 141 264 208 221 228 74 75 392 87 193 95 121 122 57 147 376 194 147 157",
  Combination: "168 135 250 215 219 237 71 81 383 83 194 90 123 110 51 155 373 189 148 135",
  "Qwen2.5-VL-7B": "173 146 280 235 234 234 91 135 395 87 198 120 128 159 65 159 385 201 150 164",
};

/** Hits per category from Table 2, in its order. */
const seedHits = {
  "Qwen2.5-VL-3B": "35 178 1906 1158 63 2923 575 339 1481",
  Rotation: "38 243 2326 1333 65 3302 604 355 1569",
  Contrastive: "24 222 2119 1252 63 2846 623 340 1322",
  Position: "44 234 2323 1332 61 3371 632 363 1571",
};

/** Runs whose items have these hits in a definition's leaves, in their order. */
function runsWith(definition: TableDefinition, hits: Readonly<Record<string, string>>, labels?: string[]): Run[] {
  return (labels ?? Object.keys(hits)).map((label) => {
    const counts = hits[label].split(" ").map(Number);
    const results = definition.leaves.flatMap((leaf, i) => rowsOf(leaf.benchmark, leaf.where!.is, counts[i], leaf.n!));
    return { label, results };
  });
}

function texts(table: Table, label: string): string[] {
  return table.rows.find((row) => row.label === label)!.cells.map(({ text }) => text);
}

function figures(table: string, row: string, leaves: readonly number[], reading: Reading = "printed"): string[] {
  const definition = tableNamed(table);
  const values = new Map(definition.leaves.map(({ code }, i) => [code, { value: leaves[i] }]));
  return rowFigures(definition, row, values, reading).map(({ text }) => text);
}

describe("SSL4RL's tables on MMBench", () => {
  const three = Object.keys(mmbenchHits).filter((label) => !["Combination", "Qwen2.5-VL-7B"].includes(label));

  it.each([
    ["Qwen2.5-VL-3B", "72.99", "73.00"],
    ["Rotation", "80.38", "80.39"],
    ["Jigsaw", "77.82", "77.82"],
    ["Contrastive", "69.27", "69.28"],
    ["Position", "80.08", "80.09"],
    ["Combination", "78.77", "78.77"],
  ])("average %s as printed %s, truncated, and %s rounded", (row, printed, rounded) => {
    const definition = tableNamed("ssl4rl-6");
    const runs = runsWith(definition, mmbenchHits, [row]);
    expect(texts(paperTable(definition, runs, "printed"), row).at(-1)).toBe(printed);
    expect(texts(paperTable(definition, runs, "corrected"), row).at(-1)).toBe(rounded);
  });

  it("print the 7B base's average, and the mean of the leaves in the row that has it", () => {
    const definition = tableNamed("ssl4rl-7");
    const [base] = runsWith(definition, mmbenchHits, ["Qwen2.5-VL-7B"]);
    const combination = { ...base, label: "Combination" };
    const printed = paperTable(definition, [base, combination], "printed");
    expect(texts(printed, "Qwen2.5-VL-7B").at(-1)).toBe("86.37");
    const leaves = texts(printed, "Combination").slice(0, -1).map(Number);
    expect(leaves).toHaveLength(20);
    expect(texts(printed, "Combination").at(-1)).toBe((leaves.reduce((a, b) => a + b) / 20).toFixed(2));
    expect(texts(paperTable(definition, [base, combination], "corrected"), "Combination").at(-1)).toBe("86.37");
  });

  it("print every group, and Relation as the paper made it or as its name says", () => {
    const definition = tableNamed("ssl4rl-1");
    const runs = runsWith(definition, mmbenchHits, three);
    const printed = paperTable(definition, runs, "printed");
    expect(texts(printed, "Rotation")).toEqual(["65.84", "80.54", "83.89", "80.21", "71.53", "84.76", "80.38"]);
    expect(three.map((row) => texts(printed, row)[1])).toEqual(["41.54", "80.54", "74.51", "73.42", "77.19"]);
    const corrected = paperTable(definition, runs, "corrected");
    expect(three.map((row) => texts(corrected, row)[1])).toEqual(["50.16", "74.55", "68.60", "58.57", "71.42"]);
    const base = texts(printed, "Qwen2.5-VL-3B").map(Number);
    expect(base.map((value) => Math.round(100 * value))).toEqual([6177, 4154, 7662, 7355, 6432, 8206, 7299]);
    expect(
      paperTable(tableNamed("ssl4rl-3"), runsWith(tableNamed("ssl4rl-3"), mmbenchHits, ["Qwen2.5-VL-7B"]), "printed")
        .rows[0].cells[1].text,
    ).toBe("84.68");
  });

  it("print the gains, Attribute's 7.27 where the paper has 6.77", () => {
    const definition = tableNamed("ssl4rl-1");
    const table = paperTable(definition, runsWith(definition, mmbenchHits, three), "printed");
    expect(texts(table, "Maximal improvement")).toEqual(
      ["5.88", "39.00", "7.27", "8.60", "7.21", "3.33", "7.39"].map((gain) => `+${gain}`),
    );
  });
});

describe("what SSL4RL prints wrong in Table 1", () => {
  const definition = tableNamed("ssl4rl-1");
  const labels = ["Qwen2.5-VL-3B", "Rotation", "Jigsaw", "Contrastive", "Position"];
  const table = paperTable(definition, runsWith(definition, mmbenchHits, labels), "printed");
  const cells = (texts: readonly string[]) =>
    Object.fromEntries(definition.columns.map(({ code }, i) => [code, texts[i]]));
  const [base, ...trained] = labels.map((label) => ({ label, cells: cells(texts(table, label)) }));

  it("is the gain in Attribute", () => {
    const gains = cells("5.88 39.00 6.77 8.60 7.21 3.33 7.39".split(" "));
    expect(findWrongGains(base, trained, gains)).toMatchObject([
      { column: "Attribute", printed: "6.77", detail: "83.89 - 76.62 = +7.27" },
    ]);
  });

  it("is Relation, in every row", () => {
    const leaves = paperTable(tableNamed("ssl4rl-6"), runsWith(definition, mmbenchHits, labels), "printed");
    const rows = [base, ...trained].map((row) => ({
      label: row.label,
      cells: {
        ...Object.fromEntries(tableNamed("ssl4rl-6").columns.map(({ code }, i) => [code, texts(leaves, row.label)[i]])),
        ...row.cells,
      },
    }));
    expect(findMisprints(definition, rows).map(({ row, column, problem }) => [row, column, problem])).toEqual(
      labels.map((label) => [label, "Relation", "another rule"]),
    );
  });
});

describe("rows of SSL4RL whose Average is the mean of their cells", () => {
  const grids = ["Jigsaw 3x3", "Jigsaw 4x4", "Jigsaw 5x5", "Position 3x3", "Position 4x4", "Position 5x5"];
  const of = (table: string, means: readonly number[]) => grids.map((row, i) => [table, row, means[i]] as const);

  it.each<readonly [string, string, number]>([
    ["ssl4rl-7", "Combination", 85.777],
    ...of("ssl4rl-11", [86.1745, 85.7285, 85.7435, 85.8685, 85.273, 86.077]),
    ...of("ssl4rl-13", [74.3744, 73.2967, 73.2622, 74.4544, 73.9378, 74.3756]),
  ])("print it in %s, %s: %f", (table, row, mean) => {
    const { length } = tableNamed(table).leaves;
    const cents = Math.round(100 * mean * length);
    const [low, more] = [Math.floor(cents / length), cents % length];
    // Cells with the sum that the paper's have; how many rows each counts is not known, so that no other rule gives a figure.
    const cells = Array.from({ length }, (_, i) => (low + (i < more ? 1 : 0)) / 100);
    expect(figures(table, row, cells).at(-1)).toBe(mean.toFixed(2));
    expect([figures(table, "Rotation", cells).at(-1), figures(table, row, cells, "corrected").at(-1)]).toEqual([
      "–",
      "–",
    ]);
  });
});

describe("MMBench's own figures", () => {
  it("CircularEval counts a question when every turn is right, groups by questions", () => {
    const hits = "44 45 66 49 47 67 16 12 101 29 51 26 32 25 15 37 88 47 28 44".split(" ").map(Number);
    const definition = tableNamed("mmbench-circular");
    const results = definition.leaves.flatMap(({ where, n }, leaf) =>
      Array.from({ length: n! }, (_, i) => turns(`${where!.is} ${i}`, where!.is, i < hits[leaf])).flat(),
    );
    const table = paperTable(definition, [{ label: "model", results }], "corrected");
    const [logical, relation, attribute, coarse, cross, single, overall] = table.rows[0].cells.map(
      ({ value }) => value!,
    );
    expect(overall).toBeCloseTo(74.65635738831615, 12);
    expect([attribute, coarse, cross, single, logical, relation].map((value) => value.toFixed(3))).toEqual([
      "77.889",
      "85.473",
      "62.238",
      "79.181",
      "53.390",
      "66.957",
    ]);
    // The first turn is right everywhere.
    expect(
      paperTable(tableNamed("mmbench-vanilla"), [{ label: "model", results }], "corrected").rows[0].cells.at(-1)!.text,
    ).toBe("100.00");
  });

  /** Three turns of a question; the last is wrong unless all are right. */
  function turns(question: string, category: string, right: boolean): ItemResult[] {
    return [question, `${question}+1`, `${question}+2`].map((id, turn) =>
      result({
        benchmark: "mmbench-dev-en",
        id,
        group: question,
        labels: { category },
        accuracy: right || turn < 2 ? 1 : 0,
      }),
    );
  }
});

describe("SSL4RL's tables on SEED-Bench", () => {
  const definition = tableNamed("ssl4rl-2");
  const table = paperTable(definition, runsWith(definition, seedHits), "printed");

  it("print the averages truncated", () => {
    expect(Object.keys(seedHits).map((row) => texts(table, row).at(-1))).toEqual(["60.83", "69.10", "61.90", "69.77"]);
  });

  it("print the gains", () => {
    const gains = "10.71 19.63 13.30 9.56 2.06 9.64 5.83 3.65 3.68 8.94".split(" ");
    expect(texts(table, "Maximal improvement")).toEqual(gains.map((gain) => `+${gain}`));
  });

  it("have Table 13 in the order that its rows are in", () => {
    expect(
      tableNamed("ssl4rl-13")
        .columns.map(({ code }) => code)
        .join(" "),
    ).toBe("IC IA SU IId IIn VR IL SR TU Average");
  });
});

describe("SSL4RL's table on graphs", () => {
  it.each([
    ["3B", "base", [21.8, 64.26, 30.5, 7.93, 26.3, 29.8], "30.09", "30.10"],
    ["3B", "Attribute", [55.8, 73.27, 57.62, 8.03, 36.1, 32.5], "43.88", "43.89"],
    ["3B", "Neighbor", [39.0, 74.37, 50.84, 12.65, 36.1, 36.6], "41.59", "41.59"],
    ["3B", "Link", [31.3, 71.97, 55.93, 4.91, 46.5, 41.1], "41.95", "41.95"],
    ["7B", "Link", [67.7, 72.27, 55.93, 48.89, 21.3, 39.5], "50.93", "50.93"],
    ["7B", "Attribute", [63.8, 59.55, 54.23, 51.3, 37.0, 32.7], "49.76", "49.76"],
    ["7B", "Neighbor", [63.1, 70.87, 52.54, 43.47, 33.0, 34.0], "49.49", "49.50"],
  ])("averages %s %s as printed %s, truncated, and rounded %s", (size, row, leaves, printed, rounded) => {
    const table = `ssl4rl-5-${size.toLowerCase()}`;
    expect(figures(table, row, leaves).at(-1)).toBe(printed);
    expect(figures(table, row, leaves, "corrected").at(-1)).toBe(rounded);
  });

  it("truncates the leaves: 30 of 59 is 50.84", () => {
    expect(figures("ssl4rl-5-3b", "Neighbor", [39, 74.37, (100 * 30) / 59, 12.65, 36.1, 36.6])[2]).toBe("50.84");
  });
});

describe("SSL-R1's tables", () => {
  it.each([
    ["Qwen2.5-VL-3B", "43.33 51.49 77.15 64.12 76.44 42.68 59.59 35.21 77.31 45.27 51.89 27.75 61.05", "54.87"],
    ["SSL-R1-3B", "54.67 57.67 78.52 68.75 80.63 43.67 61.58 35.60 77.68 46.84 61.70 29.25 61.49", "58.31"],
    ["SSL-R1-7B", "60.00 62.81 84.11 71.75 81.68 49.87 74.07 36.50 81.05 45.40 63.54 41.25 63.67", "62.75"],
  ])("average 13 benchmarks of %s", (row, cells, average) => {
    expect(figures("ssl-r1-3", row, cells.split(" ").map(Number)).at(-1)).toBe(average);
    expect(figures("ssl-r1-6", row, cells.split(" ").map(Number))).toEqual([average]);
  });

  it("know the chance of every self-supervised column and of their mean", () => {
    const definition = tableNamed("ssl-r1-4");
    const table = paperTable(definition, [{ label: "model", results: [] }], "printed");
    expect(texts(table, "chance")).toEqual([
      "4.17",
      "0.14",
      "4.17",
      "0.00",
      "25.00",
      "12.50",
      "25.00",
      "25.00",
      "25.00",
      "25.00",
      "14.60",
    ]);
    expect(table.rows[0].cells.at(-1)!.value).toBeCloseTo(14.598, 2);
  });

  it.each([
    ["59.70 75.20 30.92 50.76 55.11 26.75", "49.74"],
    ["61.60 75.10 35.20 50.50 54.22 29.00", "50.94"],
    ["62.35 76.10 36.25 51.00 55.78 29.34", "51.80"],
  ])("average the vision-centric average and five reasoning benchmarks: %s", (cells, average) => {
    const [visionCentric, ...reasoning] = cells.split(" ").map(Number);
    const leaves = [...Array.from({ length: 13 }, () => visionCentric), ...reasoning];
    expect(figures("ssl-r1-5", "any", leaves).at(-1)).toBe(average);
  });
});
