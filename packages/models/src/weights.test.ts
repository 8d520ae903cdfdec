import { expect, test } from "vitest";
import { newConfig, parseConfig } from "./config.js";
import { goldenConfig } from "./golden.js";
import { newName, oldName, weightShapes } from "./weights.js";

// Reference page, sections 1.2 and 2.
test.each([
  {
    name: "3B",
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
    name: "7B",
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
    name: "32B",
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
])("Qwen2.5-VL-$name has $tensors tensors and $parameters parameters", (size) => {
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
  const shapes = [...weightShapes(config).values()];
  const count = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  expect(shapes).toHaveLength(size.tensors);
  expect(shapes.reduce((sum, shape) => sum + count(shape), 0)).toBe(size.parameters);
});

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
