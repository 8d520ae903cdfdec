import { expect, test } from "vitest";
import { type ModelConfig, newConfig, parseConfig } from "./config.js";
import { goldenConfig } from "./golden.js";
import { newName, oldName, weightShapes } from "./weights.js";

// Reference page, sections 1.2 and 2.
test.each([
  {
    name: "Qwen2.5-VL-3B",
    hidden: 2048,
    inner: 11008,
    layers: 36,
    heads: 16,
    kv: 2,
    vocab: 151936,
    tied: true,
    mlp: 3420,
    tensors: 824,
    parameters: 3754622976,
  },
  {
    name: "Qwen2.5-VL-7B",
    hidden: 3584,
    inner: 18944,
    layers: 28,
    heads: 28,
    kv: 4,
    vocab: 152064,
    tied: false,
    mlp: 3420,
    tensors: 729,
    parameters: 8292166656,
  },
  {
    name: "Qwen2.5-VL-32B",
    hidden: 5120,
    inner: 27648,
    layers: 64,
    heads: 40,
    kv: 8,
    vocab: 152064,
    tied: false,
    mlp: 3456,
    tensors: 1161,
    parameters: 33452718336,
  },
  {
    name: "Qwen2.5-VL-72B",
    hidden: 8192,
    inner: 29568,
    layers: 80,
    heads: 64,
    kv: 8,
    vocab: 152064,
    tied: false,
    mlp: 3456,
    tensors: 1353,
    parameters: 73410777344,
  },
  {
    name: "MiMo-VL-7B",
    hidden: 4096,
    inner: 11008,
    layers: 36,
    heads: 32,
    kv: 8,
    vocab: 151680,
    tied: false,
    mlp: 3456,
    tensors: 825,
    parameters: 8306217216,
  },
])("$name has $tensors tensors and $parameters parameters", (size) => {
  const config = newConfig({
    text: {
      hiddenSize: size.hidden,
      intermediateSize: size.inner,
      layers: size.layers,
      heads: size.heads,
      kvHeads: size.kv,
      headDim: 128,
      vocabSize: size.vocab,
      rmsNormEps: 1e-6,
      ropeTheta: 1e6,
      mropeSection: [16, 24, 24],
    },
    vision: {
      depth: 32,
      hiddenSize: 1280,
      intermediateSize: size.mlp,
      heads: 16,
      outHiddenSize: size.hidden,
      patchSize: 14,
      temporalPatchSize: 2,
      mergeSize: 2,
      windowSize: 112,
      inChannels: 3,
      fullAttentionBlocks: [7, 15, 23, 31],
    },
    tied: size.tied,
    tokens: {
      endOfText: 151643,
      imEnd: 151645,
      visionStart: 151652,
      visionEnd: 151653,
      imagePad: 151655,
      videoPad: 151656,
    },
  });
  expect(weightShapes(config).size).toBe(size.tensors);
  expect(parametersOf(config)).toBe(size.parameters);
});

test("Qwen2.5-7B, which is text only, has 7615616512 parameters", () => {
  const config = parseConfig(
    JSON.stringify({
      architectures: ["Qwen2ForCausalLM"],
      hidden_size: 3584,
      intermediate_size: 18944,
      max_position_embeddings: 32768,
      max_window_layers: 28,
      model_type: "qwen2",
      num_attention_heads: 28,
      num_hidden_layers: 28,
      num_key_value_heads: 4,
      rms_norm_eps: 1e-6,
      rope_theta: 1e6,
      sliding_window: 131072,
      tie_word_embeddings: false,
      use_sliding_window: false,
      vocab_size: 152064,
    }),
  );
  expect(parametersOf(config)).toBe(7615616512);
  expect(config).toMatchObject({
    vision: null,
    contextLength: 32768,
    text: { headDim: 128, mropeSection: [64, 0, 0] },
  });
});

function parametersOf(config: ModelConfig): number {
  const sizes = [...weightShapes(config).values()].map((shape) =>
    shape.reduce((product, length) => product * length, 1),
  );
  return sizes.reduce((sum, size) => sum + size);
}

test("both namings of a weight come down to one", () => {
  expect(oldName("model.visual.merger.ln_q.weight")).toBe("visual.merger.ln_q.weight");
  expect(oldName("model.language_model.layers.3.mlp.up_proj.weight")).toBe("model.layers.3.mlp.up_proj.weight");
  for (const name of ["visual.merger.ln_q.weight", "model.norm.weight", "lm_head.weight"])
    expect(oldName(name)).toBe(name);
});

test("every name goes over into the naming of transformers 4.52 and back; a text-only model has one naming", () => {
  const config = parseConfig(JSON.stringify({ ...goldenConfig, tie_word_embeddings: false }));
  for (const name of weightShapes(config).keys()) {
    expect(newName(name, config)).toMatch(/^(model\.(visual|language_model)\.|lm_head\.weight$)/);
    expect(oldName(newName(name, config))).toBe(name);
  }
  const text = parseConfig(JSON.stringify({ ...goldenConfig, model_type: "qwen2", rope_scaling: null }));
  expect(newName("model.layers.0.mlp.up_proj", text)).toBe("model.layers.0.mlp.up_proj");
});
