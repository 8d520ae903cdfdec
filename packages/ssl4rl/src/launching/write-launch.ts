import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "@ssl4rl/core";
import { launchFolder, RemoteRun, rayJobManifest, slurmScript, writeLaunchFolder } from "@ssl4rl/launch";
import type { LaunchFlags } from "../commands/launch.js";
import type { Progress } from "../progress.js";
import { newJob, type PlannedLaunch } from "./new-launch.js";

/** Where a cluster that a manifest brings up is found, through a tunnel. */
const TUNNEL = "http://localhost:8265";

/**
 * `--write`: the launch as a KubeRay manifest or a Slurm script, in a run folder that `--attach` fills once the job runs. Submits
 * nothing.
 */
export function writeLaunch(
  { run, target, path }: PlannedLaunch,
  { write, image }: LaunchFlags,
  progress: Progress,
): void {
  const job = newJob(run, target, TUNNEL);
  const { id, out, nodes, gpusPerNode } = job;
  const metadata = { ssl4rl: JSON.stringify(job) };
  const files = launchFolder(run, target);
  const [name, text] =
    write === "slurm"
      ? ["train.slurm", slurmScript({ id, folder: resolve(path, "launch"), metadata, nodes, gpusPerNode })]
      : [
          "rayjob.yaml",
          rayJobManifest({ id, files, metadata, nodes, gpusPerNode, image: image!, ...sharedFolder(out, target.set) }),
        ];
  RemoteRun.create(path, run.recipe, job);
  writeLaunchFolder(join(path, "launch"), files);
  writeFileSync(join(path, name), text);
  progress.say(`${join(path, name)}: its head says how to start it`);
  progress.say(`Follow it through a tunnel to port 8265 of its head: ssl4rl launch --attach ${path}`);
}

/** The claim that holds all of these folders, mounted at the first part of their paths. */
export function sharedFolder(...folders: readonly string[]): { readonly claim: string; readonly mount: string } {
  const [mount, ...others] = [...new Set(folders.map((folder) => /^\/[^/]+(?=\/)/.exec(folder)?.[0] ?? folder))];
  if (others.length > 0 || !mount.startsWith("/")) {
    throw new UserError(
      `Pods mount one shared folder, which must hold ${folders.join(" and ")}: name them below one, as /shared/set and /shared/out.`,
      2,
    );
  }
  return { claim: "ssl4rl", mount };
}
