import { Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { complementaryError } from "./complementary-error.js";
import { mcnemar } from "./mcnemar.js";
import { type Pair, pairedChanges, type Share } from "./paired-bootstrap.js";

describe("complementaryError", () => {
  // scipy.special.erfc of scipy 1.17.1.
  it.each([
    [0, 1],
    [0.1, 0.8875370839817152],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028516],
    [1.9999, 0.00467980209297061],
    [2, 0.004677734981047266],
    [2.5, 0.00040695201744495886],
    [4, 1.541725790028002e-8],
    [8, 1.1224297172982928e-29],
  ])("agrees with scipy at %f", (x, expected) => {
    expect(complementaryError(x) / expected).toBeCloseTo(1, 12);
  });
});

describe("mcnemar", () => {
  // statsmodels 0.15.0: mcnemar(table, exact=lost + won < 25, correction=True).pvalue
  it.each([
    [0, 1, 1],
    [1, 5, 0.21875],
    [3, 12, 0.03515625],
    [12, 3, 0.03515625],
    [10, 14, 0.5412561893463135],
    [12, 12, 1],
    [0, 24, 1.1920928955078125e-7],
    [5, 20, 0.005110260660855866],
    [10, 40, 4.109787809945878e-5],
    [121, 59, 5.450094825427117e-6],
    [200, 600, 3.449722533353426e-45],
    [500, 520, 0.551901575888967],
  ])("agrees with statsmodels for %i lost and %i won", (lost, won, p) => {
    const result = mcnemar(lost, won);
    expect(result.p / p).toBeCloseTo(1, 10);
    expect(result.test).toBe(lost + won < 25 ? "exact binomial" : "chi-square, continuity corrected");
  });

  it("sees nothing where the models never differ, or differ evenly", () => {
    expect([mcnemar(0, 0).p, mcnemar(30, 30).p]).toEqual([1, 1]);
  });
});

describe("pairedChanges", () => {
  const accuracy = ([{ hits, n }]: readonly Share[]) => [hits / n];
  const options = { seed: 0, resamples: 20_000 };

  it("agrees with scipy for items on pictures of their own", () => {
    // scipy.stats.bootstrap 1.17.1, paired, percentile, 200,000 resamples: 0.04 to 0.26.
    const pairs = Array.from(
      { length: 100 },
      (_, i): Pair => ({
        cluster: `${i}`,
        cell: 0,
        base: i < 60 ? 1 : 0,
        trained: i < 50 || (i >= 60 && i < 85) ? 1 : 0,
      }),
    );
    const [{ base, trained, change, low, high }] = pairedChanges(pairs, 1, accuracy, options);
    expect([base, trained]).toEqual([0.6, 0.75]);
    expect(change).toBeCloseTo(0.15, 12);
    expect(Math.abs(low - 0.04)).toBeLessThanOrEqual(0.0101);
    expect(Math.abs(high - 0.26)).toBeLessThanOrEqual(0.0101);
  });

  it("draws whole pictures, and agrees with scipy's bootstrap of their means", () => {
    // scipy.stats.bootstrap over the 40 pictures' mean differences: 0.0417 to 0.3; over the 120 items it would be 0.0583 to 0.2917.
    const pairs = Array.from({ length: 120 }, (_, k): Pair => {
      const [i, j] = [Math.floor(k / 3), k % 3];
      return {
        cluster: `${i}`,
        cell: 0,
        base: (i * 7 + j * 3) % 5 < 3 ? 1 : 0,
        trained: (i * 3) % 4 < 3 || (i + j) % 11 === 0 ? 1 : 0,
      };
    });
    const [{ change, low, high }] = pairedChanges(pairs, 1, accuracy, options);
    expect(change).toBeCloseTo(0.175, 12);
    expect(low).toBeCloseTo(0.0417, 2);
    expect(high).toBeCloseTo(0.3, 2);
  });

  it("repeats itself under one seed, and not under another", () => {
    const random = Random.from("pairs");
    const pairs = Array.from(
      { length: 200 },
      (_, i): Pair => ({ cluster: `${i}`, cell: 0, base: random.float(), trained: random.float() }),
    );
    const run = (seed: number) => pairedChanges(pairs, 1, accuracy, { seed, resamples: 500 });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it("covers the true change in about 95 of 100 samples", () => {
    let covered = 0;
    for (let sample = 0; sample < 200; sample++) {
      const random = Random.from("coverage", sample);
      const pairs = Array.from({ length: 80 }, (_, i) => i).flatMap((i): Pair[] => {
        // A picture that is easy for one model is easy for the other; three questions each.
        const ease = random.float();
        return Array.from({ length: 3 }, () => ({
          cluster: `${i}`,
          cell: 0,
          base: random.chance(0.2 + 0.5 * ease) ? 1 : 0,
          trained: random.chance(0.3 + 0.5 * ease) ? 1 : 0,
        }));
      });
      const [{ low, high }] = pairedChanges(pairs, 1, accuracy, { seed: sample, resamples: 500 });
      if (low <= 0.1 && 0.1 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(200 * 0.9);
    expect(covered).toBeLessThan(200 * 0.99);
  });

  it("takes the statistic that it is given, an unweighted mean of two shares say", () => {
    const pairs = [
      ...Array.from({ length: 90 }, (_, i): Pair => ({ cluster: `a${i}`, cell: 0, base: 0, trained: 0 })),
      ...Array.from({ length: 10 }, (_, i): Pair => ({ cluster: `b${i}`, cell: 1, base: 0, trained: 1 })),
    ];
    const mean = (shares: readonly Share[]) => [shares.reduce((sum, { hits, n }) => sum + hits / n, 0) / 2];
    expect(pairedChanges(pairs, 2, mean, { seed: 0, resamples: 200 })[0]).toMatchObject({
      change: 0.5,
      low: 0.5,
      high: 0.5,
    });
  });
});
