import type { Random } from "@ssl4rl/core";

/** Share of the draws that goes to easier levels, so that they are not forgotten. */
const EASIER = 0.1;

/**
 * Where a task stands on its ladder of levels 0..`last`, moved by the rate q above guessing that was earned there: up where
 * more than half is solved, down where less (after AdaRFT, arXiv 2504.05520). Places between two levels mix them.
 */
export function ladderStep(place: number, q: number, last: number): number {
  return Math.min(last, Math.max(0, place + 0.5 * Math.tanh(2 * (q - 0.5))));
}

/** The level of one problem: of the two around `place` by its fraction, now and then an easier one. */
export function drawLevel(place: number, random: Random): number {
  const lower = Math.floor(place);
  if (lower > 0 && random.chance(EASIER)) return random.int(lower);
  return lower + (random.chance(place - lower) ? 1 : 0);
}
