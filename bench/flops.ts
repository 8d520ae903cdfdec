import type { Grid, ModelConfig, TextSpec, VisionSpec } from "@ssl4rl/models";

/** Floating-point operations that a GRPO pass needs; see {@link passFlops}. */
export interface PassFlops {
  readonly prompt: number;
  readonly sampling: number;
  /** Forward, without the prompts'. */
  readonly loss: number;
  /** Of prompts and responses. */
  readonly backward: number;
}

/**
 * Counts, from the config alone, the products of linear layers and of attention: a multiplication and an addition for each
 * weight and token, and for each query and key that it may see (half of them under the causal mask, though all are
 * computed). Backward twice the forward. Norms, softmax, rotations, the sampler and the optimiser are left out, as is what
 * is computed twice to save memory: this is what the result needs, not what was done for it.
 *
 * `lengths` are the prompts' tokens, `responses` the tokens of the G responses to each.
 */
export function passFlops(
  { text, vision }: ModelConfig,
  lengths: readonly number[],
  grids: readonly Grid[],
  responses: readonly (readonly number[])[],
): PassFlops {
  const pictures = vision ? grids.reduce((sum, grid) => sum + pictureFlops(vision, grid), 0) : 0;
  const prompts = lengths.reduce((sum, length) => sum + promptFlops(text, length), 0);
  const head = 2 * text.hiddenSize * text.vocabSize;
  // The prompt's end gives the first token of every response; the others follow from the tokens before them, all but the
  // last. Drawing and scoring them costs the same.
  let continued = lengths.length * head;
  for (const [b, group] of responses.entries()) {
    for (const length of group) {
      for (let t = 0; t < length - 1; t++) {
        continued += text.layers * (layerFlops(text) + attentionFlops(text, lengths[b] + t + 1)) + head;
      }
    }
  }
  const prompt = pictures + prompts;
  return { prompt, sampling: continued, loss: continued, backward: 2 * (prompt + continued) };
}

/** Linear layers of one decoder layer, per token. */
function layerFlops(text: TextSpec): number {
  const { hiddenSize, intermediateSize, heads, headDim } = text;
  return keyFlops(text) + 2 * hiddenSize * (2 * heads * headDim + 3 * intermediateSize);
}

/** Those for keys and values. */
function keyFlops({ hiddenSize, kvHeads, headDim }: TextSpec): number {
  return 2 * hiddenSize * 2 * kvHeads * headDim;
}

/** One query's scores and its mix of values, in one layer. */
function attentionFlops({ heads, headDim }: TextSpec, keys: number): number {
  return 4 * heads * headDim * keys;
}

/** Of a prompt's last layer only keys and values are needed, and the last token. */
function promptFlops(text: TextSpec, length: number): number {
  const layer = layerFlops(text) * length + attentionFlops(text, (length * (length + 1)) / 2);
  const last = keyFlops(text) * (length - 1) + layerFlops(text) + attentionFlops(text, length);
  return (text.layers - 1) * layer + last;
}

function pictureFlops(vision: VisionSpec, { height, width }: Grid): number {
  const { hiddenSize, intermediateSize, depth, mergeSize, fullAttentionBlocks } = vision;
  const patches = height * width;
  const embed = 2 * vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2 * hiddenSize;
  const linear = 2 * hiddenSize * (4 * hiddenSize + 3 * intermediateSize);
  const merged = hiddenSize * mergeSize ** 2;
  const merge = (2 * merged * (merged + vision.outHiddenSize)) / mergeSize ** 2;
  const side = vision.windowSize / vision.patchSize;
  const cut = (length: number) =>
    Array.from({ length: Math.ceil(length / side) }, (_, i) => Math.min(side, length - i * side));
  const inWindows = cut(height).reduce((sum, h) => sum + cut(width).reduce((part, w) => part + (h * w) ** 2, 0), 0);
  const whole = fullAttentionBlocks.filter((block) => block < depth).length;
  const attention = 4 * hiddenSize * (whole * patches ** 2 + (depth - whole) * inWindows);
  return patches * (embed + depth * linear + merge) + attention;
}
