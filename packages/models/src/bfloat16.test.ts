import { keep, noGrad, scope, Tape, type Tensor } from "@ssl4rl/torch";
import { expect, test } from "vitest";
import { goldenBatch, goldenModel } from "./golden-model.js";
import { completionLogprobs } from "./logprobs.js";
import { QwenVL } from "./qwen2_5_vl.js";

const wide = goldenModel();
const narrow = new QwenVL(
  wide.config,
  new Map(
    [...wide.parameters()].map(([name, weight]) => [
      name,
      keep(noGrad(() => weight.to({ dtype: "bfloat16" }))).requiresGrad_(),
    ]),
  ),
);
const batch = goldenBatch("C");
const ids = [
  [[4, 5, 6, 502], [7]],
  [
    [10, 502],
    [11, 12, 13],
  ],
];

const distances = (a: Tensor, b: Tensor) => {
  const all = a.to({ dtype: "float32" }).sub(b).abs();
  return { mean: all.mean().item(), max: all.max().item() };
};

test("bfloat16 keeps the residual stream narrow, and logits and log-probabilities in float32", () => {
  scope(() =>
    noGrad(() => {
      const [exact, rounded] = [wide, narrow].map((model) => model.prefill(batch));
      expect([rounded.last.dtype, rounded.layers[0].keys.dtype]).toEqual(["bfloat16", "bfloat16"]);
      const logits = narrow.logits(rounded.last);
      expect(logits.dtype).toBe("float32");
      // Measured with transformers on this model at this scale of logits (about 4): mean 0.008, max 0.06.
      const { mean, max } = distances(logits, wide.logits(exact.last));
      expect(mean).toBeLessThan(0.02);
      expect(max).toBeLessThan(0.12);
      const [a, b] = [completionLogprobs(narrow, rounded, ids, 1), completionLogprobs(wide, exact, ids, 1)];
      expect(a.logprobs.dtype).toBe("float32");
      expect(distances(a.logprobs, b.logprobs).max).toBeLessThan(0.12);
    }),
  );
});

test("bfloat16 gradients point where float32 ones do, with gradient checkpointing as without", () => {
  const gradients = (model: QwenVL, checkpointing: boolean) => {
    scope(() => {
      const tape = new Tape();
      const prompt = model.prefill(batch, checkpointing ? tape : null);
      tape.backward(completionLogprobs(model, prompt, ids, 1, { tape }).logprobs.sum());
    });
    return [...model.parameters().values()].map((weight) => {
      const taken = weight.grad!.data() as Float32Array;
      expect(weight.grad!.dtype).toBe(weight.dtype);
      weight.grad = null;
      return taken;
    });
  };
  const cosine = (a: Float32Array, b: Float32Array) => {
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  const exact = gradients(wide, false);
  for (const checkpointing of [false, true]) {
    gradients(narrow, checkpointing).forEach((gradient, i) => {
      const [name] = [...narrow.parameters()][i];
      expect(cosine(gradient, exact[i]), name).toBeGreaterThan(0.98);
    });
  }
});
