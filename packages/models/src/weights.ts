import { Random } from "@ssl4rl/core";
import { keep, type Tensor, tensor } from "@ssl4rl/torch";
import type { ModelConfig } from "./config.js";

/** Name (as save_pretrained writes it) and shape of every tensor of a model, in file order (reference page, section 2). */
export function weightShapes(config: ModelConfig): Map<string, readonly number[]> {
  const { text, vision, tied } = config;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, out: number, into: number, bias: boolean) => {
    shapes.set(`${name}.weight`, [out, into]);
    if (bias) shapes.set(`${name}.bias`, [out]);
  };
  const { hiddenSize: hidden, intermediateSize: inner, headDim } = text;
  shapes.set("model.embed_tokens.weight", [text.vocabSize, hidden]);
  for (let i = 0; i < text.layers; i++) {
    const layer = `model.layers.${i}`;
    shapes.set(`${layer}.input_layernorm.weight`, [hidden]);
    linear(`${layer}.self_attn.q_proj`, text.heads * headDim, hidden, true);
    linear(`${layer}.self_attn.k_proj`, text.kvHeads * headDim, hidden, true);
    linear(`${layer}.self_attn.v_proj`, text.kvHeads * headDim, hidden, true);
    linear(`${layer}.self_attn.o_proj`, hidden, text.heads * headDim, false);
    shapes.set(`${layer}.post_attention_layernorm.weight`, [hidden]);
    linear(`${layer}.mlp.gate_proj`, inner, hidden, false);
    linear(`${layer}.mlp.up_proj`, inner, hidden, false);
    linear(`${layer}.mlp.down_proj`, hidden, inner, false);
  }
  shapes.set("model.norm.weight", [hidden]);
  if (!tied) shapes.set("lm_head.weight", [text.vocabSize, hidden]);
  if (vision) {
    const { hiddenSize: size, intermediateSize: mlp, patchSize, mergeSize } = vision;
    shapes.set("visual.patch_embed.proj.weight", [
      size,
      vision.inChannels,
      vision.temporalPatchSize,
      patchSize,
      patchSize,
    ]);
    for (let i = 0; i < vision.depth; i++) {
      const block = `visual.blocks.${i}`;
      shapes.set(`${block}.norm1.weight`, [size]);
      linear(`${block}.attn.qkv`, 3 * size, size, true);
      linear(`${block}.attn.proj`, size, size, true);
      shapes.set(`${block}.norm2.weight`, [size]);
      linear(`${block}.mlp.gate_proj`, mlp, size, true);
      linear(`${block}.mlp.up_proj`, mlp, size, true);
      linear(`${block}.mlp.down_proj`, size, mlp, true);
    }
    const merged = size * mergeSize ** 2;
    shapes.set("visual.merger.ln_q.weight", [size]);
    linear("visual.merger.mlp.0", merged, merged, true);
    linear("visual.merger.mlp.2", vision.outHiddenSize, merged, true);
  }
  return shapes;
}

/** The name that save_pretrained writes, from either of the two namings that checkpoints use. */
export function oldName(name: string): string {
  return name.replace(/^model\.visual\./, "visual.").replace(/^model\.language_model\./, "model.");
}

/** The path in transformers 4.52 and later of what save_pretrained calls `name`: the other way round than {@link oldName}. */
export function newName(name: string, { vision }: ModelConfig): string {
  if (!vision) return name;
  return name.replace(/^visual\./, "model.visual.").replace(/^model\.(?!visual\.)/, "model.language_model.");
}

/**
 * Fresh weights: normal with the config's standard deviation, ones for norms, zeros for biases. The same seed gives the
 * same weights on every machine. Every tensor asks for its gradient and lives until freed.
 */
export function randomWeights(config: ModelConfig, seed: number): Map<string, Tensor> {
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (name.endsWith(".bias")) {
      // Zeros already.
    } else if (shape.length === 1) {
      values.fill(1);
    } else {
      const random = Random.from("weights", seed, name);
      for (let i = 0; i < values.length; i++) values[i] = random.normal() * config.initializerRange;
    }
    weights.set(name, keep(tensor(values, shape).requiresGrad_()));
  }
  return weights;
}
