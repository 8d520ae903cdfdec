"""Loads a checkpoint by transformers; prints seconds, and the process's memory.   python load_peer.py FOLDER DTYPE"""

import json
import re
import sys
import time

import torch
from transformers import AutoModelForImageTextToText
from transformers.models.qwen2_5_vl import modeling_qwen2_5_vl  # what is imported late is not loading


def memory(key):
    with open("/proc/self/status") as status:
        return 1024 * int(re.search(key + r":\s+(\d+) kB", status.read())[1])


folder, dtype = sys.argv[1:]
torch.ones(1000, 1000).sum().item()
before = memory("VmRSS")
start = time.perf_counter()
model = AutoModelForImageTextToText.from_pretrained(folder, dtype=getattr(torch, dtype))
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "before": before, "peak": memory("VmHWM"), "after": memory("VmRSS")}))
