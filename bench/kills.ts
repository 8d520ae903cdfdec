// kill -9 at 30 random moments of training runs, each gone on with by --resume: npm run bench -- kills
// The weights, the optimiser's state, the best checkpoint and the metrics but for times must be those of a run left alone.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "@ssl4rl/core";
import type { StepMetrics } from "@ssl4rl/trainer";

const bin = fileURLToPath(new URL("../packages/ssl4rl/bin/ssl4rl.js", import.meta.url));
const KILLS = 30;
/** A model this small gains nothing from a second thread. */
const env = { ...process.env, OMP_NUM_THREADS: "1" };
/** Small steps and many checkpoints, so that kills often come while one is written; a schedule that follows what is learnt. */
const RECIPE = `
model: tiny-vl
images: world
worldPictures: 16
tasks: [{task: position}, {task: rotation, levels: [{step: 90}, {step: 45}]}]
curriculum: {learnability: true, ladder: true}
size: 56
protocol: answer-only
steps: 60
prompts: 2
rollouts: 4
maxNewTokens: 4
learningRate: 0.0005
evaluationQuestions: 4
checkpointEvery: 3
tensorboard: true
`;

export default async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-bench-"));
  try {
    writeFileSync(join(folder, "recipe.yaml"), RECIPE);
    const begun = performance.now();
    await killed(start(folder, "whole"), 1e6);
    const seconds = (performance.now() - begun) / 1000;
    console.log(`60 steps left alone: ${seconds.toFixed(1)} s`);
    const whole = outcome(join(folder, "whole"));
    const random = Random.from("kills", Date.now());
    let [kills, runs, whileSaving, different] = [0, 0, 0, 0];
    while (kills < KILLS) {
      const run = join(folder, "killed");
      while (await killed(start(folder, "killed"), (random.float() * seconds) / 2)) {
        kills++;
        const left = existsSync(join(run, "checkpoints")) ? readdirSync(join(run, "checkpoints")) : [];
        if (left.some((name) => name.endsWith(".tmp"))) whileSaving++;
      }
      runs++;
      if (outcome(run) !== whole) different++;
      console.log(`run ${runs} ended, after ${kills} kills`);
      rmSync(run, { recursive: true });
    }
    console.log(
      `${runs} runs of ${seconds.toFixed(1)} s killed ${kills} times, ${whileSaving} times while a checkpoint was written or ` +
        `dropped, and resumed: ${different} differ from one left alone`,
    );
    if (different > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(folder: string, name: string): string[] {
  const run = join(folder, name);
  const begun = existsSync(join(run, "recipe.yaml"));
  return [bin, "train", ...(begun ? ["--resume"] : [join(folder, "recipe.yaml")]), "--run", run];
}

/** Whether the command was still at work after so many seconds, and so was killed. Throws where it fails by itself. */
async function killed(args: readonly string[], seconds: number): Promise<boolean> {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * seconds);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  if (code) throw new Error(`ssl4rl train failed:\n${errors}`);
  return code === null;
}

/** What a run left behind, but for times and memory: metrics line by line, all other files by their hashes. */
function outcome(run: string): string {
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
  const metrics = lines.map((line) => {
    const { machine: _, ...rest } = JSON.parse(line) as StepMetrics;
    return JSON.stringify(rest);
  });
  const files = readdirSync(run, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => !/metrics\.jsonl$|environment\.json$|report\.html$|skipped\.json$|tfevents/.test(file))
    .map((file) => `${file.slice(run.length)} ${createHash("sha256").update(readFileSync(file)).digest("hex")}`);
  return [...metrics, ...files.sort()].join("\n");
}
