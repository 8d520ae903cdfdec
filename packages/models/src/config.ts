import { UserError } from "@ssl4rl/core";
import { Fields, type Json, parseObject } from "./json.js";

/** The decoder's dimensions (reference page, section 1.2). */
export interface TextSpec {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  /** How many of the headDim/2 frequencies turn with t, h and w; a model without M-RoPE has them all in the first. */
  readonly mropeSection: readonly [number, number, number];
}

/** The vision tower's dimensions. */
export interface VisionSpec {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly outHiddenSize: number;
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly mergeSize: number;
  /** Pixels per window side. */
  readonly windowSize: number;
  readonly inChannels: number;
  /** Indices of the blocks that attend within the whole image instead of within windows. */
  readonly fullAttentionBlocks: readonly number[];
}

export interface ModelConfig {
  readonly text: TextSpec;
  /** Null for a text-only model (Qwen2). */
  readonly vision: VisionSpec | null;
  /** The output head is the embedding matrix. */
  readonly tied: boolean;
  /** Standard deviation of freshly drawn weights. */
  readonly initializerRange: number;
  /** The most tokens of a prompt and its response that the model was made for (max_position_embeddings). */
  readonly contextLength: number;
  /** Id of `<|image_pad|>`: the slots that image features fill. -1 for a text-only model. */
  readonly imageTokenId: number;
  /** The file as read, which is what saving writes back. */
  readonly raw: Json;
}

/**
 * Reads config.json in the three layouts that exist: flat (the hub's files), re-saved by transformers 4.52-4.57, and
 * 5.x (reference page, section 1.1). `file` is named in errors.
 */
export function parseConfig(text: string, file = "config.json"): ModelConfig {
  const raw = parseObject(text, file);
  const top = new Fields(raw, file);
  const type = top.string("model_type");
  if (type !== "qwen2_5_vl" && type !== "qwen2") {
    throw new UserError(
      `${file}: model_type must be qwen2_5_vl or qwen2, got "${type}". Other models are not supported.`,
    );
  }
  const quantized = top.child("quantization_config");
  if (quantized) {
    throw new UserError(
      `${file}: by its quantization_config the weights are quantised (${quantized.string("quant_method", "unnamed")}). Use the model as it was before that.`,
    );
  }
  const language = top.child("text_config") ?? top;
  return {
    text: readText(language),
    vision: type === "qwen2" ? null : readVision(top, file),
    tied: top.boolean("tie_word_embeddings") ?? language.boolean("tie_word_embeddings") ?? false,
    initializerRange: language.number("initializer_range", 0.02),
    contextLength: language.count("max_position_embeddings", 32768),
    imageTokenId: type === "qwen2" ? -1 : top.number("image_token_id"),
    raw,
  };
}

function readText(fields: Fields): TextSpec {
  const rope = fields.child("rope_parameters") ?? fields.child("rope_scaling");
  const ropeType = rope?.string("rope_type", rope.string("type", "default"));
  if (ropeType !== undefined && ropeType !== "default" && ropeType !== "mrope") {
    throw fields.error("rope_scaling.type", '"mrope" or "default"', ropeType);
  }
  const layers = fields.count("num_hidden_layers");
  // Layers from max_window_layers on would see a window of the text only.
  if (fields.boolean("use_sliding_window") && fields.number("max_window_layers", 0) < layers) {
    throw fields.error("use_sliding_window", "false", true);
  }
  const activation = fields.string("hidden_act", "silu");
  if (activation !== "silu") throw fields.error("hidden_act", '"silu"', activation);
  const hiddenSize = fields.count("hidden_size");
  const heads = fields.count("num_attention_heads");
  const kvHeads = fields.count("num_key_value_heads", heads);
  if (heads % kvHeads !== 0) throw fields.error("num_key_value_heads", `a divisor of ${heads}`, kvHeads);
  const headDim = fields.count("head_dim", hiddenSize / heads);
  const theta = fields.number("rope_theta", 1e6);
  return {
    hiddenSize,
    intermediateSize: fields.count("intermediate_size"),
    layers,
    heads,
    kvHeads,
    headDim,
    vocabSize: fields.count("vocab_size"),
    rmsNormEps: fields.number("rms_norm_eps"),
    ropeTheta: rope?.number("rope_theta", theta) ?? theta,
    mropeSection: readSections(rope, headDim),
  };
}

function readSections(rope: Fields | undefined, headDim: number): [number, number, number] {
  if (!rope?.has("mrope_section")) return [headDim / 2, 0, 0];
  const sections = rope.numbers("mrope_section");
  if (sections.length !== 3 || sections[0] + sections[1] + sections[2] !== headDim / 2) {
    throw rope.error("mrope_section", `three numbers that add up to ${headDim / 2} (half of head_dim)`, sections);
  }
  return [sections[0], sections[1], sections[2]];
}

function readVision(top: Fields, file: string): VisionSpec {
  const fields = top.child("vision_config");
  if (!fields) throw new UserError(`${file}: vision_config is missing. A qwen2_5_vl checkpoint has it.`);
  const activation = fields.string("hidden_act", "silu");
  if (activation !== "silu") throw fields.error("hidden_act", '"silu"', activation);
  const spec: VisionSpec = {
    depth: fields.count("depth"),
    hiddenSize: fields.count("hidden_size"),
    intermediateSize: fields.count("intermediate_size"),
    heads: fields.count("num_heads"),
    outHiddenSize: fields.count("out_hidden_size"),
    patchSize: fields.count("patch_size"),
    temporalPatchSize: fields.count("temporal_patch_size"),
    mergeSize: fields.count("spatial_merge_size"),
    windowSize: fields.count("window_size"),
    inChannels: fields.count("in_channels", fields.count("in_chans", 3)),
    fullAttentionBlocks: fields.numbers("fullatt_block_indexes"),
  };
  if (spec.hiddenSize % (spec.heads * 4) !== 0) {
    throw fields.error("hidden_size", `a multiple of 4 x num_heads (${spec.heads * 4})`, spec.hiddenSize);
  }
  if (spec.windowSize % (spec.patchSize * spec.mergeSize) !== 0) {
    throw fields.error("window_size", `a multiple of ${spec.patchSize * spec.mergeSize}`, spec.windowSize);
  }
  return spec;
}

/** Ids that config.json repeats from the tokenizer. */
export interface TokenIds {
  readonly endOfText: number;
  readonly imEnd: number;
  readonly visionStart: number;
  readonly visionEnd: number;
  readonly imagePad: number;
  readonly videoPad: number;
}

/** A config.json for a new Qwen2.5-VL of the given size, or Qwen2 without vision, in the flat layout that every transformers release reads. */
export function newConfig(spec: {
  text: TextSpec;
  vision: VisionSpec | null;
  tied: boolean;
  tokens: TokenIds;
}): ModelConfig {
  const { text, vision, tied, tokens } = spec;
  if (text.headDim * text.heads !== text.hiddenSize) {
    throw new UserError(
      `newConfig: headDim x heads must be hiddenSize (${text.hiddenSize}) for transformers to read it, got ${text.headDim} x ${text.heads}.`,
    );
  }
  const raw = {
    architectures: [vision ? "Qwen2_5_VLForConditionalGeneration" : "Qwen2ForCausalLM"],
    model_type: vision ? "qwen2_5_vl" : "qwen2",
    attention_dropout: 0,
    bos_token_id: tokens.endOfText,
    eos_token_id: tokens.imEnd,
    ...(vision && {
      vision_start_token_id: tokens.visionStart,
      vision_end_token_id: tokens.visionEnd,
      image_token_id: tokens.imagePad,
      video_token_id: tokens.videoPad,
    }),
    hidden_act: "silu",
    hidden_size: text.hiddenSize,
    initializer_range: 0.02,
    intermediate_size: text.intermediateSize,
    max_position_embeddings: 32768,
    max_window_layers: text.layers,
    num_attention_heads: text.heads,
    num_hidden_layers: text.layers,
    num_key_value_heads: text.kvHeads,
    head_dim: text.headDim,
    rms_norm_eps: text.rmsNormEps,
    rope_theta: text.ropeTheta,
    ...(vision && { rope_scaling: { type: "mrope", mrope_section: text.mropeSection } }),
    sliding_window: 32768,
    tie_word_embeddings: tied,
    torch_dtype: "float32",
    use_cache: true,
    use_sliding_window: false,
    vocab_size: text.vocabSize,
    ...(vision && { vision_config: describeVision(vision) }),
  };
  return parseConfig(JSON.stringify(raw), "new config.json");
}

function describeVision(vision: VisionSpec) {
  return {
    model_type: "qwen2_5_vl",
    depth: vision.depth,
    hidden_act: "silu",
    hidden_size: vision.hiddenSize,
    intermediate_size: vision.intermediateSize,
    num_heads: vision.heads,
    in_channels: vision.inChannels,
    in_chans: vision.inChannels,
    out_hidden_size: vision.outHiddenSize,
    patch_size: vision.patchSize,
    spatial_merge_size: vision.mergeSize,
    spatial_patch_size: vision.patchSize,
    window_size: vision.windowSize,
    fullatt_block_indexes: vision.fullAttentionBlocks,
    tokens_per_second: 2,
    temporal_patch_size: vision.temporalPatchSize,
  };
}
