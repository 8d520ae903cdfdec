import { estimate, Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { meanOfShares, type WeightedShare } from "./mean-of-shares.js";

/** `right` of `n` answers are right, each on a picture of its own. */
function share(name: string, weight: number, right: number, n: number): WeightedShare {
  return {
    weight,
    units: Array.from({ length: n }, (_, i) => ({ cluster: `${name} ${i}`, accuracy: i < right ? 1 : 0 })),
  };
}

describe("meanOfShares", () => {
  it("adds up the distances to Wilson's limits as squares", () => {
    // Wilson: 8 of 10 is 0.4902 to 0.9433, 50 of 100 is 0.4038 to 0.5962. Half of each:
    // 0.65 - sqrt(0.3098² + 0.0962²) / 2 and 0.65 + sqrt(0.1433² + 0.0962²) / 2.
    const { value, low, high } = meanOfShares([share("a", 0.5, 8, 10), share("b", 0.5, 50, 100)]);
    expect(value).toBeCloseTo(0.65, 12);
    expect(low).toBeCloseTo(0.4878, 4);
    expect(high).toBeCloseTo(0.7363, 4);
  });

  it("gives a share alone its own interval", () => {
    const alone = share("a", 1, 7, 30);
    const { accuracy: value, low, high } = estimate(alone.units);
    expect(meanOfShares([alone])).toEqual({ value, low, high });
  });

  it("knows little of a mean in which one small share weighs as much as a large one", () => {
    const { low, high } = meanOfShares([share("a", 0.5, 2, 4), share("b", 0.5, 5000, 10_000)]);
    expect(high - low).toBeGreaterThan(0.3);
  });

  it("has an interval where all answers are right", () => {
    const { value, low, high } = meanOfShares([share("a", 0.5, 10, 10), share("b", 0.5, 10, 10)]);
    expect([value, high]).toEqual([1, 1]);
    // Wilson's lower limit of 10 of 10 is 0.7225.
    expect(low).toBeCloseTo(1 - (1 - 0.7225) / Math.SQRT2, 4);
  });

  it("is wider by the root of two where two shares have the same answers on the same pictures", () => {
    const apart = meanOfShares([share("a", 0.5, 30, 100), share("b", 0.5, 30, 100)]);
    const joint = meanOfShares([share("a", 0.5, 30, 100), share("a", 0.5, 30, 100)]);
    expect((joint.high - joint.value) / (apart.high - apart.value)).toBeCloseTo(Math.SQRT2, 12);
    // Two questions that always agree tell as much as one.
    expect(joint.low).toBeCloseTo(estimate(share("a", 1, 30, 100).units).low, 12);
  });

  it.each([
    { name: "shares on pictures of their own", shared: false, sizes: [150, 60, 40] },
    { name: "shares on the same pictures", shared: true, sizes: [100, 100, 100] },
  ])("covers the truth in about 95 of 100 samples: $name", ({ name, shared, sizes }) => {
    const rates = [0.8, 0.6, 0.35];
    const truth = rates.reduce((sum, rate) => sum + rate / 3, 0);
    const samples = 1000;
    let covered = 0;
    for (let sample = 0; sample < samples; sample++) {
      const random = Random.from("coverage", name, sample);
      // How hard a picture is moves all answers on it.
      const hardness = Array.from({ length: Math.max(...sizes) }, () => (random.chance(0.5) ? 0.15 : -0.15));
      const shares = sizes.map((n, k) => ({
        weight: 1 / 3,
        units: Array.from({ length: n }, (_, i) => ({
          cluster: shared ? `${i}` : `${k} ${i}`,
          accuracy: random.chance(rates[k] + (shared ? hardness[i] : 0)) ? 1 : 0,
        })),
      }));
      const { low, high } = meanOfShares(shares);
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / samples).toBeGreaterThan(0.93);
    expect(covered / samples).toBeLessThan(0.97);
  });
});
