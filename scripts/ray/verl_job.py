"""verl itself, as a Ray job beside a launch folder: does it take our settings, our set, our reward, and do we read what it writes?

    python3 verl_job.py VECTORS JUDGED

VECTORS holds a question and a response in each line; what verl's reward workers say of it goes into JUDGED. Whatever needs no
GPU is verl's own: it has no sampler for processors, so that it does not train here.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import ray
import torch
from hydra import compose, initialize_config_dir
from verl import DataProto
from verl.experimental.reward_loop import RewardLoopManager
from verl.trainer.constants_ppo import get_ppo_ray_runtime_env
from verl.trainer.ppo.utils import create_rl_dataset, need_critic, need_reference_policy
from verl.trainer.ppo.metric_utils import compute_data_metrics, compute_throughout_metrics, compute_timing_metrics
from verl.trainer.ppo.v1.trainer_base import PPOTrainer
from verl.utils import hf_processor, hf_tokenizer
from verl.utils.config import validate_config
from verl.utils.tokenizer import build_multimodal_processor_inputs
from verl.utils.tracking import Tracking

import job
from checks import expect, run

vectors, judged = map(Path, sys.argv[1:])
PIXELS_OF_A_TOKEN = 28 * 28
# A batch is padded to its longest response, and some are of a megabyte.
BATCH_TOKENS = 200_000


def composed():
    folder = Path(sys.modules["verl"].__file__).parent / "trainer" / "config"
    with initialize_config_dir(str(job.HERE), version_base=None):
        return compose("verl", overrides=[f"hydra.searchpath=[file://{folder}]", "reward.num_workers=1"])


config = composed()
tokenizer = hf_tokenizer(job.SETTINGS["model"])
processor = hf_processor(job.SETTINGS["model"])


def configuring():
    """verl composes and validates verl.yaml"""
    job.check_verl(thorough=False)
    validate_config(config, need_reference_policy(config), need_critic(config))
    return f"{config.data.train_batch_size} prompts x {config.actor_rollout_ref.rollout.n}"


def opening():
    """verl's dataset and the processor of tiny-vl open the set"""
    rows = create_rl_dataset(config.data.train_files, config.data, tokenizer, processor)
    longest = 0
    for row in rows:
        messages = row["raw_prompt"]
        text = processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        pictures, _, _ = rows._process_multi_modal_info(messages, rows.image_patch_size, rows.config)
        ids = build_multimodal_processor_inputs(processor, text=[text], images=pictures)["input_ids"][0]
        tokens = int((ids == processor.image_token_id).sum())
        expect(tokens * PIXELS_OF_A_TOKEN == sum(w * h for w, h in (p.size for p in pictures)), f"{tokens} visual tokens")
        longest = max(longest, len(ids))
    expect(longest <= config.data.max_prompt_length, f"{longest} tokens do not fit")
    return f"{len(rows)} rows, prompts of up to {longest} of {config.data.max_prompt_length} tokens"


def judging():
    """verl's reward workers judge by our reward.py"""
    worker = RewardLoopManager(config).reward_loop_workers[0]
    questions = [json.loads(line) for line in vectors.read_text().split("\n")[:-1]]
    ids = [tokenizer.encode(one["response"], add_special_tokens=False) for one in questions]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    verdicts = {}
    while order:
        count = next((k for k, i in enumerate(order, 1) if k * len(ids[i]) > BATCH_TOKENS), len(order))
        some, order = order[:count], order[count:]
        data = batch([questions[i] for i in some], [ids[i] for i in some])
        verdicts.update(zip(some, ray.get(worker.compute_score_batch.remote(data))))
    with judged.open("w") as lines:
        for i, one in enumerate(questions):
            # What the worker saw: special tokens in a response are none of its text.
            seen = tokenizer.decode(ids[i], skip_special_tokens=True)
            said = {"reward": verdicts[i]["reward_score"], **verdicts[i]["reward_extra_info"]}
            lines.write(json.dumps({**one, "response": seen, "verl": said}) + "\n")
    return f"{len(questions)} responses"


def batch(questions, ids):
    """Responses padded to one length, the rows' columns beside them."""
    width = max(1, max(map(len, ids)))
    responses = torch.zeros(len(ids), width, dtype=torch.long)
    mask = torch.zeros_like(responses)
    for i, own in enumerate(ids):
        responses[i, : len(own)] = torch.tensor(own)
        mask[i, : len(own)] = 1
    columns = {
        "data_source": ["vector"] * len(ids),
        "reward_model": [{"ground_truth": one["target"]} for one in questions],
        "extra_info": [{key: one[key] for key in ("answer", "protocol", "reward")} for one in questions],
    }
    arrays = {key: np.array([*values, None], dtype=object)[:-1] for key, values in columns.items()}
    return DataProto.from_dict({"responses": responses, "attention_mask": mask}, non_tensors=arrays)


def writing():
    """what verl's loggers write is told to the run folder"""
    (job.OUT / "rollouts").mkdir(parents=True, exist_ok=True)
    logger = Tracking("ssl4rl", "check", config.trainer.logger, config={})
    rows = create_rl_dataset(config.data.train_files, config.data, tokenizer, processor)
    some = [rows[i] for i in range(config.data.train_batch_size)]
    n = config.actor_rollout_ref.rollout.n
    logger.log({f"val-core/{row['data_source']}/acc/mean@1": 0.5 for row in some}, step=0)
    dump(some, 1, 0, config.trainer.validation_data_dir)
    for step in (1, 2):
        logger.log({**metrics(len(some) * n), "actor/lr": 1e-6, "actor/entropy": 0.5, "actor/grad_norm": 1.5}, step=step)
        dump(some, n, step, config.trainer.rollout_data_dir)
    job.Journal().look(last=True)
    return "2 steps, a validation"


def dump(rows, n, step, folder):
    """Right answers in half of the responses, as verl's trainer writes them down."""
    answers = [(row, k) for row in rows for k in range(n)]
    right = [k % 2 == 0 for _, k in answers]
    truths = [row["reward_model"]["ground_truth"] for row, _ in answers]
    prompts = [processor.apply_chat_template(row["raw_prompt"], tokenize=False) for row, _ in answers]
    ids = [tokenizer.encode(prompt, add_special_tokens=False) for prompt in prompts]
    PPOTrainer._write_generations(
        [tokenizer.decode(own, skip_special_tokens=True) for own in ids],
        [f"<answer>{truth}</answer>" if good else "none" for truth, good in zip(truths, right)],
        truths,
        [1.1 if good else 0.0 for good in right],
        {"uid": [f"{i // n}_{k}_0" for i, (_, k) in enumerate(answers)]},
        folder,
        step,
    )


def metrics(count):
    """verl's own of a batch whose responses earned 1.1 and 0 in turn."""
    scores = torch.zeros(count, 4)
    scores[::2, -1] = 1.1
    ones = torch.ones(count, 4)
    tensors = {
        "prompts": torch.ones(count, 6, dtype=torch.long),
        "responses": ones.long(),
        "response_mask": ones,
        "attention_mask": torch.ones(count, 10),
        **dict.fromkeys(("token_level_scores", "token_level_rewards"), scores),
        **dict.fromkeys(("advantages", "returns"), ones),
    }
    data = DataProto.from_dict(tensors, meta_info={"global_token_num": [10] * count})
    seconds = {"step": 2.0, "gen": 1.0, "update_actor": 0.5}
    return {
        **compute_data_metrics(data, use_critic=False),
        **compute_timing_metrics(data, seconds),
        **compute_throughout_metrics(data, seconds, n_gpus=1),
    }


os.environ.update(config.ray_kwargs.ray_init.runtime_env.env_vars)
ray.init(runtime_env=get_ppo_ray_runtime_env())
job.tell(begin="train", trainer="verl", versions=job.versions(), recipe=(job.HERE / "recipe.yaml").read_text())
run(configuring, opening, judging, writing)
