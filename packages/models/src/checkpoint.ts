import { type Image, UserError } from "@ssl4rl/core";
import type { Tape } from "@ssl4rl/torch";
import type { ContentItem, Message } from "./chat-template.js";
import type { ModelConfig } from "./config.js";
import type { ImageProcessor, Pixels } from "./image-processor.js";
import { completionLogprobs, type TokenLogprobs } from "./logprobs.js";
import type { Lora } from "./lora.js";
import { mropePositions } from "./positions.js";
import type { EncodedPrompt, PreparedBatch, Prompt, QwenVL } from "./qwen2_5_vl.js";
import { type DrawnToken, type SamplingOptions, type SamplingTokens, sampleSteps, sampleTokens } from "./sample.js";
import type { Tokenizer } from "./tokenizer.js";

/** One user turn: the images first, then the text. */
export interface PromptInput {
  readonly text: string;
  readonly images: readonly Image[];
  /** Words before each image, one for each. */
  readonly labels?: readonly string[];
}

/** A conversation that asks for the assistant's next turn. */
export interface Chat {
  readonly messages: readonly Message[];
  /** One for each image item of the messages, in their order. */
  readonly images: readonly Image[];
}

/** G responses to each of B prompts. */
export interface Completions {
  /** [B][G] token ids, the stop token included. */
  readonly ids: readonly (readonly (readonly number[])[])[];
  /** [B][G], without special tokens. */
  readonly text: readonly (readonly string[])[];
  /** [B][G] log-probability of each token when it was drawn (see SampledTokens). */
  readonly logprobs: readonly (readonly (readonly number[])[])[];
  /** [B][G] whether a stop token came before the limit. */
  readonly finished: readonly (readonly boolean[])[];
}

/** A prompt that leaves no room for a response. */
export class PromptTooLong extends UserError {}

const NO_PIXELS: Pixels = { data: new Float32Array(0), columns: 0, grids: [] };

/**
 * A model with all that belongs to it: what a Hugging Face folder holds.
 *
 * @example
 * const checkpoint = loadCheckpoint("checkpoints/tiny-vl");
 * scope(() => {
 *   const prompt = checkpoint.prefill(checkpoint.prepare([{ text: "What is turned?", images }]));
 *   const completions = checkpoint.sample(prompt, { each: 8, maxNewTokens: 32, temperature: 1, seed: 0 });
 *   const { logprobs, mask } = checkpoint.logprobs(prompt, completions, { temperature: 1 });
 *   logprobs.mul(mask).sum().neg().backward();
 * });
 */
export class Checkpoint {
  constructor(
    readonly config: ModelConfig,
    readonly tokenizer: Tokenizer,
    /** Null for a text-only model. */
    readonly processor: ImageProcessor | null,
    readonly model: QwenVL,
    /** Ids that end a response. */
    readonly stopTokens: readonly number[],
    /** The small files of the folder by name, which saving writes back as they are. */
    readonly files: ReadonlyMap<string, string>,
  ) {}

  /**
   * Token ids, positions and pixels. Plain data: needs no libtorch and may be made ahead, elsewhere. Throws a UserError
   * for images that are too narrow, and prompts that fill the model's context.
   */
  prepare(inputs: readonly PromptInput[]): PreparedBatch {
    return this.prepareChats(inputs.map(asChat));
  }

  /** The same for whole conversations. */
  prepareChats(chats: readonly Chat[]): PreparedBatch {
    const images = chats.flatMap((chat) => chat.images);
    if (images.length > 0 && !this.processor) {
      throw new UserError("This checkpoint is a text-only model: prompts may hold no images.");
    }
    const prompts = chats.map((chat) => {
      const grids = chat.images.map((image) => this.processor!.grid(image));
      const slots = grids.map((grid) => this.processor!.tokens(grid));
      const ids = this.tokenizer.encodePrompt(chat.messages, slots);
      this.checkLength(ids.length, slots);
      return {
        ids,
        positions: mropePositions(ids, this.config.imageTokenId, grids, this.processor?.spec.mergeSize ?? 1),
      };
    });
    // Last, for the pixels of too many images would not fit into memory.
    return { prompts, pixels: images.length > 0 ? this.processor!.process(images) : NO_PIXELS };
  }

  /** Beyond the context the model was made for, positions mean nothing to it. */
  private checkLength(tokens: number, imageTokens: readonly number[]): void {
    const { contextLength } = this.config;
    if (tokens < contextLength) return;
    const ofImages = imageTokens.reduce((sum, count) => sum + count, 0);
    throw new PromptTooLong(
      `A prompt of ${tokens} tokens, ${ofImages} of them for ${imageTokens.length} images, leaves no room for a response in this model's context of ${contextLength} (max_position_embeddings in config.json). Give fewer or smaller images (max_pixels in preprocessor_config.json), or less text.`,
    );
  }

  /** The vision tower alone, for several calls of prefill; see {@link QwenVL.encode}. Call it inside a scope. */
  encode(batch: PreparedBatch): EncodedPrompt[] {
    return this.model.encode(batch);
  }

  /**
   * Vision tower and decoder, once per prompt. Records a graph unless inside noGrad, or with gradient checkpointing what
   * the `tape` needs. Call it inside a scope.
   */
  prefill(batch: PreparedBatch | readonly EncodedPrompt[], tape: Tape | null = null): Prompt {
    return this.model.prefill(batch, tape);
  }

  /** Draws responses, never recording a graph; the prompt may have one. Vision tokens and unused ids are never drawn. */
  sample(prompt: Prompt, options: SamplingOptions): Completions {
    const sampled = sampleTokens(this.model, prompt, options, this.samplingTokens());
    return { ...sampled, text: sampled.ids.map((group) => group.map((ids) => this.tokenizer.decode(ids))) };
  }

  /** The same, one token of every response at a time; see {@link sampleSteps}. */
  sampleSteps(prompt: Prompt, options: SamplingOptions): Generator<readonly DrawnToken[], void> {
    return sampleSteps(this.model, prompt, options, this.samplingTokens());
  }

  private samplingTokens(): SamplingTokens {
    const { vocabSize } = this.config.text;
    const unused = Array.from({ length: vocabSize - this.tokenizer.size }, (_, i) => this.tokenizer.size + i);
    return { stop: this.stopTokens, banned: [...this.tokenizer.visionTokens, ...unused] };
  }

  /**
   * Log-probabilities of completions, through the prompt's graph when it has one. On a `tape` (the prompt's own, unless
   * another is given) logits are computed in chunks, in the backward pass too. Their entropies have no graph, unless
   * `entropyGradient` asks for one. `likeliest` asks which tokens are the likeliest. Call it inside a scope.
   */
  logprobs(
    prompt: Prompt,
    completions: Pick<Completions, "ids">,
    {
      temperature,
      tape = prompt.tape,
      entropyGradient = false,
      likeliest = false,
    }: {
      readonly temperature: number;
      readonly tape?: Tape | null;
      readonly entropyGradient?: boolean;
      readonly likeliest?: boolean;
    },
  ): TokenLogprobs {
    return completionLogprobs(this.model, prompt, completions.ids, temperature, { tape, entropyGradient, likeliest });
  }

  /**
   * The same checkpoint, its weights held once, with an adapter, or without one. An adapter leaves the weights out of
   * training from then on: without it they are the model it started from.
   */
  withLora(lora: Lora | null): Checkpoint {
    const { config, tokenizer, processor, model, stopTokens, files } = this;
    return new Checkpoint(config, tokenizer, processor, model.withLora(lora), stopTokens, files);
  }

  /** The same checkpoint with the vision tower of another, held once; its own is freed. */
  withVisionOf(other: Checkpoint): Checkpoint {
    const { config, tokenizer, processor, model, stopTokens, files } = this;
    return new Checkpoint(config, tokenizer, processor, model.withVisionOf(other.model), stopTokens, files);
  }

  /** Frees the weights, for every checkpoint that shares them, and the adapter. */
  free(): void {
    this.model.free();
  }
}

function asChat({ text, images, labels = [] }: PromptInput): Chat {
  const items = images.flatMap((_, i): ContentItem[] => {
    const image: ContentItem = { type: "image" };
    return labels.length > 0 ? [{ type: "text", text: `${labels[i]} ` }, image, { type: "text", text: "\n" }] : [image];
  });
  return { messages: [{ role: "user", content: [...items, { type: "text", text }] }], images };
}
