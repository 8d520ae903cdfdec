import type { Generator } from "./generator.js";
import { op } from "./operator.js";
import type { Tensor } from "./tensor.js";

const catOp = op("aten::cat");
const stackOp = op("aten::stack");
const whereOp = op("aten::where.self");
const whereNumber = op("aten::where.ScalarOther");
const trilOp = op("aten::tril");
const triuOp = op("aten::triu");
const embeddingOp = op("aten::embedding");
const linearOp = op("aten::linear");
const multinomialOp = op("aten::multinomial");

/** One after the other along `dim`. */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  return catOp(tensors, dim);
}
/** Side by side in a new dimension `dim`. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  return stackOp(tensors, dim);
}
/** `a` where `condition` holds, else `b`. */
export function where(condition: Tensor, a: Tensor, b: Tensor | number): Tensor {
  return typeof b === "number" ? whereNumber(condition, a, b) : whereOp(condition, a, b);
}
/** The lower triangle, the rest zero; `diagonal` moves its edge up. */
export function tril(input: Tensor, diagonal = 0): Tensor {
  return trilOp(input, diagonal);
}
/** The upper triangle, the rest zero; `diagonal` moves its edge up. */
export function triu(input: Tensor, diagonal = 0): Tensor {
  return triuOp(input, diagonal);
}
/** Rows of weight [words, features] by ids [...] int64: [..., features]. */
export function embedding(weight: Tensor, ids: Tensor): Tensor {
  return embeddingOp(weight, ids);
}
/** x [..., in] times weight [out, in] transposed, plus bias [out]: [..., out]. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  return linearOp(x, weight, bias);
}
/** `count` places drawn per row of weights [rows, n] (or [n]), with replacement. int64 */
export function multinomial(weights: Tensor, count: number, generator?: Generator): Tensor {
  return multinomialOp(weights, count, true, { generator: generator ?? null });
}
