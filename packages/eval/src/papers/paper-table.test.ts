import { describe, expect, it } from "vitest";
import { benchmarkNamed } from "../benchmarks/registry.js";
import type { ItemResult } from "../item-result.js";
import { comparisonTable } from "./comparison.js";
import type { TableDefinition } from "./definition.js";
import { paperTable } from "./paper-table.js";
import { tableNamed, tables } from "./tables.js";
import { result, rowsOf } from "./test-results.js";
import { countUnits } from "./units.js";

const options = { reading: "corrected", seed: 0, resamples: 1000 } as const;

describe("definitions", () => {
  it("rest on leaves and earlier columns only, each under one name", () => {
    expect(new Set(tables.map(({ id }) => id)).size).toBe(tables.length);
    for (const { id, leaves, columns } of tables) {
      const known = new Set(leaves.map(({ code }) => code));
      expect(known.size, id).toBe(leaves.length);
      for (const column of columns) {
        for (const rule of [column.rule, ...(column.printed ?? []).map((other) => other.rule)]) {
          expect([...known], `${id} ${column.code}`).toEqual(expect.arrayContaining([...rule.of]));
        }
        known.add(column.code);
      }
    }
  });

  it("count what their benchmarks have", () => {
    const total = (id: string) => tableNamed(id).leaves.reduce((sum, { n }) => sum + n!, 0);
    expect(["ssl4rl-6", "mmbench-circular", "ssl4rl-2"].map(total)).toEqual([4329, 1164, 14_232]);
  });

  it("name benchmarks as their readers do, but for graphs, which are asked elsewhere", () => {
    const leaves = tables.filter(({ id }) => !id.startsWith("ssl4rl-5")).flatMap((table) => table.leaves);
    for (const { benchmark } of leaves) expect(benchmarkNamed(benchmark).id).toBe(benchmark);
  });

  it("are found by name, with the nearest for a wrong one", () => {
    expect(tableNamed("ssl-r1-4").columns).toHaveLength(11);
    expect(() => tableNamed("ssl4rl-14")).toThrow('No table "ssl4rl-14". Did you mean "ssl4rl-1');
  });
});

describe("countUnits", () => {
  it("takes turns of a question, and questions on one picture, for one cluster", () => {
    const turn = (id: string, group: string, content: string) =>
      result({ benchmark: "mmbench-dev-en", id, group, content, accuracy: 1 });
    const { units } = countUnits(
      [{ code: "MMBench", benchmark: "mmbench-dev-en", counting: { of: "rows" } }],
      [turn("1", "1", "a"), turn("1000001", "1", "b"), turn("2", "2", "b"), turn("3", "3", "c")],
    );
    const [first, turned, samePicture, other] = units.map(({ cluster }) => cluster);
    expect([turned, samePicture]).toEqual([first, first]);
    expect(other).not.toBe(first);
  });

  const leaf = { code: "MMVP", benchmark: "mmvp", counting: { of: "groups" } } as const;
  const pair = (group: string, first: number | null, second: number | null): ItemResult[] => [
    result({ benchmark: "mmvp", id: `${group}a`, group, accuracy: first }),
    result({ benchmark: "mmvp", id: `${group}b`, group, accuracy: second }),
  ];

  it("takes a pair for right only if both are, and leaves it out if one call failed", () => {
    const { units, failed } = countUnits([leaf], [...pair("1", 1, 1), ...pair("2", 1, 0), ...pair("3", 1, null)]);
    expect(units.map(({ id, accuracy }) => [id, accuracy])).toEqual([
      ["1", 1],
      ["2", 0],
    ]);
    expect(failed).toBe(1);
  });

  it("takes the unweighted mean over a label's values", () => {
    const star: TableDefinition = {
      ...tableNamed("ssl-r1-3"),
      columns: [{ code: "MMStar", label: "MMStar", rule: { by: "leaf", of: ["MMStar"] } }],
    };
    const results = [
      ...Array.from({ length: 3 }, (_, i) =>
        result({
          benchmark: "mmstar",
          id: `a${i}`,
          labels: { category: "Fine-grained Perception", "l2-category": "a" },
          accuracy: 1,
        }),
      ),
      result({
        benchmark: "mmstar",
        id: "b",
        labels: { category: "Fine-Grained Perception", "l2-category": "b" },
        accuracy: 0,
      }),
      result({ benchmark: "mmstar", id: "c", labels: { category: "math", "l2-category": "c" }, accuracy: 0 }),
    ];
    expect(paperTable(star, [{ label: "m", results }], "corrected").rows[1].cells[0].text).toBe("50.00");
  });

  it("finds categories whatever their case and blanks, and counts those it does not know", () => {
    const results = ["Scene Understanding", "scene_understanding", "Scene Text"].map((category, i) =>
      result({ benchmark: "seedbench-image", id: `${i}`, labels: { category }, accuracy: 1 }),
    );
    const { units, unplaced } = countUnits(tableNamed("ssl4rl-2").leaves, results);
    expect(units.map(({ leaf }) => leaf)).toEqual(["SU", "SU"]);
    expect([...unplaced]).toEqual([['category "Scene Text"', 1]]);
  });
});

describe("paperTable", () => {
  const definition = tableNamed("ssl-r1-4");
  const asked = (column: string, hits: number, n: number) =>
    Array.from({ length: n }, (_, i) =>
      result({ benchmark: "ssl-r1-bench", id: `${column} ${i}`, labels: { column }, accuracy: i < hits ? 1 : 0 }),
    );
  const base = { label: "tiny", results: [...asked("rotation-90", 10, 50), ...asked("ordering-2x2", 10, 50)] };
  const trained = {
    label: "tiny + rotation",
    results: [...asked("rotation-90", 40, 50), ...asked("ordering-2x2", 10, 50)],
  };
  const table = paperTable(definition, [base, trained], "corrected");
  const cell = (row: number, column: string) =>
    table.rows[row].cells[definition.columns.findIndex(({ code }) => code === column)];

  it("shows chance, the base, and each run with its gain", () => {
    expect(table.rows.map(({ label, kind }) => [label, kind])).toEqual([
      ["chance", "chance"],
      ["tiny", "base"],
      ["tiny + rotation", "run"],
      ["against the base", "change"],
    ]);
    expect([cell(2, "rotation-90").text, cell(3, "rotation-90").text]).toEqual(["80.00", "+60.00"]);
  });

  it("marks the best of a column, what is below chance, and what nobody measured", () => {
    expect(cell(1, "rotation-90")).toMatchObject({ text: "20.00†" });
    expect(cell(1, "rotation-90").best).toBeUndefined();
    expect(cell(2, "rotation-90").best).toBe(true);
    expect([cell(1, "ordering-2x2").best, cell(2, "ordering-2x2").best]).toEqual([true, true]);
    expect(cell(2, "rotation-45")).toEqual({ text: "–", value: null });
    expect(cell(2, "Avg")).toEqual({ text: "–", value: null });
    expect(table.notes).toContain("† below chance.");
    expect(table.notes.join("\n")).toContain("counted are ordering-2x2 50 of 5000, rotation-90 50 of 5000.");
    expect(table.notes.join("\n")).toContain("tiny: no results for correspondence-4, correspondence-6");
  });

  it("says once how many were counted, where it is alike in every column", () => {
    const every = definition.leaves.flatMap(({ code }) => asked(code, 5, 20));
    const { notes } = paperTable(definition, [{ label: "tiny", results: every }], "corrected");
    expect(notes).toContain("tiny: counted are 20 of 5000 in every column.");
  });

  it("gives plain shares their Wilson interval, means one made of those", () => {
    const definition = tableNamed("ssl4rl-6");
    // statsmodels 0.15.0, proportion_confint(3160, 4329, method="wilson"): 0.71653548 to 0.74297822.
    const hits = [152, 132, 253, 199, 203, 215, 67, 80, 371, 70, 182, 89, 116, 115, 45, 66, 354, 175, 147, 129];
    const results = definition.leaves.flatMap(({ benchmark, where, n }, i) =>
      rowsOf(benchmark, where!.is, hits[i], n!),
    );
    const last = paperTable(definition, [{ label: "base", results }], "corrected").rows[0].cells.at(-1)!;
    expect(last.low).toBeCloseTo(71.653548, 5);
    expect(last.high).toBeCloseTo(74.297822, 5);
    const groups = paperTable(tableNamed("ssl4rl-1"), [{ label: "base", results }], "corrected").rows[0].cells;
    // Logical is the mean of SIU and FP. Wilson: 203 of 282 is 0.6648 to 0.7690, 67 of 130 is 0.4302 to 0.5997.
    expect(groups[0].low).toBeCloseTo(61.763 - Math.hypot(71.986 - 66.48, 51.538 - 43.02) / 2, 1);
    expect(groups[0].high).toBeCloseTo(61.763 + Math.hypot(76.9 - 71.986, 59.97 - 51.538) / 2, 1);
    expect(groups.at(-1)).toMatchObject({ low: last.low, high: last.high });
  });

  it("puts each run into the paper's block, the best of a block under it", () => {
    const run = (label: string) => ({ label, results: [] });
    const rows = paperTable(
      tableNamed("ssl-r1-2"),
      [run("base"), run("3 tasks"), run("Rotation"), run("Ordering"), run("my run")],
      "printed",
    ).rows.slice(1);
    expect(rows.map(({ block, label }) => [block, label])).toEqual([
      [undefined, "base"],
      ["Single task", "Ordering"],
      ["Single task", "Rotation"],
      ["Single task", "Maximal improvement"],
      ["Several tasks", "3 tasks"],
      ["Several tasks", "my run"],
      ["Several tasks", "Maximal improvement"],
    ]);
  });

  it("takes a benchmark's own figure, and shows gains in brackets where the paper does", () => {
    const definition = tableNamed("ssl-r1-5");
    const math = (hits: number) =>
      Array.from({ length: 10 }, (_, i) =>
        result({ benchmark: "mathvista-testmini", id: `${i}`, accuracy: i < hits ? 1 : 0 }),
      );
    const table = paperTable(
      definition,
      [
        { label: "b", results: math(5) },
        { label: "t", results: math(4) },
      ],
      "corrected",
    );
    expect(table.rows.at(-1)!.cells[1].text).toBe("40.00 (-10.00)");
    const ovd = paperTable(
      tableNamed("ssl-r1-3"),
      [{ label: "b", results: [], figures: { "ovd-eval": 35.206 } }],
      "corrected",
    );
    expect(ovd.rows[1].cells[7]).toEqual({ text: "35.21", value: 35.206 });
  });

  it("takes the best of those runs that were asked", () => {
    const [a, b] = [
      { label: "Rotation", results: asked("rotation-90", 20, 50) },
      { label: "Ordering", results: asked("ordering-2x2", 20, 50) },
    ];
    const best = paperTable({ ...definition, gains: "best of block" }, [base, a, b], "corrected").rows.at(-1)!;
    expect(best.cells.filter(({ value }) => value !== null).map(({ text }) => text)).toEqual(["+20.00", "+20.00"]);
  });

  it("says how many calls failed", () => {
    const results = [
      ...asked("rotation-90", 1, 2),
      result({
        benchmark: "ssl-r1-bench",
        id: "x",
        labels: { column: "rotation-90" },
        accuracy: null,
        response: null,
        failure: "timeout",
      }),
    ];
    const { notes } = paperTable(definition, [{ label: "m", results }], "corrected");
    expect(notes).toContain("m: 1 call failed; its item is left out, not counted as wrong.");
  });
});

describe("comparisonTable", () => {
  it("warns that McNemar's test takes items on one picture for independent", () => {
    const definition = tableNamed("ssl4rl-6");
    const items = (pictures: number) =>
      Array.from({ length: 20 }, (_, i) =>
        result({
          benchmark: "mmbench-dev-en",
          id: `${i}`,
          picture: `${i % pictures}`,
          labels: { category: "ocr" },
          accuracy: 1,
        }),
      );
    const notes = [20, 5].map((pictures) => {
      const run = { label: "m", results: items(pictures) };
      return comparisonTable(definition, run, run, options).notes.join(" ");
    });
    expect(notes[0]).not.toContain("share a picture");
    expect(notes[1]).toContain("share a picture");
  });

  it("shows both figures, the change with its interval, and the test, on what both answered", () => {
    const definition = tableNamed("ssl4rl-2");
    const items = (right: (i: number) => boolean, n: number) =>
      Array.from({ length: n }, (_, i) =>
        result({
          benchmark: "seedbench-image",
          id: `${i}`,
          labels: { category: i % 2 ? "Visual Reasoning" : "Text Understanding" },
          accuracy: right(i) ? 1 : 0,
        }),
      );
    const table = comparisonTable(
      definition,
      { label: "base", results: items((i) => i % 4 < 2, 203) },
      { label: "trained", results: items((i) => i % 4 < 2 || i % 8 === 3, 200) },
      options,
    );
    const [textUnderstanding, visualReasoning] = table.rows;
    expect(textUnderstanding.cells.map(({ text }) => text)).toEqual([
      "50.00",
      "50.00",
      "+0.00",
      "+0.00 to +0.00",
      "0",
      "0",
      "1.0000",
    ]);
    expect(visualReasoning.cells.map(({ text }) => text)).toEqual(
      expect.arrayContaining(["50.00", "75.00", "+25.00", "0", "25", "<0.0001"]),
    );
    expect(visualReasoning.cells[2].low).toBeGreaterThan(15);
    expect(table.rows.at(-1)).toMatchObject({ label: "Average" });
    expect(table.rows.at(-1)!.cells[2].text).toBe("+12.50");
    expect(table.notes).toContain("3 units that only one of the two answered are left out.");
  });
});
