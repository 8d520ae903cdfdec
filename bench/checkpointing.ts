// Memory and time of one forward and backward pass of GRPO in float32: the graph kept whole, logits in chunks of 64 rows,
// and gradient checkpointing beside that. One prompt of 512 tokens with one picture, 8 responses of 32 or 128 tokens. Each way
// runs in a process of its own, so that its peak is its own. Seconds of the processor say more than the clock's where
// other programs run.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  completionLogprobs,
  mropePositions,
  newConfig,
  type PreparedBatch,
  type QwenVL,
  randomModel,
} from "@ssl4rl/models";
import { getThreads, libtorchVersion, scope, Tape } from "@ssl4rl/torch";

const ways = ["whole graph", "logits in chunks", "gradient checkpointing"] as const;
type Way = (typeof ways)[number];

const [G, vocabSize, imageTokenId] = [8, 50_000, 49_999];
const grid = { height: 40, width: 40 };
const repeats = 3;

function model(): QwenVL {
  const config = newConfig({
    text: {
      vocabSize,
      hiddenSize: 512,
      intermediateSize: 1376,
      layers: 8,
      heads: 8,
      kvHeads: 2,
      headDim: 64,
      rmsNormEps: 1e-6,
      ropeTheta: 1e6,
      mropeSection: [8, 12, 12],
    },
    vision: {
      depth: 8,
      hiddenSize: 320,
      intermediateSize: 864,
      heads: 4,
      outHiddenSize: 512,
      patchSize: 14,
      temporalPatchSize: 2,
      mergeSize: 2,
      windowSize: 112,
      inChannels: 3,
      fullAttentionBlocks: [3, 7],
    },
    tied: true,
    tokens: { endOfText: 0, imEnd: 1, visionStart: 2, visionEnd: 3, imagePad: imageTokenId, videoPad: 4 },
  });
  return randomModel(config, 0);
}

function prompt(): PreparedBatch {
  const images = new Array((grid.height * grid.width) / 4).fill(imageTokenId) as number[];
  const ids = [2, ...images, 3, ...Array.from({ length: 110 }, (_, i) => 100 + i)];
  const columns = 3 * 2 * 14 * 14;
  const data = Float32Array.from({ length: grid.height * grid.width * columns }, (_, i) => Math.sin(i));
  return {
    prompts: [{ ids, positions: mropePositions(ids, imageTokenId, [grid], 2) }],
    pixels: { data, columns, grids: [grid] },
  };
}

function measure(way: Way, R: number) {
  const policy = model();
  const batch = prompt();
  const ids = [Array.from({ length: G }, (_, g) => Array.from({ length: R }, (_, t) => 1000 + 97 * g + t))];
  const runs = Array.from({ length: repeats + 1 }, () => {
    for (const weight of policy.parameters().values()) weight.grad = null;
    const start = performance.now();
    const before = process.cpuUsage();
    scope(() => {
      const tape = way === "whole graph" ? null : new Tape();
      const shared = policy.prefill(batch, way === "gradient checkpointing" ? tape : null);
      const { logprobs } = completionLogprobs(policy, shared, ids, 1, { tape, rowsPerChunk: tape ? 64 : undefined });
      const loss = logprobs.sum();
      if (tape) tape.backward(loss);
      else loss.backward();
    });
    const { user, system } = process.cpuUsage(before);
    return { clock: (performance.now() - start) / 1000, processor: (user + system) / 1e6 };
  }).slice(1); // the first warms up
  const median = (key: "clock" | "processor") => runs.map((run) => run[key]).sort((a, b) => a - b)[repeats >> 1];
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))![1];
  return {
    seconds: Number(median("clock").toFixed(2)),
    "of the processor": Number(median("processor").toFixed(2)),
    "peak RSS, MiB": Math.round(Number(peak) / 1024),
  };
}

export default async function bench(): Promise<void> {
  const policy = model();
  const bytes = [...policy.parameters().values()].reduce((sum, { size }) => sum + 8 * size, 0);
  console.log(`libtorch ${libtorchVersion()}, ${getThreads()} threads, median of ${repeats}`);
  console.log(`weights and gradients: ${Math.round(bytes / 2 ** 20)} MiB\n`);
  policy.free();
  const rows: Record<string, ReturnType<typeof measure>> = {};
  for (const R of [32, 128]) {
    for (const way of ways) {
      const child = [...process.execArgv, fileURLToPath(import.meta.url), way, String(R)];
      const { stdout, status } = spawnSync(process.execPath, child, { stdio: ["ignore", "pipe", "inherit"] });
      if (status !== 0) throw new Error(`${way}, ${R} tokens: ended with status ${status}`);
      rows[`${way}, ${R} tokens`] = JSON.parse(String(stdout)) as ReturnType<typeof measure>;
    }
  }
  console.table(rows);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(measure(process.argv[2] as Way, Number(process.argv[3]))));
}
