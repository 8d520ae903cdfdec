"""Does TRL train on our set with our reward, started by our launch.py?   python check_trl.py SET CHECKPOINT"""

import importlib
import sys
import tempfile

import torch
import trl

from built_set import BuiltSet
from checks import expect, run

built = BuiltSet(sys.argv[1])
checkpoint = sys.argv[2]
# The first two questions, each eight times: a rotation, which the tiny model sometimes gets right, and a jigsaw, whose
# prompt has another length.
SMALL = """
    --use_cpu --bf16 False --use_vllm False --seed 1 --max_steps 1 --save_strategy no --model_init_kwargs {"dtype":"float32"}
    --shuffle_dataset False --num_generations 8 --per_device_train_batch_size 16 --gradient_accumulation_steps 1
    --steps_per_generation 1 --max_completion_length 16 --learning_rate 1e-4
""".split()


def step():
    """TRL's GRPOTrainer, started by launch.py, makes a step on the CPU"""
    sys.path.insert(0, str(built.folder))
    launch = importlib.import_module("launch")
    with tempfile.TemporaryDirectory() as folder:
        trainer = launch.make_trainer(["--model", checkpoint, "--output_dir", folder, *SMALL])
        model = trainer.model
        before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
        trainer.train()
    log = {key: value for entry in trainer.state.log_history for key, value in entry.items()}
    expect(log["error"] == 0, f"the reward could not judge {log['error']:.0%} of the completions")
    expect(log["reward_std"] > 0, "all rewards are alike, so there is nothing to learn from")
    expect(all(weight.isfinite().all() for weight in model.parameters()), "weights are not finite")
    changed = sum(not torch.equal(weight, before[name]) for name, weight in model.named_parameters())
    expect(changed > 0, "no weight changed")
    return f"{changed} of {len(before)} tensors changed, all finite; mean reward {log['reward']:.2f}, TRL {trl.__version__}"


run(step)
