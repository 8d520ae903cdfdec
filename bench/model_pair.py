"""The Python process of model-pair.ts: opens the checkpoint and the prompts of a folder, with as many threads as we have.

    python SCRIPT FOLDER THREADS
"""

import contextlib
import json
import sys
import time

import torch
import transformers
from safetensors.torch import load_file


def open_pair():
    """The model, and the inputs that transformers wants of the prompts. Says the versions."""
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    folder, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    model = transformers.AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32)
    print(json.dumps({"transformers": transformers.__version__, "torch": torch.__version__}), flush=True)
    return model, load_file(f"{folder}/prompts.safetensors")


def image_slots(ids, model):
    """Which tokens stand for pictures: without being told, 5.x takes every token for text."""
    return (ids == model.config.image_token_id).long()


@contextlib.contextmanager
def measured(cost):
    """Puts seconds of the clock and of the processors into `cost`."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    cost.update(clock=time.perf_counter() - clock, processor=time.process_time() - processor)
