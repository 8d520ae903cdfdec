/**
 * Our side of check_models.py:   node --import tsx scripts/peers/ours.ts FOLDER
 *
 * FOLDER/checkpoint is a checkpoint. With FOLDER/case.json beside it, writes what the model answers (ours.safetensors,
 * greedy.json), takes a step of AdamW, and saves the checkpoint (saved/) with what it answers then (trained.safetensors).
 * With FOLDER/questions.json, writes each question's token ids (ids.json) and its pixel values (ours.safetensors).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { AdamW, scope, type Tensor, tensor, writeSafetensors } from "@ssl4rl/torch";
import type { Checkpoint } from "../../packages/models/src/checkpoint.js";
import { loadCheckpoint, saveCheckpoint } from "../../packages/models/src/checkpoint-folder.js";
import { goldenImage } from "../../packages/models/src/golden.js";
import {
  type ExpectedPrompt,
  type ParityCase,
  parityArrays,
  parityBatch,
  parityGreedy,
} from "../../packages/models/src/parity.js";

const folder = process.argv[2];
const checkpoint = loadCheckpoint(join(folder, "checkpoint"));
if (existsSync(join(folder, "case.json"))) answerCase(checkpoint, read("case.json"));
else prepareQuestions(checkpoint, read("questions.json"));

function answerCase(checkpoint: Checkpoint, given: ParityCase): void {
  const { model } = checkpoint;
  writeArrays("ours.safetensors", parityArrays(model, given));
  writeFileSync(join(folder, "greedy.json"), JSON.stringify(parityGreedy(model, given)));
  const optimizer = new AdamW(model.parameters().values(), { lr: 1e-3 });
  scope(() => {
    const prompt = checkpoint.prefill(parityBatch(given, checkpoint.config));
    const { logprobs } = checkpoint.logprobs(prompt, { ids: given.completions }, { temperature: 1 });
    logprobs.sum().neg().backward();
    optimizer.step();
    optimizer.zeroGrad();
  });
  writeArrays("trained.safetensors", parityArrays(model, given));
  saveCheckpoint(join(folder, "saved"), checkpoint);
}

function prepareQuestions(checkpoint: Checkpoint, questions: readonly Omit<ExpectedPrompt, "ids">[]): void {
  const batches = questions.map(({ text, labels, sizes }) =>
    checkpoint.prepare([{ text, labels, images: sizes.map(([height, width]) => goldenImage(height, width)) }]),
  );
  writeFileSync(join(folder, "ids.json"), JSON.stringify(batches.map(({ prompts: [{ ids }] }) => ids)));
  writeArrays(
    "ours.safetensors",
    batches.map(({ pixels }, i) => [String(i), pixels.data]),
  );
}

function read(name: string) {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}

/** Flat: who reads them knows the shapes. */
function writeArrays(name: string, arrays: Iterable<readonly [string, Float32Array]>): void {
  scope(() => {
    const tensors = [...arrays].map(([key, values]): [string, Tensor] => [key, tensor(values, [values.length])]);
    writeSafetensors(join(folder, name), tensors);
  });
}
