import { scope, type Tensor } from "@ssl4rl/torch";

/**
 * Makes bfloat16 gradients float32. Autograd adds later ones to them in place, so the sum over a step's passes is taken in
 * float32: in 8 bits, what is 500 times smaller than the sum so far is lost.
 */
export function widenGradients(parameters: readonly Tensor[]): void {
  for (const parameter of parameters) {
    const { grad } = parameter;
    if (grad?.dtype !== "bfloat16") continue;
    scope(() => {
      parameter.grad = grad.to({ dtype: "float32" });
    });
  }
}
