import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunFolder } from "@ssl4rl/trainer";

const bin = fileURLToPath(new URL("../packages/ssl4rl/bin/ssl4rl.js", import.meta.url));

/** The command on one core; it says aloud only what goes wrong. */
function start(...words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [bin, ...words], {
    env: { ...process.env, OMP_NUM_THREADS: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}

/** Runs the command to its end. */
export async function ssl4rl(...words: readonly string[]): Promise<void> {
  const status = await ended(start(...words));
  if (status !== 0) throw new Error(`ssl4rl ${words.join(" ")} ended with ${status}`);
}

/** Stops, as Ctrl-C does, when the run has sampled `budget` rollouts. */
export async function train(folder: string, budget: number, words: readonly string[]): Promise<void> {
  const child = start("train", ...words, "--run", folder);
  const watch = setInterval(() => {
    if (sampled(folder) >= budget && !child.killed) child.kill("SIGINT");
  }, 500);
  const status = await ended(child);
  clearInterval(watch);
  if (status !== 0 && status !== 130) throw new Error(`${folder}: ssl4rl train ended with ${status}`);
}

/** Rollouts that a run has taken so far. */
export function sampled(folder: string): number {
  return Object.values(rolloutsByTask(folder)).reduce((sum, n) => sum + n, 0);
}

/** Rollouts that a run has taken so far of each task and level, by its label. */
export function rolloutsByTask(folder: string): Record<string, number> {
  const rollouts: Record<string, number> = {};
  if (!existsSync(join(folder, "metrics.jsonl"))) return rollouts;
  for (const { tasks } of RunFolder.open(folder).readMetrics()) {
    for (const [label, { n }] of Object.entries(tasks)) rollouts[label] = (rollouts[label] ?? 0) + n;
  }
  return rollouts;
}
