import { noGrad, scope, Tape, tensor } from "@ssl4rl/torch";
import { expect, test } from "vitest";
import { goldenBatch, goldenModel } from "./golden-model.js";
import { completionLogprobs } from "./logprobs.js";
import type { QwenVL } from "./qwen2_5_vl.js";

/** Two prompts with one and two images of different sizes; G = 3, unequal lengths, one completion empty. */
const batch = goldenBatch("C");
const ids = [
  [[4, 5, 6, 502], [7], [8, 9, 502]],
  [[10, 502], [11, 12, 13, 14], []],
];
const upstream = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => Math.sin(1 + 5 * i));

/** "layers": gradient checkpointing. "logits": an ordinary graph but for the logits. */
type Way = "ordinary" | "logits" | "layers";

/** Gradients of all weights by an objective in which no two log-probabilities weigh the same. */
function gradients(model: QwenVL, way: Way) {
  const logprobs = scope(() => {
    const tape = way === "ordinary" ? null : new Tape();
    const prompt = model.prefill(batch, way === "layers" ? tape : null);
    const found = completionLogprobs(model, prompt, ids, 0.8, { tape, rowsPerChunk: tape ? 4 : undefined });
    const objective = found.logprobs.mul(tensor(upstream, [2, 3, 4])).sum();
    if (tape) tape.backward(objective);
    else objective.backward();
    return found.logprobs.data() as Float32Array;
  });
  const taken = new Map<string, Float32Array | null>();
  for (const [name, weight] of model.parameters()) {
    taken.set(name, weight.grad && (weight.grad.data() as Float32Array));
    weight.grad = null;
  }
  return { logprobs, taken };
}

function relative(found: Float32Array, expected: Float32Array): number {
  let difference = 0;
  let size = 0;
  found.forEach((value, i) => {
    difference += (value - expected[i]) ** 2;
    size += expected[i] ** 2;
  });
  return Math.sqrt(difference / size);
}

const frozen = (model: QwenVL, pattern: RegExp): QwenVL => {
  for (const [name, weight] of model.parameters()) if (pattern.test(name)) weight.requiresGrad_(false);
  return model;
};
const untied = { tie_word_embeddings: false };

test.each<[string, () => QwenVL]>([
  ["tied head", () => goldenModel()],
  ["untied head", () => goldenModel(untied)],
  ["frozen head", () => frozen(goldenModel(untied), /lm_head/)],
  ["frozen vision tower", () => frozen(goldenModel(), /^visual/)],
  ["all frozen but the last layer's queries", () => frozen(goldenModel(), /^(?!.*layers\.1\.self_attn\.q_proj)/)],
])("recomputed layers give the gradients of one graph: %s", (_, make) => {
  const model = make();
  const expected = gradients(model, "ordinary");
  for (const way of ["logits", "layers"] as const) {
    const found = gradients(model, way);
    expect(relative(found.logprobs, expected.logprobs)).toBeLessThan(1e-6);
    for (const [name, gradient] of found.taken) {
      const reference = expected.taken.get(name)!;
      expect(gradient === null, name).toBe(reference === null);
      if (gradient) expect(relative(gradient, reference), `${way} ${name}`).toBeLessThan(1e-5);
    }
  }
  model.free();
});

test("a prompt on a tape samples and scores without a graph as any other", () => {
  const model = goldenModel();
  scope(() => {
    const prompt = model.prefill(batch, new Tape());
    const { logprobs } = noGrad(() => completionLogprobs(model, prompt, ids, 0.8));
    expect(logprobs.requiresGrad).toBe(false);
    const expected = gradients(model, "ordinary").logprobs;
    expect(relative(logprobs.data() as Float32Array, expected)).toBeLessThan(1e-6);
  });
  model.free();
});
