import { stringify } from "yaml";
import { aboutRun, type Run } from "./run.js";
import { type Place, type VerlField, verlFields } from "./verl-fields.js";

/**
 * `verl.yaml`: verl's configuration of a run, whole, every field with its reason. Started by
 * `python3 -m verl.trainer.main_ppo --config-dir=. --config-name=verl`, where `ppo_trainer` gives the fields not named here.
 */
export function verlYaml(run: Run, place: Place): string {
  const about = [
    "verl trains by GRPO. For verl 0.7.1 or later.",
    ...aboutRun(run, ["lora", "freezeVision"]),
    "What is not named here is as verl has it: `--cfg job` prints everything.",
  ];
  const fields = [...verlFields(run, place), ...recordFields(place)];
  return [
    ...about.map((line) => `# ${line}`),
    "defaults:",
    "  - ppo_trainer",
    "  - _self_",
    ...branch(fields, 0),
    "",
  ].join("\n");
}

/** What verl leaves for the run folder: see assets/job.py, which reads it. */
function recordFields({ out }: Place): VerlField[] {
  const why = "read by job.py, for the run folder";
  return [
    { path: "trainer.rollout_data_dir", value: `${out}/rollouts`, why },
    { path: "trainer.validation_data_dir", value: `${out}/validation`, why },
    // Set for verl's actors, which do not see the environment of the job.
    {
      path: "ray_kwargs.ray_init.runtime_env.env_vars.VERL_FILE_LOGGER_PATH",
      value: `${out}/metrics.jsonl`,
      why: "where the logger `file` writes",
    },
  ];
}

/** The fields below a node, in the order of their first mention. */
function branch(fields: readonly VerlField[], depth: number): string[] {
  const groups = new Map<string, VerlField[]>();
  for (const field of fields) {
    const name = field.path.split(".")[depth];
    groups.set(name, [...(groups.get(name) ?? []), field]);
  }
  const indent = "  ".repeat(depth);
  return [...groups].flatMap(([name, group]) => {
    const [first] = group;
    if (first.path.split(".").length > depth + 1) return [`${indent}${name}:`, ...branch(group, depth + 1)];
    return [`${indent}${name}: ${scalar(first.value)} # ${first.why}`];
  });
}

function scalar(value: VerlField["value"]): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
}
