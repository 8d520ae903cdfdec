import { noGrad } from "./autograd.js";
import { stack } from "./functions.js";
import { op } from "./operator.js";
import { scope } from "./scope.js";
import type { Tensor } from "./tensor.js";

const norm = op<Tensor>("aten::linalg_vector_norm");
const mul_ = op("aten::_foreach_mul_.Scalar");

/**
 * Scales all gradients together so that their common norm is at most `maxNorm`: by min(1, maxNorm / (norm + 1e-6)).
 * Returns the norm before. If that is not a finite number, the gradients are left as they are, for the caller to see.
 */
export function clipGradNorm(params: Iterable<Tensor>, maxNorm: number): number {
  return noGrad(() =>
    scope(() => {
      const grads = [...params].map((param) => param.grad).filter((grad) => grad !== null);
      if (grads.length === 0) return 0;
      // 16 bits are too few for a sum of squares.
      const norms = grads.map((grad) =>
        norm(grad, 2, null, false, { dtype: grad.dtype === "float64" ? "float64" : "float32" }).to({
          dtype: "float64",
        }),
      );
      const total = stack(norms).norm().item();
      const coefficient = maxNorm / (total + 1e-6);
      if (Number.isFinite(total) && coefficient < 1) mul_(grads, coefficient);
      return total;
    }),
  );
}
