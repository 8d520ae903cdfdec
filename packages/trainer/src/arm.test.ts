import { describe, expect, it } from "vitest";
import { recipeArms } from "./arm.js";

const arms = (...tasks: { readonly task: string; readonly [option: string]: unknown }[]) =>
  recipeArms({ tasks, size: 56 } as Parameters<typeof recipeArms>[0]);

describe("arms of a recipe", () => {
  it("are named by their task alone where it is there once", () => {
    expect(arms({ task: "rotation", step: 45 }, { task: "position" }).map(({ label }) => label)).toEqual([
      "rotation@1",
      "position@2",
    ]);
  });

  it("are named by the options that tell them apart", () => {
    const labels = arms(
      { task: "rotation", step: 90, direction: "clockwise" },
      { task: "rotation", step: 45, direction: "clockwise" },
      { task: "jigsaw", levels: [{ rows: 2, columns: 1 }, { rows: 2 }] },
    ).map(({ label }) => label);
    expect(labels).toEqual(["rotation@1 step=90", "rotation@1 step=45", "jigsaw@1 columns=1", "jigsaw@1 columns=2"]);
  });

  it("share the weight of their entry over its levels, whose options go over the entry's", () => {
    const some = arms(
      { task: "position", weight: 2 },
      { task: "jigsaw", rows: 3, levels: [{ columns: 1 }, { columns: 2 }, { rows: 2, columns: 2 }, { columns: 3 }] },
    );
    const shares = [2 / 3, 1 / 12, 1 / 12, 1 / 12, 1 / 12];
    for (const [i, share] of shares.entries()) expect(some[i].share).toBeCloseTo(share, 12);
    expect(some.map(({ entry, level }) => [entry, level])).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(some.slice(1).map(({ task }) => task.options.rows)).toEqual([3, 3, 2, 3]);
  });

  it("refuse the same options twice, and options no task has", () => {
    expect(() => arms({ task: "rotation" }, { task: "rotation", step: 90 })).toThrow(
      /rotation@1 twice with the same options.*a weight/,
    );
    expect(() => arms({ task: "rotation", levels: [{ stepp: 90 }] })).toThrow(/Task rotation: .*stepp/);
  });
});
