import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filesOf, fingerprintOf, type Plan, rowsOf, splits } from "./plan.js";

const plan: Plan = {
  images: "photos",
  minSide: 56,
  dedupe: false,
  worldPictures: 8,
  tasks: [{ task: "rotation" }],
  size: 112,
  protocol: "answer-only",
  reward: { accuracy: 1, format: 0, partial: 0 },
  seed: 0,
  shares: { validation: 0.05, test: 0 },
  rows: 1000,
  rowsPerFile: 200,
  format: "verl",
};

describe("a plan", () => {
  it("puts every row of every split into one file, in order", () => {
    const share = fc.double({ min: 0, max: 0.49, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 900 }),
        share,
        share,
        (rows, rowsPerFile, validation, test) => {
          const wanted = { rows, rowsPerFile, shares: { validation, test } };
          const files = filesOf(wanted, "parquet");
          for (const split of splits) {
            const own = files.filter((file) => file.split === split);
            expect(own.map(({ start }) => start)).toEqual([0, ...own.map(({ end }) => end)].slice(0, own.length));
            expect(own.at(-1)?.end ?? 0).toBe(rowsOf(wanted)[split]);
            expect(own.every(({ start, end }) => end > start && end - start <= rowsPerFile)).toBe(true);
          }
          expect(Object.values(rowsOf(wanted)).reduce((sum, count) => sum + count, 0)).toBe(rows);
          expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
        },
      ),
    );
  });

  it("has one fingerprint wherever the pictures lie, and another for any other setting or picture", () => {
    const print = fingerprintOf(plan, ["a", "b"]);
    expect(fingerprintOf({ ...plan, images: "elsewhere" }, ["a", "b"])).toBe(print);
    const others = [
      fingerprintOf({ ...plan, seed: 1 }, ["a", "b"]),
      fingerprintOf({ ...plan, size: 224 }, ["a", "b"]),
      fingerprintOf({ ...plan, rows: 1001 }, ["a", "b"]),
      fingerprintOf({ ...plan, tasks: [{ task: "rotation", step: 45 }] }, ["a", "b"]),
      fingerprintOf(plan, ["b", "a"]),
      fingerprintOf(plan, ["ab"]),
    ];
    expect(new Set([print, ...others]).size).toBe(7);
  });
});
