import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { recipeNamed } from "./test-recipe.js";
import { verlFields } from "./verl-fields.js";

type Value = string | number | boolean | readonly string[];

const published = JSON.parse(readFileSync(new URL("published-scripts.json", import.meta.url), "utf8")) as Record<
  string,
  { source: string; fields: Record<string, Value> }
>;

/** What both have: fields that we set otherwise, or leave at verl's default, each with the reason. */
const common: Record<string, string> = {
  "data.train_files": "the set's own; SSL4RL's scripts train on the rows they validate on as well",
  "data.val_files": "rows of pictures that are not trained on",
  "data.max_prompt_length": "what the set needs: no prompt is dropped or cut",
  "actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu":
    "by tokens (use_dynamic_bsz): the gradient is the same, memory follows the longest",
  "actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu": "follows use_dynamic_bsz",
  "actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu": "follows use_dynamic_bsz",
  "actor_rollout_ref.actor.fsdp_config.param_offload": "verl's default",
  "actor_rollout_ref.actor.fsdp_config.optimizer_offload": "verl's default",
  "actor_rollout_ref.rollout.engine_kwargs.vllm.disable_mm_preprocessor_cache":
    "later vLLMs have no such option; verl turns the cache off itself where that is needed",
  "actor_rollout_ref.rollout.enable_chunked_prefill": "verl's default is on by now; samples are the same",
  "actor_rollout_ref.rollout.enforce_eager": "verl's default",
  "actor_rollout_ref.rollout.free_cache_engine": "verl's default",
  "trainer.critic_warmup": "verl's default; GRPO has no critic",
  "trainer.logger": "a file that the run folder is made of, instead of a service",
  "trainer.project_name": "names alone",
  "trainer.experiment_name": "names alone",
  "trainer.default_local_dir": "names alone",
  "trainer.total_epochs": "the steps end the training",
  "trainer.save_freq": "the recipe's checkpointEvery",
  "trainer.test_freq": "the recipe's checkpointEvery",
};

const own: Record<string, Record<string, string>> = {
  ssl4rl: {
    "data.filter_overlong_prompts": "every prompt fits, and the filter would decode all pictures once more",
    "data.dataloader_num_workers": "verl's default; the pictures of a step are decoded side by side",
    "actor_rollout_ref.model.path": "the same model by its name on the Hub",
  },
  "ssl-r1": {
    "ray_init.num_cpus": "the cluster knows how many it has; and the key has another name by now",
    "data.multimodal_folder": "pictures are in the rows",
    "actor_rollout_ref.model.path": "SSL-R1 trains both sizes; --model Qwen/Qwen2.5-VL-7B-Instruct is this one",
    "actor_rollout_ref.actor.kl_loss_coef": "without the term it counts for nothing",
    "actor_rollout_ref.actor.kl_loss_type": "without the term it counts for nothing",
    "actor_rollout_ref.ref.fsdp_config.param_offload": "without the term there is no second model",
    "trainer.val_before_train": "what is learnt is measured against the start",
    "trainer.max_actor_ckpt_to_keep": "the recipe's keepCheckpoints",
  },
};

describe.each(Object.entries(published))(
  "verl's configuration for %s beside the published script",
  (preset, { fields }) => {
    const run = {
      origin: `recipe ${preset}`,
      name: preset,
      recipe: recipeNamed(preset),
      rows: { train: 100_000, validation: 1000 },
      counts: [{ mostImages: 9, mostPromptTokens: 1700 }],
    };
    const place = {
      set: "/set",
      model: "Qwen/Qwen2.5-VL-3B-Instruct",
      steps: run.recipe.steps,
      gpusPerNode: 8,
      nodes: 1,
      out: "/out",
    };
    const ours = new Map(verlFields(run, place).map(({ path, value }) => [path, value]));
    const reasons = { ...common, ...own[preset] };

    it("differs in what is listed here with a reason, and in nothing else", () => {
      const apart = Object.keys(fields).filter(
        (path) => JSON.stringify(ours.get(path)) !== JSON.stringify(fields[path]),
      );
      expect(apart.sort()).toEqual(Object.keys(reasons).sort());
    });

    it("sets nothing beside it but verl's defaults, what verl needs by now, and where things are", () => {
      expect([...ours.keys()].filter((path) => !(path in fields)).sort()).toEqual(
        [
          // Defaults of verl, which the script relies on: clip 0.2, weight decay 0.01, norm 1, constant rate, token-mean.
          "actor_rollout_ref.actor.clip_ratio_high",
          "actor_rollout_ref.actor.clip_ratio_low",
          "actor_rollout_ref.actor.grad_clip",
          "actor_rollout_ref.actor.loss_agg_mode",
          "actor_rollout_ref.actor.optim.lr_scheduler_type",
          "actor_rollout_ref.actor.optim.lr_warmup_steps",
          "actor_rollout_ref.actor.optim.weight_decay",
          "algorithm.norm_adv_by_std_in_grpo",
          "reward.reward_manager.name",
          // Micro-batches by tokens.
          "actor_rollout_ref.actor.ppo_max_token_len_per_gpu",
          "actor_rollout_ref.actor.use_dynamic_bsz",
          // The scripts have their reward inside a fork of verl.
          "reward.custom_reward_function.name",
          "reward.custom_reward_function.path",
          "data.seed",
          ...(preset === "ssl4rl"
            ? [
                "actor_rollout_ref.rollout.temperature",
                "trainer.max_actor_ckpt_to_keep",
                "trainer.total_training_steps",
                "trainer.val_before_train",
              ]
            : []),
        ].sort(),
      );
      expect(ours.get("actor_rollout_ref.actor.clip_ratio_low")).toBe(0.2);
      expect(ours.get("actor_rollout_ref.actor.clip_ratio_high")).toBe(0.2);
      expect(ours.get("actor_rollout_ref.actor.optim.weight_decay")).toBe(0.01);
      expect(ours.get("actor_rollout_ref.actor.grad_clip")).toBe(1);
      expect(ours.get("algorithm.norm_adv_by_std_in_grpo")).toBe(true);
    });
  },
);
