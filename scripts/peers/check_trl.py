"""Does TRL train on our set with our reward?   python check_trl.py SET CHECKPOINT"""

import sys
import tempfile

import datasets
import torch
import trl
from transformers import AutoModelForImageTextToText

from built_set import BuiltSet
from checks import expect, run

built = BuiltSet(sys.argv[1])
checkpoint = sys.argv[2]


def step():
    """TRL's GRPOTrainer makes a step on the CPU"""
    model = AutoModelForImageTextToText.from_pretrained(checkpoint, dtype=torch.float32)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    with tempfile.TemporaryDirectory() as folder:
        config = trl.GRPOConfig(
            output_dir=folder,
            use_cpu=True,
            bf16=False,
            seed=1,
            max_steps=1,
            # The first two questions, each eight times: a rotation, which the tiny model sometimes gets right, and a
            # jigsaw, whose prompt has another length.
            shuffle_dataset=False,
            per_device_train_batch_size=16,
            num_generations=8,
            max_completion_length=16,
            learning_rate=1e-4,
            # A sampled image mark is not a picture, and the model fails over it.
            generation_kwargs={"suppress_tokens": [model.config.image_token_id, model.config.video_token_id]},
            logging_steps=1,
            save_strategy="no",
            report_to=[],
        )
        # TRL loads the processor: one of our own would have to pad on the left.
        trainer = trl.GRPOTrainer(
            model=model,
            reward_funcs=built.reward().reward_function,
            args=config,
            train_dataset=datasets.load_dataset("parquet", data_files=built.files, split="train"),
        )
        trainer.train()
    log = {key: value for entry in trainer.state.log_history for key, value in entry.items()}
    expect(log["error"] == 0, f"the reward could not judge {log['error']:.0%} of the completions")
    expect(log["reward_std"] > 0, "all rewards are alike, so there is nothing to learn from")
    expect(all(weight.isfinite().all() for weight in model.parameters()), "weights are not finite")
    changed = sum(not torch.equal(weight, before[name]) for name, weight in model.named_parameters())
    expect(changed > 0, "no weight changed")
    return f"{changed} of {len(before)} tensors changed, all finite; mean reward {log['reward']:.2f}, TRL {trl.__version__}"


run(step)
