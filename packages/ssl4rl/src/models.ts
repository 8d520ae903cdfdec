import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "@ssl4rl/core";
import { holdsLora } from "@ssl4rl/models";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The folder of a checkpoint: `tiny-vl` is the one that comes with ssl4rl, anything else is a path. */
export function checkpointFolder(model: string): string {
  const folder = model === "tiny-vl" ? join(root, "checkpoints", "tiny-vl") : model;
  if (existsSync(join(folder, "config.json"))) return folder;
  if (holdsLora(folder)) {
    throw new UserError(
      `${folder} holds a LoRA adapter, not a whole checkpoint. Make one of it: ssl4rl merge --adapter ${folder} --model BASE --out DIR`,
    );
  }
  throw new UserError(
    `No checkpoint in ${folder}: config.json is missing. Give a folder in Hugging Face layout ` +
      "(config.json, *.safetensors, tokenizer.json, preprocessor_config.json), or tiny-vl.",
  );
}

/** Where the recipes that come with ssl4rl lie. */
export const recipesFolder = join(root, "recipes");
