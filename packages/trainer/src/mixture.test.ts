import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mixture } from "./mixture.js";

const shares = (most: number) =>
  fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: most }).map((weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });

function even(slots: number): number[] {
  return Array(slots).fill(1 / slots);
}

describe("Mixture", () => {
  it("gives every slot its share of the first n problems to within one, for every n", () => {
    fc.assert(
      fc.property(shares(12), (some) => {
        const mixture = Mixture.of(some.length);
        const counts = some.map(() => 0);
        for (let n = 1; n <= 300; n++) {
          counts[mixture.next(some)]++;
          for (const [slot, count] of counts.entries()) expect(Math.abs(count - n * some[slot])).toBeLessThan(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("lets equal shares take turns", () => {
    for (let slots = 1; slots <= 16; slots++) {
      const mixture = Mixture.of(slots);
      for (let i = 0; i < 5000; i++) if (mixture.next(even(slots)) !== i % slots) throw new Error(`${slots}: ${i}`);
    }
  });

  it("is never a problem ahead, and less than two behind, when shares change from batch to batch", () => {
    const batches = fc.integer({ min: 2, max: 8 }).chain((slots) =>
      fc.array(fc.tuple(shares(slots), fc.integer({ min: 1, max: 32 })), { minLength: 1, maxLength: 20 }).map((all) =>
        // Every slot keeps a fifth of an even share, as a schedule leaves it.
        all.map(([some, count]) => ({ some: even(slots).map((e, i) => 0.2 * e + 0.8 * (some[i] ?? 0)), count })),
      ),
    );
    fc.assert(
      fc.property(batches, (all) => {
        const slots = all[0].some.length;
        const mixture = Mixture.of(slots);
        const owed = Array(slots).fill(0);
        for (const { some, count } of all) {
          for (let i = 0; i < count; i++) owed[mixture.next(some)]--;
          for (const [slot, share] of some.entries()) {
            owed[slot] += count * share;
            expect(owed[slot]).toBeGreaterThan(-1);
            expect(owed[slot]).toBeLessThan(2);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
