"""Does transformers open the checkpoints we save, and find the models we fetch?   python check_folders.py FOLDER HUB

FOLDER is what folders.ts wrote, HUB the address of a Hub with cats/tiny. Left there for it: checkpoints that
transformers saved (theirs-*), and a cache (theirs-cache)."""

import json
import os
import shutil
import sys

folder, hub = sys.argv[1:]
os.environ.update(HF_HUB_OFFLINE="0", HF_ENDPOINT=hub)

import huggingface_hub
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoProcessor, AutoTokenizer

from checks import expect, run

NAMES = ["tied", "sharded", "untied", "text"]
QUESTION = "How was the image turned?"


def place(name):
    return os.path.join(folder, name)


def load(path, text=False, **options):
    kind = AutoModelForCausalLM if text else AutoModelForImageTextToText
    return kind.from_pretrained(path, dtype=torch.float32, attn_implementation="eager", **options)


@torch.no_grad()
def compute(model, ours):
    """Logits after our prompt."""
    ids = ours["ids"][None]
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if "pixels" in ours:
        inputs.update(pixel_values=ours["pixels"], image_grid_thw=ours["grid"])
        inputs.update(mm_token_type_ids=(ids == model.config.image_token_id).int())
    return model.eval()(**inputs).logits[0, -1].contiguous()


def apart(found, ours):
    difference = (found - ours["logits"]).abs().max().item()
    expect(difference < 1e-4, f"logits differ by up to {difference:.1e}")
    return difference


def opens():
    """transformers opens what we save, one file, shards, tied, untied, text only, and computes our logits"""
    worst, tensors = 0, 0
    for name in NAMES:
        ours = load_file(place(f"{name}.safetensors"))
        model, info = load(place(name), name == "text", output_loading_info=True)
        for wrong in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"):
            expect(not info.get(wrong), f"{name}: {wrong} {info.get(wrong)}")
        worst = max(worst, apart(compute(model, ours), ours))
        tensors += len(model.state_dict())
    return f"{len(NAMES)} checkpoints, {tensors} tensors, at most {worst:.1e} apart; transformers {transformers.__version__}"


def indexes():
    """our index is the one that save_pretrained writes for our shards"""
    for name in ["sharded", "untied", "text"]:
        index = json.load(open(os.path.join(place(name), "model.safetensors.index.json")))
        shards = sorted(set(index["weight_map"].values()))
        sizes = {shard: load_file(os.path.join(place(name), shard)) for shard in shards}
        found = {tensor: shard for shard, tensors in sizes.items() for tensor in tensors}
        expect(index["weight_map"] == found, f"{name}: the index is not what lies in the shards")
        total = sum(t.numel() * t.element_size() for tensors in sizes.values() for t in tensors.values())
        expect(index["metadata"]["total_size"] == total, f"{name}: total_size")
        save(load(place(name), name == "text"), place(f"theirs-{name}"))
        theirs = json.load(open(os.path.join(place(f"theirs-{name}"), "model.safetensors.index.json")))
        expect(theirs["weight_map"].keys() == index["weight_map"].keys(), f"{name}: names of tensors")
        expect(theirs["metadata"] == index["metadata"], f"{name}: {theirs['metadata']} is not {index['metadata']}")
    return f"{len(found)} tensors in {len(shards)} shards, and two more"


def prompts():
    """its processor and tokenizer open in our folders and make our token ids"""
    tokenizer = AutoTokenizer.from_pretrained(place("text"))
    messages = [{"role": "user", "content": QUESTION}]
    ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)["input_ids"]
    ours = load_file(place("text.safetensors"))["ids"].tolist()
    expect(ids == ours, f"text: {ids} is not {ours}")
    processor = AutoProcessor.from_pretrained(place("sharded"))
    ids = processor.tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)["input_ids"]
    expect(ids == ours, f"with vision: {ids} is not {ours}")
    return f"{len(ours)} tokens of text; {type(processor).__name__}"


def save(model, path):
    model.save_pretrained(path, max_shard_size="500KB")


def saves():
    """transformers saves folders for us: its shards, its processor, and the raw names of its own tensors"""
    AutoProcessor.from_pretrained(place("sharded")).save_pretrained(place("theirs-sharded"))
    AutoProcessor.from_pretrained(place("untied")).save_pretrained(place("theirs-untied"))
    AutoTokenizer.from_pretrained(place("text")).save_pretrained(place("theirs-text"))
    shutil.copytree(place("tied"), place("theirs-raw"))
    model = load(place("tied"))
    state = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name != "lm_head.weight"}
    save_file(state, os.path.join(place("theirs-raw"), "model.safetensors"), metadata={"format": "pt"})
    raw = sum(name.startswith("model.language_model.") for name in state)
    expect(raw > 0, "the raw names are not those of transformers 4.52 and later")
    return f"theirs-sharded, theirs-untied, theirs-text, theirs-raw ({raw} new names)"


def cached():
    """huggingface_hub finds a model that we fetched, and transformers opens it"""
    cache = place("ours-cache")
    found = huggingface_hub.snapshot_download("cats/tiny", cache_dir=cache, local_files_only=True)
    ours = load_file(place("sharded.safetensors"))
    model = load("cats/tiny", cache_dir=cache, local_files_only=True)
    difference = apart(compute(model, ours), ours)
    (repo,) = huggingface_hub.scan_cache_dir(cache).repos
    return f"{os.path.basename(found)[:8]}, {repo.nb_files} files, at most {difference:.1e} apart; huggingface_hub {huggingface_hub.__version__}"


def fetched():
    """huggingface_hub fetches a model for us"""
    found = huggingface_hub.snapshot_download("cats/tiny", cache_dir=place("theirs-cache"))
    return f"{len(os.listdir(found))} files"


run(opens, indexes, prompts, saves, cached, fetched)
