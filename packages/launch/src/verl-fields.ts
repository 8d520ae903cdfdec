import { type Run, settingsOf } from "./run.js";

/** A field of verl's configuration: its path, what it is set to, and why. */
export interface VerlField {
  readonly path: string;
  readonly value: string | number | boolean | readonly string[];
  readonly why: string;
}

/** What a launch folder knows, and `launch.sh` has in variables of the shell. */
export interface Place {
  /** The set's folder. */
  readonly set: string;
  readonly model: string;
  readonly steps: number | string;
  readonly gpusPerNode: number | string;
  readonly nodes: number;
  /** Where checkpoints go. */
  readonly out: string;
}

/**
 * verl's configuration for a run, where it is to differ from verl's own defaults or must not depend on them.
 * For verl 0.7.1 or later; before, keys of the reward had other names.
 */
export function verlFields(run: Run, place: Place): VerlField[] {
  return [...dataFields(run, place), ...algorithmFields(run), ...actorFields(run, place), ...trainerFields(run, place)];
}

function dataFields(run: Run, { set }: Place): VerlField[] {
  const { prompts, promptTokens, responseTokens } = settingsOf(run);
  const validation = run.rows.validation > 0;
  return [
    // A set may have more files than a command line has room for.
    field("data.train_files", `${set}/train-*.parquet`, "a pattern that takes in all files of the set"),
    field(
      "data.val_files",
      `${set}/${validation ? "validation" : "train-00000"}-*.parquet`,
      validation ? "rows of pictures that are not trained on" : "verl insists on some, also where it never validates",
    ),
    field("data.image_key", "images", "the column that holds the pictures"),
    field("data.train_batch_size", prompts, "prompts of a step"),
    field("data.max_prompt_length", promptTokens, "tokens; no prompt of the set has more, pictures included"),
    field("data.max_response_length", responseTokens, "tokens; longer responses are cut and earn nothing"),
    field(
      "data.filter_overlong_prompts",
      false,
      "every prompt fits, and the filter would decode all pictures once more",
    ),
    field("data.truncation", "error", "a cut prompt would lose marks of its pictures"),
    field("data.seed", run.recipe.seed, "names the order of the rows"),
    field(
      "reward.custom_reward_function.path",
      `${set}/reward.py`,
      "the set's own verifier, the same as `ssl4rl verify`",
    ),
    field("reward.custom_reward_function.name", "compute_score", "its entry for verl"),
    field("reward.reward_manager.name", "naive", "judges each response by itself"),
  ];
}

function algorithmFields({ recipe }: Run): VerlField[] {
  return [
    field("algorithm.adv_estimator", "grpo", "advantages within the rollouts of a prompt"),
    field(
      "algorithm.norm_adv_by_std_in_grpo",
      recipe.advantageScale === "group",
      "whether they are divided by the group's standard deviation",
    ),
    field("algorithm.use_kl_in_reward", false, "the KL term, if any, is in the loss"),
  ];
}

function actorFields(run: Run, { model }: Place): VerlField[] {
  const { recipe } = run;
  const { miniBatch, tokens } = settingsOf(run);
  const kl =
    recipe.beta > 0
      ? [
          field("actor_rollout_ref.actor.use_kl_loss", true, "a KL term towards the starting model"),
          field("actor_rollout_ref.actor.kl_loss_coef", recipe.beta, "its weight"),
          field("actor_rollout_ref.actor.kl_loss_type", "low_var_kl", "the estimator k3"),
          field("actor_rollout_ref.ref.fsdp_config.param_offload", true, "the starting model waits in host memory"),
        ]
      : [field("actor_rollout_ref.actor.use_kl_loss", false, "no KL term, and so no second model")];
  return [
    field("actor_rollout_ref.model.path", model, "what training starts from; every node must be able to read it"),
    field("actor_rollout_ref.model.use_remove_padding", true, "sequences are packed"),
    field("actor_rollout_ref.model.enable_gradient_checkpointing", true, "activations are computed twice, not kept"),
    ...loraFields(run),
    field("actor_rollout_ref.actor.optim.lr", recipe.learningRate, "AdamW's rate"),
    field("actor_rollout_ref.actor.optim.lr_warmup_steps", recipe.warmupSteps, "steps over which it rises from 0"),
    field(
      "actor_rollout_ref.actor.optim.lr_scheduler_type",
      constantOrCosine(run),
      "what it does then; verl knows constant and cosine",
    ),
    field("actor_rollout_ref.actor.optim.weight_decay", recipe.weightDecay, "AdamW's"),
    field("actor_rollout_ref.actor.grad_clip", recipe.gradientClip, "norm to which gradients are cut down"),
    field("actor_rollout_ref.actor.clip_ratio_low", recipe.clipLow, "the ratio is clipped below 1 - this"),
    field("actor_rollout_ref.actor.clip_ratio_high", recipe.clipHigh, "and above 1 + this"),
    field("actor_rollout_ref.actor.loss_agg_mode", "token-mean", "every token counts the same"),
    field("actor_rollout_ref.actor.entropy_coeff", 0, "no entropy bonus"),
    ...kl,
    field("actor_rollout_ref.actor.ppo_mini_batch_size", miniBatch, "prompts for a step of the optimiser"),
    field("actor_rollout_ref.actor.use_dynamic_bsz", true, "micro-batches by tokens: lengths differ, memory does not"),
    field(
      "actor_rollout_ref.actor.ppo_max_token_len_per_gpu",
      Math.max(16384, tokens),
      "tokens of a micro-batch; at least one sequence must fit. Lower it when a GPU runs out of memory",
    ),
    field("actor_rollout_ref.rollout.name", "vllm", "the engine that samples"),
    field("actor_rollout_ref.rollout.n", recipe.rollouts, "rollouts of a prompt"),
    field("actor_rollout_ref.rollout.temperature", recipe.temperature, "at which they are sampled"),
    field("actor_rollout_ref.rollout.tensor_model_parallel_size", 1, "each GPU samples with a whole model of its own"),
    field("actor_rollout_ref.rollout.gpu_memory_utilization", 0.6, "share of a GPU that vLLM takes while it samples"),
  ];
}

function loraFields({ recipe: { lora, freezeVision } }: Run): VerlField[] {
  const vision = freezeVision
    ? [field("actor_rollout_ref.actor.freeze_vision_tower", true, "the vision tower stays as it is")]
    : [];
  if (!lora) return vision;
  return [
    field("actor_rollout_ref.model.lora_rank", lora.rank, "low-rank adapters alone are trained"),
    field("actor_rollout_ref.model.lora_alpha", lora.alpha, "their scale is alpha / rank"),
    field("actor_rollout_ref.model.target_modules", lora.targets, "a regular expression over whole module paths"),
    field(
      "actor_rollout_ref.rollout.load_format",
      "safetensors",
      "vLLM needs the base model's weights beside adapters",
    ),
    ...vision,
  ];
}

function trainerFields({ recipe, rows, name }: Run, { steps, gpusPerNode, nodes, out }: Place): VerlField[] {
  const validation = rows.validation > 0;
  return [
    field("trainer.n_gpus_per_node", gpusPerNode, "GPUs of a node"),
    field("trainer.nnodes", nodes, "nodes"),
    field("trainer.total_training_steps", steps, "steps in all"),
    field("trainer.total_epochs", 1000000, "whichever comes first ends the training: the steps shall"),
    field("trainer.save_freq", recipe.checkpointEvery, "steps from one checkpoint to the next"),
    field(
      "trainer.max_actor_ckpt_to_keep",
      recipe.keepCheckpoints,
      "older ones are deleted: one has 16 bytes a parameter",
    ),
    field("trainer.test_freq", validation ? recipe.checkpointEvery : -1, "steps from one validation to the next"),
    field("trainer.val_before_train", validation, "whether the starting model is asked first"),
    field("trainer.logger", ["console", "file"], "a line a step in the log, and one of JSON in a file"),
    field("trainer.project_name", "ssl4rl", "names the run for loggers"),
    field("trainer.experiment_name", name, "names the run for loggers"),
    field("trainer.default_local_dir", out, "checkpoints; storage that all nodes share"),
  ];
}

/** verl and EasyR1 know no other schedules. */
export function constantOrCosine({ recipe }: Run): "constant" | "cosine" {
  return recipe.schedule === "constant" ? "constant" : "cosine";
}

function field(path: string, value: VerlField["value"], why: string): VerlField {
  return { path, value, why };
}
