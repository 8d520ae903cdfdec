"""Small models with random weights, what they are asked, and what transformers answers.

Weights, pixels and pictures are made from their names by a formula that packages/models/src/golden.ts has too, so that
they need not be stored. Ids are those of checkpoints/tiny-vl's tokenizer.
"""

import json
import re
from pathlib import Path

import numpy as np
import torch
import transformers
from PIL import Image
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForImageTextToText

START, END, IMAGE, VIDEO = 1015, 1016, 1018, 1019
STOP, PAD = 1014, 1012
BANNED = [START, END, 1017, IMAGE, VIDEO]
GREEDY_STEPS = 64


def values(name, count, amp, off=0.0):
    """Numbers in off ± amp."""
    return (off + (2 * _stream(name, count).astype(np.float64) / 2**32 - 1) * amp).astype(np.float32)


def picture(height, width):
    data = (_stream(f"img{height}x{width}", height * width * 3) & 255).astype(np.uint8)
    return Image.fromarray(data.reshape(height, width, 3))


def _stream(name, count):
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = (seed ^ byte) * 0x01000193 % 2**32
    x = np.uint32(seed) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def _text(hidden, inner, layers, heads, key_heads, **more):
    return {
        "hidden_size": hidden,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": key_heads,
        "vocab_size": 1024,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1e6,
        "hidden_act": "silu",
        "max_position_embeddings": 4096,
        "bos_token_id": PAD,
        "eos_token_id": STOP,
        "tie_word_embeddings": True,
        **more,
    }


def _qwen_vl(text, sections, vision):
    size = {
        "depth": 2,
        "hidden_size": 64,
        "intermediate_size": 100,
        "num_heads": 4,
        "out_hidden_size": text["hidden_size"],
        "fullatt_block_indexes": [1],
        "window_size": 112,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "in_chans": 3,
        "hidden_act": "silu",
        **vision,
    }
    return {
        "model_type": "qwen2_5_vl",
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        **text,
        "rope_scaling": {"type": "mrope", "mrope_section": sections},
        "vision_start_token_id": START,
        "vision_end_token_id": END,
        "image_token_id": IMAGE,
        "video_token_id": VIDEO,
        "vision_config": size,
    }


def _qwen(text):
    return {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], **text}


# In prompts a pair is an image of so many patches (height, width). A window is 8 x 8 patches unless the case says else.
CASES = [
    {
        "name": "tied",
        "config": _qwen_vl(_text(64, 160, 2, 4, 2), [2, 3, 3], {"depth": 4, "fullatt_block_indexes": [1, 3]}),
        "prompts": [[1, 2, 3, (10, 14), 9, 10, 11, 12]],
        "completions": [[[5, 6, 7, STOP], [8, STOP], [20, 21, 22, 23, 24]]],
    },
    {
        "name": "untied, odd sizes, a key head for each query head",
        "config": _qwen_vl(
            _text(60, 77, 3, 3, 3, vocab_size=1031, tie_word_embeddings=False),
            [4, 3, 3],
            {"depth": 3, "hidden_size": 36, "num_heads": 3, "intermediate_size": 53, "fullatt_block_indexes": [2]},
        ),
        "prompts": [[40, (6, 4), 41, 42, (2, 2), 43]],
        "completions": [[[50, 51, 52], [53, STOP]]],
    },
    {
        "name": "eight query heads to a key head, MiMo's constants, windows of 4 patches",
        "config": _qwen_vl(
            _text(64, 96, 2, 8, 1, rms_norm_eps=1e-5, rope_theta=640000.0, tie_word_embeddings=False),
            [2, 1, 1],
            {"depth": 4, "window_size": 56, "fullatt_block_indexes": [0, 3]},
        ),
        "prompts": [[7, 8, (12, 8), (10, 6), 9, 10, 11]],
        "completions": [[[60, 61, STOP], [62], [63, 64, 65, 66]]],
    },
    {
        "name": "nine images",
        "config": _qwen_vl(_text(64, 112, 2, 4, 2), [2, 3, 3], {}),
        "prompts": [
            [
                *[1, (2, 2), 2, (2, 18), (18, 2), 3, (4, 6), (8, 8), 4, 5, (10, 4), (6, 14), (16, 8)],
                *[6, (2, 4), 7, 8, 9],
            ]
        ],
        "completions": [[[70, 71, 72, STOP], [73, 74]]],
    },
    {
        "name": "windows only, images narrower than one, as wide, and a little wider",
        "config": _qwen_vl(_text(64, 80, 2, 4, 1), [2, 3, 3], {"depth": 3, "fullatt_block_indexes": []}),
        "prompts": [[3, (2, 20), (20, 2), 4, (8, 8), (8, 16), 5, (10, 18), 6, 7]],
        "completions": [[[80, 81, STOP], [82, 83, 84]]],
    },
    {
        "name": "four prompts of unequal length, with one to three images and none",
        "config": _qwen_vl(_text(48, 64, 3, 6, 2, rope_theta=10000.0), [1, 1, 2], {"num_heads": 2}),
        "prompts": [
            [1, 2, 3, 4, 5],
            [6, (4, 6), 7, 8, 9],
            [10, 11, (6, 22), 12, (4, 4), 13, (2, 8), 14, 15, 16, 17],
            [18, (8, 6), *range(100, 140)],
        ],
        "completions": [
            [[90, 91, STOP], [92]],
            [[93, 94, 95, 96], [97, STOP]],
            [[98, STOP], [99, 100, 101]],
            [[102], [103, 104, 105, 106]],
        ],
    },
    {
        "name": "patches of 8, merged by 3",
        "config": _qwen_vl(
            _text(64, 96, 2, 4, 2),
            [4, 2, 2],
            {"hidden_size": 32, "num_heads": 2, "patch_size": 8, "spatial_merge_size": 3, "window_size": 72},
        ),
        "prompts": [[30, (9, 12), 31, (3, 6), 32, 33]],
        "completions": [[[34, 35, STOP], [36, 37, 38]]],
    },
    {
        "name": "text only",
        "config": _qwen(_text(48, 80, 3, 6, 2, rope_theta=10000.0)),
        "prompts": [[1, 2, 3], [*range(210, 241)], [4, 5, 6, 7, 8, 9, 21]],
        "completions": [[[11, 12, STOP], [13]], [[14, 15], [16, 17, 18, 19]], [[20, STOP], [21, 22]]],
    },
    {
        "name": "text only, untied, seven query heads to a key head",
        "config": _qwen(_text(56, 72, 2, 7, 1, vocab_size=1101, tie_word_embeddings=False)),
        "prompts": [[*range(300, 320)]],
        "completions": [[[30, 31, 32], [33, STOP]]],
    },
]
for case in CASES:
    case["banned"] = BANNED


def save_flat(case, folder):
    """Its config.json as the hub's checkpoints have it, and the processor's, if it has eyes."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(case["config"]))
    vision = case["config"].get("vision_config")
    if vision:
        sizes = {"patch_size": "patch_size", "temporal_patch_size": "temporal_patch_size", "merge_size": "spatial_merge_size"}
        processor = {key: vision[of] for key, of in sizes.items()}
        (folder / "preprocessor_config.json").write_text(
            json.dumps({**processor, "image_processor_type": "Qwen2VLImageProcessor"})
        )


def build(case, folder):
    """transformers' model of a case, weights made from the names that save_pretrained writes. `folder` has its config."""
    kind = AutoModelForImageTextToText if "vision_config" in case["config"] else AutoModelForCausalLM
    config = AutoConfig.from_pretrained(folder)
    model = kind.from_config(config, attn_implementation="eager", dtype=torch.float32).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            off = 1 if weight.ndim == 1 and re.search("norm|ln_q", name) else 0
            flat = values(stored_name(name), weight.numel(), 0.2, off)
            weight.copy_(torch.from_numpy(flat).reshape(weight.shape))
    return model


def stored_name(name):
    return re.sub(r"^model\.language_model\.", "model.", re.sub(r"^model\.visual\.", "visual.", name))


def answers(model, case, greedy=True):
    """Arrays by the names that packages/models/src/parity.ts gives them, and, if asked for, each prompt's greedy tokens.

    Every completion stands behind a prompt of its own, as trainers have it: prompts padded on the left, completions on
    the right, images repeated.
    """
    prompts = [_expand(prompt, case["config"]) for prompt in case["prompts"]]
    pixels = _pixels(case)
    arrays = {}
    if pixels["image_grid_thw"]:
        arrays["features"] = _features(model, case)
    rows = [(b, g) for b, group in enumerate(case["completions"]) for g in range(len(group))]
    completions = [case["completions"][b][g] for b, g in rows]
    width = max(len(ids) for ids, _ in prompts)
    longest = max(map(len, completions))
    ids, mask = [], []
    for (b, _), completion in zip(rows, completions):
        prompt = prompts[b][0]
        before, behind = width - len(prompt), longest - len(completion)
        ids.append([PAD] * before + prompt + completion + [PAD] * behind)
        mask.append([0] * before + [1] * (len(prompt) + len(completion)) + [0] * behind)
    model.zero_grad()
    out = _forward(model, case, ids, mask, [b for b, _ in rows], output_attentions=True)
    logits = torch.cat([out.logits[i, width - 1 : width - 1 + len(c)] for i, c in enumerate(completions)])
    chosen = torch.tensor([token for completion in completions for token in completion])
    logprobs = logits.log_softmax(-1).gather(-1, chosen[:, None])[:, 0]
    objective = (logprobs * torch.from_numpy(values(f"objective.{case['name']}", len(chosen), 1))).sum()
    objective.backward()
    arrays["logits"] = logits.detach().numpy()
    arrays["logprobs"] = logprobs.detach().numpy()
    for name, weight in model.named_parameters():
        if weight.grad is not None:
            arrays[f"gradient {stored_name(name)}"] = weight.grad.numpy().copy()
    for i, ((b, g), completion) in enumerate(zip(rows, completions)):
        images = [column for column, token in enumerate(ids[i]) if token == IMAGE]
        if not images:
            continue
        layers = torch.stack([layer[i] for layer in out.attentions]).detach()
        predicting = slice(width - 1, width - 1 + len(completion))
        arrays[f"attention {b} {g}"] = layers.mean((0, 1))[predicting][:, images].numpy()
        if g == 0:
            arrays[f"attention {b} part"] = layers[-1, 0, width - 2 : width][:, images].numpy()
    return arrays, _greedy(model, case, prompts, width) if greedy else None


def _greedy(model, case, prompts, width):
    """[B][64] likeliest tokens. Fails where two are so near that rounding could choose between them."""
    ids = [[PAD] * (width - len(prompt)) + prompt for prompt, _ in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt, _ in prompts]
    with torch.no_grad():
        out = model.generate(
            **_inputs(case, ids, mask, range(len(prompts))),
            do_sample=False,
            min_new_tokens=GREEDY_STEPS,
            max_new_tokens=GREEDY_STEPS,
            eos_token_id=None,
            suppress_tokens=BANNED,
            pad_token_id=PAD,
            return_dict_in_generate=True,
            output_scores=True,
        )
    margins = [float((top[:, 0] - top[:, 1]).min()) for top in (score.topk(2).values for score in out.scores)]
    if min(margins) < 2e-4:
        raise AssertionError(f"{case['name']}: at step {np.argmin(margins)} two tokens are within {min(margins):.1e}")
    return out.sequences[:, width:].tolist()


def _forward(model, case, ids, mask, rows, **more):
    return model(**_inputs(case, ids, mask, rows), use_cache=False, **more)


def _inputs(case, ids, mask, rows):
    """Keyword arguments for a batch whose row i has the images of prompt rows[i]."""
    ids = torch.tensor(ids)
    inputs = {"input_ids": ids, "attention_mask": torch.tensor(mask)}
    if "vision_config" not in case["config"]:
        return inputs
    if int(transformers.__version__.split(".")[0]) >= 5:
        inputs["mm_token_type_ids"] = (ids == IMAGE).long()
    given = _pixels(case)
    wanted = [image for row in rows for image in given["of_prompt"][row]]
    if wanted:
        inputs["pixel_values"] = torch.cat([given["pixel_values"][image] for image in wanted])
        inputs["image_grid_thw"] = torch.tensor([given["image_grid_thw"][image] for image in wanted])
    return inputs


def _features(model, case):
    given = _pixels(case)
    with torch.no_grad():
        out = model.model.visual(torch.cat(given["pixel_values"]), torch.tensor(given["image_grid_thw"]))
    return getattr(out, "pooler_output", out).numpy()


def _pixels(case):
    """pixel_values of each image, its grid, and which images each prompt has."""
    grids, of_prompt = [], []
    for prompt in case["prompts"]:
        own = [(1, *part) for part in prompt if isinstance(part, (tuple, list))]
        of_prompt.append(range(len(grids), len(grids) + len(own)))
        grids += own
    if not grids:
        return {"pixel_values": [], "image_grid_thw": [], "of_prompt": of_prompt}
    vision = case["config"]["vision_config"]
    columns = vision["in_chans"] * vision["temporal_patch_size"] * vision["patch_size"] ** 2
    sizes = [height * width for _, height, width in grids]
    all_rows = torch.from_numpy(values(f"pixel_values.{case['name']}", sum(sizes) * columns, 1.8)).reshape(-1, columns)
    return {"pixel_values": list(all_rows.split(sizes)), "image_grid_thw": grids, "of_prompt": of_prompt}


def _expand(prompt, config):
    ids, grids = [], []
    for part in prompt:
        if isinstance(part, int):
            ids.append(part)
            continue
        height, width = part
        merge = config["vision_config"]["spatial_merge_size"]
        ids += [START, *[IMAGE] * (height * width // merge**2), END]
        grids.append(part)
    return ids, grids
