import type { ModelConfig, TextSpec, VisionSpec } from "@ssl4rl/models";

/** What a run needs of each GPU, in bytes. Estimates: see the constants. */
export interface Need {
  readonly gpus: number;
  /** Weights, gradients and optimiser's state in float32, shared out by FSDP. */
  readonly training: number;
  /** What a micro-batch of training keeps, with gradient checkpointing. */
  readonly activations: number;
  /** vLLM's copy of the weights. */
  readonly sampler: number;
  /** Host memory of a node: the reference, which waits there. */
  readonly host: number;
  /** Sequences of full length that vLLM holds at a time in what its share of the GPU leaves. */
  readonly sequences: number;
  /** Prompts and rollouts of a step for each GPU. */
  readonly prompts: number;
  readonly rollouts: number;
}

export interface SizingInput {
  readonly model: ModelConfig;
  readonly prompts: number;
  readonly rollouts: number;
  /** Tokens of the longest prompt with its response. */
  readonly tokens: number;
  /** Tokens of a micro-batch on a GPU. */
  readonly microBatchTokens: number;
  /** Whether a reference model is kept for the KL term. */
  readonly reference: boolean;
  /** Bytes of a GPU, and vLLM's share of them while it samples. */
  readonly gpuBytes: number;
  readonly samplerShare: number;
  readonly gpusPerNode: number;
}

const BFLOAT16 = 2;
/** verl's FSDP keeps float32 weights and gradients, and AdamW two moments. */
const TRAINING_BYTES = 4 + 4 + 8;
/** Of a layer while it is computed again: about so many values of the hidden size for each token, the MLP's included. */
const LIVE_LAYER = 34;
/** Logits in bfloat16, their float32 copy for the loss, and its gradient. */
const LOGIT_BYTES = 2 + 4 + 4;

/** What a run needs on so many GPUs. */
export function needOn(gpus: number, input: SizingInput): Need {
  const { model, microBatchTokens, tokens, gpuBytes, samplerShare } = input;
  const { hiddenSize, layers, vocabSize, kvHeads, headDim } = model.text;
  const parameters = parameterCount(model);
  const kept = layers * hiddenSize * BFLOAT16;
  const live = LIVE_LAYER * hiddenSize * BFLOAT16;
  const sampler = parameters * BFLOAT16;
  const keysAndValues = 2 * layers * kvHeads * headDim * BFLOAT16;
  return {
    gpus,
    training: (parameters * TRAINING_BYTES) / gpus,
    activations: microBatchTokens * (kept + live + vocabSize * LOGIT_BYTES),
    sampler,
    host: input.reference ? (parameters * 4 * Math.min(gpus, input.gpusPerNode)) / gpus : 0,
    sequences: Math.max(0, Math.floor((gpuBytes * samplerShare - sampler) / (keysAndValues * tokens))),
    prompts: input.prompts / gpus,
    rollouts: (input.prompts * input.rollouts) / gpus,
  };
}

/** Whether it fits: sampling and training take turns on a GPU. */
export function fits({ training, activations, sequences }: Need, { gpuBytes }: SizingInput): boolean {
  // A tenth is left to CUDA, NCCL and fragments.
  return training + activations < 0.9 * gpuBytes && sequences > 0;
}

/** Parameters by the model's dimensions, tower and merger included. */
export function parameterCount({ text, vision, tied }: ModelConfig): number {
  const embeddings = text.vocabSize * text.hiddenSize * (tied ? 1 : 2);
  return embeddings + decoderParameters(text) + (vision ? towerParameters(vision) : 0);
}

function decoderParameters({ hiddenSize, intermediateSize, layers, heads, kvHeads, headDim }: TextSpec): number {
  const queries = heads * headDim;
  const keys = kvHeads * headDim;
  // Queries, keys and values have biases; the output projection has none.
  const attention = hiddenSize * (queries + 2 * keys) + queries + 2 * keys + queries * hiddenSize;
  const layer = attention + 3 * hiddenSize * intermediateSize + 2 * hiddenSize;
  return layers * layer + hiddenSize;
}

function towerParameters(vision: VisionSpec): number {
  const { depth, hiddenSize, intermediateSize, outHiddenSize, patchSize, temporalPatchSize, mergeSize, inChannels } =
    vision;
  const patches = inChannels * temporalPatchSize * patchSize ** 2 * hiddenSize;
  const attention = 3 * hiddenSize ** 2 + 3 * hiddenSize + hiddenSize ** 2 + hiddenSize;
  const mlp = 3 * hiddenSize * intermediateSize + 2 * intermediateSize + hiddenSize;
  const merged = hiddenSize * mergeSize ** 2;
  const merger = hiddenSize + merged ** 2 + merged + merged * outHiddenSize + outHiddenSize;
  return patches + depth * (attention + mlp + 2 * hiddenSize) + merger;
}
