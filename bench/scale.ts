// A model of Qwen2.5-VL-3B's shapes with random weights in bfloat16: written to a folder shard by shard, loaded, asked about a
// picture, and taken through one GRPO step of LoRA with gradient checkpointing, 5 responses of 16 tokens. Seconds of each
// part, and memory: the process's peak, and what of it now is not pages of files.
//   npm run bench -- scale [--layers N] [--folder DIR]
// It takes 8 GB of disk and 12 GB of memory; fewer --layers, of the decoder's 36 and the tower's 32 alike, take less. A
// --folder stays, and is taken as it is where it exists; without, the checkpoint is removed at the end.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decoderLinears, loadCheckpoint, newLora } from "@ssl4rl/models";
import { AdamW, clipGradNorm, getThreads, libtorchVersion, noGrad, scope } from "@ssl4rl/torch";
import { checkRecipe, forwardBackward, Stopwatch } from "@ssl4rl/trainer";
import { question } from "./model-pair.js";
import { type Sizes, visionConstants, writeRandomCheckpoint } from "./random-checkpoint.js";

/** The 3B model, or its first layers. */
const threeB = (layers: number): Sizes => ({
  text: {
    vocabSize: 151936,
    hiddenSize: 2048,
    intermediateSize: 11008,
    layers,
    heads: 16,
    kvHeads: 2,
    headDim: 128,
    rmsNormEps: 1e-6,
    ropeTheta: 1e6,
    mropeSection: [16, 24, 24],
  },
  vision: {
    ...visionConstants,
    depth: Math.min(32, layers),
    hiddenSize: 1280,
    intermediateSize: 3420,
    heads: 16,
    outHiddenSize: 2048,
    fullAttentionBlocks: [7, 15, 23, 31],
  },
  tied: true,
});

const grpo = checkRecipe(
  { tasks: [{ task: "rotation" }], rollouts: 5, gradientCheckpointing: true, maxNewTokens: 16 },
  "the step's options",
);

const rows: Record<string, Record<string, number>> = {};

/** Does a part, and notes its seconds and the memory at its end. */
function part<T>(name: string, work: () => T): T {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  const status = readFileSync("/proc/self/status", "utf8");
  const gigabytes = (key: string) =>
    Number(((Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)![1]) * 1024) / 1e9).toFixed(2));
  rows[name] = {
    seconds: Number(((performance.now() - start) / 1000).toFixed(1)),
    "of the processors": Number(((user + system) / 1e6).toFixed(1)),
    "peak GB so far": gigabytes("VmHWM"),
    "GB now, less files": gigabytes("RssAnon"),
  };
  return result;
}

export default async function bench(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { layers: { type: "string", default: "36" }, folder: { type: "string" } },
  });
  const temporary = values.folder === undefined ? mkdtempSync(join(tmpdir(), "ssl4rl-scale-")) : null;
  const folder = values.folder ?? join(temporary!, "model");
  try {
    if (!existsSync(folder)) {
      part("written", () => writeRandomCheckpoint(folder, threeB(Number(values.layers)), "bfloat16"));
    }
    const base = part("loaded", () => loadCheckpoint(folder, { dtype: "bfloat16" }));
    const parameters = [...base.model.weights.values()].reduce((sum, { size }) => sum + size, 0);
    console.log(`libtorch ${libtorchVersion()}, ${getThreads()} threads; ${parameters} parameters in bfloat16`);

    const prompt = question(0, 20, 1, 336);
    scope(() => {
      const read = part("picture and question read", () => noGrad(() => base.prefill(base.prepare([prompt]))));
      const answer = part("8 tokens answered", () =>
        base.sample(read, { each: 1, maxNewTokens: 8, temperature: 0, seed: 0 }),
      );
      console.log(`${read.lengths[0]} tokens asked, answered ${JSON.stringify(answer.text[0][0])}`);
    });

    const policy = part("adapter of rank 64 on the decoder", () =>
      base.withLora(newLora(base.model, { rank: 64, alpha: 32, targets: decoderLinears, seed: 0 })),
    );
    const trained = [...policy.model.parameters().values()];
    const optimizer = new AdamW(trained, { lr: 1e-5 });
    // A model of random weights is never right. Every second response is held to be, so that there is something to learn.
    let asked = 0;
    const verify = () => ({ accuracy: asked++ % 2, partial: 0, format: true, given: null });
    const norm = part("GRPO step", () => {
      const pass = forwardBackward(
        { policy, reference: null, watch: new Stopwatch() },
        grpo,
        [{ prompt, verify }],
        0,
        0,
      );
      return scope(() => {
        for (const parameter of trained) parameter.grad?.mul_(1 / pass.tokens);
        const norm = clipGradNorm(trained, grpo.gradientClip);
        optimizer.step();
        return norm;
      });
    });
    console.log(`norm of the gradient ${norm.toFixed(4)}`);
    console.table(rows);
  } finally {
    if (temporary) rmSync(temporary, { recursive: true });
  }
}
