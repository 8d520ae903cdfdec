"""transformers' side of bench/group.ts: reads {ids, advantages} lines, answers with loss, norms of gradients and cost."""

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
model = transformers.AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).train()
prompt = load_file(f"{folder}/prompts.safetensors")
print(json.dumps({"transformers": transformers.__version__, "torch": torch.__version__}), flush=True)


def forward_backward(ids, advantages):
    each, count = ids.shape
    tokens = torch.cat([prompt["input_ids"].repeat(each, 1), ids], dim=1)
    logits = model(
        input_ids=tokens,
        attention_mask=torch.ones_like(tokens),
        pixel_values=prompt["pixel_values"].repeat(each, 1),
        image_grid_thw=prompt["image_grid_thw"].repeat(each, 1),
        # Without it, 5.x takes every token for text.
        mm_token_type_ids=(tokens == model.config.image_token_id).long(),
        logits_to_keep=count + 1,
        use_cache=False,
    ).logits[:, :-1]
    logprobs = torch.log_softmax(logits, dim=-1).gather(-1, ids[:, :, None]).squeeze(-1)
    loss = -(logprobs * advantages[:, None]).mean()
    loss.backward()
    return loss.item()


def norm(chosen):
    gradients = [weight.grad for name, weight in model.named_parameters() if chosen(name)]
    return torch.stack([gradient.norm() for gradient in gradients]).norm().item()


for line in sys.stdin:
    group = json.loads(line)
    ids, advantages = torch.tensor(group["ids"]), torch.tensor(group["advantages"])
    model.zero_grad()
    clock, processor = time.perf_counter(), time.process_time()
    loss = forward_backward(ids, advantages)
    cost = {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}
    numbers = {
        "loss": loss,
        "gradient, vision tower": norm(lambda name: ".visual." in name),
        "gradient, embeddings": norm(lambda name: "embed_tokens" in name),
        "gradient, decoder": norm(lambda name: "language_model.layers" in name or "language_model.norm" in name),
    }
    print(json.dumps({"cost": cost, "numbers": numbers}), flush=True)
