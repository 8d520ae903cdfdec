import { type LaunchFile, type Run, settingsOf } from "./run.js";
import { flags, type Option, shellScript } from "./shell-script.js";

/** ms-swift 4. A batch on a device is one prompt with all its rollouts. */
export function swiftLaunch(run: Run): LaunchFile {
  const { recipe } = run;
  const { prompts, miniBatch, updates, responseTokens, tokens, images } = settingsOf(run);
  const options: Option[] = [
    ["rlhf_type", "grpo"],
    ["model", "$MODEL"],
    ["use_hf", true],
    ["torch_dtype", "bfloat16"],
    ["tuner_type", "full"],
    ["freeze_vit", recipe.freezeVision],
    ["freeze_aligner", recipe.freezeVision],
    ["deepspeed", "zero2"],
    ["external_plugins", "$SET/reward.py"],
    ["reward_funcs", "ssl4rl"],
    // The reward reads the columns beside the messages.
    ["remove_unused_columns", false],
    ["num_generations", recipe.rollouts],
    ["temperature", recipe.temperature],
    ["top_p", 1],
    ["max_completion_length", responseTokens],
    ["beta", recipe.beta],
    ["epsilon", recipe.clipLow],
    ["epsilon_high", recipe.clipHigh],
    ["scale_rewards", recipe.advantageScale === "group" ? "group" : "none"],
    ["loss_type", updates === 1 ? "dapo" : "bnpo"],
    ["learning_rate", recipe.learningRate],
    ["lr_scheduler_type", hfSchedule(run)],
    ["warmup_steps", recipe.warmupSteps],
    ["weight_decay", recipe.weightDecay],
    ["adam_beta2", 0.999],
    ["max_grad_norm", recipe.gradientClip],
    ["per_device_train_batch_size", recipe.rollouts],
    ["gradient_accumulation_steps", `$((${miniBatch} / GPUS))`],
    ["steps_per_generation", `$((${prompts} / GPUS))`],
    ["max_steps", updates === 1 ? "$STEPS" : `$((STEPS * ${updates}))`],
    ["save_steps", recipe.checkpointEvery * updates],
    ["logging_steps", 1],
    ["report_to", "tensorboard"],
    ["seed", recipe.seed],
    ["use_vllm", true],
    ["vllm_mode", "colocate"],
    ["vllm_gpu_memory_utilization", 0.4],
    ["vllm_max_model_len", tokens],
    ["vllm_limit_mm_per_prompt", `{\\"image\\": ${images}}`],
    ["output_dir", "$OUT"],
  ];
  return shellScript(run, {
    about: [
      "ms-swift trains on this set by GRPO. For ms-swift 4. It cannot keep the model from sampling an image mark, which is",
      "rare and ends the training: go on from the last checkpoint then.",
    ],
    before: [
      `if ((${miniBatch} % GPUS)); then echo "${miniBatch} prompts cannot be dealt out to $GPUS GPUs." >&2; exit 2; fi`,
      "export NPROC_PER_NODE=$GPUS",
    ],
    command: "swift rlhf",
    options: ['--dataset "$SET"/train-*.parquet', ...flags(options)],
    carries: ["freezeVision"],
  });
}

/** The recipe's schedule as transformers names it. */
export function hfSchedule({ recipe: { schedule, warmupSteps } }: Run): string {
  return schedule === "constant" && warmupSteps > 0 ? "constant_with_warmup" : schedule;
}
