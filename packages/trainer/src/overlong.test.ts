import { expect, it } from "vitest";
import { overlongPenalty } from "./overlong.js";

// Golden numbers: `overlong_max100_cache20` of the project's GRPO reference.
it.each([
  [80, 0],
  [81, -0.05],
  [90, -0.5],
  [100, -1],
  [101, -1],
])("%i of 100 tokens, the last 20 of which cost", (tokens, penalty) => {
  expect(overlongPenalty(tokens, 100, 20)).toBeCloseTo(penalty, 12);
});
