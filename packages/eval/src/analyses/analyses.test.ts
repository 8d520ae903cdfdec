import { describe, expect, it } from "vitest";
import type { ItemResult } from "../item-result.js";
import { tableNamed } from "../papers/tables.js";
import { result } from "../papers/test-results.js";
import { compareCases } from "./cases.js";
import { difficultyTable } from "./difficulty-table.js";
import { rewardCurves } from "./reward-curves.js";
import { transferMatrix } from "./transfer-matrix.js";

const options = { reading: "corrected", seed: 0, resamples: 500 } as const;

/** A hundred answers in each of these columns of the self-supervised bench. */
function bench(hits: Readonly<Record<string, number>>): ItemResult[] {
  return Object.entries(hits).flatMap(([column, right]) =>
    Array.from({ length: 100 }, (_, i) =>
      result({
        benchmark: "ssl-r1-bench",
        id: `${column} ${i}`,
        picture: `${i}`,
        labels: { column },
        accuracy: i < right ? 1 : 0,
      }),
    ),
  );
}

describe("transferMatrix", () => {
  it("tells what training on one task changes in each", () => {
    const base = {
      label: "base",
      results: bench({ "rotation-90": 20, "rotation-45": 10, "similarity-weak": 30, "similarity-strong": 30 }),
    };
    const runs = [
      {
        label: "rotation",
        results: bench({ "rotation-90": 90, "rotation-45": 70, "similarity-weak": 31, "similarity-strong": 30 }),
      },
      {
        label: "similarity",
        results: bench({ "rotation-90": 10, "rotation-45": 0, "similarity-weak": 90, "similarity-strong": 80 }),
      },
    ];
    const matrix = transferMatrix(tableNamed("ssl-r1-4"), base, runs, options);
    expect(matrix.columns.map(({ label }) => label)).toEqual([
      "Correspondence",
      "Ordering",
      "Rotation",
      "Similarity",
      "Inpainting",
    ]);
    expect(matrix.rows.map(({ label, cells }) => [label, ...cells.slice(2, 4).map(({ text }) => text)])).toEqual([
      ["rotation", "+65.00*", "+0.50"],
      ["similarity", "-10.00*", "+55.00*"],
    ]);
    expect(matrix.rows[0].cells[0]).toEqual({ text: "–", value: null });
  });
});

describe("difficultyTable", () => {
  it("sets each level against the base and the level before", () => {
    const answers = (right: number) =>
      Array.from({ length: 100 }, (_, i) =>
        result({
          benchmark: "seedbench-image",
          id: `${i}`,
          labels: { category: "instance location" },
          accuracy: i < right ? 1 : 0,
        }),
      );
    const table = difficultyTable(
      tableNamed("ssl4rl-10"),
      { label: "base", results: answers(50) },
      [
        {
          task: "Jigsaw",
          levels: [
            { label: "2x2", results: answers(60) },
            { label: "3x3", results: answers(45) },
          ],
        },
      ],
      options,
    );
    const text = table.rows.map(({ block, label, cells }) => [
      block,
      label,
      cells[0].text,
      cells[1].text,
      cells[3].text,
    ]);
    expect(text).toEqual([
      ["Jigsaw", "2x2", "60.00", "+10.00", "–"],
      ["Jigsaw", "3x3", "45.00", "-5.00", "-15.00"],
    ]);
    expect(table.rows[1].cells[3].high).toBeLessThan(0);
  });
});

describe("compareCases", () => {
  const answers = (right: (i: number) => boolean) =>
    Array.from({ length: 60 }, (_, i) =>
      result({
        benchmark: "b",
        id: `${i}`,
        picture: `${i % 30}`,
        group: `${i}`,
        accuracy: i === 7 ? null : right(i) ? 1 : 0,
      }),
    );
  const base = answers((i) => i % 3 === 0);
  const trained = answers((i) => i % 2 === 0);

  it("counts every case and draws those shown from their names alone", () => {
    const cases = compareCases(base, trained, 5);
    // 7 failed in both; of 0..59 else: multiples of 2 not of 3 are won, of 3 not of 2 lost.
    expect([cases.won.count, cases.lost.count, cases.bothRight, cases.bothWrong, cases.unanswered]).toEqual([
      20, 10, 10, 19, 1,
    ]);
    expect(cases.won.shown).toHaveLength(5);
    expect(cases.won.shown.every(({ base, trained }) => base.id === trained.id && base.accuracy === 0)).toBe(true);
    expect(compareCases(base.toReversed(), trained.toReversed(), 5)).toEqual(cases);
    expect(compareCases(base, trained, 3).won.shown).toEqual(cases.won.shown.slice(0, 3));
  });

  it("shows no picture twice", () => {
    const pictures = compareCases(base, trained, 100).won.shown.map(({ base }) => base.picture);
    expect(new Set(pictures).size).toBe(pictures.length);
    expect(pictures).toHaveLength(10);
  });

  it("counts what only one model was asked as unanswered", () => {
    expect(compareCases(base.slice(0, 50), trained.slice(10), 0).unanswered).toBe(20);
  });
});

describe("rewardCurves", () => {
  it("gives a line for each task, and one for a run over several", () => {
    const curves = rewardCurves([
      {
        run: "both",
        steps: [
          { step: 1, reward: 0.5, tasks: { a: { reward: 0.25 }, b: { reward: 0.75 } } },
          { step: 2, reward: 0.6, tasks: { a: { reward: null } } },
        ],
      },
      { run: "alone", steps: [{ step: 1, reward: 1, tasks: { a: { reward: 1 } } }] },
    ]);
    expect(curves.map(({ run, task, points }) => [run, task, points.map(({ reward }) => reward)])).toEqual([
      ["both", null, [0.5, 0.6]],
      ["both", "a", [0.25]],
      ["both", "b", [0.75]],
      ["alone", "a", [1]],
    ]);
  });
});
