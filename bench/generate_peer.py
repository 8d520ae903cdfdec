"""transformers' side of bench/generate.ts: reads `responses tokens greedy|sample` lines, answers with ids or the cost."""

import json
import sys
import time

import torch
import transformers
from safetensors.torch import load_file

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
folder, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
model = transformers.AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).eval()
inputs = load_file(f"{folder}/prompts.safetensors")
# Without it, 5.x takes every token for text.
inputs["mm_token_type_ids"] = (inputs["input_ids"] == model.config.image_token_id).long()
length = inputs["input_ids"].shape[1]
# As it samples for GRPO: the plain distribution, and no token that ends a response.
model.generation_config = transformers.GenerationConfig(pad_token_id=0, temperature=1.0, top_k=0, top_p=1.0)
print(json.dumps({"transformers": transformers.__version__, "torch": torch.__version__}), flush=True)
for line in sys.stdin:
    each, count, way = line.split()
    torch.manual_seed(0)
    clock, processor = time.perf_counter(), time.process_time()
    with torch.no_grad():
        ids = model.generate(
            **inputs, do_sample=way == "sample", num_return_sequences=int(each), max_new_tokens=int(count)
        )
    cost = {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}
    assert ids.shape[1] == length + int(count), "some response ended early"
    print(json.dumps({"cost": cost, "ids": ids[:, length:].tolist() if way == "greedy" else None}), flush=True)
