import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "@ssl4rl/core";
import {
  isLoopback,
  launchFolder,
  type RayJobs,
  type RemoteJob,
  RemoteRun,
  type Run,
  settingsOf,
  type Target,
  writeLaunchFolder,
} from "@ssl4rl/launch";
import { checkRecipe, type Recipe } from "@ssl4rl/trainer";
import type { Manifest } from "../builder/build.js";
import { rowsOf } from "../builder/plan.js";
import { buildCommand } from "../commands/build.js";
import type { LaunchFlags } from "../commands/launch.js";
import { tinyCheckpoint } from "../models.js";
import type { Progress } from "../progress.js";
import { loadRecipe } from "../recipes.js";
import { freeRunPath, runPath } from "../run-path.js";

/** A run that is decided: its settings, and where it is to take place. */
export interface PlannedLaunch {
  readonly run: Run;
  readonly target: Target;
  /** The run folder here. */
  readonly path: string;
}

/** Decides everything, and builds the set where it is not there. */
export async function planLaunch(
  recipeName: string,
  options: readonly string[],
  flags: LaunchFlags,
): Promise<PlannedLaunch> {
  const { name, recipe } = loadRecipe(recipeName);
  const { trainer, nodes, gpusPerNode } = flags;
  if (trainer === "trl" && nodes > 1) {
    throw new UserError("TRL is launched on one node: leave out --nodes, or train with verl.", 2);
  }
  if (trainer === "verl" && gpusPerNode === 0) throw new UserError("verl needs GPUs: --gpus-per-node 1 or more.", 2);
  const wanted = checkRecipe(
    {
      ...recipe,
      ...(flags.model && { model: flags.model }),
      ...(flags.steps !== undefined && { steps: flags.steps }),
    },
    name,
  );
  if (wanted.method !== "grpo") throw new UserError(`${name}: only GRPO runs are launched on clusters.`, 2);
  const path = flags.run ? runPath(flags.run) : freeRunPath(name);
  if (existsSync(path)) throw new UserError(`${path} is there already. Choose another name with --run.`, 2);
  const out = flags.out ?? outNearby(flags.cluster, path);
  const set = flags.set ?? join("sets", `${name}-${trainer}`);
  const manifest = await setOf(set, recipeName, wanted, flags);
  const rows = rowsOf(manifest.plan);
  const whole: Run = { origin: `recipe ${name}`, name, recipe: wanted, rows, counts: Object.values(manifest.tasks) };
  const { prompts, miniBatch, model } = settingsOf(whole);
  const gpus = nodes * gpusPerNode;
  if (trainer === "verl" && (miniBatch * wanted.rollouts) % gpus !== 0) {
    throw new UserError(
      `The ${miniBatch} x ${wanted.rollouts} responses of an update cannot be dealt out evenly to ${gpus} GPUs: choose other --nodes and ` +
        "--gpus-per-node, or prompts and miniBatch in the recipe.",
      2,
    );
  }
  const data = flags.dataUri ?? resolve(set);
  return {
    path,
    // With the steps that the set has rows for, so that the run folder says what is done.
    run: { ...whole, recipe: { ...wanted, prompts, miniBatch } },
    target: {
      trainer,
      data,
      fingerprint: manifest.fingerprint,
      set: data.includes("://") ? `${out}/set` : data,
      model: model === "tiny-vl" ? tinyCheckpoint : model,
      steps: wanted.steps,
      gpusPerNode,
      nodes,
      out,
      arguments: options,
    },
  };
}

/** A name for a job that no other has. */
export function jobId(name: string): string {
  return `ssl4rl-${name.replace(/[^\w-]/g, "-")}-${randomBytes(4).toString("hex")}`;
}

/** The job that a launch is on a cluster. */
export function newJob({ name }: Run, { trainer, data, out, nodes, gpusPerNode }: Target, cluster: string): RemoteJob {
  return { cluster, id: jobId(name), trainer, data, out, nodes, gpusPerNode, submitted: new Date().toISOString() };
}

/** Makes the run folder and submits the job. A run that could not be submitted leaves nothing behind. */
export async function submitLaunch(
  jobs: RayJobs,
  { run, target, path }: PlannedLaunch,
  patience: number,
  progress: Progress,
): Promise<RemoteRun> {
  const job = newJob(run, target, jobs.address.url);
  const { id, data, out } = job;
  const remote = RemoteRun.create(path, run.recipe, job);
  try {
    const files = launchFolder(run, target);
    writeLaunchFolder(join(path, "launch"), files);
    const workingDir = await jobs.upload(files);
    // The metadata is all that attaching from elsewhere needs beside the log.
    const metadata = { ssl4rl: JSON.stringify(job) };
    await jobs.submit({ id, entrypoint: "python3 job.py train", workingDir, metadata }, patience);
  } catch (error) {
    rmSync(path, { recursive: true });
    throw error;
  }
  progress.say(`Job ${id} on ${data}, checkpoints in ${out}; run folder ${path}`);
  return remote;
}

/** Beside the run folder, where the cluster is this machine. */
function outNearby(cluster: string | undefined, path: string): string {
  const url = cluster ?? process.env.RAY_API_SERVER_ADDRESS;
  if (url && URL.canParse(url) && isLoopback(new URL(url).hostname)) return resolve(path, "out");
  throw new UserError("Where shall checkpoints go? Give a folder that all nodes of the cluster share: --out DIR", 2);
}

/**
 * The set's manifest. A set that is there is taken, when it is the recipe's; with --source or --rows, and where there is none,
 * it is built, which makes nothing again that is there and whole, and refuses other pictures or settings.
 */
async function setOf(set: string, recipeName: string, recipe: Recipe, flags: LaunchFlags): Promise<Manifest> {
  const file = join(set, "manifest.json");
  const { trainer, source, rows } = flags;
  if (!existsSync(file) || source !== undefined || rows !== undefined) {
    const more = [...(source === undefined ? [] : ["--source", source]), ...(rows ? ["--rows", String(rows)] : [])];
    await buildCommand().parseAsync([recipeName, "--format", trainer, "--out", set, "--resume", ...more], {
      from: "user",
    });
    if (!existsSync(file)) throw new UserError(`The set in ${set} is not whole: launch again to go on with it.`);
  }
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  const { plan } = manifest;
  if (plan.format !== trainer) {
    throw new UserError(
      `${set} is in the layout ${plan.format}; ${trainer} reads ${trainer}. Choose another --set.`,
      2,
    );
  }
  for (const key of ["tasks", "protocol", "reward"] as const) {
    if (JSON.stringify(plan[key]) !== JSON.stringify(recipe[key])) {
      throw new UserError(`${set} was built with other ${key} than those of ${recipeName}. Choose another --set.`, 2);
    }
  }
  return manifest;
}
