import { describe, expect, it } from "vitest";
import { AdamW, clipGradNorm, schedules, type Tensor, tensor, zeros } from "./index.js";

// "adamw" and "grad_clip_max1" of the project's golden numbers, worked out from the papers' formulas, six digits.
const golden = {
  grads: [
    [0.1, -0.3],
    [0.2, 0],
    [-0.1, 0.5],
  ],
  params: [
    [0.9899, -1.9898],
    [0.980149, -1.9829],
    [0.97585, -1.985518],
  ],
  m: [0.0161, 0.0257],
  v: [0.05994e-3, 0.33982e-3],
};

const close = (actual: Tensor, expected: readonly number[], digits = 6) =>
  expected.forEach((value, i) => {
    expect(actual.tolist()[i]).toBeCloseTo(value, digits);
  });

function training() {
  const param = tensor([1, -2], { dtype: "float64", requiresGrad: true });
  const optimizer = new AdamW([param], { lr: 0.01 });
  const step = (grads: readonly number[]) => {
    param
      .mul(tensor(grads, { dtype: "float64" }))
      .sum()
      .backward();
    optimizer.step();
    optimizer.zeroGrad();
  };
  return { param, optimizer, step };
}

describe("AdamW", () => {
  it("takes the golden steps", () => {
    const { param, optimizer, step } = training();
    golden.grads.forEach((grads, i) => {
      step(grads);
      close(param, golden.params[i]);
    });
    const state = optimizer.state();
    close(state["exp_avg.0"], golden.m);
    close(state["exp_avg_sq.0"], golden.v, 8);
    expect(state.step.tolist()).toEqual([3]);
    expect(param.grad).toBeNull();
  });

  it("goes on bit for bit from a loaded state", () => {
    const whole = training();
    golden.grads.forEach(whole.step);
    const first = training();
    first.step(golden.grads[0]);
    const second = training();
    second.param.detach().copy_(first.param.detach());
    second.optimizer.load(first.optimizer.state());
    golden.grads.slice(1).forEach(second.step);
    expect(second.param.tolist()).toEqual(whole.param.tolist());
  });

  it("leaves a parameter without a gradient, and its count, alone", () => {
    const params = [tensor([1], { requiresGrad: true }), tensor([1], { requiresGrad: true })];
    const optimizer = new AdamW(params, { lr: 0.1 });
    params[0].sum().backward();
    optimizer.step();
    expect(params[0].item()).toBeLessThan(1);
    expect(params[1].item()).toBe(1);
    expect(optimizer.state().step.tolist()).toEqual([1, 0]);
  });

  it("follows lr", () => {
    const { param, optimizer, step } = training();
    optimizer.lr = 0;
    step([1, 1]);
    expect(param.tolist()).toEqual([1, -2]);
  });

  it("refuses a state that does not fit, and takes none of it", () => {
    const { optimizer } = training();
    const state = optimizer.state();
    expect(() => optimizer.load({ ...state, "exp_avg.0": zeros([3]) })).toThrow(
      '"exp_avg.0" is [3], its parameter [2]',
    );
    const { step } = state;
    expect(() => optimizer.load({ step })).toThrow('the state has no "exp_avg.0"');
    expect(() => new AdamW([], { lr: 1 })).toThrow("no parameters");
  });
});

describe("AdamW on bfloat16 parameters", () => {
  const grads = [
    [0.1, -0.3, 1e-3, 2],
    [0.2, 0, -1e-3, 1],
    [-0.1, 0.5, 3e-3, -4],
  ];
  // torch.optim.AdamW (2.11) on the float32 copies, given the same bfloat16 gradients.
  const masters = [0.999758422, -1.99985504, 0.49984768, 2.99981833];
  const means = [0.0161157213, 0.0256367158, 0.000291603094, -0.148000032];

  function narrowTraining() {
    const param = tensor([1, -2, 0.5, 3], { dtype: "bfloat16", requiresGrad: true });
    const optimizer = new AdamW([param], { lr: 1e-4 });
    const step = (values: readonly number[]) => {
      param.grad = tensor(values, { dtype: "bfloat16" });
      optimizer.step();
      optimizer.zeroGrad();
    };
    return { param, optimizer, step };
  }

  it("moves float32 masters by steps that the parameters cannot hold", () => {
    const { param, optimizer, step } = narrowTraining();
    for (const values of grads) step(values);
    const state = optimizer.state();
    expect(Object.values(state).map(({ dtype }) => dtype)).toEqual(["float64", "float32", "float32", "float32"]);
    close(state["master.0"], masters, 6);
    close(state["exp_avg.0"], means, 7);
    expect(param.tolist()).toEqual([1, -2, 0.5, 3]);
    for (let i = 0; i < 50; i++) step([1, 1, 1, 1]);
    expect(param.dtype).toBe("bfloat16");
    expect(param.tolist()).toEqual(state["master.0"].to({ dtype: "bfloat16" }).tolist());
    expect(param.tolist()).not.toEqual([1, -2, 0.5, 3]);
  });

  it("goes on bit for bit from a loaded state, masters included", () => {
    const whole = narrowTraining();
    grads.forEach(whole.step);
    const first = narrowTraining();
    first.step(grads[0]);
    const second = narrowTraining();
    second.param.detach().copy_(first.param.detach());
    second.optimizer.load(first.optimizer.state());
    grads.slice(1).forEach(second.step);
    expect(second.optimizer.state()["master.0"].tolist()).toEqual(whole.optimizer.state()["master.0"].tolist());
  });

  it("refuses the state of a float32 run", () => {
    const { optimizer } = narrowTraining();
    const { "master.0": _, ...state } = optimizer.state();
    expect(() => optimizer.load(state)).toThrow('the state has no "master.0"');
  });
});

describe("clipGradNorm", () => {
  const withGrad = (...grads: number[]) => {
    const param = zeros([grads.length], { requiresGrad: true });
    param.grad = tensor(grads);
    return param;
  };

  it("scales the golden gradient down to norm 1, and gives the norm before", () => {
    const param = withGrad(3, 4);
    expect(clipGradNorm([param], 1)).toBeCloseTo(5, 6);
    close(param.grad!, [0.6, 0.8]);
  });

  it("takes all parameters as one vector, those without a gradient aside", () => {
    const params = [withGrad(3), withGrad(4), zeros([2], { requiresGrad: true })];
    expect(clipGradNorm(params, 1)).toBeCloseTo(5, 6);
    close(params[1].grad!, [0.8]);
  });

  it("leaves smaller gradients and those that are not finite as they are", () => {
    const small = withGrad(0.3, 0.4);
    expect(clipGradNorm([small], 1)).toBeCloseTo(0.5, 6);
    expect(small.grad!.tolist()).toEqual([Math.fround(0.3), Math.fround(0.4)]);
    const broken = withGrad(Number.POSITIVE_INFINITY, 1);
    expect(clipGradNorm([broken], 1)).toBe(Number.POSITIVE_INFINITY);
    expect(broken.grad!.tolist()).toEqual([Number.POSITIVE_INFINITY, 1]);
    expect(clipGradNorm([zeros([1])], 1)).toBe(0);
  });

  it("adds up bfloat16 gradients in float32", () => {
    const param = zeros([4096], { dtype: "bfloat16", requiresGrad: true });
    param.grad = zeros([4096], { dtype: "bfloat16" }).fill_(1);
    expect(clipGradNorm([param], 100)).toBe(64);
  });
});

describe("schedules", () => {
  const at = (schedule: (step: number) => number) => [0, 1, 2, 6, 10, 12].map(schedule);
  it("constant stays, after its warm-up", () => {
    expect(at(schedules.constant())).toEqual([1, 1, 1, 1, 1, 1]);
    expect(at(schedules.constant({ warmup: 2 }))).toEqual([0, 0.5, 1, 1, 1, 1]);
  });
  it("linear ends at zero and stays there", () => {
    expect(at(schedules.linear({ steps: 10, warmup: 2 }))).toEqual([0, 0.5, 1, 0.5, 0, 0]);
    expect(schedules.linear({ steps: 10 })(0)).toBe(1);
  });
  it("cosine is half way at the middle", () => {
    const [, , top, middle, end, after] = at(schedules.cosine({ steps: 10, warmup: 2 }));
    expect(top).toBe(1);
    expect(middle).toBeCloseTo(0.5, 12);
    expect([end, after]).toEqual([0, 0]);
  });
});
