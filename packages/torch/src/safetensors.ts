import { type DType, widths } from "./dtype.js";

/** The format's names of dtypes: https://github.com/huggingface/safetensors */
export const formatNames: Record<DType, string> = {
  float64: "F64",
  int64: "I64",
  float32: "F32",
  int32: "I32",
  bfloat16: "BF16",
  float16: "F16",
  uint8: "U8",
  bool: "BOOL",
};

export const dtypesByName = new Map(Object.entries(formatNames).map(([dtype, name]) => [name, dtype as DType]));

/** Where one tensor lies, in bytes from the start of the file. */
export interface Entry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The most the reference implementation accepts. */
export const maxHeaderBytes = 100_000_000;

export const bytesOf = (dtype: DType, shape: readonly number[]) =>
  shape.reduce((product, size) => product * size, widths[dtype]);
