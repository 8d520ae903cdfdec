import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  fits,
  launchFolder,
  needOn,
  parameterCount,
  publishedConfig,
  type RayJobs,
  type SizingInput,
  settingsOf,
} from "@ssl4rl/launch";
import { type ModelConfig, parseConfig } from "@ssl4rl/models";
import type { LaunchFlags } from "../commands/launch.js";
import type { Progress } from "../progress.js";
import type { PlannedLaunch } from "./new-launch.js";
import { runErrand } from "./run-errand.js";

/** Bytes of the GPU that runs are sized for, and the share of it that the launch files give to vLLM. */
const GPU_BYTES = 80e9;
const SAMPLER_SHARE = 0.6;

/**
 * `--dry-run`: what a launch would be, and what it needs of GPUs. With a cluster, has that look whether its trainer takes the
 * settings and finds the set; trains nothing.
 */
export async function showLaunch(
  jobs: RayJobs | null,
  planned: PlannedLaunch,
  { patience, json }: LaunchFlags,
  progress: Progress,
): Promise<void> {
  const { run, target } = planned;
  const { prompts, miniBatch, promptTokens, responseTokens, images } = settingsOf(run);
  const { rollouts, steps } = run.recipe;
  progress.say(`${target.trainer} trains ${target.model} on ${target.data}, checkpoints in ${target.out}`);
  progress.say(
    `${steps} steps of ${prompts} prompts x ${rollouts} rollouts, an update on each ${miniBatch} prompts; prompts of up to ` +
      `${images} pictures and ${promptTokens} tokens, responses of up to ${responseTokens}`,
  );
  const model = configOf(target.model);
  const sizing = model && sizingOf(planned, model);
  for (const line of sizing ? sizingTable(sizing, target.nodes * target.gpusPerNode) : []) progress.say(line);
  if (!sizing) progress.say(`What ${target.model} needs is not told: its config.json is not here`);
  const versions = jobs && (await checkOnCluster(jobs, planned, patience, progress));
  if (json) {
    const needs = sizing && gpuCounts(target.nodes * target.gpusPerNode).map((gpus) => needOn(gpus, sizing));
    console.log(JSON.stringify({ prompts, miniBatch, rollouts, steps, promptTokens, responseTokens, needs, versions }));
  }
}

function configOf(model: string): ModelConfig | null {
  const file = join(model, "config.json");
  return existsSync(file) ? parseConfig(readFileSync(file, "utf8"), file) : publishedConfig(model);
}

function sizingOf({ run, target }: PlannedLaunch, model: ModelConfig): SizingInput {
  const { prompts, tokens } = settingsOf(run);
  return {
    model,
    prompts,
    rollouts: run.recipe.rollouts,
    tokens,
    microBatchTokens: Math.max(16384, tokens),
    reference: run.recipe.beta > 0,
    gpuBytes: GPU_BYTES,
    samplerShare: SAMPLER_SHARE,
    gpusPerNode: target.gpusPerNode,
  };
}

function gpuCounts(asked: number): number[] {
  return [...new Set([1, 2, 4, 8, 16, 32, 64, asked])].filter((gpus) => gpus > 0).sort((a, b) => a - b);
}

/** What a run needs of GPUs, by arithmetic; memory in GB of 10^9 bytes. */
function sizingTable(input: SizingInput, asked: number): string[] {
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(bytes < 9.95e9 ? 1 : 0);
  const rows = gpuCounts(asked).map((gpus) => {
    const need = needOn(gpus, input);
    return [
      `${gpus}${gpus === asked ? " *" : ""}`,
      gigabytes(need.training),
      gigabytes(need.activations),
      gigabytes(need.sampler),
      String(need.sequences),
      gigabytes(need.host),
      need.prompts.toFixed(need.prompts < 10 ? 1 : 0),
      need.rollouts.toFixed(0),
      fits(need, input) ? "yes" : "no",
    ];
  });
  const head = ["GPUs", "training", "activations", "vLLM", "sequences", "host", "prompts", "rollouts", "fits 80 GB"];
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i])).join("  ");
  return [
    `${(parameterCount(input.model) / 1e9).toFixed(2)} billion parameters; for each GPU, in GB (by arithmetic, not measured):`,
    line(head),
    ...rows.map(line),
  ];
}

/** Versions of what is installed there. */
async function checkOnCluster(
  jobs: RayJobs,
  { run, target }: PlannedLaunch,
  patience: number,
  progress: Progress,
): Promise<Readonly<Record<string, string>> | null> {
  const done = await runErrand(jobs, "check", launchFolder(run, target), patience, progress);
  if (done === null) return null;
  progress.say(`The cluster's ${target.trainer} takes these settings, and finds the set`);
  return (
    done.records.map((record) => ("begin" in record ? record.versions : null)).findLast((all) => all !== null) ?? null
  );
}
