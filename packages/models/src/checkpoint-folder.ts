import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { cudaAvailable, libtorchVersion, type Tensor } from "@ssl4rl/torch";
import { qwenTokenizerConfig } from "./byte-bpe.js";
import { defaultChatTemplate } from "./chat-template.js";
import { Checkpoint } from "./checkpoint.js";
import { type ModelConfig, newConfig, parseConfig, type TextSpec, type VisionSpec } from "./config.js";
import {
  checkProcessor,
  defaultProcessor,
  describeProcessor,
  ImageProcessor,
  type ProcessorSpec,
  parseProcessor,
} from "./image-processor.js";
import { brief, isObject, parseObject } from "./json.js";
import { QwenVL, randomModel } from "./qwen2_5_vl.js";
import { readWeights } from "./read-weights.js";
import type { PixelLimits } from "./smart-resize.js";
import { END_OF_TEXT, IM_END, IMAGE_PAD, VIDEO_PAD, VISION_END, VISION_START } from "./special-tokens.js";
import { Tokenizer } from "./tokenizer.js";
import { SHARD_BYTES, writeWeights } from "./write-weights.js";

/** What a folder may hold beside weights; read when loading, written back as it was when saving. */
const SIDE_FILES = [
  "config.json",
  "generation_config.json",
  "preprocessor_config.json",
  "processor_config.json",
  "video_preprocessor_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
  "chat_template.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
];

export interface LoadOptions {
  /** Kind of number to compute in, whatever the file holds. Default float32. */
  readonly dtype?: "float32" | "bfloat16";
  /** Default "cpu". */
  readonly device?: string;
}

/**
 * Reads a Hugging Face folder of Qwen2.5-VL or Qwen2: one safetensors file or shards, either naming of weights, tied or
 * untied head. Every weight asks for its gradient. What is missing, surplus or misshapen is a UserError that names it.
 */
export function loadCheckpoint(folder: string, { dtype = "float32", device = "cpu" }: LoadOptions = {}): Checkpoint {
  if (device.startsWith("cuda") && !cudaAvailable()) {
    throw new UserError(
      `device ${device}: libtorch ${libtorchVersion()} finds no CUDA device here. Use device cpu, or set LIBTORCH to a build with CUDA and run \`npm run setup\`.`,
    );
  }
  if (!existsSync(join(folder, "config.json"))) {
    throw new UserError(`${folder}: no config.json there. Give the folder of a Hugging Face checkpoint.`);
  }
  const files = new Map<string, string>();
  for (const name of SIDE_FILES) {
    const path = join(folder, name);
    if (existsSync(path)) files.set(name, readFileSync(path, "utf8"));
  }
  const parts = readSideFiles(files, folder);
  const { config, weights } = readWeights(folder, parts.config, dtype, device);
  return new Checkpoint(config, parts.tokenizer, parts.processor, new QwenVL(config, weights), parts.stopTokens, files);
}

export interface SaveOptions {
  /** Weights beyond this are split over several files, each no larger but for one tensor that is. Default 5 GB. */
  readonly shardBytes?: number;
}

/**
 * Writes an ordinary Hugging Face folder (names, shards and index as save_pretrained writes them, a tied head left out).
 * The folder appears whole or not at all: it is written beside its place and renamed. One that stands there is replaced.
 */
export function saveCheckpoint(
  folder: string,
  checkpoint: Checkpoint,
  { shardBytes = SHARD_BYTES }: SaveOptions = {},
): void {
  if (checkpoint.model.lora) {
    throw new Error(
      "saveCheckpoint: the model has an adapter. Merge it (Lora.mergeInto) and save without, or saveLora.",
    );
  }
  const parent = dirname(folder);
  const temporary = join(parent, `.${basename(folder)}.${process.pid}.tmp`);
  const replaced = join(parent, `.${basename(folder)}.${process.pid}.old`);
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    for (const [name, text] of checkpoint.files) writeFileSync(join(temporary, name), text);
    const { weights } = checkpoint.model;
    writeFileSync(join(temporary, "config.json"), describeConfig(checkpoint.config, weights));
    writeWeights(temporary, weights, shardBytes);
    if (existsSync(folder)) renameSync(folder, replaced);
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    rmSync(replaced, { recursive: true, force: true });
  }
}

export interface NewCheckpoint {
  /** Size of the decoder; its vocabulary is the tokenizer's. */
  readonly text: Omit<TextSpec, "vocabSize">;
  /** Null for a text-only model (Qwen2). */
  readonly vision: VisionSpec | null;
  readonly tied: boolean;
  /** As {@link trainByteBpe} makes it. */
  readonly tokenizer: object;
  /** How large pictures are shown; a text-only model has no use for it. */
  readonly limits?: PixelLimits;
  readonly seed: number;
}

/** A checkpoint from scratch, with fresh weights. */
export function createCheckpoint({ text, vision, tied, tokenizer, limits, seed }: NewCheckpoint): Checkpoint {
  const files = new Map([
    ["tokenizer.json", pretty(tokenizer)],
    ["tokenizer_config.json", pretty(qwenTokenizerConfig(tokenizer))],
    ["chat_template.jinja", defaultChatTemplate],
  ]);
  if (vision) {
    const { patchSize, temporalPatchSize, mergeSize } = vision;
    const processor = { ...defaultProcessor(limits), patchSize, temporalPatchSize, mergeSize };
    files.set("preprocessor_config.json", pretty(describeProcessor(processor)));
  }
  const where = "new checkpoint";
  const made = readTokenizer(files, where);
  const tokens = {
    endOfText: made.id(END_OF_TEXT),
    imEnd: made.id(IM_END),
    visionStart: made.id(VISION_START),
    visionEnd: made.id(VISION_END),
    imagePad: made.id(IMAGE_PAD),
    videoPad: made.id(VIDEO_PAD),
  };
  const config = newConfig({ text: { ...text, vocabSize: made.size }, vision, tied, tokens });
  files.set("config.json", pretty(config.raw));
  const generation = { bos_token_id: tokens.endOfText, pad_token_id: tokens.endOfText, do_sample: true };
  files.set("generation_config.json", pretty({ ...generation, eos_token_id: [tokens.imEnd, tokens.endOfText] }));
  const parts = readSideFiles(files, where);
  const model = randomModel(config, seed);
  return new Checkpoint(config, parts.tokenizer, parts.processor, model, parts.stopTokens, files);
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function readSideFiles(files: ReadonlyMap<string, string>, folder: string) {
  const config = parseConfig(files.get("config.json")!, join(folder, "config.json"));
  const tokenizer = readTokenizer(files, folder);
  if (tokenizer.size > config.text.vocabSize) {
    throw new UserError(
      `${folder}: tokenizer.json has ids up to ${tokenizer.size - 1}, config.json a vocab_size of ${config.text.vocabSize}. They must belong together.`,
    );
  }
  if (!config.vision)
    return { config, tokenizer, processor: null, stopTokens: readStopTokens(files, tokenizer, folder) };
  if (tokenizer.id(IMAGE_PAD) !== config.imageTokenId) {
    throw new UserError(
      `${folder}: image_token_id in config.json is ${config.imageTokenId}, but ${IMAGE_PAD} in tokenizer.json is ${tokenizer.id(IMAGE_PAD)}. They must agree.`,
    );
  }
  const processor = readProcessor(files, folder);
  checkProcessor(processor, config.vision, folder);
  return {
    config,
    tokenizer,
    processor: new ImageProcessor(processor),
    stopTokens: readStopTokens(files, tokenizer, folder),
  };
}

function missing(folder: string, name: string): never {
  throw new UserError(`${folder}: no ${name} there. Copy it from the model this checkpoint was made of.`);
}

/** Up to transformers 4 the image processor has a file of its own; 5 keeps it in the processor's. */
function readProcessor(files: ReadonlyMap<string, string>, folder: string): ProcessorSpec {
  const whole = files.get("processor_config.json");
  const file = join(folder, "processor_config.json");
  const part = whole === undefined ? undefined : parseObject(whole, file).image_processor;
  if (isObject(part)) return parseProcessor(JSON.stringify(part), file);
  const own = files.get("preprocessor_config.json") ?? missing(folder, "preprocessor_config.json");
  return parseProcessor(own, join(folder, "preprocessor_config.json"));
}

function readTokenizer(files: ReadonlyMap<string, string>, folder: string): Tokenizer {
  const read = (name: string) => parseObject(files.get(name) ?? missing(folder, name), join(folder, name));
  const config = read("tokenizer_config.json");
  return new Tokenizer({
    tokenizer: read("tokenizer.json"),
    config,
    chatTemplate: findTemplate(files, config.chat_template, folder),
    folder,
  });
}

/** The order in which transformers looks; a folder without any has Qwen2.5-VL's. */
function findTemplate(files: ReadonlyMap<string, string>, ofTokenizer: unknown, folder: string): string {
  const jinja = files.get("chat_template.jinja");
  if (jinja !== undefined) return jinja;
  const json = files.get("chat_template.json");
  const own = json === undefined ? ofTokenizer : parseObject(json, join(folder, "chat_template.json")).chat_template;
  if (typeof own === "string") return own;
  if (own === undefined || own === null) return defaultChatTemplate;
  const named = Array.isArray(own) ? own.find((entry) => isObject(entry) && entry.name === "default") : undefined;
  if (typeof named?.template === "string") return named.template;
  throw new UserError(`${folder}: chat_template must be a string, got ${brief(own)}.`);
}

function readStopTokens(files: ReadonlyMap<string, string>, tokenizer: Tokenizer, folder: string): readonly number[] {
  const text = files.get("generation_config.json");
  if (text === undefined) return tokenizer.stopTokens;
  const file = join(folder, "generation_config.json");
  const eos = parseObject(text, file).eos_token_id;
  if (eos === undefined) return tokenizer.stopTokens;
  const ids = Array.isArray(eos) ? eos : [eos];
  if (ids.length > 0 && ids.every(Number.isInteger)) return ids;
  throw new UserError(`${file}: eos_token_id must be an id or a list of ids, got ${brief(eos)}.`);
}

/** config.json as read, but for the dtype of the weights, which the newer layouts repeat for each part. */
function describeConfig({ raw }: ModelConfig, weights: ReadonlyMap<string, Tensor>): string {
  const [{ dtype }] = weights.values();
  const key = "dtype" in raw ? "dtype" : "torch_dtype";
  const parts = Object.entries(raw).map(([name, part]) => [
    name,
    isObject(part) && key in part ? { ...part, [key]: dtype } : part,
  ]);
  return pretty({ ...Object.fromEntries(parts), [key]: dtype });
}
