export type DType = "float32" | "float64" | "bfloat16" | "float16" | "int64" | "int32" | "uint8" | "bool";

/** libtorch's number for each dtype (c10::ScalarType), which no version has changed. */
const codes: Record<DType, number> = {
  uint8: 0,
  int32: 3,
  int64: 4,
  float16: 5,
  float32: 6,
  float64: 7,
  bool: 11,
  bfloat16: 15,
};

/** Bytes of one element. */
export const widths: Record<DType, number> = {
  uint8: 1,
  int32: 4,
  int64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
  bool: 1,
  bfloat16: 2,
};

const names = new Map(Object.entries(codes).map(([name, code]) => [code, name as DType]));

export function dtypeCode(dtype: DType): number {
  const code = codes[dtype];
  if (code === undefined) throw new Error(`No dtype "${dtype}". There are ${Object.keys(codes).join(", ")}`);
  return code;
}

export function dtypeOf(code: number): DType {
  const name = names.get(code);
  if (!name)
    throw new Error(`This tensor has a dtype that has no name here (libtorch's number ${code}); convert it with to()`);
  return name;
}

export type TypedArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array;
