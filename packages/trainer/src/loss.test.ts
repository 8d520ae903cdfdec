import { tensor } from "@ssl4rl/torch";
import { describe, expect, it } from "vitest";
import { policyLoss } from "./loss.js";

// Golden numbers: `loss`, `kl`, `end_to_end` of the project's GRPO reference (equal to TRL's and verl's own functions).
const NEW = [
  [-0.5, -1.2, -0.3],
  [-0.9, -2.0, -0.7],
];
const OLD = [
  [-0.8, -1.1, -0.35],
  [-0.6, -1.2, -0.7],
];
const REFERENCE = [
  [-0.7, -1.0, -0.4],
  [-1.0, -1.5, -0.1],
];
const MASK = [
  [1, 1, 1],
  [1, 1, 0],
];
const TOKENS = 5;

function inputs(logprobs: number[][] = NEW) {
  return {
    logprobs: tensor(logprobs).requiresGrad_(),
    old: tensor(OLD),
    reference: tensor(REFERENCE),
    advantages: tensor([[0.8], [-1.5]]),
    mask: tensor(MASK),
  };
}

function close(actual: ArrayLike<number>, expected: number[]) {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
}

describe("policyLoss", () => {
  it("equals the token-normalised clipped loss and its gradient", () => {
    const input = inputs();
    const { sum, clipped } = policyLoss(input, { clipLow: 0.2, clipHigh: 0.2, beta: 0 });
    expect(sum.item() / TOKENS).toBeCloseTo(-0.024977, 5);
    expect(clipped).toBe(3);
    sum.backward();
    close(
      Array.from(input.logprobs.grad!.data() as Float32Array, (g) => g / TOKENS),
      [0, -0.144774, -0.168203, 0, 0, 0],
    );
  });

  it("adds the k3 estimate of the KL divergence with its gradient", () => {
    const input = inputs();
    const { sum, klSum } = policyLoss(input, { clipLow: 0.2, clipHigh: 0.2, beta: 0.04 });
    expect(sum.item() / TOKENS).toBeCloseTo(-0.023389, 5);
    expect(klSum / TOKENS).toBeCloseTo(0.039706, 5);
    sum.backward();
    close(
      Array.from(input.logprobs.grad!.data() as Float32Array, (g) => g / TOKENS),
      [0.00145, -0.146545, -0.167442, 0.000761, -0.00519, 0],
    );
  });

  it("lets ratios rise further with a higher upper clip", () => {
    const { sum } = policyLoss(inputs(), { clipLow: 0.2, clipHigh: 0.28, beta: 0 });
    expect(sum.item() / TOKENS).toBeCloseTo(-0.037777, 5);
  });

  it("takes the policy itself as the old one when none is given: ratio 1, gradient −A", () => {
    const input = { ...inputs(), old: null, reference: null };
    const { sum, clipped } = policyLoss(input, { clipLow: 0.2, clipHigh: 0.2, beta: 0 });
    expect(clipped).toBe(0);
    sum.backward();
    close(input.logprobs.grad!.data() as Float32Array, [-0.8, -0.8, -0.8, 1.5, 1.5, 0]);
  });

  it("ignores padding even where its log-probabilities would overflow", () => {
    const input = inputs([
      [-0.5, -1.2, -0.3],
      [-0.9, -2.0, 900],
    ]);
    const { sum } = policyLoss(input, { clipLow: 0.2, clipHigh: 0.2, beta: 0.04 });
    expect(sum.item() / TOKENS).toBeCloseTo(-0.023389, 5);
    sum.backward();
    expect(Array.from(input.logprobs.grad!.data() as Float32Array).every(Number.isFinite)).toBe(true);
  });

  it("gives micro-batches that add up to the whole (end_to_end: 8 completions, clip 0.2/0.28, KL 0.04)", () => {
    const rows = {
      new: [
        [-0.2, -0.7, -0.5],
        [-0.5, -0.3, -0.8],
        [-0.8, -0.6, -0.4],
        [-0.4, -0.2, -0.7],
        [-0.7, -0.5, -0.3],
        [-0.3, -0.8, -0.6],
        [-0.6, -0.4, -0.2],
        [-0.2, -0.7, -0.5],
      ],
      old: [
        [-0.2, -0.8, -0.7],
        [-0.6, -0.5, -0.8],
        [-0.3, -0.6, -0.5],
        [-0.4, -0.3, -0.2],
        [-0.8, -0.7, -0.3],
        [-0.5, -0.8, -0.7],
        [-0.6, -0.5, -0.4],
        [-0.3, -0.2, -0.5],
      ],
      ref: [
        [-0.2, -0.5, -0.3],
        [-0.4, -0.2, -0.5],
        [-0.6, -0.4, -0.2],
        [-0.3, -0.6, -0.4],
        [-0.5, -0.3, -0.6],
        [-0.2, -0.5, -0.3],
        [-0.4, -0.2, -0.5],
        [-0.6, -0.4, -0.2],
      ],
      advantages: [0.783186, -1.30531, -0.261062, 0.783186, -0.4996, 1.498801, -0.4996, -0.4996],
    };
    const lengths = [1, 2, 3, 1, 2, 3, 1, 2];
    const mask = lengths.map((length) => [0, 1, 2].map((t) => (t < length ? 1 : 0)));
    const part = (from: number, to: number) => {
      const { sum } = policyLoss(
        {
          logprobs: tensor(rows.new.slice(from, to)).requiresGrad_(),
          old: tensor(rows.old.slice(from, to)),
          reference: tensor(rows.ref.slice(from, to)),
          advantages: tensor(rows.advantages.slice(from, to).map((a) => [a])),
          mask: tensor(mask.slice(from, to)),
        },
        { clipLow: 0.2, clipHigh: 0.28, beta: 0.04 },
      );
      return sum.item() / 15;
    };
    expect(part(0, 8)).toBeCloseTo(-0.008558, 5);
    expect([0, 2, 4, 6].reduce((sum, i) => sum + part(i, i + 2), 0)).toBeCloseTo(-0.008558, 5);
  });
});
