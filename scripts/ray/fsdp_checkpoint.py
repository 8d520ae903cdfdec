"""Lays down a model as verl's trainer saves one with a single GPU.   python fsdp_checkpoint.py CHECKPOINT FOLDER"""

import json
import shutil
import sys
from pathlib import Path

import torch
from transformers import AutoModelForImageTextToText

checkpoint, folder = map(Path, sys.argv[1:])
actor = folder / "global_step_2" / "actor"
actor.mkdir(parents=True)
model = AutoModelForImageTextToText.from_pretrained(checkpoint, dtype=torch.float32)
torch.save(model.state_dict(), actor / "model_world_size_1_rank_0.pt")
(actor / "fsdp_config.json").write_text(json.dumps({"FSDP_version": 1, "world_size": 1}))
shutil.copytree(checkpoint, actor / "huggingface", ignore=shutil.ignore_patterns("*.safetensors"))
(folder / "latest_checkpointed_iteration.txt").write_text("2")
