"""Does verl read our set, load our reward and take our settings?   python check_verl.py SET CHECKPOINT"""

import functools
import json
import os
import subprocess
import sys

import numpy as np
import torch
import verl
import yaml
from omegaconf import OmegaConf
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


@functools.cache
def composed():
    """verl's configuration, as launch.sh has verl itself compose it."""
    launch = subprocess.run(
        ["bash", str(built.folder / "launch.sh"), "--cfg", "job"],
        env={**os.environ, "MODEL": checkpoint, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    expect(launch.returncode == 0, launch.stderr[-500:])
    return OmegaConf.create(yaml.safe_load(launch.stdout))


@functools.cache
def dataset():
    config = composed().data
    return RLHFDataset(built.files, tokenizer, config, processor)


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
    limit = composed().data.max_prompt_length
    expect(longest <= limit, f"a prompt of {longest} tokens does not fit into the {limit} of launch.sh")
    return f"{len(rows)} rows, the longest prompt has {longest} of {limit} tokens"


def judging():
    """verl's reward manager judges by our reward.py"""
    manager = load_reward_manager(composed(), tokenizer)
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
    """verl's configuration takes the settings of launch.sh"""
    config = composed()
    validate_config(config, need_reference_policy(config), need_critic(config))
    return f"verl {verl.__version__} composes and validates them"


run(configuring, reading, judging)
