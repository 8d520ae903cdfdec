import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fetchSnapshot, isHubId } from "./fetch-snapshot.js";

/** Whether a name has the form `owner/name` or `owner/name@revision`. */
export function isModelId(name: string): boolean {
  const [id, revision, ...rest] = name.split("@");
  // No part of a revision may lead upwards, for it names a file in the cache.
  return isHubId(id) && rest.length === 0 && (revision === undefined || /^\w[\w.-]*(\/\w[\w.-]*)*$/.test(revision));
}

/**
 * The folder of a model of the Hugging Face Hub, `owner/name` or `owner/name@revision`: safetensors, configuration,
 * tokenizer. One that is in the cache is used as it is; else it is fetched as {@link fetchSnapshot} says.
 *
 * @example const folder = await fetchModel("Qwen/Qwen2.5-VL-3B-Instruct");
 */
export function fetchModel(
  id: string,
  onProgress?: (done: number, total: number, path: string) => void,
): Promise<string> {
  const [name, revision] = id.split("@");
  const files = { kind: "safetensors of the transformers library", matches: isModelFile };
  return fetchSnapshot({ type: "model", name, revision, files, isWhole: hasWeights, onProgress });
}

/** Weights as save_pretrained names them, and the small files beside them; no other library's weights. */
function isModelFile(path: string): boolean {
  return /^(model[^/]*\.safetensors|[^/]+\.(json|jinja|txt))$/.test(path);
}

function hasWeights(folder: string): boolean {
  const has = (name: string) => existsSync(join(folder, name));
  if (!has("config.json")) return false;
  if (has("model.safetensors")) return true;
  const index = join(folder, "model.safetensors.index.json");
  if (!existsSync(index)) return false;
  try {
    const { weight_map: map } = JSON.parse(readFileSync(index, "utf8"));
    return Object.values<string>(map).every(has);
  } catch {
    // Who loads it says what is wrong.
    return false;
  }
}
