import { complementaryError } from "./complementary-error.js";

/** Below this many discordant pairs the test is exact. */
const few = 25;

export interface McNemar {
  /** Items that the base model answered right and the trained one wrong, and the reverse. */
  readonly lost: number;
  readonly won: number;
  /** Two-sided probability of a split at least this uneven when both models are equally good. */
  readonly p: number;
  readonly test: "exact binomial" | "chi-square, continuity corrected";
}

/**
 * McNemar's test of two models on the same items: only items on which they differ say which is better. Exact (binomial,
 * doubled tail) below 25 such items; else chi-square with one degree of freedom and Edwards' continuity correction.
 */
export function mcnemar(lost: number, won: number): McNemar {
  const n = lost + won;
  if (n < few) {
    let tail = 0;
    let choose = 1;
    for (let k = 0; k <= Math.min(lost, won); k++) {
      tail += choose;
      choose = (choose * (n - k)) / (k + 1);
    }
    return { lost, won, p: Math.min(1, tail / 2 ** (n - 1)), test: "exact binomial" };
  }
  // |lost - won| = 0 would be "corrected" to 1: an even split shows nothing at all.
  const chiSquare = Math.max(0, Math.abs(lost - won) - 1) ** 2 / n;
  return { lost, won, p: complementaryError(Math.sqrt(chiSquare / 2)), test: "chi-square, continuity corrected" };
}
