import { aboutRun, type LaunchFile, type Run, settingsOf } from "./run.js";
import { hfSchedule } from "./swift.js";

/** TRL 1. A batch on a device is one prompt with all its rollouts. */
export function trlLaunch(run: Run): LaunchFile {
  const { recipe, name } = run;
  const { prompts, miniBatch, updates, responseTokens, tokens, model } = settingsOf(run);
  const settings = {
    num_generations: recipe.rollouts,
    temperature: recipe.temperature,
    max_completion_length: responseTokens,
    beta: recipe.beta,
    use_bias_correction_kl: false,
    epsilon: recipe.clipLow,
    epsilon_high: recipe.clipHigh,
    scale_rewards: recipe.advantageScale === "group" ? "group" : "none",
    loss_type: updates === 1 ? "dapo" : "bnpo",
    learning_rate: recipe.learningRate,
    lr_scheduler_type: hfSchedule(run),
    warmup_steps: recipe.warmupSteps,
    weight_decay: recipe.weightDecay,
    max_grad_norm: recipe.gradientClip,
    per_device_train_batch_size: recipe.rollouts,
    max_steps: recipe.steps * updates,
    save_steps: recipe.checkpointEvery * updates,
    logging_steps: 1,
    report_to: "none",
    seed: recipe.seed,
    use_vllm: true,
    vllm_mode: "colocate",
    vllm_gpu_memory_utilization: 0.3,
    vllm_max_model_length: tokens,
    output_dir: `checkpoints/${name}`,
  };
  return { name: "launch.py", text: script(aboutRun(run), model, prompts, miniBatch, settings) };
}

type Settings = Readonly<Record<string, string | number | boolean>>;

function script(
  about: readonly string[],
  model: string,
  prompts: number,
  miniBatch: number,
  settings: Settings,
): string {
  const lines = Object.entries(settings).map(([key, value]) => `    ${JSON.stringify(key)}: ${literal(value)},`);
  return `"""TRL trains on this set by GRPO. For TRL 1.

    accelerate launch --num_processes 8 launch.py [--model NAME] [any option of trl.GRPOConfig]

${about.join("\n")}
"""

import json
import os
import sys
from pathlib import Path

from datasets import load_dataset
from reward import reward_function
from transformers import AutoConfig, HfArgumentParser, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

MODEL = ${JSON.stringify(model)}
PROMPTS = ${prompts}  # for a generation of rollouts
MINI_BATCH = ${miniBatch}  # of these, for a step of the optimiser
SETTINGS = {
${lines.join("\n")}
}


def configured(arguments):
    """The GRPOConfig and the model's name."""
    processes = int(os.environ.get("WORLD_SIZE", 1))
    if MINI_BATCH % processes:
        sys.exit(f"{MINI_BATCH} prompts cannot be dealt out to {processes} processes.")
    parser = HfArgumentParser(GRPOConfig)
    parser.set_defaults(
        **SETTINGS,
        gradient_accumulation_steps=MINI_BATCH // processes,
        steps_per_generation=PROMPTS // processes,
    )
    parser.add_argument("--model", default=MODEL)
    config, more = parser.parse_args_into_dataclasses(arguments)
    return config, more.model


class Metrics(TrainerCallback):
    """Leaves a line of metrics for each step in the output folder."""

    def on_log(self, args, state, control, logs=None, **_):
        if state.is_world_process_zero and "loss" in logs:
            Path(args.output_dir).mkdir(parents=True, exist_ok=True)
            append(Path(args.output_dir, "metrics.jsonl"), [{"step": state.global_step, "data": logs}])


def recorded(folder):
    """The set's reward, which leaves the responses it judges in folder/rollouts where that is there: of one process for all."""

    def reward(prompts, completions, trainer_state=None, **columns):
        rewards = reward_function(prompts, completions, **columns)
        if os.environ.get("RANK", "0") == "0" and Path(folder, "rollouts").is_dir():
            rows = [
                {
                    "uid": f"{columns['key'][i]}_{i}_0",
                    "task": columns["task"][i],
                    "text": "".join(part.get("text") or "" for part in prompts[i][0]["content"]),
                    **{name: columns[name][i] for name in ("answer", "protocol", "reward")},
                    "gts": columns["target"][i],
                    "output": completions[i][0]["content"],
                    "score": rewards[i],
                }
                for i in range(len(rewards))
            ]
            append(Path(folder, "rollouts", f"{trainer_state.global_step + 1}.jsonl"), rows)
        return rewards

    return reward


def append(file, rows):
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\\n" for row in rows)


def make_trainer(arguments):
    config, model = configured(arguments)
    # A sampled image mark is not a picture, and training fails over it.
    tokens = AutoConfig.from_pretrained(model)
    marks = [tokens.image_token_id, tokens.video_token_id]
    config.generation_kwargs = (
        {"logit_bias": {mark: -100.0 for mark in marks}} if config.use_vllm else {"suppress_tokens": marks}
    )
    folder = Path(os.environ.get("SET") or Path(__file__).resolve().parent)
    # TRL loads the processor: one of our own would have to pad on the left.
    return GRPOTrainer(
        model=model,
        reward_funcs=recorded(config.output_dir),
        args=config,
        train_dataset=load_dataset("parquet", data_files=str(folder / "train-*.parquet"), split="train"),
        callbacks=[Metrics()],
    )


if __name__ == "__main__":
    make_trainer(sys.argv[1:]).train()
`;
}

/** As Python writes it. */
function literal(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value);
}
