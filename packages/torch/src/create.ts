import type { DType, TypedArray } from "./dtype.js";
import type { Generator } from "./generator.js";
import { op } from "./operator.js";
import { fromBytes, type Tensor } from "./tensor.js";

export interface TensorOptions {
  /** float32 if not given, unless the data say otherwise. */
  readonly dtype?: DType;
  /** "cpu" if not given; "cuda", "cuda:1", ... */
  readonly device?: string;
  readonly requiresGrad?: boolean;
}
export interface RandomOptions extends TensorOptions {
  readonly generator?: Generator;
}
type Nested = readonly (number | boolean | Nested)[];

/**
 * A tensor of these numbers, copied. Numbers become float32, booleans bool, typed arrays keep their kind; `dtype`
 * converts. Without `shape`, that of the nested arrays. Throws if the shape does not hold exactly the numbers given.
 *
 * @example tensor([[1, 2], [3, 4]]); tensor([1, 2, 3, 4], [2, 2], { dtype: "int64" }); tensor(0.5)
 */
export function tensor(
  data: number | boolean | Nested | TypedArray,
  shape?: readonly number[] | null,
  options?: TensorOptions,
): Tensor;
export function tensor(data: number | boolean | Nested | TypedArray, options: TensorOptions): Tensor;
export function tensor(
  data: number | boolean | Nested | TypedArray,
  second?: readonly number[] | TensorOptions | null,
  third: TensorOptions = {},
): Tensor {
  const given = second === undefined || second === null || Array.isArray(second);
  const options = given ? third : (second as TensorOptions);
  const { flat, shape: found } = flatten(data);
  const shape = (given && (second as readonly number[] | null | undefined)) || found;
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== flat.length) {
    throw new RangeError(`tensor(): shape [${shape.join(", ")}] holds ${size} numbers, got ${flat.length}`);
  }
  const { bytes, dtype } = natural(flat, options.dtype);
  return finish(fromBytes(bytes, dtype, shape), { dtype, ...options });
}

type Flat = ArrayLike<number | boolean> | TypedArray;

function flatten(data: number | boolean | Nested | TypedArray): { flat: Flat; shape: readonly number[] } {
  if (typeof data === "number" || typeof data === "boolean") return { flat: [data], shape: [] };
  if (ArrayBuffer.isView(data)) return { flat: data, shape: [data.length] };
  const shape: number[] = [];
  for (let level: unknown = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.length === 1) return { flat: data as ArrayLike<number | boolean>, shape };
  const flat: (number | boolean)[] = [];
  const visit = (level: Nested | number | boolean, dim: number): void => {
    if (Array.isArray(level) ? level.length !== shape[dim] : dim !== shape.length) {
      throw new RangeError("tensor(): the nested arrays differ in length or depth");
    }
    if (Array.isArray(level)) for (const inner of level) visit(inner, dim + 1);
    else flat.push(level as number | boolean);
  };
  visit(data, 0);
  return { flat, shape };
}

/** The data as bytes libtorch knows, and their dtype; what is not the wanted dtype yet is converted there. */
function natural(flat: Flat, wanted?: DType): { bytes: TypedArray; dtype: DType } {
  if (!ArrayBuffer.isView(flat)) {
    if (wanted === undefined && typeof flat[0] === "boolean")
      return { bytes: Uint8Array.from(flat, Number), dtype: "bool" };
    // float64 carries every integer up to 2^53 on its way to int64.
    if (wanted === undefined || wanted === "float32")
      return { bytes: Float32Array.from(flat, Number), dtype: "float32" };
    return { bytes: Float64Array.from(flat, Number), dtype: "float64" };
  }
  if (flat instanceof Float32Array) return { bytes: flat, dtype: "float32" };
  if (flat instanceof Float64Array) return { bytes: flat, dtype: "float64" };
  if (flat instanceof BigInt64Array) return { bytes: flat, dtype: "int64" };
  if (flat instanceof Int32Array) return { bytes: flat, dtype: "int32" };
  if (flat instanceof Uint8Array || flat instanceof Uint8ClampedArray) return { bytes: flat, dtype: "uint8" };
  return { bytes: Int32Array.from(flat), dtype: "int32" };
}

/** Moves a fresh tensor to where it was asked for. */
function finish(made: Tensor, { dtype, device, requiresGrad }: TensorOptions): Tensor {
  let result = made;
  if ((dtype !== undefined && made.dtype !== dtype) || device !== undefined) {
    result = made.to({ dtype, device });
    made.free();
  }
  return requiresGrad ? result.requiresGrad_() : result;
}

const made = (result: Tensor, requiresGrad?: boolean) => (requiresGrad ? result.requiresGrad_() : result);

const emptyOp = op("aten::empty.memory_format");
const zerosOp = op("aten::zeros");
const onesOp = op("aten::ones");
const fullOp = op("aten::full");
const eyeOp = op("aten::eye");
const arangeOp = op("aten::arange.start_step");
const randnOp = op("aten::randn.generator");
const randOp = op("aten::rand.generator");
const randintOp = op("aten::randint.low_generator");

/** Memory as it comes: fill it before reading it. */
export function empty(
  shape: readonly number[],
  { requiresGrad, dtype = "float32", device }: TensorOptions = {},
): Tensor {
  return made(emptyOp(shape, { dtype, device }), requiresGrad);
}
export function zeros(
  shape: readonly number[],
  { requiresGrad, dtype = "float32", device }: TensorOptions = {},
): Tensor {
  return made(zerosOp(shape, { dtype, device }), requiresGrad);
}
export function ones(
  shape: readonly number[],
  { requiresGrad, dtype = "float32", device }: TensorOptions = {},
): Tensor {
  return made(onesOp(shape, { dtype, device }), requiresGrad);
}
export function full(
  shape: readonly number[],
  value: number,
  { requiresGrad, dtype = "float32", device }: TensorOptions = {},
): Tensor {
  return made(fullOp(shape, value, { dtype, device }), requiresGrad);
}
/** The identity matrix. [n, n] */
export function eye(n: number, { requiresGrad, dtype = "float32", device }: TensorOptions = {}): Tensor {
  return made(eyeOp(n, { dtype, device }), requiresGrad);
}
/** arange(end), or arange(start, end, step) without `end`. int64 if all are whole numbers, else float32. */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, step: number, options?: TensorOptions): Tensor;
export function arange(...args: (number | TensorOptions | undefined)[]): Tensor {
  const numbers = args.filter((arg) => typeof arg === "number");
  const [start, end, step] = numbers.length === 1 ? [0, numbers[0], 1] : [numbers[0], numbers[1], numbers[2] ?? 1];
  const { requiresGrad, dtype, device } = (args[numbers.length] ?? {}) as TensorOptions;
  const whole = numbers.every(Number.isInteger) ? "int64" : "float32";
  return made(arangeOp(start, end, step, { dtype: dtype ?? whole, device }), requiresGrad);
}
/** Normal numbers, mean 0 and deviation 1. */
export function randn(
  shape: readonly number[],
  { requiresGrad, dtype = "float32", device, generator }: RandomOptions = {},
): Tensor {
  return made(randnOp(shape, { dtype, device, generator: generator ?? null }), requiresGrad);
}
/** Uniform numbers in [0, 1). */
export function rand(
  shape: readonly number[],
  { requiresGrad, dtype = "float32", device, generator }: RandomOptions = {},
): Tensor {
  return made(randOp(shape, { dtype, device, generator: generator ?? null }), requiresGrad);
}
/** Whole numbers in [low, high). int64 */
export function randint(
  low: number,
  high: number,
  shape: readonly number[],
  { dtype = "int64", device, generator }: RandomOptions = {},
): Tensor {
  return randintOp(low, high, shape, { dtype, device, generator: generator ?? null });
}
