import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { type DType, keep, readSafetensors, type SafetensorsFile, type Tensor } from "@ssl4rl/torch";
import type { ModelConfig } from "./config.js";
import { brief, isObject, parseObject } from "./json.js";
import { oldName, weightShapes } from "./weights.js";

/** What save_pretrained calls weights that fit into one file, and the list of shards of those that do not. */
export const SINGLE_FILE = "model.safetensors";
export const INDEX_FILE = "model.safetensors.index.json";

const floats: ReadonlySet<DType> = new Set(["float16", "bfloat16", "float32", "float64"]);

/** The name a tensor has in its file, and the file. */
interface Place {
  readonly name: string;
  readonly file: string;
}

/**
 * All weights of a folder, as `dtype` on `device`, each asking for its gradient, and the config as they show it: without
 * a stored head the model is tied. They are read one after the other and piece by piece, so that memory grows by the
 * weights and hardly more. When one is missing, surplus, misshapen, NaN or cut off, none stays in memory.
 */
export function readWeights(
  folder: string,
  config: ModelConfig,
  dtype: DType,
  device: string,
): { config: ModelConfig; weights: Map<string, Tensor> } {
  const stored = locateTensors(folder);
  const known = withHead(config, stored.has("lm_head.weight"));
  // transformers ignores a stored head when the config ties it.
  if (known.tied) stored.delete("lm_head.weight");
  const shapes = weightShapes(known);
  const surplus = [...stored.keys()].filter((name) => !shapes.has(name));
  if (surplus.length > 0) {
    const { file } = stored.get(surplus[0])!;
    throw new UserError(
      `${file}: holds ${surplus.length} tensors that this model has no place for: ${brief(surplus)}. Does config.json belong to it?`,
    );
  }
  const weights = new Map<string, Tensor>();
  const opened = new Map<string, SafetensorsFile>();
  try {
    // All is looked up before the first byte of a weight is read: gigabytes take minutes.
    for (const [name, shape] of shapes) {
      const place = stored.get(name);
      if (!place) throw new UserError(`${folder}: tensor ${name} [${shape}] is missing. Is the download complete?`);
      if (!opened.has(place.file)) opened.set(place.file, openShard(place.file, folder));
      checkTensor(opened.get(place.file)!, place, shape);
    }
    for (const name of shapes.keys()) {
      const place = stored.get(name)!;
      const weight = readTensor(opened.get(place.file)!, place.name, dtype, device);
      weights.set(name, weight.requiresGrad_());
    }
  } catch (error) {
    for (const weight of weights.values()) weight.free();
    throw error;
  } finally {
    for (const shard of opened.values()) shard.close();
  }
  return { config: known, weights };
}

/** Where each tensor lies, by the name that save_pretrained writes. One file goes before an index, as in transformers. */
function locateTensors(folder: string): Map<string, Place> {
  const stored = new Map<string, Place>();
  const add = (name: string, file: string) => {
    // Rotary frequencies are computed; some old checkpoints carry them all the same.
    if (name.endsWith("rotary_emb.inv_freq")) return;
    const twin = stored.get(oldName(name));
    if (twin) {
      throw new UserError(`${file}: ${name} is the tensor that ${twin.name} is too. Which of the two is meant?`);
    }
    stored.set(oldName(name), { name, file });
  };
  const single = join(folder, SINGLE_FILE);
  const index = join(folder, INDEX_FILE);
  if (existsSync(single)) {
    for (const name of openFile(single).names) add(name, single);
  } else if (existsSync(index)) {
    for (const [name, shard] of Object.entries(readIndex(index))) add(name, join(folder, shard));
  } else {
    throw new UserError(
      `${folder}: neither ${SINGLE_FILE} nor ${INDEX_FILE} there. Weights must be in safetensors form.`,
    );
  }
  return stored;
}

/** The shard of each tensor. */
export function readIndex(file: string): Record<string, string> {
  const map = parseObject(readFileSync(file, "utf8"), file).weight_map;
  if (!isObject(map)) throw new UserError(`${file}: weight_map must be an object, got ${brief(map)}. Fetch it again.`);
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== "string" || shard !== basename(shard)) {
      throw new UserError(`${file}: ${name} must be in a file beside it, got ${brief(shard)}. Fetch it again.`);
    }
  }
  return map as Record<string, string>;
}

function checkTensor(shard: SafetensorsFile, { name, file }: Place, shape: readonly number[]): void {
  if (!shard.has(name)) {
    throw new UserError(`${file}: tensor ${name} is missing, though ${INDEX_FILE} puts it there. Fetch both again.`);
  }
  const found = shard.shape(name);
  if (found.join() !== shape.join()) {
    throw new UserError(
      `${file}: tensor ${name} must have shape [${shape}], found [${found}]. Does config.json belong to it?`,
    );
  }
  const dtype = shard.dtype(name);
  if (!floats.has(dtype)) {
    throw new UserError(
      `${file}: tensor ${name} holds ${dtype}. Only floating-point weights are read: use the model as it was before it was quantised.`,
    );
  }
}

function readTensor(shard: SafetensorsFile, name: string, dtype: DType, device: string): Tensor {
  try {
    return keep(shard.read(name, { dtype, device }));
  } catch (error) {
    // What the file says of itself names it; the rest, such as too little memory, is not the file's fault.
    throw (error as Error).message.startsWith(shard.path) ? new UserError((error as Error).message) : error;
  }
}

function openShard(file: string, folder: string): SafetensorsFile {
  if (!existsSync(file)) {
    throw new UserError(`${folder}: ${basename(file)} is missing, though ${INDEX_FILE} names it. Fetch it.`);
  }
  return openFile(file);
}

function openFile(file: string): SafetensorsFile {
  try {
    return readSafetensors(file);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** A checkpoint without a stored head is tied, whatever its config says. */
function withHead(config: ModelConfig, stored: boolean): ModelConfig {
  if (config.tied || stored) return config;
  return { ...config, tied: true, raw: { ...config.raw, tie_word_embeddings: true } };
}
