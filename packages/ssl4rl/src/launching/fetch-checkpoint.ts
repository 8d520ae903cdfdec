import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { type RayJobs, type RemoteRun, readLaunchFolder } from "@ssl4rl/launch";
import type { LaunchFlags } from "../commands/launch.js";
import type { Progress } from "../progress.js";
import { runErrand } from "./run-errand.js";

/** Has the cluster make a Hugging Face folder of a run's newest checkpoint, by verl's own merger, and says where it is. */
export async function fetchCheckpoint(
  jobs: RayJobs,
  run: RemoteRun,
  { patience, json }: LaunchFlags,
  progress: Progress,
): Promise<void> {
  const folder = join(run.path, "launch");
  if (!existsSync(folder)) throw new UserError(`${folder} is missing: fetch from where the run was launched.`);
  const done = await runErrand(jobs, "merge", readLaunchFolder(folder), patience, progress);
  if (done === null) return;
  const { id, records } = done;
  const merged = records.map((record) => ("merged" in record ? record.merged : null)).findLast((path) => path !== null);
  if (merged === undefined)
    throw new UserError(`Job ${id} succeeded, but its log does not say where the checkpoint is.`);
  run.noteMerged(merged);
  const here = existsSync(join(merged, "config.json"));
  progress.say(`Checkpoint on the cluster: ${merged}`);
  progress.say(
    here
      ? `It can be read from here: ssl4rl eval --model ${merged} --bench mmvp --out results`
      : "Copy it here, or serve it there with vLLM and ask that: ssl4rl eval --model http://HOST:8000/v1 …",
  );
  if (json) console.log(JSON.stringify({ id, run: run.path, checkpoint: merged, here }));
}
