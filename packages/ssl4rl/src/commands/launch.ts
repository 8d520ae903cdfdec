import { UserError } from "@ssl4rl/core";
import { follow, RayJobs, rayAddress, type Trainer, tokenInTheClear, trainers } from "@ssl4rl/launch";
import { Command, Option } from "commander";
import { positiveNumber, wholeNumber } from "../flags.js";
import { buildShards } from "../launching/build-shards.js";
import { fetchCheckpoint } from "../launching/fetch-checkpoint.js";
import { findRemoteRun } from "../launching/find-remote-run.js";
import { followRun } from "../launching/follow-run.js";
import { planLaunch, submitLaunch } from "../launching/new-launch.js";
import { showLaunch } from "../launching/show-launch.js";
import { writeLaunch } from "../launching/write-launch.js";
import { Progress } from "../progress.js";

export interface LaunchFlags {
  readonly cluster?: string;
  readonly ca?: string;
  readonly trainer: Trainer;
  readonly set?: string;
  readonly source?: string;
  readonly rows?: number;
  readonly dataUri?: string;
  readonly out?: string;
  readonly model?: string;
  readonly steps?: number;
  readonly nodes: number;
  readonly gpusPerNode: number;
  readonly run?: string;
  readonly follow?: boolean;
  readonly attach?: string;
  readonly stop?: string;
  readonly fetch?: string;
  readonly patience: number;
  readonly dryRun?: boolean;
  readonly write?: "kuberay" | "slurm";
  readonly image?: string;
  readonly shards?: number;
  readonly json?: boolean;
}

export function launchCommand(): Command {
  return new Command("launch")
    .description(
      "Train on a Ray cluster with verl (or TRL): submit the recipe as a job, follow it, fetch what it made.",
    )
    .argument("[recipe]", "a recipe file, or the name of one that comes with ssl4rl (ssl4rl, ssl-r1 …)")
    .argument("[options...]", "after --: the trainer's own options, which win over the recipe's")
    .option("--cluster <url>", "Ray's dashboard (default: RAY_API_SERVER_ADDRESS)")
    .option("--ca <file>", "certificate of an authority to trust, PEM, for a cluster behind https")
    .addOption(new Option("--trainer <name>", "what trains").choices(trainers).default("verl"))
    .option("--set <dir>", "the set (default: sets/RECIPE-TRAINER); built if it is not there, taken as it is if it is")
    .option("--source <path>", "pictures to build it of, as `ssl4rl build` takes them")
    .option("--rows <n>", "rows to build", positiveNumber)
    .option("--data-uri <uri>", "the set as the cluster finds it: a path, or s3://…, gs://… (default: the same path)")
    .option("--out <dir>", "where checkpoints go: a folder that all nodes share")
    .option("--model <name>", "what to start from: owner/name on the Hub, or a path on the cluster")
    .option("--steps <n>", "optimiser steps", positiveNumber)
    .option("--nodes <n>", "nodes to train on", positiveNumber, 1)
    .option("--gpus-per-node <n>", "GPUs of each (0: TRL on processors)", wholeNumber, 8)
    .option("--run <dir>", "the run folder here, or its name under runs/")
    .option("--follow", "stay and follow the job; Ctrl-C leaves it running")
    .option("--attach <id>", "follow a job that was submitted before: its id, or its run folder")
    .option("--stop <id>", "end a job")
    .option("--fetch <id>", "make a Hugging Face folder of a job's newest checkpoint, on the cluster")
    .option("--patience <seconds>", "how long a cluster may not answer before it is given up", wholeNumber, 600)
    .addOption(
      new Option("--write <kind>", "write what Kubernetes or Slurm starts, submit nothing").choices([
        "kuberay",
        "slurm",
      ]),
    )
    .option("--image <name>", "with --write kuberay: an image that has Ray and the trainer")
    .option(
      "--shards <n>",
      "build the set only: by so many Ray tasks, or (--write) tasks of an array job",
      positiveNumber,
    )
    .option("--dry-run", "say what it would be and need; with --cluster, have that look at it; train nothing")
    .option("--json", "end with one line of JSON on standard output")
    .addHelpText(
      "after",
      `
A cluster that asks for a token is given that of RAY_AUTH_TOKEN, RAY_AUTH_TOKEN_PATH or ~/.ray/auth_token.

Examples:
  ssl4rl launch ssl-r1 --cluster http://HEAD:8265 --source ~/coco --rows 100000 --out /shared/ssl-r1 --follow
  ssl4rl launch --attach runs/ssl-r1
  ssl4rl launch --fetch runs/ssl-r1`,
    )
    .action(async (recipe: string | undefined, options: string[], flags: LaunchFlags) => {
      await launch(recipe, options, flags);
    });
}

async function launch(recipe: string | undefined, options: readonly string[], flags: LaunchFlags): Promise<void> {
  const earlier = [flags.attach, flags.stop, flags.fetch].filter((name) => name !== undefined);
  if (earlier.length + (recipe === undefined ? 0 : 1) !== 1) {
    throw new UserError("Give a recipe to launch, or one of --attach, --stop and --fetch with a job.", 2);
  }
  const progress = new Progress();
  if (recipe !== undefined) {
    const known = flags.cluster ?? process.env.RAY_API_SERVER_ADDRESS;
    const offline = flags.write !== undefined || (flags.dryRun && !known);
    if (flags.write === "kuberay" && !flags.image) {
      throw new UserError("Pods need an image that has Ray and the trainer: --image NAME", 2);
    }
    const jobs = offline ? null : open(flags.cluster, flags, progress);
    if (jobs) progress.say(`Ray ${await jobs.version()} at ${jobs.address.url}`);
    if (flags.shards !== undefined) return await buildShards(jobs, recipe, flags, progress);
    const planned = await planLaunch(recipe, options, flags);
    if (flags.write !== undefined) return writeLaunch(planned, flags, progress);
    if (!jobs || flags.dryRun) return await showLaunch(jobs, planned, flags, progress);
    const run = await submitLaunch(jobs, planned, flags.patience, progress);
    if (flags.follow) return await followRun(jobs, run, flags, progress);
    progress.say(`Follow it with: ssl4rl launch --attach ${run.path}`);
    if (flags.json) console.log(JSON.stringify({ run: run.path, id: run.job.id, cluster: run.job.cluster }));
    return;
  }
  const run = await findRemoteRun(earlier[0], (url) => open(url ?? flags.cluster, flags, progress), flags);
  // The cluster may be reached otherwise by now, as through a tunnel.
  const jobs = open(flags.cluster ?? run.job.cluster, flags, progress);
  if (flags.attach !== undefined) return await followRun(jobs, run, flags, progress);
  if (flags.fetch !== undefined) return await fetchCheckpoint(jobs, run, flags, progress);
  await stopJob(jobs, run.job.id, flags, progress);
}

function open(cluster: string | undefined, { ca }: LaunchFlags, progress: Progress): RayJobs {
  const url = cluster ?? process.env.RAY_API_SERVER_ADDRESS;
  if (!url) throw new UserError("Which cluster? Give the URL of Ray's dashboard: --cluster http://HEAD:8265", 2);
  const address = rayAddress(url, ca);
  if (tokenInTheClear(address)) {
    progress.say(`Warning: the token goes to ${address.url} in the clear; use https, or a tunnel to localhost`);
  }
  return new RayJobs(address);
}

async function stopJob(jobs: RayJobs, id: string, { patience, json }: LaunchFlags, progress: Progress): Promise<void> {
  const stopped = await jobs.stop(id);
  let status = "";
  const { signal } = new AbortController();
  for await (const event of follow(jobs, id, { from: Number.POSITIVE_INFINITY, patience, signal })) {
    if (event.kind === "status") status = event.details.status;
  }
  progress.say(stopped ? `Job ${id} is stopped` : `Job ${id} had ended before (${status})`);
  if (json) console.log(JSON.stringify({ id, status }));
}
