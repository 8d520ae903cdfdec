export { type AttentionMap, type AttentionOptions, attentionMaps } from "./attention-maps.js";
export { qwenTokenizerConfig, trainByteBpe } from "./byte-bpe.js";
export { ChatTemplate, type ContentItem, defaultChatTemplate, type Message } from "./chat-template.js";
export { type Chat, Checkpoint, type Completions, type PromptInput, PromptTooLong } from "./checkpoint.js";
export {
  createCheckpoint,
  type LoadOptions,
  loadCheckpoint,
  type NewCheckpoint,
  type SaveOptions,
  saveCheckpoint,
} from "./checkpoint-folder.js";
export { type ModelConfig, newConfig, parseConfig, type TextSpec, type TokenIds, type VisionSpec } from "./config.js";
export { heatMap } from "./heat-map.js";
export {
  defaultProcessor,
  type Grid,
  ImageProcessor,
  type Pixels,
  type ProcessorSpec,
  parseProcessor,
} from "./image-processor.js";
export { KeyCache } from "./key-cache.js";
export type { Distribution } from "./logits-processors.js";
export { completionLogprobs, type TokenLogprobs } from "./logprobs.js";
export { decoderLinears, Lora, type LoraOptions, newLora } from "./lora.js";
export { holdsLora, loadLora, saveLora } from "./lora-folder.js";
export { mropePositions, type Positions } from "./positions.js";
export {
  type EncodedPrompt,
  type PreparedBatch,
  type Prompt,
  type PromptTokens,
  QwenVL,
  randomModel,
} from "./qwen2_5_vl.js";
export {
  type DrawnToken,
  LogitsNotFinite,
  type SampledTokens,
  type SamplingOptions,
  type SamplingTokens,
  sampleSteps,
  sampleTokens,
  type TokenLogprob,
} from "./sample.js";
export { type PixelLimits, smartResize } from "./smart-resize.js";
export { specialTokens } from "./special-tokens.js";
export { TextStream } from "./text-stream.js";
export { Tokenizer, type TokenizerFiles } from "./tokenizer.js";
export { randomWeights, weightShapes } from "./weights.js";
