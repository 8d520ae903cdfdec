import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "@ssl4rl/core";
import { fetchModel, isModelId } from "@ssl4rl/hub";
import { holdsLora } from "@ssl4rl/models";
import type { Progress } from "./progress.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Where the small checkpoints that come with ssl4rl lie. */
const checkpoints = join(root, "checkpoints");
const own = existsSync(checkpoints) ? readdirSync(checkpoints) : [];
/** The one that reads pictures. */
export const tinyCheckpoint = join(checkpoints, "tiny-vl");

/**
 * The folder of a checkpoint: `tiny-vl` and others in checkpoints/ come with ssl4rl, anything else is a path, or the name of a model
 * on the Hugging Face Hub, which is fetched unless it is in the cache. Throws a UserError where there is none.
 */
export async function checkpointFolder(model: string, progress: Progress): Promise<string> {
  const folder = own.includes(model) ? join(checkpoints, model) : model;
  if (existsSync(join(folder, "config.json"))) return folder;
  if (holdsLora(folder)) {
    throw new UserError(
      `${folder} holds a LoRA adapter, not a whole checkpoint. Make one of it: ssl4rl merge --adapter ${folder} --model BASE --out DIR`,
    );
  }
  if (!existsSync(folder) && isModelId(model)) {
    const size = (bytes: number) => (bytes / 1e9).toFixed(2);
    return await fetchModel(model, (done, total, file) => {
      progress.update(`Fetching ${model}: ${size(done)} of ${size(total)} GB, ${file}`);
    });
  }
  throw new UserError(
    `No checkpoint in ${folder}: config.json is missing. Give a folder in Hugging Face layout ` +
      "(config.json, *.safetensors, tokenizer.json, preprocessor_config.json), the name owner/name of a model on the " +
      `Hugging Face Hub, or ${own.join(" or ")}.`,
  );
}

/** Where the recipes that come with ssl4rl lie. */
export const recipesFolder = join(root, "recipes");
