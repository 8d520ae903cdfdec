"""Does verl read our set, load our reward and take our settings?   python check_verl.py SET CHECKPOINT"""

import functools
import json
import os
import sys

import numpy as np
import torch
import verl
from hydra import compose, initialize_config_dir
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager
from verl.trainer.ppo.utils import need_critic, need_reference_policy
from verl.utils import hf_processor, hf_tokenizer
from verl.utils.config import validate_config
from verl.utils.dataset.rl_dataset import RLHFDataset
from verl.utils.tokenizer import build_multimodal_processor_inputs

from built_set import BuiltSet
from checks import expect, run

PIXELS_OF_A_TOKEN = 28 * 28
RESPONSES = {
    "answer-only": "<answer>{}</answer>",
    "think-answer": "<think>I look.</think><answer>{}</answer>",
    "think-boxed": "<think>I look.</think>\\boxed{{{}}}",
}

built = BuiltSet(sys.argv[1])
checkpoint = sys.argv[2]
tokenizer = hf_tokenizer(checkpoint)
# The limits that Qwen2.5-VL is published with: the tiny model's own would shrink the pictures of a real set.
processor = hf_processor(checkpoint, min_pixels=4 * PIXELS_OF_A_TOKEN, max_pixels=16384 * PIXELS_OF_A_TOKEN)

COMMON = {
    "algorithm.adv_estimator": "grpo",
    "algorithm.use_kl_in_reward": False,
    "data.train_files": built.files,
    "data.val_files": built.files,
    "data.image_key": "images",
    "data.max_prompt_length": 4096,
    "data.filter_overlong_prompts": True,
    "data.truncation": "error",
    "reward.custom_reward_function.path": built.reward_file,
    "reward.custom_reward_function.name": "compute_score",
    "reward.reward_manager.name": "naive",
    "actor_rollout_ref.model.path": checkpoint,
    "actor_rollout_ref.model.use_remove_padding": True,
    "actor_rollout_ref.model.enable_gradient_checkpointing": True,
    "actor_rollout_ref.actor.optim.lr": 1e-6,
    "actor_rollout_ref.actor.entropy_coeff": 0,
    "actor_rollout_ref.rollout.name": "vllm",
    "actor_rollout_ref.rollout.tensor_model_parallel_size": 1,
    "actor_rollout_ref.rollout.gpu_memory_utilization": 0.6,
    "actor_rollout_ref.rollout.temperature": 1.0,
    "trainer.logger": ["console", "file"],
    "trainer.n_gpus_per_node": 8,
}
SSL4RL = {
    "data.train_batch_size": 512,
    "data.max_response_length": 2048,
    "actor_rollout_ref.rollout.n": 5,
    "actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu": 20,
    "actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu": 20,
    "actor_rollout_ref.ref.fsdp_config.param_offload": True,
    "actor_rollout_ref.actor.use_kl_loss": True,
    "actor_rollout_ref.actor.kl_loss_coef": 0.01,
    "actor_rollout_ref.actor.kl_loss_type": "low_var_kl",
    "actor_rollout_ref.actor.ppo_mini_batch_size": 128,
    "actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu": 10,
    "trainer.total_epochs": 20,
}
SSL_R1 = {
    "data.train_batch_size": 256,
    "data.max_response_length": 2048,
    "actor_rollout_ref.rollout.n": 16,
    "actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu": 8,
    "actor_rollout_ref.actor.use_kl_loss": False,
    "actor_rollout_ref.actor.ppo_mini_batch_size": 256,
    "actor_rollout_ref.actor.use_dynamic_bsz": True,
    "trainer.total_training_steps": 1000,
}


def composed(overrides):
    folder = os.path.join(os.path.dirname(verl.__file__), "trainer", "config")
    with initialize_config_dir(folder, version_base=None):
        return compose("ppo_trainer", [f"{key}={value}" for key, value in {**COMMON, **overrides}.items()])


@functools.cache
def dataset():
    config = composed(SSL4RL).data
    return RLHFDataset(config.train_files, tokenizer, config, processor)


def reading():
    """verl's RLHFDataset keeps every row, with every pixel"""
    rows = dataset()
    expect(len(rows) == built.rows, f"{len(rows)} rows left of {built.rows}: see `Error processing` above")
    longest = 0
    for i, sizes in enumerate(built.sizes()):
        messages = rows[i]["raw_prompt"]
        text = processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        pictures, _, _ = rows._process_multi_modal_info(messages, rows.image_patch_size, rows.config)
        shown = [picture.size for picture in pictures or []]
        expect(shown == sizes, f"row {i}: pictures of {shown}, stored as {sizes}")
        ids = build_multimodal_processor_inputs(processor, text=[text], images=pictures)["input_ids"][0]
        tokens = int((ids == processor.image_token_id).sum())
        pixels = sum(width * height for width, height in sizes)
        expect(tokens * PIXELS_OF_A_TOKEN == pixels, f"row {i}: {tokens} visual tokens for {pixels} pixels")
        longest = max(longest, len(ids))
    return f"{len(rows)} rows, the longest prompt has {longest} tokens of this tokenizer"


def judging():
    """verl's reward manager judges by our reward.py"""
    manager = load_reward_manager(composed(SSL4RL), tokenizer)
    rows = dataset()
    truths = {}
    sample = [rows[i] for i in range(min(len(rows), 200))]
    for row in sample:
        truths.setdefault(row["data_source"], set()).add(row["reward_model"]["ground_truth"])
    keys = set()
    wrong_ones = 0
    for i, row in enumerate(sample):
        truth = row["reward_model"]["ground_truth"]
        weights = json.loads(row["extra_info"]["reward"])
        form = RESPONSES[row["extra_info"]["protocol"]]

        def judged(response):
            verdict = manager.loop.run_until_complete(manager.run_single(rollout(row, response)))
            extra = verdict["reward_extra_info"]
            keys.add(tuple(extra))
            expect(extra["error"] == 0, f"row {i}: {response!r} cannot be judged")
            return verdict["reward_score"], extra["acc"], extra["format"]

        full = weights["accuracy"] + weights["format"]
        right = judged(form.format(truth))
        expect(right == (full, 1, 1), f"row {i}: the true answer {truth!r} gives {right}")
        for other in sorted(truths[row["data_source"]] - {truth})[:1]:
            wrong = judged(form.format(other))
            expect(wrong[0] < full and wrong[1:] == (0, 1), f"row {i}: {other!r} for {truth!r} gives {wrong}")
            wrong_ones += 1
        malformed = judged(f"It is {truth}.")
        expect(malformed == (0, 0, 0), f"row {i}: an answer out of form gives {malformed}")
    expect(wrong_ones > 0, "no row has another row's answer to be wrong with")
    expect(len(keys) == 1, f"verdicts have different keys: {keys}")
    return f"{len(sample)} rows of {', '.join(sorted(truths))}: right, wrong and malformed responses"


def rollout(row, response):
    ids = torch.tensor([tokenizer.encode(response, add_special_tokens=False) + [tokenizer.eos_token_id]])
    columns = {key: np.array([row[key]], dtype=object) for key in ("data_source", "reward_model", "extra_info")}
    return DataProto.from_dict({"responses": ids, "attention_mask": torch.ones_like(ids)}, non_tensors=columns)


def configuring():
    """verl's configuration takes both papers' GRPO settings"""
    for overrides in (SSL4RL, SSL_R1):
        config = composed(overrides)
        validate_config(config, need_reference_policy(config), need_critic(config))
    return f"verl {verl.__version__} composes and validates them"


run(configuring, reading, judging)
