import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Image, Random } from "@ssl4rl/core";
import { type Checkpoint, loadCheckpoint, type PreparedBatch, type PromptInput } from "@ssl4rl/models";
import { getThreads, libtorchVersion, scope, tensor, writeSafetensors } from "@ssl4rl/torch";
import { type Peer, startPeer } from "./python-peer.js";
import { type Sizes, visionConstants, writeRandomCheckpoint } from "./random-checkpoint.js";

/** 100 million parameters, proportioned as those of the 3B model. */
export const full: Sizes = {
  text: {
    vocabSize: 8192,
    hiddenSize: 1024,
    intermediateSize: 2816,
    layers: 8,
    heads: 8,
    kvHeads: 2,
    headDim: 128,
    rmsNormEps: 1e-6,
    ropeTheta: 1e6,
    mropeSection: [16, 24, 24],
  },
  vision: {
    ...visionConstants,
    depth: 8,
    hiddenSize: 512,
    intermediateSize: 1376,
    heads: 8,
    outHiddenSize: 1024,
    fullAttentionBlocks: [3, 7],
  },
  tied: true,
};

/** To see in seconds that a measurement works. */
const small: Sizes = {
  text: { ...full.text, hiddenSize: 256, intermediateSize: 512, layers: 2, heads: 2, kvHeads: 1 },
  vision: {
    ...full.vision,
    depth: 2,
    hiddenSize: 128,
    intermediateSize: 256,
    heads: 4,
    outHiddenSize: 256,
    fullAttentionBlocks: [1],
  },
  tied: true,
};

/** One random checkpoint in float32 and prompts for it, open here and in a Python process with as many threads. */
export interface ModelPair {
  readonly checkpoint: Checkpoint;
  readonly batch: PreparedBatch;
  readonly peer: Peer;
}

/** Runs `work` on a pair, whose folder is removed afterwards. Says the versions and sizes. */
export async function withModelPair(
  script: string,
  size: "full" | "small",
  prompts: readonly PromptInput[],
  work: (pair: ModelPair) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-bench-"));
  try {
    writeRandomCheckpoint(folder, { full, small }[size], "float32");
    const checkpoint = loadCheckpoint(folder);
    const batch = checkpoint.prepare(prompts);
    writePrompts(join(folder, "prompts.safetensors"), checkpoint, batch);
    const remedy = "no transformers to compare with: set PYTHON to an interpreter that has it";
    const peer = await startPeer(script, [folder, String(getThreads())], remedy);
    const parameters = [...checkpoint.model.weights.values()].reduce((sum, weight) => sum + weight.size, 0);
    const lengths = batch.prompts.map(({ ids }) => ids.length);
    console.log(
      `libtorch ${libtorchVersion()}; transformers ${peer.ready.transformers} on torch ${peer.ready.torch}; ` +
        `${getThreads()} threads\n${(parameters / 1e6).toFixed(0)} million parameters, float32; ` +
        `prompts of ${lengths.join(", ")} tokens`,
    );
    await work({ checkpoint, batch, peer }).finally(peer.stop);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A question with pictures of noise, `words` long or a little more. */
export function question(number: number, words: number, pictures: number, side: number): PromptInput {
  const random = Random.from("bench", number);
  const noise = () =>
    new Image(
      side,
      side,
      Uint8Array.from({ length: side * side * 3 }, () => random.int(256)),
    );
  const text = "Look at the pictures. ".repeat(Math.ceil(words / 4));
  return { text: `${text}What differs?`, images: Array.from({ length: pictures }, noise) };
}

/** Ids, padded on the left as transformers wants them, pixels and grids. */
function writePrompts(path: string, { tokenizer }: Checkpoint, { prompts, pixels }: PreparedBatch): void {
  const P = Math.max(...prompts.map(({ ids }) => ids.length));
  const ids = prompts.flatMap(({ ids }) => [...new Array(P - ids.length).fill(tokenizer.id("<|endoftext|>")), ...ids]);
  const mask = prompts.flatMap(({ ids }) => Array.from({ length: P }, (_, i) => (i < P - ids.length ? 0 : 1)));
  const grids = pixels.grids.flatMap(({ height, width }) => [1, height, width]);
  scope(() => {
    const whole = { dtype: "int64" } as const;
    writeSafetensors(path, [
      ["input_ids", tensor(Int32Array.from(ids), [prompts.length, P], whole)],
      ["attention_mask", tensor(Int32Array.from(mask), [prompts.length, P], whole)],
      ["pixel_values", tensor(pixels.data, [pixels.data.length / pixels.columns, pixels.columns])],
      ["image_grid_thw", tensor(Int32Array.from(grids), [pixels.grids.length, 3], whole)],
    ]);
  });
}

/** What a measurement took by the clock, and of the processors, which other programs disturb less: seconds. */
export interface Cost {
  readonly clock: number;
  readonly processor: number;
}

export function costOf<T>(work: () => T): { readonly result: T; readonly cost: Cost } {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, cost: { clock: (performance.now() - start) / 1000, processor: (user + system) / 1e6 } };
}

export function median(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost) => costs.map((cost) => cost[key]).sort((a, b) => a - b)[costs.length >> 1];
  return { clock: of("clock"), processor: of("processor") };
}

/** A row of a table: how many times as long the peer takes. */
export function ratio(ours: Cost, peers: Cost): Record<string, number> {
  return {
    "ssl4rl s": Number(ours.clock.toFixed(2)),
    "transformers s": Number(peers.clock.toFixed(2)),
    times: Number((peers.clock / ours.clock).toFixed(2)),
    "times, of processor time": Number((peers.processor / ours.processor).toFixed(2)),
  };
}
