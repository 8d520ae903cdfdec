import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@ssl4rl/core";
import { isOver, type RayJobs, RecordReader, type RemoteJob, RemoteRun } from "@ssl4rl/launch";
import { parseRecipe } from "@ssl4rl/trainer";
import type { LaunchFlags } from "../commands/launch.js";
import { freeRunPath, runPath } from "../run-path.js";

/**
 * The run on a cluster by the id of its job, or by its folder. One that was launched from elsewhere gets a folder here, made of
 * what the cluster tells; `open` gives the cluster.
 */
export async function findRemoteRun(
  name: string,
  open: (url?: string) => RayJobs,
  { run }: Pick<LaunchFlags, "run">,
): Promise<RemoteRun> {
  const own = [runPath(name), ...knownRuns(name)].find((path) => existsSync(join(path, "job.json")));
  if (own) return RemoteRun.open(own);
  if (/[/\\]/.test(name)) throw new UserError(`${name} is no run on a cluster: job.json is missing.`);
  return await adopt(name, open(), run);
}

function knownRuns(id: string): string[] {
  const runs = existsSync("runs") ? readdirSync("runs").map((name) => join("runs", name)) : [];
  return runs.filter((path) => {
    const file = join(path, "job.json");
    return existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as RemoteJob).id === id;
  });
}

async function adopt(id: string, jobs: RayJobs, run?: string): Promise<RemoteRun> {
  const details = await jobs.details(id);
  if (!details) throw jobs.unknownJob(id);
  const told = details.metadata?.ssl4rl;
  if (!told) throw new UserError(`Job ${id} was not submitted by ssl4rl launch.`);
  // The cluster may be known here by another address.
  const job: RemoteJob = { ...(JSON.parse(told) as RemoteJob), cluster: jobs.address.url };
  const recipe = await recipeInLog(id, jobs);
  return RemoteRun.create(run ? runPath(run) : freeRunPath(id), parseRecipe(recipe, `job ${id}`), job);
}

/** The job says its recipe at its beginning. */
async function recipeInLog(id: string, jobs: RayJobs): Promise<string> {
  for (;;) {
    const details = await jobs.details(id);
    if (!details) throw jobs.unknownJob(id);
    if (details.status !== "PENDING") {
      const reader = new RecordReader();
      for (const line of (await jobs.logs(id)).split("\n")) {
        const record = reader.next(line);
        if (record && "begin" in record) return record.recipe;
      }
      if (isOver(details.status)) {
        throw new UserError(`Job ${id} ended (${details.status}) before it began: ${details.message ?? "no words"}`);
      }
    }
    await sleep(2000);
  }
}
