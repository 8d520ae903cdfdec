import { ones, tensor } from "@ssl4rl/torch";
import { expect, it } from "vitest";
import { klEstimate } from "./kl.js";

// Golden numbers: `kl` and `kl_clamp` of the project's GRPO reference; the last token is padding.
const NEW = [-0.5, -1.2, -0.3, -0.9, -2.0, -0.7];
const REFERENCE = [-0.7, -1.0, -0.4, -1.0, -1.5, -0.1];
const MASK = [1, 1, 1, 1, 1, 0];

it.each([
  ["k1", [0.2, -0.2, 0.1, 0.1, -0.5, 0], -0.06],
  ["abs", [0.2, 0.2, 0.1, 0.1, 0.5, 0], 0.22],
  ["k2", [0.02, 0.02, 0.005, 0.005, 0.125, 0], 0.035],
  ["k3", [0.018731, 0.021403, 0.004837, 0.004837, 0.148721, 0], 0.039706],
] as const)("%s", (estimator, perToken, mean) => {
  const estimate = klEstimate(tensor(NEW), tensor(REFERENCE), tensor(MASK), { estimator });
  for (const [i, value] of perToken.entries()) expect(estimate.data()[i]).toBeCloseTo(value, 5);
  expect(estimate.sum().item() / 5).toBeCloseTo(mean, 5);
});

it("k3 pulls the policy towards the reference", () => {
  const policy = tensor(NEW).requiresGrad_();
  klEstimate(policy, tensor(REFERENCE), ones([6]), { estimator: "k3" })
    .sum()
    .backward();
  const expected = [0.181269, -0.221403, 0.095163, 0.095163, -0.648721, -0.822119];
  for (const [i, value] of expected.entries()) expect(policy.grad!.data()[i]).toBeCloseTo(value, 5);
});

it("is bounded as in verl by a limit of 10", () => {
  const estimate = (limit?: number) =>
    klEstimate(tensor([0, 0, 0]), tensor([25, 2, -25]), ones([3]), { estimator: "k3", limit }).data();
  for (const [i, value] of [10, 4.389056, 10].entries()) expect(estimate(10)[i]).toBeCloseTo(value, 5);
  expect(Number(estimate()[0]) / (Math.exp(20) - 21)).toBeCloseTo(1, 5);
});

// `kl_in_reward`: scores 1 and 0.25, coefficient 0.1, the policy before the update against the reference.
it.each([
  ["k1", [1.015, 0.18]],
  ["k3", [0.998843, 0.238886]],
] as const)("is taken from rewards by %s", (estimator, rewards) => {
  const old = tensor([-0.8, -1.1, -0.35, -0.6, -1.2, -0.7], [2, 3]);
  const mask = tensor(MASK, [2, 3]);
  const sums = klEstimate(old, tensor(REFERENCE, [2, 3]), mask, { estimator }).sum([-1]);
  for (const [i, score] of [1, 0.25].entries()) {
    expect(score - 0.1 * Number(sums.data()[i])).toBeCloseTo(rewards[i], 5);
  }
});
