import { describe, expect, it } from "vitest";
import { enableGrad, grad, noGrad, ones, tensor } from "./index.js";

const leaf = (...numbers: number[]) => tensor(numbers, { requiresGrad: true });

describe("backward", () => {
  it("leaves the derivatives in the leaves, and adds to them", () => {
    const x = leaf(1, 2, 3);
    x.pow(3).sum().backward();
    expect(x.grad?.tolist()).toEqual([3, 12, 27]);
    x.mul(2).sum().backward();
    expect(x.grad?.tolist()).toEqual([5, 14, 29]);
    x.grad = null;
    expect(x.grad).toBeNull();
  });

  it("goes through matrix products as worked out by hand", () => {
    const a = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requiresGrad: true },
    );
    const b = tensor(
      [
        [5, 6],
        [7, 8],
      ],
      { requiresGrad: true },
    );
    a.matmul(b).backward(ones([2, 2]));
    expect(a.grad?.tolist()).toEqual([
      [11, 15],
      [11, 15],
    ]);
    expect(b.grad?.tolist()).toEqual([
      [4, 4],
      [6, 6],
    ]);
  });

  it("through softmax and gather is probability minus one-hot", () => {
    const logits = leaf(0, Math.log(3));
    logits
      .logSoftmax(0)
      .gather(0, tensor([0], { dtype: "int64" }))
      .neg()
      .sum()
      .backward();
    expect(logits.grad?.tolist()[0]).toBeCloseTo(-0.75, 6);
    expect(logits.grad?.tolist()[1]).toBeCloseTo(0.75, 6);
  });

  it("can run twice only where the graph is kept", () => {
    const x = leaf(2);
    const y = x.mul(x).sum();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad?.item()).toBe(8);
    expect(() => y.backward()).toThrow(/second time/);
  });

  it("without a graph says so", () => {
    expect(() => tensor([1]).backward()).toThrow(/does not require grad/);
  });
});

describe("grad property", () => {
  it("is one tensor while it is the gradient, and can be set", () => {
    const x = leaf(1);
    x.mul(2).sum().backward();
    expect(x.grad).toBe(x.grad);
    x.grad = tensor([7]);
    expect(x.grad?.item()).toBe(7);
    x.grad = tensor([8]);
    expect(x.grad?.item()).toBe(8);
  });
});

describe("grad", () => {
  it("gives derivatives and leaves grad alone, null where there is no path", () => {
    const [x, y, z] = [leaf(3), leaf(4), leaf(5)];
    const derivatives = grad(x.mul(y).sum(), [x, y, z]);
    expect(derivatives.map((d) => d?.item())).toEqual([4, 3, undefined]);
    expect(derivatives[2]).toBeNull();
    expect(x.grad).toBeNull();
  });

  it("weights outputs and can be differentiated again", () => {
    const x = leaf(2);
    const [first] = grad(x.pow(3), x, [tensor([2])], { createGraph: true });
    const [second] = grad(first!.sum(), x);
    expect([first!.item(), second!.item()]).toEqual([24, 24]);
    expect(() => grad([x.mul(1), x.mul(2)], x, [tensor([1])])).toThrow("2 outputs, but 1 gradients");
  });
});

describe("noGrad", () => {
  it("records nothing inside, and goes back also on errors", () => {
    const x = leaf(1);
    expect(noGrad(() => x.mul(2).requiresGrad)).toBe(false);
    expect(noGrad(() => enableGrad(() => x.mul(2).requiresGrad))).toBe(true);
    expect(() =>
      noGrad(() => {
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(x.mul(2).requiresGrad).toBe(true);
    expect(x.mul(2).detach().requiresGrad).toBe(false);
  });

  it("is what a leaf needs to be written in place", () => {
    const x = leaf(1);
    expect(() => x.add_(1)).toThrow(/leaf Variable that requires grad/);
    noGrad(() => x.add_(1));
    expect(x.item()).toBe(2);
  });
});
