import { cat, linear, op, type Tensor } from "@ssl4rl/torch";
import type { Lora } from "./lora.js";

/** The tensors under one name prefix. */
export interface Weights {
  readonly weight: (name: string) => Tensor;
  /** x [rows, in] · Wᵀ, plus the bias where the checkpoint has one, plus the share of an adapter. */
  readonly linear: (name: string, x: Tensor) => Tensor;
}

export function weightsUnder(weights: ReadonlyMap<string, Tensor>, prefix: string, lora: Lora | null = null): Weights {
  const weight = (name: string) => {
    const found = weights.get(`${prefix}.${name}`);
    if (!found) throw new Error(`No weight ${prefix}.${name}`);
    return found;
  };
  return {
    weight,
    linear: (name, x) => {
      const y = linear(x, weight(`${name}.weight`), weights.get(`${prefix}.${name}.bias`));
      return lora ? lora.adapt(`${prefix}.${name}`, x, y) : y;
    },
  };
}

/** x in float32; the very same tensor where it is already. */
export function wide(x: Tensor): Tensor {
  return x.dtype === "float32" ? x : x.to({ dtype: "float32" });
}

function like(x: Tensor, model: Tensor): Tensor {
  return x.dtype === model.dtype ? x : x.to({ dtype: model.dtype });
}

/**
 * y = w · (x / √(mean(x²) + eps)) over the last axis. In a narrower dtype the statistics are float32 and the weight
 * multiplies after the cast back (reference page, section 5).
 */
export function rmsNorm(x: Tensor, weight: Tensor, eps: number): Tensor {
  const x32 = wide(x);
  // The square of the norm rather than the mean of squares: one pass over x where the backward pass would have four.
  const norm = vectorNorm(x32, 2, [-1], true);
  const scale = norm.mul(norm).div(x.shape.at(-1)!).add(eps).rsqrt();
  return like(x32.mul(scale), x).mul(weight);
}

/** down(silu(gate x) ⊙ up x). */
export function swiglu(weights: Weights, x: Tensor): Tensor {
  const gate = weights.linear("mlp.gate_proj", x).silu();
  return weights.linear("mlp.down_proj", gate.mul(weights.linear("mlp.up_proj", x)));
}

/** Softmax over the last axis, computed in float32. */
export function softmax(scores: Tensor): Tensor {
  return like(scores.softmax(-1, "float32"), scores);
}

const vectorNorm = op<Tensor>("aten::linalg_vector_norm");
const chunk = op<[Tensor, Tensor]>("aten::chunk");
const addcmul = op<Tensor>("aten::addcmul");

/** Cosines and sines of rotary angles: [..., headDim / 2], broadcast against what they turn. */
export interface Angles {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/**
 * Turns x [..., headDim] by the angles, first half against second half: x·cos + rotateHalf(x)·sin. The result is
 * contiguous, whatever the layout of x, so that the matrix products after it need no copy.
 */
export function rotate(x: Tensor, { cos, sin }: Angles): Tensor {
  const [first, second] = chunk(x, 2, -1);
  return cat([addcmul(first.mul(cos), second, sin, { value: -1 }), addcmul(second.mul(cos), first, sin)], -1);
}
