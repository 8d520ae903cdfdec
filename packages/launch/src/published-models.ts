import { type ModelConfig, parseConfig } from "@ssl4rl/models";

interface Dimensions {
  readonly hidden: number;
  readonly intermediate: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly vocabulary: number;
  readonly tied: boolean;
  readonly towerIntermediate: number;
}

/** Of the config.json files of Qwen/Qwen2.5-VL-…-Instruct on the Hugging Face Hub. */
const qwen2_5_vl: Readonly<Record<string, Dimensions>> = {
  "3B": dimensions(2048, 11008, 36, 16, 2, 151936, true, 3420),
  "7B": dimensions(3584, 18944, 28, 28, 4, 152064, false, 3420),
  "32B": dimensions(5120, 27648, 64, 40, 8, 152064, false, 3456),
  "72B": dimensions(8192, 29568, 80, 64, 8, 152064, false, 3456),
};

/** The dimensions of a published Qwen2.5-VL, so that its size can be told without fetching it; null for any other model. */
export function publishedConfig(model: string): ModelConfig | null {
  const size = /^Qwen\/Qwen2\.5-VL-(\d+B)-Instruct$/.exec(model)?.[1];
  const own = size === undefined ? undefined : qwen2_5_vl[size];
  if (!own) return null;
  const config = {
    model_type: "qwen2_5_vl",
    hidden_size: own.hidden,
    intermediate_size: own.intermediate,
    num_hidden_layers: own.layers,
    num_attention_heads: own.heads,
    num_key_value_heads: own.kvHeads,
    vocab_size: own.vocabulary,
    tie_word_embeddings: own.tied,
    rms_norm_eps: 1e-6,
    rope_scaling: { type: "mrope", mrope_section: [16, 24, 24] },
    image_token_id: 151655,
    vision_config: {
      depth: 32,
      hidden_size: 1280,
      intermediate_size: own.towerIntermediate,
      num_heads: 16,
      out_hidden_size: own.hidden,
      patch_size: 14,
      temporal_patch_size: 2,
      spatial_merge_size: 2,
      window_size: 112,
      fullatt_block_indexes: [7, 15, 23, 31],
    },
  };
  return parseConfig(JSON.stringify(config), model);
}

function dimensions(
  hidden: number,
  intermediate: number,
  layers: number,
  heads: number,
  kvHeads: number,
  vocabulary: number,
  tied: boolean,
  towerIntermediate: number,
): Dimensions {
  return { hidden, intermediate, layers, heads, kvHeads, vocabulary, tied, towerIntermediate };
}
