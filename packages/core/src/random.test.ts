import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "./random.js";

const take = (random: Random, n = 8) => Array.from({ length: n }, () => random.uint32());

/** Pearson's chi-square of counts against a uniform distribution. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Chi-square at p = 0.001 for a few degrees of freedom. */
const critical: Record<number, number> = { 1: 10.83, 2: 13.82, 3: 16.27, 5: 20.52, 6: 22.46, 99: 148.23, 1023: 1168.5 };

describe("Random.from", () => {
  it("gives the same stream for the same names", () => {
    const names = fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1 });
    fc.assert(
      fc.property(names, (parts) => {
        expect(take(Random.from(...parts))).toEqual(take(Random.from(...parts)));
      }),
    );
  });

  it("gives the same stream on every machine", () => {
    expect(take(Random.from("a picture", "rotation@1", 0), 3)).toEqual([2584089409, 1699478379, 112736075]);
  });

  it("gives another stream for other names", () => {
    const names = fc.array(fc.oneof(fc.string(), fc.integer()));
    fc.assert(
      fc.property(names, names, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(take(Random.from(...a))).not.toEqual(take(Random.from(...b)));
      }),
    );
  });

  it("respects the borders, the order and the types of its parts", () => {
    const streams = [
      ["ab", "c"],
      ["a", "bc"],
      ["abc"],
      ["c", "ab"],
      ["ab", "c", ""],
      ["1"],
      [1],
      ["1,2"],
      [1, 2],
      [12],
    ];
    expect(new Set(streams.map((parts) => take(Random.from(...parts)).join())).size).toBe(streams.length);
  });

  it("shares nothing between two streams", () => {
    const alone = take(Random.from("a"));
    const a = Random.from("a");
    const b = Random.from("b");
    const mixed = Array.from({ length: 8 }, () => [a.uint32(), b.uint32()][0]);
    expect(mixed).toEqual(alone);
  });

  it("gives unrelated first draws to names that differ in one number", () => {
    const counts = new Array(100).fill(0);
    let last = Random.from("picture", 0).int(10);
    for (let i = 1; i <= 20_000; i++) {
      const draw = Random.from("picture", i).int(10);
      counts[last * 10 + draw]++;
      last = draw;
    }
    expect(chiSquare(counts)).toBeLessThan(critical[99]);
  });
});

describe("Random", () => {
  it("draws floats in [0, 1), evenly", () => {
    const random = Random.from("float");
    const counts = new Array(100).fill(0);
    for (let i = 0; i < 50_000; i++) {
      const value = random.float();
      expect(value >= 0 && value < 1).toBe(true);
      counts[Math.floor(value * 100)]++;
    }
    expect(chiSquare(counts)).toBeLessThan(critical[99]);
  });

  it.each([2, 3, 4, 6, 7, 100])("draws integers below %i evenly", (n) => {
    const random = Random.from("int", n);
    const counts = new Array(n).fill(0);
    for (let i = 0; i < 30_000; i++) counts[random.int(n)]++;
    expect(chiSquare(counts)).toBeLessThan(critical[n - 1]);
  });

  it("draws integers without the bias of a remainder", () => {
    // By a plain remainder the lowest third of 0..3·2^30 would hold half of the draws.
    const n = 3 * 2 ** 30;
    const random = Random.from("bias");
    const counts = [0, 0, 0];
    for (let i = 0; i < 10_000; i++) counts[Math.floor(random.int(n) / 2 ** 30)]++;
    expect(chiSquare(counts)).toBeLessThan(critical[2]);
  });

  it("draws integers below 1 and below 2^32", () => {
    expect(Random.from("one").int(1)).toBe(0);
    const value = Random.from("all").int(2 ** 32);
    expect(value).toBe(Random.from("all").uint32());
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 + 1])("refuses an integer below %d", (n) => {
    expect(() => Random.from("x").int(n)).toThrow(RangeError);
  });

  it("shuffles uniformly over the six orders of three", () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = Random.from("shuffle", i).shuffle(["a", "b", "c"]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(chiSquare([...counts.values()])).toBeLessThan(critical[5]);
  });

  it("shuffles a copy that holds the same things", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (list, seed) => {
        const before = [...list];
        const shuffled = Random.from(seed).shuffle(list);
        expect(list).toEqual(before);
        expect([...shuffled].sort()).toEqual([...list].sort());
      }),
    );
  });

  it("draws normal numbers of mean 0 and variance 1", () => {
    const random = Random.from("normal");
    const n = 40_000;
    const draws = Array.from({ length: n }, () => random.normal());
    const mean = draws.reduce((sum, x) => sum + x, 0) / n;
    const variance = draws.reduce((sum, x) => sum + x * x, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(draws.every(Number.isFinite)).toBe(true);
  });

  it("keeps uniform, chance and pick inside their ranges", () => {
    const random = Random.from("ranges");
    for (let i = 0; i < 2000; i++) {
      const value = random.uniform(-3, 5);
      expect(value >= -3 && value < 5).toBe(true);
      expect(random.chance(0)).toBe(false);
      expect(random.chance(1)).toBe(true);
      expect(["a", "b"]).toContain(random.pick(["a", "b"]));
    }
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
