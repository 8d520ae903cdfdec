import { type LaunchFile, type Run, settingsOf } from "./run.js";
import { assignments, type Option, shellScript } from "./shell-script.js";
import { constantOrCosine } from "./verl-fields.js";

/** EasyR1 0.3.2 or later. */
export function easyr1Launch(run: Run): LaunchFile {
  const { recipe, rows, name } = run;
  const { prompts, miniBatch, promptTokens, responseTokens, tokens, images } = settingsOf(run);
  const kl: Option[] = [
    ["algorithm.disable_kl", false],
    ["algorithm.use_kl_loss", true],
    ["algorithm.kl_penalty", "low_var_kl"],
    ["algorithm.kl_coef", recipe.beta],
  ];
  const options: Option[] = [
    ["data.train_files", "$ROWS@train"],
    ["data.val_files", rows.validation > 0 ? "$ROWS@validation" : "$ROWS@train"],
    ["data.prompt_key", "problem"],
    ["data.answer_key", "answer"],
    ["data.image_key", "images"],
    ["data.rollout_batch_size", prompts],
    ["data.max_prompt_length", promptTokens],
    ["data.max_response_length", responseTokens],
    // Every prompt fits, and the filter would decode all pictures once more.
    ["data.filter_overlong_prompts", false],
    // The model's own limits: by default EasyR1 would enlarge what is smaller than 512 × 512 pixels.
    ["data.min_pixels", "null"],
    ["data.max_pixels", "null"],
    ["data.seed", recipe.seed],
    ["worker.reward.reward_function", "$SET/reward.py:compute_score"],
    ["algorithm.adv_estimator", "grpo"],
    ...(recipe.beta > 0 ? kl : [["algorithm.disable_kl", true] as const]),
    ["worker.actor.model.model_path", "$MODEL"],
    ["worker.actor.model.freeze_vision_tower", recipe.freezeVision],
    ["worker.actor.optim.lr", recipe.learningRate],
    ["worker.actor.optim.lr_warmup_steps", recipe.warmupSteps],
    ["worker.actor.optim.lr_scheduler_type", constantOrCosine(run)],
    ["worker.actor.optim.weight_decay", recipe.weightDecay],
    ["worker.actor.max_grad_norm", recipe.gradientClip],
    ["worker.actor.clip_ratio_low", recipe.clipLow],
    ["worker.actor.clip_ratio_high", recipe.clipHigh],
    ["worker.actor.loss_avg_mode", "token"],
    ["worker.actor.global_batch_size", miniBatch],
    ["worker.actor.micro_batch_size_per_device_for_update", 1],
    ["worker.actor.micro_batch_size_per_device_for_experience", 2],
    ["worker.rollout.n", recipe.rollouts],
    ["worker.rollout.temperature", recipe.temperature],
    ["worker.rollout.limit_images", images],
    ["worker.rollout.max_num_batched_tokens", Math.max(8192, tokens)],
    ["worker.rollout.tensor_parallel_size", 1],
    ["worker.rollout.gpu_memory_utilization", 0.6],
    ["trainer.n_gpus_per_node", "$GPUS"],
    ["trainer.max_steps", "$STEPS"],
    ["trainer.save_freq", recipe.checkpointEvery],
    ["trainer.val_freq", rows.validation > 0 ? recipe.checkpointEvery : -1],
    ["trainer.val_before_train", rows.validation > 0],
    ["trainer.logger", "[console,file]"],
    ["trainer.project_name", "ssl4rl"],
    ["trainer.experiment_name", name],
    ["trainer.save_checkpoint_path", "$OUT"],
  ];
  return shellScript(run, {
    about: ["EasyR1 trains on this set by GRPO. For EasyR1 0.3.2 or later."],
    before: [
      "# EasyR1 tells from the first file of a folder how to read the others, so the rows get one of their own, of links.",
      "ROWS=$SET/rows",
      'mkdir -p "$ROWS"',
      'for file in "$SET"/*.parquet; do ln -sf "../$(basename "$file")" "$ROWS/"; done',
    ],
    command: "python3 -m verl.trainer.main",
    options: assignments(options),
    carries: ["freezeVision"],
  });
}
