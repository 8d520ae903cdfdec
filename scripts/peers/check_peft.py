"""Does PEFT open our adapters, and compute what we do?   python check_peft.py FOLDER CHECKPOINT

FOLDER is what adapters.ts wrote; an adapter that PEFT made is left there for it (theirs, and theirs-old with the names
of transformers before 4.52)."""

import json
import os
import sys

import peft
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForImageTextToText

from checks import expect, run

folder, checkpoint = sys.argv[1:]
ours = load_file(os.path.join(folder, "ours.safetensors"))


def base(path=checkpoint):
    return AutoModelForImageTextToText.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval()


@torch.no_grad()
def compute(model):
    """Logits after the prompt, and log-probabilities of the completion."""
    ids = torch.cat([ours["ids"], ours["completion"]])[None]
    logits = model(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        pixel_values=ours["pixels"],
        image_grid_thw=ours["grid"][None],
        mm_token_type_ids=(ids == model.config.image_token_id).int(),
    ).logits[0]
    predicting = logits[len(ours["ids"]) - 1 : -1]
    logprobs = predicting.log_softmax(-1).gather(-1, ours["completion"][:, None])[:, 0]
    return {"logits": predicting[0].contiguous(), "logprobs": logprobs}


def apart(found):
    difference = max((found[key] - ours[key]).abs().max().item() for key in found)
    expect(difference < 1e-4, f"logits and log-probabilities differ by up to {difference:.1e}")
    return f"at most {difference:.1e} apart"


def opens():
    """PEFT opens our adapter and computes our logits"""
    plain = base()
    before = compute(plain)["logits"]
    model = peft.PeftModel.from_pretrained(plain, os.path.join(folder, "ours"))
    written = load_file(os.path.join(folder, "ours", "adapter_model.safetensors"))
    taken = peft.get_peft_model_state_dict(model)
    expect(taken.keys() == written.keys(), f"keys that only one has: {sorted(taken.keys() ^ written.keys())[:4]}")
    expect(all(torch.equal(taken[key], written[key]) for key in taken), "tensors are not those of the file")
    found = compute(model)
    moved = (found["logits"] - before).abs().max().item()
    expect(moved > 0.1, f"the adapter changes the logits by {moved:.1e} only")
    return f"{len(taken)} tensors, {apart(found)}; the adapter moves logits by up to {moved:.1f}; PEFT {peft.__version__}"


def merged():
    """our merged checkpoint is what PEFT merges, and computes our logits"""
    model = base(os.path.join(folder, "merged"))
    theirs = peft.PeftModel.from_pretrained(base(), os.path.join(folder, "ours")).merge_and_unload().state_dict()
    worst = max((weight - theirs[name]).abs().max().item() for name, weight in model.state_dict().items())
    expect(worst < 1e-6, f"weights differ by up to {worst:.1e}")
    return f"weights at most {worst:.1e} apart, logits {apart(compute(model))}"


def makes():
    """PEFT saves an adapter for us"""
    torch.manual_seed(0)
    targets = r".*(language_model\.layers\.0\.self_attn\.(q|v)_proj|visual\.blocks\.0\.attn\.proj)"
    model = peft.get_peft_model(base(), peft.LoraConfig(r=2, lora_alpha=3, target_modules=targets)).eval()
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    place = os.path.join(folder, "theirs")
    model.save_pretrained(place)
    save_file(compute(model), os.path.join(folder, "theirs.safetensors"))

    old = os.path.join(folder, "theirs-old")
    os.makedirs(old)
    with open(os.path.join(place, "adapter_config.json")) as file:
        config = json.load(file)
    with open(os.path.join(old, "adapter_config.json"), "w") as file:
        json.dump(config, file)
    tensors = load_file(os.path.join(place, "adapter_model.safetensors"))
    renamed = {
        name.replace("model.model.visual.", "model.visual.").replace("model.language_model.", "model."): tensor
        for name, tensor in tensors.items()
    }
    save_file(renamed, os.path.join(old, "adapter_model.safetensors"))
    return f"{len(tensors)} tensors, {sorted(renamed)[0]}"


run(opens, merged, makes)
