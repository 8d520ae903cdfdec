/**
 * Checkpoints to and from transformers, and the cache of the Hub. What we compute lies in NAME.safetensors beside each folder:
 * `ids`, of a model with vision `pixels` and `grid`, and the `logits` [vocabulary] after the prompt.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { Image } from "@ssl4rl/core";
import { fetchModel } from "@ssl4rl/hub";
import { Checkpoint, loadCheckpoint, parseConfig, QwenVL, saveCheckpoint } from "@ssl4rl/models";
import {
  AdamW,
  keep,
  noGrad,
  readSafetensors,
  scope,
  setThreads,
  type Tensor,
  tensor,
  writeSafetensors,
} from "@ssl4rl/torch";
import { type Check, near } from "./check.js";

/** transformers on ours, then ours on what it made. */
export async function checkFolders(check: Check, scratch: string, checkpoint: string): Promise<boolean> {
  writeOurFolders(scratch, checkpoint);
  const serve = fileURLToPath(new URL("serve-hub.ts", import.meta.url));
  const server = spawn(process.execPath, [...process.execArgv, serve, join(scratch, "sharded")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const inCache = (name: string, env: Record<string, string>) => {
    Object.assign(process.env, { HF_HUB_CACHE: join(scratch, name), ...env });
    return fetchModel("cats/tiny");
  };
  try {
    const { value: hub } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
    await inCache("ours-cache", { HF_ENDPOINT: hub });
    if (!check("check_folders.py", scratch, hub)) return false;
  } finally {
    server.kill();
  }
  const theirs = {
    sharded: [join(scratch, "theirs-sharded"), "sharded"],
    untied: [join(scratch, "theirs-untied"), "untied"],
    "text only": [join(scratch, "theirs-text"), "text"],
    "under the names of transformers 4.52 and later": [join(scratch, "theirs-raw"), "tied"],
    "that huggingface_hub fetched": [await inCache("theirs-cache", { HF_HUB_OFFLINE: "1" }), "sharded"],
  };
  return Object.entries(theirs).every(([what, [folder, name]]) =>
    near(`we open a checkpoint of transformers, ${what}`, compareFolder(folder, join(scratch, `${name}.safetensors`))),
  );
}

/** Writes `tied` (one file), `sharded` (trained a step), `untied` and `text` (Qwen2), with what we compute. */
function writeOurFolders(folder: string, base: string): void {
  setThreads(1);
  const save = (name: string, checkpoint: Checkpoint, shardBytes?: number) => {
    saveCheckpoint(join(folder, name), checkpoint, { shardBytes });
    scope(() => writeSafetensors(join(folder, `${name}.safetensors`), compute(checkpoint)));
  };
  const tiny = loadCheckpoint(base);
  save("tied", tiny);
  const untied = variant(tiny, (config) => ({ ...config, tie_word_embeddings: false }));
  save("untied", untied, 500_000);
  const { tokenizer, stopTokens } = tiny;
  const ofText = variant(tiny, ({ vision_config, image_token_id, rope_scaling, ...config }) => ({
    ...config,
    architectures: ["Qwen2ForCausalLM"],
    model_type: "qwen2",
  }));
  const files = new Map([...ofText.files].filter(([name]) => name !== "preprocessor_config.json"));
  save("text", new Checkpoint(ofText.config, tokenizer, null, ofText.model, stopTokens, files), 500_000);
  train(tiny);
  save("sharded", tiny, 500_000);
}

/** The largest difference between our logits of a folder that transformers saved, and those of the one it was made of. */
function compareFolder(folder: string, logits: string): number {
  const checkpoint = loadCheckpoint(folder);
  const before = readSafetensors(logits);
  const apart = scope(() => compute(checkpoint).get("logits")!.sub(before.get("logits")).abs().max().item());
  before.close();
  checkpoint.free();
  return apart;
}

/** The checkpoint with another configuration, and the weights that this asks for. */
function variant(
  { config, tokenizer, processor, model, stopTokens, files }: Checkpoint,
  change: (config: Record<string, unknown>) => object,
): Checkpoint {
  const text = JSON.stringify(change(config.raw));
  const changed = parseConfig(text);
  const weights = new Map([...model.weights].filter(([name]) => changed.vision || !name.startsWith("visual.")));
  // Other numbers than the embedding's, or nobody would see them taken for each other.
  if (!changed.tied)
    weights.set("lm_head.weight", keep(scope(() => weights.get("model.embed_tokens.weight")!.mul(-1))));
  const changedFiles = new Map([...files, ["config.json", text] as const]);
  return new Checkpoint(changed, tokenizer, processor, new QwenVL(changed, weights), stopTokens, changedFiles);
}

/** A step, so that what is saved is not what was loaded. */
function train(checkpoint: Checkpoint): void {
  const optimizer = new AdamW(checkpoint.model.parameters().values(), { lr: 1e-3 });
  scope(() => {
    const prompt = checkpoint.prefill(checkpoint.prepare([{ text: "Which way is up?", images: [picture(84, 112)] }]));
    const { logprobs } = checkpoint.logprobs(prompt, { ids: [[[5, 17, 301]]] }, { temperature: 1 });
    logprobs.sum().neg().backward();
    optimizer.step();
    optimizer.zeroGrad();
  });
}

function compute(checkpoint: Checkpoint): Map<string, Tensor> {
  return noGrad(() => {
    const images = checkpoint.processor ? [picture(84, 112), picture(200, 100)] : [];
    const batch = checkpoint.prepare([{ text: "How was the image turned?", images }]);
    const integers = (values: readonly number[]) => tensor([...values], [values.length], { dtype: "int64" });
    const computed = new Map([
      ["ids", integers(batch.prompts[0].ids)],
      ["logits", checkpoint.model.logits(checkpoint.prefill(batch).last).reshape([-1])],
    ]);
    const { data, columns, grids } = batch.pixels;
    if (grids.length > 0) {
      computed.set("pixels", tensor(data, [data.length / columns, columns]));
      computed.set("grid", integers(grids.flatMap(({ height, width }) => [1, height, width])).view(-1, 3));
    }
    return computed;
  });
}

function picture(width: number, height: number): Image {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = 128 + 100 * Math.sin(i / 700) * Math.cos((i % (3 * width)) / 40);
  return new Image(width, height, data);
}
