import type { LaunchFile, Run } from "./run.js";
import { assignments, type Option, shellScript } from "./shell-script.js";
import { type VerlField, verlFields } from "./verl-fields.js";

/** verl 0.7.1 or later. */
export function verlLaunch(run: Run): LaunchFile {
  const fields = verlFields(run, {
    set: "$SET",
    model: "$MODEL",
    steps: "$STEPS",
    gpusPerNode: "$GPUS",
    nodes: 1,
    out: "$OUT",
  });
  return shellScript(run, {
    about: ["verl trains on this set by GRPO. For verl 0.7.1 or later; before, keys of the reward had other names."],
    command: "python3 -m verl.trainer.main_ppo",
    options: assignments(fields.map(override)),
    carries: ["lora", "freezeVision"],
  });
}

const NUMBERS = /^\$(STEPS|GPUS)$/;

/** As Hydra takes it on a command line: texts in quotes of its own, but for plain words. */
function override({ path, value }: VerlField): Option {
  if (typeof value === "number" || typeof value === "boolean") return [path, value];
  if (typeof value !== "string") return [path, `[${value.join(",")}]`];
  return [path, /^[\w.-]+$/.test(value) || NUMBERS.test(value) ? value : `'${value}'`];
}
