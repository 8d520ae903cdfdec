import { type Checkpoint, createCheckpoint, trainByteBpe } from "@ssl4rl/models";

/** Side of the tiny model's pictures, in pixels: 8 × 8 patches, 16 visual tokens. */
export const SIDE = 112;

/** Tokens of the answer forms, so that a response is a handful of tokens. */
const FORM_TOKENS = ["<think>", "</think>", "<answer>", "</answer>"];

/**
 * The tiny model, untrained: Qwen2.5-VL's architecture with everything small. Pictures of any size are brought to at most
 * 112 × 112 pixels (16 visual tokens), one attention window.
 */
export function newTinyCheckpoint(corpus: readonly string[]): Checkpoint {
  return createCheckpoint({
    text: {
      hiddenSize: 128,
      intermediateSize: 352,
      layers: 4,
      heads: 4,
      kvHeads: 2,
      headDim: 32,
      rmsNormEps: 1e-6,
      ropeTheta: 10_000,
      mropeSection: [4, 6, 6],
    },
    vision: {
      depth: 4,
      hiddenSize: 128,
      intermediateSize: 256,
      heads: 4,
      outHiddenSize: 128,
      patchSize: 14,
      temporalPatchSize: 2,
      mergeSize: 2,
      windowSize: 112,
      inChannels: 3,
      fullAttentionBlocks: [1, 3],
    },
    tied: true,
    tokenizer: trainByteBpe(corpus, 1024, FORM_TOKENS),
    // A little above 112², or rounding would bring some squares to 84 × 84.
    limits: { minPixels: 28 * 28, maxPixels: SIDE * (SIDE + 7) },
    seed: 0,
  });
}
