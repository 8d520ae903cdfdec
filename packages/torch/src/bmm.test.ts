import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Generator, getThreads, randn, scope, setThreads, stack, type Tensor } from "./index.js";

const generator = new Generator(0);
const normal = (...shape: number[]) => randn(shape, { generator });

/** Every product by itself. */
const oneByOne = (a: Tensor, b: Tensor) => stack(a.unbind().map((matrix, i) => matrix.mm(b.select(0, i))));
const largestDifference = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item();

describe.each([1, 2])("batched matrix products by %i threads", (threads) => {
  const before = getThreads();
  beforeAll(() => setThreads(threads));
  afterAll(() => setThreads(before));

  const cases: [string, () => [Tensor, Tensor]][] = [
    ["rows", () => [normal(5, 3, 7), normal(5, 7, 4)]],
    ["columns on the left", () => [normal(5, 7, 3).transpose(1, 2), normal(5, 7, 4)]],
    ["columns on the right", () => [normal(5, 3, 7), normal(5, 4, 7).transpose(1, 2)]],
    ["a batch that does not lie first", () => [normal(3, 5, 7).transpose(0, 1), normal(7, 4, 5).permute(2, 0, 1)]],
    ["a part of longer rows", () => [normal(5, 3, 9).narrow(2, 1, 7), normal(5, 9, 4).narrow(1, 2, 7)]],
    ["every second number", () => [normal(5, 3, 14).slice(2, 0, null, 2), normal(5, 7, 8).slice(2, 0, null, 2)]],
    ["one matrix for all", () => [normal(5, 3, 7), normal(1, 7, 4).expand(5, 7, 4)]],
    ["single rows and columns", () => [normal(5, 1, 7), normal(5, 7, 1)]],
    ["an outer product", () => [normal(5, 3, 1), normal(5, 1, 4)]],
    ["fewer products than threads", () => [normal(1, 3, 7), normal(1, 7, 4)]],
  ];
  it.each(cases)("of %s are those of each pair", (_, make) => {
    scope(() => {
      const [a, b] = make();
      expect(largestDifference(a.bmm(b), oneByOne(a, b))).toBeLessThan(1e-5);
    });
  });

  it("have the gradients of each pair", () => {
    scope(() => {
      const [a, b] = [normal(5, 3, 7).requiresGrad_(), normal(5, 7, 4).requiresGrad_()];
      const gradients = (multiply: (a: Tensor, b: Tensor) => Tensor) => {
        a.grad = null;
        b.grad = null;
        multiply(a, b).pow(2).sum().backward();
        return [a.grad!.clone(), b.grad!.clone()];
      };
      const expected = gradients(oneByOne);
      gradients((x, y) => x.bmm(y)).forEach((gradient, i) => {
        expect(largestDifference(gradient, expected[i])).toBeLessThan(1e-4);
      });
    });
  });

  it("without anything to add up are zeros, and of nothing nothing", () => {
    expect(
      normal(5, 3, 0)
        .bmm(normal(5, 0, 4))
        .abs()
        .max()
        .item(),
    ).toBe(0);
    expect(normal(5, 0, 7).bmm(normal(5, 7, 4)).shape).toEqual([5, 0, 4]);
  });

  it("of other kinds of number, and of what does not fit, are libtorch's own", () => {
    const [a, b] = [normal(5, 3, 7).to({ dtype: "float64" }), normal(5, 7, 4).to({ dtype: "float64" })];
    expect(largestDifference(a.bmm(b), oneByOne(a, b))).toBeLessThan(1e-12);
    expect(() => normal(5, 3, 7).bmm(normal(5, 6, 4))).toThrow(/batch1 and batch2|batch2/);
  });
});
