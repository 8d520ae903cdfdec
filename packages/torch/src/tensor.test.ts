import { describe, expect, it } from "vitest";
import {
  arange,
  cat,
  type DType,
  embedding,
  empty,
  eye,
  full,
  Generator,
  libtorchVersion,
  linear,
  ones,
  rand,
  randint,
  randn,
  stack,
  type Tensor,
  tensor,
  tril,
  triu,
  where,
  zeros,
} from "./index.js";

describe("dtypes", () => {
  const cases: [DType, number[], ArrayLike<number | bigint>][] = [
    ["float32", [1.5, -2.25, 0], Float32Array.of(1.5, -2.25, 0)],
    ["float64", [0.1, 1e300, -1], Float64Array.of(0.1, 1e300, -1)],
    ["bfloat16", [1.5, -3, 256], Float32Array.of(1.5, -3, 256)],
    ["float16", [1.5, -3, 65504], Float32Array.of(1.5, -3, 65504)],
    ["int64", [1, -2, 2 ** 53 - 1], BigInt64Array.of(1n, -2n, 2n ** 53n - 1n)],
    ["int32", [1, -2, 2 ** 31 - 1], Int32Array.of(1, -2, 2 ** 31 - 1)],
    ["uint8", [0, 7, 255], Uint8Array.of(0, 7, 255)],
    ["bool", [0, 1, 1], Uint8Array.of(0, 1, 1)],
  ];
  for (const [dtype, numbers, out] of cases) {
    it(`${dtype} goes in and comes out`, () => {
      const made = tensor(numbers, [3], { dtype });
      expect(made.dtype).toBe(dtype);
      expect(made.data()).toEqual(out);
      expect(made.tolist()).toEqual(dtype === "bool" ? numbers.map(Boolean) : numbers);
    });
  }

  it("typed arrays keep their kind", () => {
    expect(tensor(Float64Array.of(0.1)).dtype).toBe("float64");
    expect(tensor(BigInt64Array.of(2n ** 60n)).data()).toEqual(BigInt64Array.of(2n ** 60n));
    expect(tensor(Int32Array.of(-1)).dtype).toBe("int32");
    expect(tensor(Uint8Array.of(255)).dtype).toBe("uint8");
    expect(tensor(Int16Array.of(-300)).tolist()).toEqual([-300]);
    expect(tensor(Float32Array.of(1.9), [1], { dtype: "int64" }).tolist()).toEqual([1]);
    expect(tensor(new Float32Array([9, 1, 2]).subarray(1)).tolist()).toEqual([1, 2]);
  });

  it("to() converts, and rounds bfloat16 to nearest even", () => {
    expect(tensor([1.00390625]).to({ dtype: "bfloat16" }).tolist()).toEqual([1]);
    expect(tensor([1.01171875]).to({ dtype: "bfloat16" }).tolist()).toEqual([1.015625]);
  });

  it("a dtype without a name is refused by name", () => {
    expect(() => zeros([1], { dtype: "float8" as DType })).toThrow(/No dtype "float8"/);
  });
});

describe("making tensors", () => {
  it("shapes come from nesting or are given", () => {
    const numbers = [1, 2, 3, 4, 5, 6];
    expect(tensor(3).shape).toEqual([]);
    expect(tensor(3).tolist()).toBe(3);
    expect(tensor(numbers, [2, 3]).tolist()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(tensor([[[1], [2]]]).shape).toEqual([1, 2, 1]);
    expect(tensor([], [0, 4]).shape).toEqual([0, 4]);
    expect(tensor([1, 2], { dtype: "int64" }).dtype).toBe("int64");
    expect(tensor([true, false]).dtype).toBe("bool");
  });

  it("a shape that does not hold the numbers is refused", () => {
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow("shape [2, 2] holds 4 numbers, got 3");
    expect(() => tensor([[1, 2], [3]])).toThrow("differ in length or depth");
    expect(() => tensor([[1, 2], 3])).toThrow("differ in length or depth");
  });

  it("constructors fill as they say", () => {
    expect(zeros([2]).tolist()).toEqual([0, 0]);
    expect(ones([2], { dtype: "int32" }).tolist()).toEqual([1, 1]);
    expect(full([2], 0.5, { requiresGrad: true }).requiresGrad).toBe(true);
    expect(eye(2).tolist()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(empty([2, 3]).shape).toEqual([2, 3]);
    expect(arange(3).dtype).toBe("int64");
    expect(arange(1, 3, 0.5).tolist()).toEqual([1, 1.5, 2, 2.5]);
    expect(arange(1, 3, { dtype: "float32" }).tolist()).toEqual([1, 2]);
    expect(rand([100]).max().item()).toBeLessThan(1);
    expect(
      randint(5, 7, [50], { generator: new Generator(0) })
        .min()
        .item(),
    ).toBe(5);
    expect(randn([2], { dtype: "float64", device: "cpu" }).dtype).toBe("float64");
  });
});

/** The last bits of a float32 differ between versions of libtorch. */
const rounded = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(rounded) : typeof value === "number" ? Number(value.toFixed(6)) : value;

describe("methods", () => {
  const a = tensor([
    [1, 2],
    [3, 4],
  ]);
  const ids = (...numbers: number[]) => tensor(numbers, { dtype: "int64" });
  const cases: [string, () => Tensor, unknown][] = [
    [
      "add with alpha",
      () => a.add(a, 2),
      [
        [3, 6],
        [9, 12],
      ],
    ],
    [
      "add a number with alpha",
      () => a.add(1, 2),
      [
        [3, 4],
        [5, 6],
      ],
    ],
    [
      "sub",
      () => a.sub(1).sub(a),
      [
        [-1, -1],
        [-1, -1],
      ],
    ],
    [
      "mul",
      () => a.mul(a).mul(2),
      [
        [2, 8],
        [18, 32],
      ],
    ],
    [
      "div",
      () => a.div(2).div(a),
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
    ],
    [
      "pow",
      () => a.pow(2),
      [
        [1, 4],
        [9, 16],
      ],
    ],
    [
      "matmul",
      () => a.matmul(a.t()),
      [
        [5, 11],
        [11, 25],
      ],
    ],
    [
      "bmm",
      () => a.unsqueeze(0).bmm(a.unsqueeze(0)).squeeze(0),
      [
        [7, 10],
        [15, 22],
      ],
    ],
    ["sum", () => a.sum(), 10],
    ["sum over a dimension", () => a.sum(1), [3, 7]],
    ["sum over dimensions", () => a.sum([0, 1], true), [[10]]],
    ["mean", () => a.mean(0), [2, 3]],
    ["norm", () => tensor([3, 4]).norm(), 5],
    ["amax", () => a.amax(1), [2, 4]],
    ["max", () => a.max(0)[1], [1, 1]],
    ["min", () => a.min(1)[0], [1, 3]],
    ["argmax", () => a.argmax(), 3],
    ["topk", () => a.topk(1)[0], [[2], [4]]],
    [
      "sort",
      () => a.sort(-1, true)[0],
      [
        [2, 1],
        [4, 3],
      ],
    ],
    [
      "cumsum",
      () => a.cumsum(1),
      [
        [1, 3],
        [3, 7],
      ],
    ],
    [
      "clamp",
      () => a.clamp(2, 3),
      [
        [2, 2],
        [3, 3],
      ],
    ],
    [
      "clamp from above",
      () => a.clamp(null, 2),
      [
        [1, 2],
        [2, 2],
      ],
    ],
    [
      "minimum",
      () => a.minimum(a.t()),
      [
        [1, 2],
        [2, 4],
      ],
    ],
    [
      "maximum",
      () => a.maximum(a.t()),
      [
        [1, 3],
        [3, 4],
      ],
    ],
    ["softmax", () => tensor([0, Math.log(3)]).softmax(0), [0.25, 0.75]],
    [
      "logSoftmax",
      () =>
        tensor([0, Math.log(3)])
          .logSoftmax(0)
          .exp(),
      [0.25, 0.75],
    ],
    ["logsumexp", () => tensor([0, Math.log(3)]).logsumexp(0), Math.log(4)],
    ["gelu", () => tensor([1]).gelu(), [0.8413447]],
    ["silu", () => tensor([0, 1]).silu(), [0, 0.7310586]],
    [
      "comparisons",
      () => a.gt(2).logicalAnd(a.le(a)),
      [
        [false, false],
        [true, true],
      ],
    ],
    [
      "eq and ne",
      () => a.eq(2).logicalOr(a.ne(a)),
      [
        [false, true],
        [false, false],
      ],
    ],
    [
      "where",
      () => a.where(a.lt(3), a.neg()),
      [
        [1, 2],
        [-3, -4],
      ],
    ],
    [
      "where with a number",
      () => where(a.ge(2), a, 0),
      [
        [0, 2],
        [3, 4],
      ],
    ],
    [
      "maskedFill",
      () => a.maskedFill(a.eq(1), -1),
      [
        [-1, 2],
        [3, 4],
      ],
    ],
    [
      "maskedScatter",
      () => a.maskedScatter(a.gt(2), tensor([8, 9])),
      [
        [1, 2],
        [8, 9],
      ],
    ],
    [
      "permute",
      () => a.permute(1, 0),
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ["view", () => a.view(-1), [1, 2, 3, 4]],
    ["reshape by an array", () => a.t().reshape([4]), [1, 3, 2, 4]],
    [
      "expand",
      () => tensor([1]).expand(2, 2),
      [
        [1, 1],
        [1, 1],
      ],
    ],
    ["repeat", () => tensor([1, 2]).repeat(2), [1, 2, 1, 2]],
    ["flatten", () => a.flatten(), [1, 2, 3, 4]],
    [
      "flip",
      () => a.flip(1),
      [
        [2, 1],
        [4, 3],
      ],
    ],
    ["slice", () => a.slice(1, -1), [[2], [4]]],
    ["narrow", () => a.narrow(0, 1, 1), [[3, 4]]],
    ["select", () => a.select(0, 1), [3, 4]],
    ["indexSelect", () => a.indexSelect(1, ids(1)), [[2], [4]]],
    ["gather", () => a.gather(1, ids(1, 0).unsqueeze(1)), [[2], [3]]],
    [
      "index",
      () => a.index([null, ids(1, 0)]),
      [
        [2, 1],
        [4, 3],
      ],
    ],
    ["index by a mask", () => a.index([a.gt(2)]), [3, 4]],
    [
      "indexPut",
      () => a.indexPut([ids(0), ids(1)], tensor([9])),
      [
        [1, 9],
        [3, 4],
      ],
    ],
    [
      "scatter",
      () => a.scatter(1, ids(0, 1).unsqueeze(1), 9),
      [
        [9, 2],
        [3, 9],
      ],
    ],
    [
      "scatterAdd",
      () => a.scatterAdd(1, ids(0, 1).unsqueeze(1), ones([2, 1])),
      [
        [2, 2],
        [3, 5],
      ],
    ],
    [
      "indexCopy",
      () => a.indexCopy(0, ids(1), zeros([1, 2])),
      [
        [1, 2],
        [0, 0],
      ],
    ],
    [
      "indexAdd",
      () => a.indexAdd(0, ids(1, 1), ones([2, 2])),
      [
        [1, 2],
        [5, 6],
      ],
    ],
    ["nonzero", () => a.gt(3).nonzero(), [[1, 1]]],
    ["repeatInterleave", () => tensor([1, 2]).repeatInterleave(2), [1, 1, 2, 2]],
    ["repeatInterleave by a tensor", () => tensor([1, 2]).repeatInterleave(ids(1, 2)), [1, 2, 2]],
    ["split", () => a.split(1, 1)[1], [[2], [4]]],
    ["split by sizes", () => a.view(4).split([1, 3])[1], [2, 3, 4]],
    ["unbind", () => a.unbind(1)[0], [1, 3]],
    [
      "cat",
      () => cat([a, a], 1),
      [
        [1, 2, 1, 2],
        [3, 4, 3, 4],
      ],
    ],
    ["stack", () => stack([tensor([1]), tensor([2])]), [[1], [2]]],
    [
      "tril",
      () => tril(a),
      [
        [1, 0],
        [3, 4],
      ],
    ],
    [
      "triu",
      () => triu(a, 1),
      [
        [0, 2],
        [0, 0],
      ],
    ],
    [
      "embedding",
      () => embedding(a, ids(1, 1)),
      [
        [3, 4],
        [3, 4],
      ],
    ],
    [
      "linear",
      () => linear(a, a, tensor([1, 0])),
      [
        [6, 11],
        [12, 25],
      ],
    ],
    [
      "linear without bias",
      () => linear(a, a),
      [
        [5, 11],
        [11, 25],
      ],
    ],
  ];
  it.each(cases)("%s", (_, run, expected) => {
    expect(rounded(run().tolist())).toEqual(rounded(expected));
  });

  it("methods in place give the same tensor back", () => {
    const x = tensor([1, 2]);
    expect(
      x
        .add_(1)
        .mul_(2)
        .sub_(tensor([1, 1]))
        .addcmul_(ones([2]), ones([2]), 3),
    ).toBe(x);
    expect(x.tolist()).toEqual([6, 8]);
    expect(
      x
        .addcdiv_(ones([2]), full([2], 2), 2)
        .lerp_(zeros([2]), 0.5)
        .clamp_(null, 4)
        .tolist(),
    ).toEqual([3.5, 4]);
    expect(
      x
        .copy_(tensor([5, 6]))
        .div_(2)
        .tolist(),
    ).toEqual([2.5, 3]);
    expect(
      x
        .fill_(7)
        .maskedFill_(tensor([true, false]), 0)
        .tolist(),
    ).toEqual([0, 7]);
    expect(
      x
        .zero_()
        .indexAdd_(0, ids(1), ones([1]))
        .indexPut_([ids(0)], ones([1]), true)
        .tolist(),
    ).toEqual([1, 1]);
  });

  it("numbers keep an integer tensor whole unless they are not", () => {
    expect(ids(3).mul(2).dtype).toBe("int64");
    expect(ids(3).mul(0.5).tolist()).toEqual([1.5]);
  });

  it("item refuses more than one element", () => {
    expect(() => a.item()).toThrow(/aten::item: .*2, 2/s);
    expect(tensor(true).item()).toBe(1);
  });

  it("prints as dtype and shape", () => {
    expect(String(a)).toBe("Tensor(float32[2, 2])");
    expect(libtorchVersion()).toMatch(/^\d+\.\d+/);
  });
});
