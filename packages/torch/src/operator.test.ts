import { describe, expect, it } from "vitest";
import { Generator, hasOp, ones, op, tensor, zeros } from "./index.js";

const a = tensor([
  [1, 2],
  [3, 4],
]);

describe("op", () => {
  it("fills in what is left out from the schema", () => {
    expect(op("aten::add.Tensor")(a, a).tolist()).toEqual(a.mul(2).tolist());
    expect(op("aten::argmax")(a).item()).toBe(3);
  });

  it("takes any argument by name", () => {
    expect(op("aten::add.Tensor")(a, a, { alpha: -1 }).tolist()).toEqual(zeros([2, 2]).tolist());
    expect(op("aten::add.Tensor")({ other: a, self: a }).tolist()).toEqual(a.mul(2).tolist());
    expect(op("aten::sum.dim_IntList")(a, [0], { keepdim: true, dtype: "float64" }).dtype).toBe("float64");
  });

  it("takes lists, of tensors and of optional ones", () => {
    expect(op("aten::cat")([a, a]).shape).toEqual([4, 2]);
    expect(op("aten::index.Tensor")(a, [null, tensor([0], { dtype: "int64" })]).tolist()).toEqual([[1], [3]]);
    const sums = op("aten::_foreach_add.List")([a, a], [a, zeros([2, 2])]);
    expect(sums.map((sum: typeof a) => sum.sum().item())).toEqual([20, 10]);
  });

  it("takes lists of numbers of any kind", () => {
    const [half, same] = op("aten::_foreach_mul.ScalarList")([a, a], [0.5, 1]);
    expect(half.add(same).tolist()).toEqual(a.mul(1.5).tolist());
    expect(op("aten::upsample_bilinear2d.vec")(ones([1, 1, 2, 2]), null, false, [2, 2]).shape).toEqual([1, 1, 4, 4]);
  });

  it("lets one number stand for a list of fixed length", () => {
    expect(op("aten::max_pool2d")(ones([1, 4, 4]), 2).shape).toEqual([1, 2, 2]);
    expect(op("aten::sum.dim_IntList")(a, 1).tolist()).toEqual([3, 7]);
  });

  it("takes none, strings, devices and generators", () => {
    expect(op("aten::clamp")(a, null, 2).tolist()).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(op("aten::gelu")(a, { approximate: "tanh" }).shape).toEqual([2, 2]);
    expect(op("aten::div.Tensor_mode")(a, tensor([2]), { rounding_mode: "floor" }).tolist()).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(op("aten::zeros")([1], { device: "cpu", dtype: "int32" }).dtype).toBe("int32");
    const draw = () => op("aten::bernoulli.p")(a, 0.5, { generator: new Generator(1) }).tolist();
    expect(draw()).toEqual(draw());
  });

  it("gives back several results, numbers, booleans, and nothing", () => {
    const [values, indices] = op("aten::topk")(a, 1);
    expect([values.tolist(), indices.dtype]).toEqual([[[2], [4]], "int64"]);
    expect(op("aten::item")(tensor(2.5))).toBe(2.5);
    expect(op("aten::equal")(a, a)).toBe(true);
    expect(op("aten::size.int")(a, 0)).toBe(2);
    expect(op("aten::_foreach_zero_")([zeros([1])])).toBeUndefined();
  });

  it("gives back the written argument itself", () => {
    const out = zeros([2, 2]);
    expect(op("aten::add.out")(a, a, { out })).toBe(out);
    expect(out.sum().item()).toBe(20);
    expect(op("aten::resize_")(out, [4])).toBe(out);
    expect(out.shape).toEqual([4]);
  });

  it("carries thousands of arguments in one call, and refuses more than the buffer holds", () => {
    const ones1 = ones([1]);
    expect(op("aten::cat")(new Array(100_000).fill(ones1)).shape).toEqual([100_000]);
    expect(() => op("aten::cat")(new Array(600_000).fill(ones1))).toThrow("too many for one call");
    expect(a.add(1).sum().item()).toBe(14);
  });
});

describe("errors", () => {
  it("a failed call names operator, reason, what was passed, and schema", () => {
    expect(() => a.mm(ones([3, 1]))).toThrow(
      /^aten::mm: (mm: )?mat1 and mat2 shapes cannot be multiplied \(2x2 and 3x1\)\n {2}passed: self=float32\[2, 2\], mat2=float32\[3, 1\]\n {2}schema: aten::mm\(Tensor self, Tensor mat2\) -> Tensor$/,
    );
  });

  it("lists and numbers that were passed are shown", () => {
    expect(() => a.view(3, 5)).toThrow(/passed: self=float32\[2, 2\], size=\[3, 5\]/);
  });

  it("an unknown operator names its overloads", () => {
    expect(() => op("aten::add.Complex")(a)).toThrow(
      /no operator aten::add\.Complex in this libtorch\. It has .*aten::add\.Tensor/,
    );
    expect(() => op("aten::no_such_thing")(a)).toThrow("no operator aten::no_such_thing in this libtorch");
    expect([hasOp("aten::add.Tensor"), hasOp("aten::add.Complex")]).toEqual([true, false]);
  });

  it.each<[string, () => unknown, string]>([
    ["missing", () => op("aten::mm")(a), 'aten::mm: argument "mat2" is missing'],
    ["not a tensor", () => op("aten::mm")(a, 3), 'aten::mm: argument "mat2" must be a Tensor, got 3'],
    ["a generator", () => op("aten::neg")(new Generator(1)), 'argument "self" must be a Tensor, got a Generator'],
    ["not whole", () => a.select(0, 0.5), 'aten::select.int: argument "index" must be an integer, got 0.5'],
    ["not a list", () => op("aten::permute")(a, "01"), 'argument "dims" must be an array, got "01"'],
    ["unknown by name", () => op("aten::add.Tensor")(a, a, { beta: 1 }), 'aten::add.Tensor has no argument "beta"'],
    ["given twice", () => op("aten::add.Tensor")(a, a, { other: a }), 'argument "other" is given twice'],
    ["too many", () => op("aten::neg")(a, a), "aten::neg takes 1 in order, got 2"],
    ["not a dtype", () => op("aten::zeros")([1], { dtype: "floaty" }), 'argument "dtype" No dtype "floaty"'],
  ])("an argument that is %s is refused by name", (_, run, message) => {
    expect(run).toThrow(new RegExp(message.replace(/[.()[\]]/g, "\\$&")));
  });

  it("a failed call leaves the next one as it was", () => {
    expect(() => a.mm(ones([3, 1]))).toThrow();
    expect(a.mm(a).tolist()).toEqual([
      [7, 10],
      [15, 22],
    ]);
  });
});
