import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { keep, readSafetensors, type SafetensorsFile, scope, type Tensor, writeSafetensors } from "@ssl4rl/torch";
import { brief, Fields, type Json, readObject } from "./json.js";
import { Lora, linearModules } from "./lora.js";
import type { QwenVL } from "./qwen2_5_vl.js";
import { newName, oldName } from "./weights.js";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";

/** Fields of adapter_config.json that do not change what a trained adapter computes, whatever they hold. */
const PASSED_OVER = new Set([
  "auto_mapping",
  "base_model_name_or_path",
  "revision",
  "task_type",
  "inference_mode",
  "peft_version",
  // The tensors themselves say what is adapted.
  "target_modules",
  "exclude_modules",
  "layers_to_transform",
  "layers_pattern",
  // At work in training only; ours has none.
  "lora_dropout",
  // Belong to features that have a switch of their own.
  "megatron_core",
  "qalora_group_size",
]);

/** Starts that leave the model's own weights as they were. */
const INITS: readonly unknown[] = [true, false, "gaussian", "orthogonal"];

/**
 * Writes the adapter of `model` as PEFT does (adapter_config.json, adapter_model.safetensors), under the module paths of
 * transformers 4.52 and later: `PeftModel.from_pretrained(base, folder)` opens it. `base` is what the file shall call the
 * model beneath.
 */
export function saveLora(folder: string, { config, lora }: QwenVL, base: string): void {
  if (!lora) throw new Error("saveLora: the model has no adapter");
  mkdirSync(folder, { recursive: true });
  const described = {
    peft_type: "LORA",
    base_model_name_or_path: base,
    r: lora.rank,
    lora_alpha: lora.alpha,
    target_modules: [...lora.adapters.keys()].map((module) => newName(module, config)),
    lora_dropout: 0,
    bias: "none",
    task_type: null,
    inference_mode: true,
  };
  writeFileSync(join(folder, CONFIG), `${JSON.stringify(described, null, 2)}\n`);
  const tensors = [...lora.parameters()].map(([name, tensor]): [string, Tensor] => [
    `base_model.model.${newName(name, config)}`,
    tensor,
  ]);
  writeSafetensors(join(folder, WEIGHTS), tensors, { format: "pt" });
}

/** Whether the folder holds an adapter, rather than a whole checkpoint. */
export function holdsLora(folder: string): boolean {
  return existsSync(join(folder, CONFIG));
}

/**
 * Reads an adapter for `model` as PEFT saves it, under either naming of modules. What does not fit the model, or is more
 * than plain LoRA, is a UserError that names the field or tensor.
 */
export function loadLora(folder: string, model: QwenVL): Lora {
  if (!holdsLora(folder)) {
    throw new UserError(`${folder}: no ${CONFIG} there. Give the folder of an adapter as PEFT or a LoRA run saves it.`);
  }
  const { rank, alpha } = readConfig(join(folder, CONFIG));
  const file = openWeights(folder);
  try {
    // All is checked before the first tensor is taken.
    const found = matchModules(file, model, rank);
    const { device } = model.decoder;
    const take = (name: string) =>
      keep(scope(() => file.get(name).to({ dtype: "float32", device }).clone().requiresGrad_()));
    return new Lora(rank, alpha, new Map(found.map(({ module, A, B }) => [module, { a: take(A), b: take(B) }])));
  } finally {
    file.close();
  }
}

/** The adapted modules in the model's order, with the names of their two tensors, which are there and have their shapes. */
function matchModules(file: SafetensorsFile, { config }: QwenVL, rank: number) {
  const linears = linearModules(config);
  const names = namesByModule(file);
  if (names.size === 0) throw new UserError(`${file.path}: holds no tensors.`);
  for (const module of names.keys()) {
    if (linears.has(module)) continue;
    throw new UserError(
      `${file.path}: adapts ${module}, which is no linear module of this model. Was the adapter made for another model?`,
    );
  }
  const checked = (module: string, factor: "A" | "B", shape: readonly number[]) => {
    const name = names.get(module)?.[factor];
    if (!name) throw new UserError(`${file.path}: ${newName(module, config)} has no lora_${factor}.weight.`);
    const found = file.shape(name);
    if (found.join() === shape.join()) return name;
    throw new UserError(
      `${file.path}: tensor ${name} must have shape [${shape}] (r is ${rank} in ${CONFIG}), found [${found}]. Was the adapter made for another model?`,
    );
  };
  return [...linears]
    .filter(([module]) => names.has(module))
    .map(([module, [out, into]]) => ({
      module,
      A: checked(module, "A", [rank, into]),
      B: checked(module, "B", [out, rank]),
    }));
}

function readConfig(file: string): { rank: number; alpha: number } {
  const raw: Json = readObject(file);
  const refuse = (field: string, expected: string) =>
    new UserError(
      `${file}: ${field} must be ${expected}, got ${brief(raw[field])}: only plain LoRA is read. ` +
        "Merge the adapter with PEFT (merge_and_unload) and use the merged checkpoint.",
    );
  const only: Record<string, readonly unknown[]> = { peft_type: ["LORA"], bias: ["none"], init_lora_weights: INITS };
  const read = ["r", "lora_alpha"];
  for (const [field, value] of Object.entries(raw)) {
    if (read.includes(field) || PASSED_OVER.has(field)) continue;
    // All else that PEFT knows, or will know, is a change to what is computed, and says so when it is off.
    if (field in only) {
      if (!only[field].includes(value)) throw refuse(field, only[field].map((one) => JSON.stringify(one)).join(" or "));
    } else if (!isOff(value)) throw refuse(field, "absent, false or null");
  }
  const fields = new Fields(raw, file);
  return { rank: fields.count("r"), alpha: fields.number("lora_alpha") };
}

function isOff(value: unknown): boolean {
  return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

function openWeights(folder: string): SafetensorsFile {
  const path = join(folder, WEIGHTS);
  if (!existsSync(path)) {
    throw new UserError(`${folder}: no ${WEIGHTS} beside ${CONFIG}. Save the adapter in safetensors form.`);
  }
  try {
    return readSafetensors(path);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** The names of each module's two tensors. */
function namesByModule(file: SafetensorsFile): Map<string, { A?: string; B?: string }> {
  const modules = new Map<string, { A?: string; B?: string }>();
  for (const name of file.names) {
    const [, path, factor] = /^base_model\.model\.(.+)\.lora_(A|B)\.weight$/.exec(name) ?? [];
    if (!path) {
      throw new UserError(
        `${file.path}: tensor ${name} is no factor of a linear module (…lora_A.weight, …lora_B.weight): only plain LoRA is read.`,
      );
    }
    const module = oldName(path);
    modules.set(module, { ...modules.get(module), [factor]: name });
  }
  return modules;
}
