import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rewardFile } from "@ssl4rl/data";
import { printRecipe } from "@ssl4rl/trainer";
import { launchFile } from "./launch-file.js";
import type { Run } from "./run.js";
import type { Place } from "./verl-fields.js";
import { verlYaml } from "./verl-yaml.js";

export const trainers = ["verl", "trl"] as const;

export type Trainer = (typeof trainers)[number];

/** Where a run takes place, and what it takes. */
export interface Target extends Place {
  readonly gpusPerNode: number;
  readonly trainer: Trainer;
  /** The set's folder as the cluster finds it: a path, or the URI of an object store. */
  readonly data: string;
  /** By which manifests tell sets apart: the one at `data` must have this. */
  readonly fingerprint: string;
  /** The trainer's own options, which win over the recipe's. */
  readonly arguments: readonly string[];
}

export type LaunchFolder = Readonly<Record<string, string>>;

/** Problems of a step whose rollouts are kept. */
const SAMPLED_PROBLEMS = 4;
const VALIDATION_SAMPLES = 24;

/** Beside this file when it is built, and in its sources. */
const jobFile = fileURLToPath(new URL("../assets/job.py", import.meta.url));

/**
 * The folder that goes to the cluster, as the texts of its files. It is small, for the data stays where it is:
 *
 *     verl.yaml or launch.py   the trainer's settings
 *     reward.py                the verifier
 *     recipe.yaml              what they come from
 *     settings.json, job.py    what runs there: looks whether all is as expected, trains, and tells of it in the log
 *     run.sh                   the same by hand, on a node of the cluster
 */
export function launchFolder(run: Run, target: Target): LaunchFolder {
  const { trainer, data, fingerprint, set, out, model, gpusPerNode, arguments: more } = target;
  const settings = {
    trainer,
    data,
    fingerprint,
    set,
    out,
    model,
    gpusPerNode,
    arguments: more,
    samplesEvery: run.recipe.samplesEvery,
    sampledProblems: SAMPLED_PROBLEMS,
    validationSamples: VALIDATION_SAMPLES,
  };
  return {
    ...(trainer === "verl" ? { "verl.yaml": verlYaml(run, target) } : { "launch.py": launchFile("trl", run)!.text }),
    "recipe.yaml": printRecipe(run.recipe),
    "settings.json": `${JSON.stringify(settings, null, 1)}\n`,
    "job.py": readFileSync(jobFile, "utf8"),
    "reward.py": readFileSync(rewardFile, "utf8"),
    "run.sh": RUN,
  };
}

export function writeLaunchFolder(folder: string, files: LaunchFolder): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  chmodSync(join(folder, "run.sh"), 0o755);
}

export function readLaunchFolder(folder: string): LaunchFolder {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

const RUN = `#!/usr/bin/env bash
# Trains by hand what ssl4rl launch would submit: on the head of a Ray cluster, or on one machine with GPUs.
#     bash run.sh          train
#     bash run.sh check    only look whether the trainer takes these settings and finds the set
#     bash run.sh merge    make a Hugging Face folder of verl's newest checkpoint
set -euo pipefail
cd "$(dirname "\${BASH_SOURCE[0]}")"
exec python3 job.py "$@"
`;
