"""transformers' side of bench/generate.ts: reads `responses tokens greedy|sample` lines, answers with ids or the cost."""

import json
import sys

import torch
import transformers

from model_pair import image_slots, measured, open_pair

model, inputs = open_pair()
inputs["mm_token_type_ids"] = image_slots(inputs["input_ids"], model)
length = inputs["input_ids"].shape[1]
# As it samples for GRPO: the plain distribution, and no token that ends a response.
model.generation_config = transformers.GenerationConfig(pad_token_id=0, temperature=1.0, top_k=0, top_p=1.0)
for line in sys.stdin:
    each, count, way = line.split()
    torch.manual_seed(0)
    cost = {}
    with measured(cost), torch.no_grad():
        ids = model.generate(
            **inputs, do_sample=way == "sample", num_return_sequences=int(each), max_new_tokens=int(count)
        )
    assert ids.shape[1] == length + int(count), "some response ended early"
    print(json.dumps({"cost": cost, "ids": ids[:, length:].tolist() if way == "greedy" else None}), flush=True)
