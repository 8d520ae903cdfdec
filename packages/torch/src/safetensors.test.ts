import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  arange,
  type DType,
  liveTensors,
  ones,
  readSafetensors,
  scope,
  tensor,
  writeSafetensors,
  zeros,
} from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

/** A file of that many bytes of 1. */
function raw(name: string, bytes: number): string {
  writeFileSync(path(name), Buffer.alloc(bytes, 1));
  return path(name);
}

/** A file of this header and that many bytes of data. */
function file(name: string, header: unknown, dataBytes: number): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path(name), Buffer.concat([length, text, Buffer.alloc(dataBytes)]));
  return path(name);
}

describe("round trip", () => {
  it("every dtype, shape and the metadata come back", () => {
    const dtypes: DType[] = ["bool", "float32", "uint8", "float64", "bfloat16", "int64", "float16", "int32"];
    const tensors = dtypes.map((dtype, i) => [`layer.${i}`, tensor([1, 0, i], { dtype })] as const);
    writeSafetensors(path("all"), [...tensors, ["scalar", tensor(2.5)], ["none", zeros([0, 3])]], { format: "pt" });
    const read = readSafetensors(path("all"));
    expect(read.metadata).toEqual({ format: "pt" });
    expect(read.names.length).toBe(dtypes.length + 2);
    for (const [name, { dtype, data }] of tensors.map(([n, t]) => [n, { dtype: t.dtype, data: t.data() }] as const)) {
      expect([read.dtype(name), read.shape(name)]).toEqual([dtype, [3]]);
      expect(read.get(name).dtype).toBe(dtype);
      expect(read.get(name).data()).toEqual(data);
    }
    expect(read.get("scalar").item()).toBe(2.5);
    expect(read.get("none").shape).toEqual([0, 3]);
    expect([read.has("scalar"), read.has("other")]).toEqual([true, false]);
    expect(new Map(read).size).toBe(dtypes.length + 2);
  });

  it("tensors that do not lie in row order are written in row order", () => {
    writeSafetensors(path("t"), [
      [
        "x",
        tensor([
          [1, 2],
          [3, 4],
        ]).t(),
      ],
    ]);
    expect(readSafetensors(path("t")).get("x").tolist()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it("data are aligned, and the file holds nothing else", () => {
    writeSafetensors(path("aligned"), [
      ["b", tensor([true])],
      ["f", ones([1], { dtype: "float64" })],
    ]);
    const bytes = readFileSync(path("aligned"));
    expect(bytes.length % 8).toBe(1);
    expect(bytes.readDoubleLE(bytes.length - 9)).toBe(1);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("mapping", () => {
  it("writing into a tensor leaves the file as it was", () => {
    writeSafetensors(path("cow"), [["x", zeros([4])]]);
    const bytes = readFileSync(path("cow"));
    readSafetensors(path("cow")).get("x").fill_(7);
    expect(readFileSync(path("cow"))).toEqual(bytes);
  });

  it("tensors outlive close and the file being replaced, and belong to their scope", () => {
    writeSafetensors(path("gone"), [["x", ones([4])]]);
    const read = readSafetensors(path("gone"));
    const x = read.get("x");
    const before = liveTensors();
    scope(() => {
      read.get("x").sum();
    });
    expect(liveTensors()).toBe(before);
    read.close();
    writeSafetensors(path("gone"), [["x", x.add(1)]]);
    expect(x.tolist()).toEqual([1, 1, 1, 1]);
    expect(() => read.get("x")).toThrow('closed before "x" was read');
    expect(readSafetensors(path("gone")).get("x").sum().item()).toBe(8);
  });

  it("data that are not aligned are read all the same", () => {
    const name = file("odd", '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} ', 4);
    expect(readSafetensors(name).get("x").tolist()).toEqual([0]);
  });
});

describe("copies", () => {
  it("are equal to the tensors, whole over many pieces, of the kind asked for", () => {
    const long = arange(0, 3_000_001, { dtype: "float32" });
    writeSafetensors(path("long"), [
      ["long", long],
      ["half", tensor([1.5, -2, 0], { dtype: "float16" })],
      ["ids", tensor([[1], [2]], { dtype: "int64" })],
      ["none", zeros([0, 3])],
    ]);
    const file = readSafetensors(path("long"));
    const before = liveTensors();
    scope(() => {
      expect(file.read("long").eq(long).all().item()).toBe(1);
      const brief = file.read("long", { dtype: "bfloat16" });
      expect(brief.dtype).toBe("bfloat16");
      expect(
        brief
          .eq(long.to({ dtype: "bfloat16" }))
          .all()
          .item(),
      ).toBe(1);
      expect(file.read("half", { dtype: "float32" }).tolist()).toEqual([1.5, -2, 0]);
      expect(file.read("ids").tolist()).toEqual([[1], [2]]);
      expect(file.read("none").shape).toEqual([0, 3]);
    });
    expect(liveTensors()).toBe(before);
    file.close();
    expect(() => file.read("half")).toThrow('closed before "half" was read');
  });

  it("of NaN, infinities or a file cut off since are refused by name, and nothing stays", () => {
    for (const [dtype, value, said] of [
      ["float32", Number.NaN, "NaN"],
      ["bfloat16", Number.POSITIVE_INFINITY, "Infinity"],
      ["float16", Number.NEGATIVE_INFINITY, "-Infinity"],
    ] as const) {
      writeSafetensors(path("ill"), [["x", tensor([1, value, 2], { dtype })]]);
      const ill = readSafetensors(path("ill"));
      const before = liveTensors();
      expect(() => scope(() => ill.read("x"))).toThrow(`ill: tensor "x" holds ${said}: `);
      expect(liveTensors()).toBe(before);
      ill.close();
    }
    writeSafetensors(path("short"), [["x", ones([100])]]);
    const cut = readSafetensors(path("short"));
    writeFileSync(path("short"), readFileSync(path("short")).subarray(0, 200));
    expect(() => scope(() => cut.read("x"))).toThrow(/tensor "x": the file ends within it: it was cut off/);
    cut.close();
  });
});

describe("malformed files", () => {
  const f32 = (start: number, end: number, shape = [(end - start) / 4]) => ({
    dtype: "F32",
    shape,
    data_offsets: [start, end],
  });
  const cases: [string, () => string, RegExp][] = [
    ["an empty one", () => raw("empty", 0), /empty: has 0 bytes, too few/],
    ["a header past the end", () => raw("long", 16), /long: its header claims \d+ bytes, but the file has 16/],
    ["a header that is not JSON", () => file("json", "{not json", 0), /json: its header is not JSON/],
    ["a header that is no object", () => file("array", [], 0), /array: its header is not a JSON object/],
    [
      "cut off data",
      () => file("cut", { x: f32(0, 8) }, 7),
      /cut: tensor "x" ends at byte \d+, but the file has \d+: it was cut off/,
    ],
    [
      "overlapping tensors",
      () => file("overlap", { x: f32(0, 8), y: f32(4, 12) }, 12),
      /overlap: tensor "y" overlaps the one before it/,
    ],
    [
      "a name that stands twice",
      () =>
        file(
          "twice",
          '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
          8,
        ),
      /twice: tensor "x" starts 4 bytes after/,
    ],
    ["a gap", () => file("gap", { x: f32(0, 4), y: f32(8, 12) }, 12), /gap: tensor "y" starts 4 bytes after/],
    ["bytes of no tensor", () => file("rest", { x: f32(0, 4) }, 6), /rest: 2 bytes at the end belong to no tensor/],
    [
      "a size that is not the shape's",
      () => file("size", { x: f32(0, 8, [3]) }, 8),
      /size: tensor "x" has 8 bytes, but F32\[3\] takes 12/,
    ],
    ["offsets backwards", () => file("back", { x: f32(8, 4, [1]) }, 8), /back: tensor "x" has no valid data_offsets/],
    [
      "an unknown dtype",
      () => file("dtype", { x: { ...f32(0, 4), dtype: "F4" } }, 4),
      /dtype: tensor "x" has dtype F4; known are .*BF16/,
    ],
    ["a negative shape", () => file("shape", { x: f32(0, 4, [-1]) }, 4), /shape: tensor "x" has no valid shape/],
    ["an entry that is none", () => file("null", { x: null }, 0), /null: tensor "x" has dtype undefined/],
  ];
  it.each(cases)("%s is refused", (_, make, message) => {
    expect(() => readSafetensors(make())).toThrow(message);
  });

  it("a tensor that is not there is named", () => {
    expect(() => readSafetensors(file("one", { x: f32(0, 4) }, 4)).get("y")).toThrow(/one: no tensor "y" among its 1/);
  });

  it("a failed write leaves the old file and nothing else", () => {
    writeSafetensors(path("old"), [["x", ones([1])]]);
    const bytes = readFileSync(path("old"));
    const freed = ones([2]);
    const list = [
      ["x", ones([1])],
      ["y", freed],
    ] as const;
    expect(freed.shape).toEqual([2]);
    freed.free();
    expect(() => writeSafetensors(path("old"), list)).toThrow(/freed/);
    expect(readFileSync(path("old"))).toEqual(bytes);
    expect(() =>
      writeSafetensors(path("old"), [
        ["x", ones([1])],
        ["x", ones([1])],
      ]),
    ).toThrow('two tensors are named "x"');
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
