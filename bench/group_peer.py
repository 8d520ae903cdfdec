"""transformers' side of bench/group.ts: reads {ids, advantages} lines, answers with loss, norms of gradients and cost."""

import json
import sys

import torch

from model_pair import image_slots, measured, open_pair

model, prompt = open_pair()
model.train()


def forward_backward(ids, advantages):
    each, count = ids.shape
    tokens = torch.cat([prompt["input_ids"].repeat(each, 1), ids], dim=1)
    logits = model(
        input_ids=tokens,
        attention_mask=torch.ones_like(tokens),
        pixel_values=prompt["pixel_values"].repeat(each, 1),
        image_grid_thw=prompt["image_grid_thw"].repeat(each, 1),
        mm_token_type_ids=image_slots(tokens, model),
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
    cost = {}
    with measured(cost):
        loss = forward_backward(ids, advantages)
    numbers = {
        "loss": loss,
        "gradient, vision tower": norm(lambda name: ".visual." in name),
        "gradient, embeddings": norm(lambda name: "embed_tokens" in name),
        "gradient, decoder": norm(lambda name: "language_model.layers" in name or "language_model.norm" in name),
    }
    print(json.dumps({"cost": cost, "numbers": numbers}), flush=True)
