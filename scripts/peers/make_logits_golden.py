"""Makes packages/models/src/logits-processors.golden.json: what transformers' generate makes of some logits.

python make_logits_golden.py > ../../packages/models/src/logits-processors.golden.json
npx biome check --write ../../packages/models/src/logits-processors.golden.json
"""

import json
import math

import torch
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

ROWS, VOCAB = 3, 24

CASES = [
    {"temperature": 0.7},
    {"top_k": 5},
    {"top_k": 100},
    {"top_p": 0.8},
    {"top_p": 0.0},
    {"min_p": 0.1},
    {"min_p": 1.0},
    {"repetition_penalty": 1.3},
    {"repetition_penalty": 0.8, "temperature": 1.5},
    {"suppress_tokens": [0, 7, 20], "top_k": 4},
    {"temperature": 0.6, "top_k": 12, "top_p": 0.9, "min_p": 0.02, "repetition_penalty": 1.05},
    {
        "temperature": 2.0,
        "top_k": 15,
        "top_p": 0.85,
        "min_p": 0.2,
        "repetition_penalty": 1.5,
        "suppress_tokens": [3, 4, 5, 6],
    },
]

sizes = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
model = Qwen2ForCausalLM(Qwen2Config(vocab_size=VOCAB, num_key_value_heads=1, **sizes))

torch.manual_seed(0)
logits = (torch.randn(ROWS, VOCAB) * 3).mul(100).round().div(100)
# Ties at the place where top-k cuts.
logits[2] = logits[2].round()
ids = torch.randint(0, VOCAB, (ROWS, 9))


def processed(case):
    config = GenerationConfig(do_sample=True, **{"top_k": 0, **case})
    processors = model._get_logits_processor(config, ids.shape[1], ids, device="cpu")
    scores = processors(ids, logits.clone())
    return [[x if math.isfinite(x) else None for x in map(lambda x: round(x, 6), row)] for row in scores.tolist()]


def lines(rows):
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


scores = [{"options": case, "scores": processed(case)} for case in CASES]
print(f'{{\n"logits": {lines([[round(x, 2) for x in row] for row in logits.tolist()])},\n"ids": {lines(ids.tolist())},')
print(f'"cases": {lines(scores)}\n}}')
