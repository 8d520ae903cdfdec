import { type DType, dtypeCode, dtypeOf, type TypedArray, widths } from "./dtype.js";
import { native } from "./native.js";
import { makeTensorsWith, op } from "./operator.js";
import { currentScope, keep, release, type Scope } from "./scope.js";

/** A number goes wherever it would be broadcast. */
export type Operand = Tensor | number;
type Sizes = readonly number[] | [readonly number[]];
type Dims = number | readonly number[];

interface Meta {
  readonly dtype: DType;
  readonly device: string;
  readonly requiresGrad: boolean;
  readonly shape: readonly number[];
}

// c10::DeviceType, as far as anybody computes on it.
const deviceNames = new Map([
  [0, "cpu"],
  [1, "cuda"],
  [12, "xpu"],
  [13, "mps"],
  [14, "meta"],
]);

/**
 * A tensor of libtorch. It is made by an operator or a constructor such as zeros(), belongs to the scope() it was made
 * in, and dies with that scope or by free(); the garbage collector has no say. Using a dead one throws.
 */
export class Tensor {
  /** Its number on the native side; 0 once freed. */
  readonly handle: number;
  /** The scope that will free it. */
  readonly owner: Scope | null = null;
  private meta: Meta | undefined = undefined;
  /** The Tensor that stands for our gradient, so that reading it twice does not make two. */
  gradient: Tensor | null = null;

  /** For the engine: takes over a handle. The current scope becomes its owner. */
  constructor(handle: number) {
    this.handle = handle;
    currentScope()?.adopt(this);
  }

  private describe(): Meta {
    const { buffer, meta } = native();
    buffer[0] = this.handle;
    meta();
    const shape: number[] = [];
    for (let i = 0; i < buffer[4]; i++) shape.push(buffer[5 + i]);
    const device = deviceNames.get(buffer[1]) ?? `device ${buffer[1]}`;
    this.meta = {
      dtype: dtypeOf(buffer[0]),
      device: buffer[2] >= 0 && device !== "cpu" ? `${device}:${buffer[2]}` : device,
      requiresGrad: buffer[3] !== 0,
      shape,
    };
    return this.meta;
  }

  /** For the engine: an operator wrote into this tensor, and may have changed its shape or its place in the graph. */
  forgetMeta(): void {
    this.meta = undefined;
  }

  get shape(): readonly number[] {
    return (this.meta ?? this.describe()).shape;
  }
  get dtype(): DType {
    return (this.meta ?? this.describe()).dtype;
  }
  /** "cpu", "cuda:0", ... */
  get device(): string {
    return (this.meta ?? this.describe()).device;
  }
  get requiresGrad(): boolean {
    return (this.meta ?? this.describe()).requiresGrad;
  }
  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, size) => product * size, 1);
  }
  /** Bytes that the elements take. */
  get bytes(): number {
    return this.size * widths[this.dtype];
  }

  /** Frees the memory (unless other tensors view it). Freeing twice is fine. */
  free(): void {
    release([this]);
  }
  get freed(): boolean {
    return this.handle === 0;
  }

  // --- reading -----------------------------------------------------------------------------------------------------

  /** The only element, as a number. Throws if there are more. */
  item(): number {
    return Number(item(this));
  }

  /** A copy of the elements in row order. Both 16-bit kinds come out as Float32Array, bool as bytes of 0 and 1. */
  data(): Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array {
    const { dtype } = this;
    if (dtype === "bfloat16" || dtype === "float16") {
      const wide = this.detach().to({ dtype: "float32" });
      const data = wide.data();
      wide.free();
      return data;
    }
    const data = new {
      float32: Float32Array,
      float64: Float64Array,
      int64: BigInt64Array,
      int32: Int32Array,
      uint8: Uint8Array,
      bool: Uint8Array,
    }[dtype](this.size);
    const { buffer, toBytes } = native();
    buffer[0] = this.handle;
    toBytes(data);
    return data;
  }

  /** The elements as nested arrays of numbers (of booleans for bool); a plain one for a tensor without dimensions. */
  // biome-ignore lint/suspicious/noExplicitAny: the depth is known at run time only
  tolist(): any {
    const { shape, dtype } = this;
    const convert: (value: number | bigint) => number | boolean = dtype === "bool" ? Boolean : Number;
    const flat = Array.from(this.data() as ArrayLike<number | bigint>, convert);
    let next = 0;
    const nest = (dim: number): unknown =>
      dim === shape.length ? flat[next++] : Array.from({ length: shape[dim] }, () => nest(dim + 1));
    return nest(0);
  }
  // biome-ignore lint/suspicious/noExplicitAny: as above
  toArray(): any {
    return this.tolist();
  }

  toString(): string {
    if (this.freed) return "Tensor(freed)";
    return `Tensor(${this.dtype}[${this.shape.join(", ")}]${this.device === "cpu" ? "" : ` on ${this.device}`})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  // --- autograd ----------------------------------------------------------------------------------------------------

  requiresGrad_(on = true): this {
    requires_grad_(this, on);
    return this;
  }

  /** The gradient backward() left here. It belongs to this tensor: setting null or freeing this tensor frees it. */
  get grad(): Tensor | null {
    const { buffer, gradient } = native();
    buffer[0] = this.handle;
    buffer[1] = this.gradient?.handle || -1;
    gradient();
    const handle = buffer[0];
    if (handle !== (this.gradient?.handle ?? -1)) {
      this.gradient?.free();
      this.gradient = null;
      if (handle > 0) {
        this.gradient = keep(new Tensor(handle));
      }
    }
    return this.gradient;
  }

  set grad(value: Tensor | null) {
    const { buffer, setGradient } = native();
    buffer[0] = this.handle;
    buffer[1] = value ? value.handle : -1;
    setGradient();
    if (value === this.gradient) return;
    this.gradient?.free();
    this.gradient = null;
  }

  /** Adds this tensor's derivatives to the `grad` of every leaf it came from. One number needs no `gradient`. */
  backward(gradient?: Tensor, options: { retainGraph?: boolean } = {}): void {
    const { buffer, differentiate } = native();
    buffer[0] = options.retainGraph ? 1 : 0;
    buffer[1] = 0;
    buffer[2] = 1;
    buffer[3] = 0;
    buffer[4] = this.handle;
    buffer[5] = gradient ? gradient.handle : -1;
    differentiate();
  }

  /** The same values outside the graph (and the same memory). */
  detach(): Tensor {
    return detach(this);
  }
  clone(): Tensor {
    return clone(this);
  }
  /** This tensor in another dtype or on another device; the same memory if nothing changes. */
  to(options: { dtype?: DType; device?: string }): Tensor {
    return to(this, options);
  }

  // --- arithmetic, elementwise and broadcasting --------------------------------------------------------------------

  /** this + alpha * other */
  add(other: Operand, alpha?: number): Tensor {
    if (typeof other === "number") return addScalar(this, other, alpha);
    return alpha === undefined ? add(this, other) : add(this, other, { alpha });
  }
  sub(other: Operand, alpha?: number): Tensor {
    if (typeof other === "number") return subScalar(this, other, alpha);
    return alpha === undefined ? sub(this, other) : sub(this, other, { alpha });
  }
  mul(other: Operand): Tensor {
    return typeof other === "number" ? mulScalar(this, other) : mul(this, other);
  }
  div(other: Operand): Tensor {
    return typeof other === "number" ? divScalar(this, other) : div(this, other);
  }
  pow(exponent: Operand): Tensor {
    return typeof exponent === "number" ? powScalar(this, exponent) : pow(this, exponent);
  }
  minimum(other: Tensor): Tensor {
    return minimum(this, other);
  }
  maximum(other: Tensor): Tensor {
    return maximum(this, other);
  }
  clamp(min?: number | null, max?: number | null): Tensor {
    return clamp(this, min ?? null, max ?? null);
  }
  neg(): Tensor {
    return neg(this);
  }
  abs(): Tensor {
    return abs(this);
  }
  exp(): Tensor {
    return exp(this);
  }
  log(): Tensor {
    return log(this);
  }
  sqrt(): Tensor {
    return sqrt(this);
  }
  rsqrt(): Tensor {
    return rsqrt(this);
  }
  cos(): Tensor {
    return cos(this);
  }
  sin(): Tensor {
    return sin(this);
  }
  sigmoid(): Tensor {
    return sigmoid(this);
  }
  tanh(): Tensor {
    return tanh(this);
  }
  relu(): Tensor {
    return relu(this);
  }
  silu(): Tensor {
    return silu(this);
  }
  /** The exact one, by the error function. */
  gelu(): Tensor {
    return gelu(this);
  }

  // --- comparison ----------------------------------------------------------------------------------------------------

  eq(other: Operand): Tensor {
    return typeof other === "number" ? eqScalar(this, other) : eq(this, other);
  }
  ne(other: Operand): Tensor {
    return typeof other === "number" ? neScalar(this, other) : ne(this, other);
  }
  lt(other: Operand): Tensor {
    return typeof other === "number" ? ltScalar(this, other) : lt(this, other);
  }
  le(other: Operand): Tensor {
    return typeof other === "number" ? leScalar(this, other) : le(this, other);
  }
  gt(other: Operand): Tensor {
    return typeof other === "number" ? gtScalar(this, other) : gt(this, other);
  }
  ge(other: Operand): Tensor {
    return typeof other === "number" ? geScalar(this, other) : ge(this, other);
  }
  logicalAnd(other: Tensor): Tensor {
    return logicalAnd(this, other);
  }
  logicalOr(other: Tensor): Tensor {
    return logicalOr(this, other);
  }
  logicalNot(): Tensor {
    return logicalNot(this);
  }
  isfinite(): Tensor {
    return isfinite(this);
  }
  any(): Tensor {
    return any(this);
  }
  all(): Tensor {
    return all(this);
  }
  /** This where `condition` holds, else `other`. */
  where(condition: Tensor, other: Tensor): Tensor {
    return where(condition, this, other);
  }
  maskedFill(mask: Tensor, value: number): Tensor {
    return maskedFill(this, mask, value);
  }
  /** The elements where `mask` holds, in a row. */
  maskedSelect(mask: Tensor): Tensor {
    return maskedSelect(this, mask);
  }
  /** The places where `mask` holds filled with `source`, in order. */
  maskedScatter(mask: Tensor, source: Tensor): Tensor {
    return maskedScatter(this, mask, source);
  }

  // --- products ------------------------------------------------------------------------------------------------------

  matmul(other: Tensor): Tensor {
    return matmul(this, other);
  }
  mm(other: Tensor): Tensor {
    return mm(this, other);
  }
  bmm(other: Tensor): Tensor {
    return bmm(this, other);
  }

  // --- reductions ----------------------------------------------------------------------------------------------------

  sum(dims?: Dims, keepdim = false): Tensor {
    return dims === undefined ? sum(this) : sumDim(this, dims, keepdim);
  }
  mean(dims?: Dims, keepdim = false): Tensor {
    return dims === undefined ? mean(this) : meanDim(this, dims, keepdim);
  }
  /** The Euclidean norm, over everything or along `dims`. */
  norm(dims?: Dims, keepdim = false): Tensor {
    return norm(this, 2, dims ?? null, keepdim);
  }
  /** The largest element; with `dim`, those along it and their places. */
  max(): Tensor;
  max(dim: number, keepdim?: boolean): [values: Tensor, indices: Tensor];
  max(dim?: number, keepdim = false): Tensor | [Tensor, Tensor] {
    return dim === undefined ? max(this) : maxDim(this, dim, keepdim);
  }
  /** The smallest element; with `dim`, those along it and their places. */
  min(): Tensor;
  min(dim: number, keepdim?: boolean): [values: Tensor, indices: Tensor];
  min(dim?: number, keepdim = false): Tensor | [Tensor, Tensor] {
    return dim === undefined ? min(this) : minDim(this, dim, keepdim);
  }
  amax(dims: Dims = [], keepdim = false): Tensor {
    return amax(this, dims, keepdim);
  }
  /** Place of the largest element; without `dim`, in row order. int64 */
  argmax(dim?: number, keepdim = false): Tensor {
    return argmax(this, dim, keepdim);
  }
  topk(k: number, dim = -1): [values: Tensor, indices: Tensor] {
    return topk(this, k, dim);
  }
  sort(dim = -1, descending = false): [values: Tensor, indices: Tensor] {
    return sort(this, dim, descending);
  }
  cumsum(dim: number): Tensor {
    return cumsum(this, dim);
  }
  softmax(dim: number, dtype?: DType): Tensor {
    return softmax(this, dim, dtype);
  }
  logSoftmax(dim: number, dtype?: DType): Tensor {
    return logSoftmax(this, dim, dtype);
  }
  logsumexp(dims: Dims, keepdim = false): Tensor {
    return logsumexp(this, dims, keepdim);
  }

  // --- shape (views where libtorch can) ------------------------------------------------------------------------------

  t(): Tensor {
    return t(this);
  }
  transpose(a: number, b: number): Tensor {
    return transpose(this, a, b);
  }
  permute(...dims: Sizes): Tensor {
    return permute(this, dims.flat());
  }
  /** One size may be -1: whatever is left. Throws if the memory does not lie right; reshape() copies then. */
  view(...shape: Sizes): Tensor {
    return view(this, shape.flat());
  }
  reshape(...shape: Sizes): Tensor {
    return reshape(this, shape.flat());
  }
  expand(...shape: Sizes): Tensor {
    return expand(this, shape.flat());
  }
  repeat(...times: Sizes): Tensor {
    return repeat(this, times.flat());
  }
  contiguous(): Tensor {
    return contiguous(this);
  }
  unsqueeze(dim: number): Tensor {
    return unsqueeze(this, dim);
  }
  squeeze(dim?: number): Tensor {
    return dim === undefined ? squeeze(this) : squeezeDim(this, dim);
  }
  flatten(start = 0, end = -1): Tensor {
    return flatten(this, start, end);
  }
  flip(...dims: Sizes): Tensor {
    return flip(this, dims.flat());
  }
  split(size: number | readonly number[], dim = 0): Tensor[] {
    return typeof size === "number" ? splitEqually(this, size, dim) : split(this, size, dim);
  }
  unbind(dim = 0): Tensor[] {
    return unbind(this, dim);
  }

  // --- picking -------------------------------------------------------------------------------------------------------

  /** From `start` up to but without `end`, counted from the back if negative; null is the edge. */
  slice(dim: number, start: number | null = null, end: number | null = null, step = 1): Tensor {
    return slice(this, dim, start, end, step);
  }
  narrow(dim: number, start: number, length: number): Tensor {
    return narrow(this, dim, start, length);
  }
  select(dim: number, index: number): Tensor {
    return select(this, dim, index);
  }
  indexSelect(dim: number, index: Tensor): Tensor {
    return indexSelect(this, dim, index);
  }
  gather(dim: number, index: Tensor): Tensor {
    return gather(this, dim, index);
  }
  /** this[i, j, ...] by int64 or bool tensors; null takes a whole dimension. */
  index(indices: readonly (Tensor | null)[]): Tensor {
    return index(this, indices);
  }
  indexPut(indices: readonly (Tensor | null)[], values: Tensor, accumulate = false): Tensor {
    return indexPut(this, indices, values, accumulate);
  }
  scatter(dim: number, index: Tensor, source: Operand): Tensor {
    return typeof source === "number" ? scatterValue(this, dim, index, source) : scatter(this, dim, index, source);
  }
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor {
    return scatterAdd(this, dim, index, source);
  }
  indexCopy(dim: number, index: Tensor, source: Tensor): Tensor {
    return indexCopy(this, dim, index, source);
  }
  indexAdd(dim: number, index: Tensor, source: Tensor): Tensor {
    return indexAdd(this, dim, index, source);
  }
  /** [n, dimensions] places of the elements that are not zero. int64 */
  nonzero(): Tensor {
    return nonzero(this);
  }
  repeatInterleave(repeats: Operand, dim?: number): Tensor {
    return typeof repeats === "number" ? repeatEach(this, repeats, dim) : repeatBy(this, repeats, dim);
  }

  // --- in place: each gives this very tensor back ----------------------------------------------------------------------

  add_(other: Operand, alpha?: number): this {
    if (typeof other === "number") return addScalar_(this, other, alpha);
    return alpha === undefined ? add_(this, other) : add_(this, other, { alpha });
  }
  sub_(other: Operand, alpha?: number): this {
    if (typeof other === "number") return subScalar_(this, other, alpha);
    return alpha === undefined ? sub_(this, other) : sub_(this, other, { alpha });
  }
  mul_(other: Operand): this {
    return typeof other === "number" ? mulScalar_(this, other) : mul_(this, other);
  }
  div_(other: Operand): this {
    return typeof other === "number" ? divScalar_(this, other) : div_(this, other);
  }
  /** this += value * a * b */
  addcmul_(a: Tensor, b: Tensor, value = 1): this {
    return addcmul_(this, a, b, { value });
  }
  /** this += value * a / b */
  addcdiv_(a: Tensor, b: Tensor, value = 1): this {
    return addcdiv_(this, a, b, { value });
  }
  /** this += weight * (end - this) */
  lerp_(end: Tensor, weight: number): this {
    return lerp_(this, end, weight);
  }
  clamp_(min?: number | null, max?: number | null): this {
    return clamp_(this, min ?? null, max ?? null);
  }
  zero_(): this {
    return zero_(this);
  }
  fill_(value: number): this {
    return fill_(this, value);
  }
  copy_(source: Tensor): this {
    return copy_(this, source);
  }
  maskedFill_(mask: Tensor, value: number): this {
    return maskedFill_(this, mask, value);
  }
  scatterAdd_(dim: number, index: Tensor, source: Tensor): this {
    return scatterAdd_(this, dim, index, source);
  }
  indexCopy_(dim: number, index: Tensor, source: Tensor): this {
    return indexCopy_(this, dim, index, source);
  }
  indexAdd_(dim: number, index: Tensor, source: Tensor): this {
    return indexAdd_(this, dim, index, source);
  }
  indexPut_(indices: readonly (Tensor | null)[], values: Tensor, accumulate = false): this {
    return indexPut_(this, indices, values, accumulate);
  }
}

const item = op<number | boolean>("aten::item");
const requires_grad_ = op("aten::requires_grad_");
const detach = op("aten::detach");
const clone = op("aten::clone");
const to = op("aten::to.dtype_layout");
const add = op("aten::add.Tensor");
const addScalar = op("aten::add.Scalar");
const sub = op("aten::sub.Tensor");
const subScalar = op("aten::sub.Scalar");
const mul = op("aten::mul.Tensor");
const mulScalar = op("aten::mul.Scalar");
const div = op("aten::div.Tensor");
const divScalar = op("aten::div.Scalar");
const pow = op("aten::pow.Tensor_Tensor");
const powScalar = op("aten::pow.Tensor_Scalar");
const minimum = op("aten::minimum");
const maximum = op("aten::maximum");
const clamp = op("aten::clamp");
const neg = op("aten::neg");
const abs = op("aten::abs");
const exp = op("aten::exp");
const log = op("aten::log");
const sqrt = op("aten::sqrt");
const rsqrt = op("aten::rsqrt");
const cos = op("aten::cos");
const sin = op("aten::sin");
const sigmoid = op("aten::sigmoid");
const tanh = op("aten::tanh");
const relu = op("aten::relu");
const silu = op("aten::silu");
const gelu = op("aten::gelu");
const eq = op("aten::eq.Tensor");
const eqScalar = op("aten::eq.Scalar");
const ne = op("aten::ne.Tensor");
const neScalar = op("aten::ne.Scalar");
const lt = op("aten::lt.Tensor");
const ltScalar = op("aten::lt.Scalar");
const le = op("aten::le.Tensor");
const leScalar = op("aten::le.Scalar");
const gt = op("aten::gt.Tensor");
const gtScalar = op("aten::gt.Scalar");
const ge = op("aten::ge.Tensor");
const geScalar = op("aten::ge.Scalar");
const logicalAnd = op("aten::logical_and");
const logicalOr = op("aten::logical_or");
const logicalNot = op("aten::logical_not");
const isfinite = op("aten::isfinite");
const any = op("aten::any");
const all = op("aten::all");
const where = op("aten::where.self");
const maskedFill = op("aten::masked_fill.Scalar");
const maskedFill_ = op("aten::masked_fill_.Scalar");
const maskedSelect = op("aten::masked_select");
const maskedScatter = op("aten::masked_scatter");
const matmul = op("aten::matmul");
const mm = op("aten::mm");
const bmm = op("aten::bmm");
const sum = op("aten::sum");
const sumDim = op("aten::sum.dim_IntList");
const mean = op("aten::mean");
const meanDim = op("aten::mean.dim");
const norm = op("aten::linalg_vector_norm");
const max = op("aten::max");
const maxDim = op("aten::max.dim");
const min = op("aten::min");
const minDim = op("aten::min.dim");
const amax = op("aten::amax");
const argmax = op("aten::argmax");
const topk = op("aten::topk");
const sort = op("aten::sort");
const cumsum = op("aten::cumsum");
const softmax = op("aten::softmax.int");
const logSoftmax = op("aten::log_softmax.int");
const logsumexp = op("aten::logsumexp");
const t = op("aten::t");
const transpose = op("aten::transpose.int");
const permute = op("aten::permute");
const view = op("aten::view");
const reshape = op("aten::reshape");
const expand = op("aten::expand");
const repeat = op("aten::repeat");
const contiguous = op("aten::contiguous");
const unsqueeze = op("aten::unsqueeze");
const squeeze = op("aten::squeeze");
const squeezeDim = op("aten::squeeze.dim");
const flatten = op("aten::flatten.using_ints");
const flip = op("aten::flip");
const split = op("aten::split_with_sizes");
const splitEqually = op("aten::split.Tensor");
const unbind = op("aten::unbind.int");
const slice = op("aten::slice.Tensor");
const narrow = op("aten::narrow");
const select = op("aten::select.int");
const indexSelect = op("aten::index_select");
const gather = op("aten::gather");
const index = op("aten::index.Tensor");
const indexPut = op("aten::index_put");
const indexPut_ = op("aten::index_put_");
const scatter = op("aten::scatter.src");
const scatterValue = op("aten::scatter.value");
const scatterAdd = op("aten::scatter_add");
const scatterAdd_ = op("aten::scatter_add_");
const indexCopy = op("aten::index_copy");
const indexCopy_ = op("aten::index_copy_");
const indexAdd = op("aten::index_add");
const indexAdd_ = op("aten::index_add_");
const nonzero = op("aten::nonzero");
const repeatEach = op("aten::repeat_interleave.self_int");
const repeatBy = op("aten::repeat_interleave.self_Tensor");
const add_ = op("aten::add_.Tensor");
const addScalar_ = op("aten::add_.Scalar");
const sub_ = op("aten::sub_.Tensor");
const subScalar_ = op("aten::sub_.Scalar");
const mul_ = op("aten::mul_.Tensor");
const mulScalar_ = op("aten::mul_.Scalar");
const div_ = op("aten::div_.Tensor");
const divScalar_ = op("aten::div_.Scalar");
const addcmul_ = op("aten::addcmul_");
const addcdiv_ = op("aten::addcdiv_");
const lerp_ = op("aten::lerp_.Scalar");
const clamp_ = op("aten::clamp_");
const zero_ = op("aten::zero_");
const fill_ = op("aten::fill_.Scalar");
const copy_ = op("aten::copy_");

makeTensorsWith((handle) => new Tensor(handle));

/** Copies bytes as they are into a new tensor. */
export function fromBytes(bytes: TypedArray, dtype: DType, shape: readonly number[]): Tensor {
  const { buffer, fromBytes } = native();
  buffer[0] = dtypeCode(dtype);
  buffer[1] = shape.length;
  buffer.set(shape, 2);
  fromBytes(bytes);
  return new Tensor(buffer[0]);
}

/** Copies the elements out as the bytes they are, in row order. */
export function rawBytes(tensor: Tensor): Uint8Array {
  const bytes = new Uint8Array(tensor.bytes);
  const { buffer, toBytes } = native();
  buffer[0] = tensor.handle;
  toBytes(bytes);
  return bytes;
}
