import { type LaunchFile, type Run, settingsOf } from "./run.js";
import { assignments, type Option, shellScript } from "./shell-script.js";

/** verl 0.7.1 or later. */
export function verlLaunch(run: Run): LaunchFile {
  const { recipe, rows, name } = run;
  const { prompts, miniBatch, promptTokens, responseTokens, tokens } = settingsOf(run);
  const kl: Option[] = [
    ["actor_rollout_ref.actor.use_kl_loss", true],
    ["actor_rollout_ref.actor.kl_loss_coef", recipe.beta],
    ["actor_rollout_ref.actor.kl_loss_type", "low_var_kl"],
    ["actor_rollout_ref.ref.fsdp_config.param_offload", true],
  ];
  const options: Option[] = [
    // A pattern: a set may have more files than a command line has room for.
    ["data.train_files", "'$SET/train-*.parquet'"],
    // verl insists on rows for validation, also where it never validates.
    ["data.val_files", `'$SET/${rows.validation > 0 ? "validation" : "train-00000"}-*.parquet'`],
    ["data.image_key", "images"],
    ["data.train_batch_size", prompts],
    ["data.max_prompt_length", promptTokens],
    ["data.max_response_length", responseTokens],
    // Every prompt fits, and the filter would decode all pictures once more.
    ["data.filter_overlong_prompts", false],
    ["data.truncation", "error"],
    ["data.seed", recipe.seed],
    ["reward.custom_reward_function.path", "'$SET/reward.py'"],
    ["reward.custom_reward_function.name", "compute_score"],
    ["reward.reward_manager.name", "naive"],
    ["algorithm.adv_estimator", "grpo"],
    ["algorithm.norm_adv_by_std_in_grpo", recipe.advantageScale === "group"],
    ["algorithm.use_kl_in_reward", false],
    ["actor_rollout_ref.model.path", "'$MODEL'"],
    ["actor_rollout_ref.model.use_remove_padding", true],
    ["actor_rollout_ref.model.enable_gradient_checkpointing", true],
    ["actor_rollout_ref.actor.optim.lr", recipe.learningRate],
    ["actor_rollout_ref.actor.optim.lr_warmup_steps", recipe.warmupSteps],
    ["actor_rollout_ref.actor.optim.lr_scheduler_type", constantOrCosine(run)],
    ["actor_rollout_ref.actor.optim.weight_decay", recipe.weightDecay],
    ["actor_rollout_ref.actor.grad_clip", recipe.gradientClip],
    ["actor_rollout_ref.actor.clip_ratio_low", recipe.clipLow],
    ["actor_rollout_ref.actor.clip_ratio_high", recipe.clipHigh],
    ["actor_rollout_ref.actor.loss_agg_mode", "token-mean"],
    ["actor_rollout_ref.actor.entropy_coeff", 0],
    ...(recipe.beta > 0 ? kl : [["actor_rollout_ref.actor.use_kl_loss", false] as const]),
    ["actor_rollout_ref.actor.ppo_mini_batch_size", miniBatch],
    ["actor_rollout_ref.actor.use_dynamic_bsz", true],
    ["actor_rollout_ref.actor.ppo_max_token_len_per_gpu", Math.max(16384, tokens)],
    ["actor_rollout_ref.rollout.name", "vllm"],
    ["actor_rollout_ref.rollout.n", recipe.rollouts],
    ["actor_rollout_ref.rollout.temperature", recipe.temperature],
    ["actor_rollout_ref.rollout.tensor_model_parallel_size", 1],
    ["actor_rollout_ref.rollout.gpu_memory_utilization", 0.6],
    ["trainer.n_gpus_per_node", "$GPUS"],
    ["trainer.total_training_steps", "$STEPS"],
    // Whichever comes first ends the training: the steps shall.
    ["trainer.total_epochs", 1000000],
    ["trainer.save_freq", recipe.checkpointEvery],
    ["trainer.test_freq", rows.validation > 0 ? recipe.checkpointEvery : -1],
    ["trainer.val_before_train", rows.validation > 0],
    ["trainer.logger", "[console,file]"],
    ["trainer.project_name", "ssl4rl"],
    ["trainer.experiment_name", name],
    ["trainer.default_local_dir", "'$OUT'"],
  ];
  return shellScript(run, {
    about: ["verl trains on this set by GRPO. For verl 0.7.1 or later; before, keys of the reward had other names."],
    command: "python3 -m verl.trainer.main_ppo",
    options: assignments(options),
  });
}

/** verl and EasyR1 know no other schedules. */
export function constantOrCosine({ recipe }: Run): "constant" | "cosine" {
  return recipe.schedule === "constant" ? "constant" : "cosine";
}
