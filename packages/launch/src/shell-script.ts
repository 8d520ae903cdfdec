import type { Recipe } from "@ssl4rl/trainer";
import { aboutRun, type LaunchFile, type Run, settingsOf } from "./run.js";

/** An option and its value. Values stand in double quotes, so `$SET` and the like are filled in. */
export type Option = readonly [name: string, value: string | number | boolean];

interface Script {
  /** What the trainer is called, and what it has to be told beside the options. */
  readonly about: readonly string[];
  /** Lines before the command. */
  readonly before?: readonly string[];
  readonly command: string;
  /** Options as the command takes them, one a line. */
  readonly options: readonly string[];
  /** Keys of a recipe that these options carry and those of other trainers do not. */
  readonly carries?: readonly (keyof Recipe)[];
}

/** `launch.sh`: the trainer's command, with what users change in variables, and room for options of their own. */
export function shellScript(run: Run, { about, before = [], command, options, carries = [] }: Script): LaunchFile {
  const { model } = settingsOf(run);
  const lines = [
    "#!/usr/bin/env bash",
    ...[...about, ...aboutRun(run, carries)].map((line) => `# ${line}`),
    "#",
    "#     [MODEL=…] [STEPS=…] [GPUS=…] [OUT=…] bash launch.sh [more options, which win over those below]",
    "set -euo pipefail",
    `SET=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)`,
    `MODEL=\${MODEL:-${model}}`,
    `STEPS=\${STEPS:-${run.recipe.steps}}`,
    `GPUS=\${GPUS:-8}`,
    `OUT=\${OUT:-$PWD/checkpoints/${run.name}}`,
    ...before,
    "",
    [`exec ${command}`, ...options, '"$@"'].join(" \\\n  "),
    "",
  ];
  return { name: "launch.sh", text: lines.join("\n") };
}

export const assignments = (options: readonly Option[]) => options.map(([name, value]) => `"${name}=${value}"`);

export const flags = (options: readonly Option[]) => options.map(([name, value]) => `--${name} "${value}"`);
