import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "@ssl4rl/core";
import { buildManifest, buildScript, type RayJobs, readBuildJob, shellQuoted } from "@ssl4rl/launch";
import type { LaunchFlags } from "../commands/launch.js";
import type { Progress } from "../progress.js";
import { freeRunPath } from "../run-path.js";
import { expectSuccess, followJob } from "./follow-run.js";
import { jobId } from "./new-launch.js";
import { sharedFolder } from "./write-launch.js";

/**
 * `--shards`: builds a set on the nodes of a cluster, which need the `ssl4rl` command and see the pictures and the set's folder under
 * the same names: by Ray tasks, or by an array job that is written. Training on it is another launch, with --set.
 */
export async function buildShards(
  jobs: RayJobs | null,
  recipe: string,
  flags: LaunchFlags,
  progress: Progress,
): Promise<void> {
  const { shards = 1, set, source, rows, trainer, write, patience } = flags;
  if (set === undefined || source === undefined || rows === undefined) {
    throw new UserError("--shards needs to know --set, --source and --rows, as the cluster's nodes find them.", 2);
  }
  const own = existsSync(recipe) ? resolve(recipe) : recipe;
  const build = ["ssl4rl", "build", own, "--source", source, "--rows", String(rows), "--format", trainer];
  const command = [...build, "--out", set, "--resume"];
  if (write !== undefined) {
    const id = jobId("build");
    const folder = freeRunPath(`${id}`);
    mkdirSync(folder, { recursive: true });
    const shell = `${command.map(shellQuoted).join(" ")} --shard {shard}/${shards}`;
    const [name, text] =
      write === "slurm"
        ? ["build.slurm", buildScript(id, shards, shell)]
        : ["build.yaml", buildManifest(id, shards, shell, { ...sharedFolder(set), image: flags.image! })];
    writeFileSync(join(folder, name), text);
    progress.say(`${join(folder, name)}: ${shards} shards of ${set}`);
    return;
  }
  if (!jobs) throw new UserError("Which cluster? Give the URL of Ray's dashboard: --cluster http://HEAD:8265", 2);
  const id = jobId("build");
  const workingDir = await jobs.upload(readBuildJob());
  // A task is one processor of a node.
  const entrypoint = ["python3", "build.py", String(shards), ...command, "--workers", "1"].map(shellQuoted).join(" ");
  await jobs.submit({ id, entrypoint, workingDir, metadata: {} }, patience);
  const { details, interrupted } = await followJob(jobs, id, { from: 0, patience, progress, take: () => [] });
  if (interrupted) {
    await jobs.stop(id);
    process.exitCode = 130;
    return;
  }
  expectSuccess(details!, null);
  progress.say(`The set is in ${set}, on the cluster. Train on it with: ssl4rl launch ${recipe} --set ${set}`);
}
