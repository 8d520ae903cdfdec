/**
 * Adapters to and from PEFT. What each side computed lies in safetensors files: `ids` and `pixels` of
 * a prompt, a `completion` [tokens], the `logits` [vocabulary] after the prompt, and the completion's `logprobs`.
 */
import { join } from "node:path";
import { Image, Random } from "@ssl4rl/core";
import { type Checkpoint, loadCheckpoint, loadLora, newLora, saveCheckpoint, saveLora } from "@ssl4rl/models";
import { noGrad, readSafetensors, scope, setThreads, type Tensor, tensor, writeSafetensors } from "@ssl4rl/torch";
import { type Check, near } from "./check.js";

// Some in either part of the model, so that names are tried in both.
const targets = String.raw`model\.(language_model\.layers\.[0-2]\..+|visual\.blocks\.1\.mlp\..+|visual\.merger\..+)`;
const completion = [5, 17, 301, 42, 9];

/** PEFT on ours, then ours on what PEFT made. */
export function checkAdapters(check: Check, scratch: string, checkpoint: string): boolean {
  writeOurs(scratch, checkpoint);
  if (!check("check_peft.py", scratch, checkpoint)) return false;
  return ["theirs", "theirs-old"].every((name) => {
    const names = name === "theirs" ? "" : ", under the names of transformers before 4.52";
    return near(`we open PEFT's adapter and compute its logits${names}`, compareTheirs(scratch, name, checkpoint));
  });
}

/** Writes `ours` (an adapter), `merged` (a checkpoint) and `ours.safetensors` (what we compute with either). */
function writeOurs(folder: string, base: string): void {
  setThreads(1);
  const checkpoint = loadCheckpoint(base);
  const lora = newLora(checkpoint.model, { rank: 4, alpha: 6, targets, seed: 0 });
  // As if trained: fresh adapters change nothing.
  for (const [module, { b }] of lora.adapters) {
    const random = Random.from("peft", module);
    const values = Float32Array.from({ length: b.size }, () => 0.1 * random.normal());
    scope(() => noGrad(() => void b.copy_(tensor(values, b.shape))));
  }
  const adapted = checkpoint.withLora(lora);
  saveLora(join(folder, "ours"), adapted.model, base);
  scope(() => writeSafetensors(join(folder, "ours.safetensors"), Object.entries(compute(adapted))));
  lora.mergeInto(checkpoint.model);
  saveCheckpoint(join(folder, "merged"), checkpoint);
  adapted.free();
}

/** The largest difference between what PEFT computed with its adapter in `name` and what we do. */
function compareTheirs(folder: string, name: string, base: string): number {
  const checkpoint = loadCheckpoint(base);
  const adapted = checkpoint.withLora(loadLora(join(folder, name), checkpoint.model));
  const theirs = readSafetensors(join(folder, "theirs.safetensors"));
  const difference = scope(() => {
    const ours = compute(adapted);
    const apart = (key: "logits" | "logprobs") => ours[key].sub(theirs.get(key)).abs().max().item();
    return Math.max(apart("logits"), apart("logprobs"));
  });
  theirs.close();
  adapted.free();
  return difference;
}

function compute(
  checkpoint: Checkpoint,
): Record<"ids" | "pixels" | "grid" | "completion" | "logits" | "logprobs", Tensor> {
  return noGrad(() => {
    const batch = checkpoint.prepare([{ text: "How was the image turned?", images: [picture()] }]);
    const prompt = checkpoint.prefill(batch);
    const { logprobs } = checkpoint.logprobs(prompt, { ids: [[completion]] }, { temperature: 1 });
    const { data, columns, grids } = batch.pixels;
    const integers = (values: readonly number[]) => tensor([...values], [values.length], { dtype: "int64" });
    return {
      ids: integers(batch.prompts[0].ids),
      pixels: tensor(data, [data.length / columns, columns]),
      grid: integers([1, grids[0].height, grids[0].width]),
      completion: integers(completion),
      logits: checkpoint.model.logits(prompt.last).reshape([-1]),
      logprobs: logprobs.reshape([-1]),
    };
  });
}

function picture(): Image {
  const data = new Uint8Array(112 * 84 * 3);
  for (let i = 0; i < data.length; i++) data[i] = 128 + 100 * Math.sin(i / 700) * Math.cos((i % 252) / 40);
  return new Image(84, 112, data);
}
