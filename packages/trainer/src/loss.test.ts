import { tensor } from "@ssl4rl/torch";
import { describe, expect, it } from "vitest";
import { type LossOptions, type PolicyLossInput, policyLoss } from "./loss.js";
import { denominator, type LossMean, taskWeights } from "./token-weights.js";

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

function inputs(logprobs: number[][] = NEW): PolicyLossInput {
  return {
    logprobs: tensor(logprobs).requiresGrad_(),
    old: tensor(OLD),
    reference: tensor(REFERENCE),
    advantages: tensor([[0.8], [-1.5]]),
    mask: tensor(MASK),
    sampler: null,
    weights: null,
    entropy: null,
  };
}

const plain: LossOptions = {
  clipLow: 0.2,
  clipHigh: 0.2,
  beta: 0,
  kl: { estimator: "k3", in: "loss", unbiased: false },
  loss: {
    type: "clip",
    ratio: "token",
    mean: "dapo",
    dualClip: null,
    tau: { positive: 1, negative: 1.05 },
    entropy: 0,
    maskTruncated: false,
  },
};

function shaped(loss: Partial<LossOptions["loss"]>, change: Partial<LossOptions> = {}): LossOptions {
  return { ...plain, ...change, loss: { ...plain.loss, ...loss } };
}

/** Loss and gradient of the five tokens as one optimiser step, in which responses have at most 4 tokens. */
function whole(options: LossOptions, input: PolicyLossInput = inputs()) {
  const { sum } = policyLoss(input, options);
  sum.backward();
  const by = denominator(options.loss.mean, { tokens: TOKENS, responses: 2, passes: 1 }, 4);
  return {
    loss: sum.item() / by,
    gradient: Array.from(input.logprobs.grad!.data() as Float32Array, (g) => g / by),
  };
}

function close(actual: ArrayLike<number>, expected: number[]) {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
}

describe("policyLoss", () => {
  it("equals the token-normalised clipped loss and its gradient", () => {
    const input = inputs();
    const { sum, clipped } = policyLoss(input, plain);
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
    const { sum, klSum } = policyLoss(input, { ...plain, beta: 0.04 });
    expect(sum.item() / TOKENS).toBeCloseTo(-0.023389, 5);
    expect(klSum / TOKENS).toBeCloseTo(0.039706, 5);
    sum.backward();
    close(
      Array.from(input.logprobs.grad!.data() as Float32Array, (g) => g / TOKENS),
      [0.00145, -0.146545, -0.167442, 0.000761, -0.00519, 0],
    );
  });

  it("equals the mean over tasks of the mean over their tokens (task_loss: tasks weighed 0.7 and 0.3)", () => {
    // The responses are of two tasks, of which the update has 7 and 3 groups.
    const groups = [3, 0, 0, 0, 0, 0, 0].map((tokens) => ({ task: 0, tokens }));
    const weights = taskWeights([...groups, ...[2, 0, 0].map((tokens) => ({ task: 1, tokens }))]);
    const input = { ...inputs(), reference: null, weights: tensor([[weights[0]], [weights[7]]]) };
    expect(whole(shaped({ mean: "task" }), input).loss).toBeCloseTo(-0.22914, 5);
  });

  it("weighs no token otherwise than the mean over all where there is one task", () => {
    expect(taskWeights([5, 1, 9].map((tokens) => ({ task: 2, tokens })))).toEqual([1, 1, 1]);
    expect(taskWeights([0, 0].map((tokens) => ({ task: 0, tokens })))).toEqual([0, 0]);
  });

  it("lets ratios rise further with a higher upper clip", () => {
    const { sum } = policyLoss(inputs(), { ...plain, clipHigh: 0.28 });
    expect(sum.item() / TOKENS).toBeCloseTo(-0.037777, 5);
  });

  it("takes the policy itself as the old one when none is given: ratio 1, gradient −A", () => {
    const input = { ...inputs(), old: null, reference: null };
    const { sum, clipped } = policyLoss(input, plain);
    expect(clipped).toBe(0);
    sum.backward();
    close(input.logprobs.grad!.data() as Float32Array, [-0.8, -0.8, -0.8, 1.5, 1.5, 0]);
  });

  it("ignores padding even where its log-probabilities would overflow", () => {
    const input = inputs([
      [-0.5, -1.2, -0.3],
      [-0.9, -2.0, 900],
    ]);
    const { sum } = policyLoss(input, { ...plain, beta: 0.04 });
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
    const part = (mean: LossMean, passes: readonly (readonly [number, number])[]) => {
      const sums = passes.map(([from, to]) => {
        const input = {
          logprobs: tensor(rows.new.slice(from, to)).requiresGrad_(),
          old: tensor(rows.old.slice(from, to)),
          reference: tensor(rows.ref.slice(from, to)),
          advantages: tensor(rows.advantages.slice(from, to).map((a) => [a])),
          mask: tensor(mask.slice(from, to)),
          sampler: null,
          weights: null,
          entropy: null,
        };
        const { sum, klSum } = policyLoss(input, shaped({ mean }, { clipHigh: 0.28, beta: 0.04 }));
        sum.backward();
        return { loss: sum.item(), klSum, gradient: [...(input.logprobs.grad!.data() as Float32Array)] };
      });
      const by = denominator(mean, { tokens: 15, responses: 8, passes: passes.length }, 4);
      return {
        loss: sums.reduce((total, { loss }) => total + loss, 0) / by,
        kl: sums.reduce((total, { klSum }) => total + klSum, 0) / 15,
        gradient: sums.flatMap(({ gradient }) => gradient).map((g) => g / by),
      };
    };
    const whole = [[0, 8]] as const;
    const quarters = [0, 2, 4, 6].map((i) => [i, i + 2] as const);
    const losses = { grpo: 0.013301, bnpo: -0.008558, dr_grpo: -0.004012, dapo: -0.008558 } as const;
    for (const [mean, loss] of Object.entries(losses) as [keyof typeof losses, number][]) {
      expect(part(mean, whole).loss, mean).toBeCloseTo(loss, 5);
      expect(part(mean, quarters).loss, mean).toBeCloseTo(mean === "bnpo" ? 0.117014 : loss, 5);
    }
    const { gradient, kl } = part("dapo", quarters);
    expect(kl).toBeCloseTo(0.0246, 5);
    const expected = [
      [-0.052212, 0, 0],
      [0.095892, 0.106007, 0],
      [-0.00059, 0.016814, 0.018644],
      [-0.052493, 0, 0],
      [0.036219, 0.04009, 0],
      [-0.122323, -0.100853, -0.111362],
      [0.032716, 0, 0],
      [0.037689, -0.000933, 0],
    ];
    close(gradient, expected.flat());
  });

  it.each([
    ["grpo", 0.179186, [0, -0.120645, -0.140169, 0, 0, 0]],
    ["bnpo", -0.024977, [0, -0.144774, -0.168203, 0, 0, 0]],
    ["dr_grpo", -0.015611, [0, -0.090484, -0.105127, 0, 0, 0]],
    ["dapo", -0.024977, [0, -0.144774, -0.168203, 0, 0, 0]],
    ["luspo", -0.062443, [0, -0.361935, -0.420508, 0, 0, 0]],
  ] as const)("takes the mean as %s does", (mean, loss, gradient) => {
    const step = whole(shaped({ mean }));
    expect(step.loss).toBeCloseTo(loss, 5);
    close(step.gradient, [...gradient]);
  });

  it.each([
    ["grpo", 0.181021, [0.001208, -0.122121, -0.139535, 0.000952, -0.006487, 0]],
    ["bnpo", -0.023389, [0.00145, -0.146545, -0.167442, 0.000761, -0.00519, 0]],
    ["dr_grpo", -0.014618, [0.000906, -0.091591, -0.104651, 0.000476, -0.003244, 0]],
    ["dapo", -0.023389, [0.00145, -0.146545, -0.167442, 0.000761, -0.00519, 0]],
  ] as const)("takes the mean with the KL term as %s does", (mean, loss, gradient) => {
    const step = whole(shaped({ mean }, { beta: 0.04 }));
    expect(step.loss).toBeCloseTo(loss, 5);
    close(step.gradient, [...gradient]);
  });

  it.each([
    ["grpo", 0.168519],
    ["bnpo", -0.037777],
    ["dr_grpo", -0.023611],
    ["dapo", -0.037777],
  ] as const)("lets ratios rise further with a higher upper clip, as %s", (mean, loss) => {
    expect(whole(shaped({ mean }, { clipHigh: 0.28 })).loss).toBeCloseTo(loss, 5);
  });

  it.each([
    ["grpo", 0.180221],
    ["bnpo", -0.024016],
    ["dr_grpo", -0.01501],
    ["dapo", -0.024016],
  ] as const)("makes the KL term unbiased, as %s", (mean, loss) => {
    const options = shaped({ mean }, { beta: 0.04, kl: { ...plain.kl, unbiased: true } });
    expect(whole(options).loss).toBeCloseTo(loss, 5);
  });

  // `micro_batch_split`: only bnpo's mean depends on how responses are cut into passes.
  it.each([
    ["bnpo", 0.179186],
    ["dapo", -0.024977],
    ["grpo", 0.179186],
    ["dr_grpo", -0.015611],
  ] as const)("adds up two passes of one response as %s", (mean, loss) => {
    const rows = [0, 1].map((i) => {
      const input = {
        ...inputs([NEW[i]]),
        old: tensor([OLD[i]]),
        reference: null,
        advantages: tensor([[[0.8], [-1.5]][i]]),
        mask: tensor([MASK[i]]),
      };
      return policyLoss(input, shaped({ mean })).sum.item();
    });
    const by = denominator(mean, { tokens: TOKENS, responses: 2, passes: 2 }, 4);
    expect((rows[0] + rows[1]) / by).toBeCloseTo(loss, 5);
  });

  // `empty_sequence`: a response without active tokens counts as one of the responses.
  it.each([
    ["grpo", -0.420815],
    ["bnpo", -0.84163],
    ["dr_grpo", -0.315611],
  ] as const)("counts a response without active tokens as %s does", (mean, loss) => {
    const mask = tensor([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    const { sum } = policyLoss({ ...inputs(), mask }, shaped({ mean }));
    expect(sum.item() / denominator(mean, { tokens: 3, responses: 2, passes: 1 }, 4)).toBeCloseTo(loss, 5);
  });

  it("takes one ratio per response (GSPO), with its gradient on every token", () => {
    const gspo = whole(shaped({ ratio: "sequence", mean: "grpo" }));
    expect(gspo.loss).toBeCloseTo(0.165238, 5);
    close(gspo.gradient, [-0.144921, -0.144921, -0.144921, 0, 0, 0]);
    expect(whole(shaped({ ratio: "sequence" })).loss).toBeCloseTo(-0.041714, 5);
    expect(whole(shaped({ ratio: "sequence", mean: "luspo" })).loss).toBeCloseTo(-0.104285, 5);
    const wide = whole(shaped({ ratio: "sequence", mean: "luspo" }, { clipLow: 0.5, clipHigh: 0.5 }));
    expect(wide.loss).toBeCloseTo(-0.43886, 5);
    close(wide.gradient, [-0.434762, -0.434762, -0.434762, 0.432712, 0.432712, 0]);
  });

  it("weighs log-probabilities by bounded ratios (CISPO), so that every token keeps a gradient", () => {
    const far = whole(shaped({ type: "cispo" }, { clipLow: 1, clipHigh: 4 }));
    expect(far.loss).toBeCloseTo(-0.13744, 5);
    close(far.gradient, [-0.215977, -0.144774, -0.168203, 0.222245, 0.134799, 0]);
    const near = whole(shaped({ type: "cispo" }, { clipLow: 1 }));
    expect(near.loss).toBeCloseTo(-0.149429, 5);
    close(near.gradient, [-0.192, -0.144774, -0.168203, 0.222245, 0.134799, 0]);
    // verl's, bounded below as well.
    expect(whole(shaped({ type: "cispo" })).loss).toBeCloseTo(-0.37581, 5);
  });

  it("gates ratios smoothly (SAPO), with a temperature for either sign of the advantage", () => {
    const { loss, gradient } = whole(shaped({ type: "sapo", mean: "grpo" }));
    expect(loss).toBeCloseTo(0.290706, 5);
    close(gradient, [-0.174584, -0.120372, -0.140077, 0.272726, 0.155164, 0]);
    const warmer = whole(shaped({ type: "sapo", mean: "grpo", tau: { positive: 2, negative: 2 } }));
    expect(warmer.loss).not.toBeCloseTo(loss, 2);
  });

  // `large_ratio_negative_adv`: r = e^1.5, A = -1.
  it.each([
    ["nothing", {}, 4.481689],
    ["dualClip", { dualClip: 3 }, 3],
    ["delta", { delta: 2 }, 2],
  ])("bounds the loss of an unlikely response that became likely by %s", (_, change, loss) => {
    const input = { ...inputs([[-0.5]]), old: tensor([[-2]]), advantages: tensor([[-1]]), mask: tensor([[1]]) };
    expect(policyLoss({ ...input, reference: null }, shaped(change)).sum.item()).toBeCloseTo(loss, 5);
  });

  it("pays for entropy, through its gradient", () => {
    const entropy = tensor([
      [0.1, 0.9, 0.5],
      [1.2, 0.3, 9.99],
    ]).requiresGrad_();
    const { sum } = policyLoss({ ...inputs(), entropy }, shaped({ entropy: 0.01 }));
    // The mean entropy of the five active tokens is 0.6.
    expect(sum.item() / TOKENS).toBeCloseTo(-0.024977 - 0.01 * 0.6, 5);
    sum.backward();
    close(entropy.grad!.data() as Float32Array, [-0.01, -0.01, -0.01, -0.01, -0.01, 0]);
  });

  it.each([
    ["token-truncate", -0.230616, -0.443218],
    ["token-mask", 0.131319, -0.008896],
    ["sequence-truncate", -1.005994, -1.308185],
    ["sequence-mask", 0.256449, 0.206747],
  ] as const)("corrects for the sampler by %s, before the KL term is added", (mode, grpo, dapo) => {
    const sampler = tensor([
      [-0.85, -2.3, -0.2],
      [-0.55, -0.4, -0.7],
    ]);
    const samplerCorrection = { mode, max: 3 };
    expect(whole(shaped({ mean: "grpo" }, { samplerCorrection }), { ...inputs(), sampler }).loss).toBeCloseTo(grpo, 5);
    expect(whole({ ...plain, beta: 0.04, samplerCorrection }, { ...inputs(), sampler }).loss).toBeCloseTo(dapo, 5);
  });

  it("bounds log-ratios: no overflow, whatever the policy did", () => {
    const input = { ...inputs([[-0.5]]), old: tensor([[-200]]), reference: tensor([[-150]]), mask: tensor([[1]]) };
    const { sum } = policyLoss({ ...input, advantages: tensor([[-1]]) }, { ...plain, beta: 0.04 });
    sum.backward();
    expect(Number.isFinite(sum.item())).toBe(true);
    expect(Number.isFinite(input.logprobs.grad!.item())).toBe(true);
  });
});
