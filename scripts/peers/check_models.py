"""Do our models answer as transformers' do?   python check_models.py CHECKPOINT PARITY_FILE

CHECKPOINT is checkpoints/tiny-vl, PARITY_FILE what write_parity.py wrote for our own tests.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.numpy import load_file
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText

from checks import expect, run
from model_cases import CASES, answers, build, save_flat
from processor_cases import PICTURES, QUESTIONS, ids_of, pixels_of
from write_parity import expected_model, expected_pixels, expected_prompt

# Largest differences: absolute; of gradients relative to the norm of the whole tensor, or, where that is nearly 0 by
# symmetry (the biases of keys), to that of a thousandth of all gradients.
ABSOLUTE = {"features": 1e-4, "logits": 1e-4, "logprobs": 1e-4, "attention": 1e-5}
RELATIVE = 1e-3

checkpoint, parity_file = sys.argv[1:]
parity = json.loads(Path(parity_file).read_text())
root = Path(__file__).parents[2]


def ours(folder):
    """Has our side read the folder and write into it."""
    command = ["node", "--import", "tsx", str(root / "scripts/peers/ours.ts"), str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    expect(done.returncode == 0, f"ours.ts failed: {done.stderr[-2000:]}")
    return load_file(folder / "ours.safetensors")


def compare(found, expected):
    """The largest difference of each kind."""
    expect(found.keys() == expected.keys(), f"arrays {sorted(found.keys() ^ expected.keys())} on one side only")
    total = np.sqrt(sum((x.astype(np.float64) ** 2).sum() for name, x in expected.items() if name.startswith("grad")))
    worst = {}
    for name, array in expected.items():
        kind = name.split()[0]
        expect(found[name].size == array.size, f"{name}: {found[name].size} numbers, not {array.shape}")
        difference = found[name] - array.reshape(-1)
        if kind == "gradient":
            size = np.linalg.norm(difference) / max(np.linalg.norm(array), 1e-3 * total)
        else:
            size = np.abs(difference).max()
        expect(size <= ABSOLUTE.get(kind, RELATIVE), f"{name} differs by {size:.1e}")
        worst[kind] = max(worst.get(kind, 0), size)
    return ", ".join(f"{kind} {size:.0e}" for kind, size in sorted(worst.items()))


def answering(case, known):
    def check():
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            save_flat(case, folder / "flat")
            model = build(case, folder / "flat")
            arrays, greedy = answers(model, case)

            model.save_pretrained(folder / "checkpoint")
            for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
                shutil.copy(Path(checkpoint) / name, folder / "checkpoint")
            if "vision_config" in case["config"]:
                shutil.copy(folder / "flat/preprocessor_config.json", folder / "checkpoint")
            (folder / "case.json").write_text(json.dumps(case))
            seen = compare(ours(folder), arrays)
            found = json.loads((folder / "greedy.json").read_text())
            expect(found == greedy, f"greedy tokens {found}, not {greedy}")

            kind = AutoModelForImageTextToText if "vision_config" in case["config"] else AutoModelForCausalLM
            trained = kind.from_pretrained(folder / "saved", attn_implementation="eager", dtype=torch.float32).eval()
            again, _ = answers(trained, case, greedy=False)
            compare(load_file(folder / "trained.safetensors"), again)
        expect_near(expected_model(case, arrays, greedy), known)
        return seen

    check.__doc__ = f"transformers {transformers.__version__}, {case['name']}"
    return check


def expect_near(fresh, known):
    """The numbers of our own tests are those of this release."""
    fresh = json.loads(json.dumps(fresh))
    expect({**fresh, "digests": 0} == {**known, "digests": 0}, "the parity file has another case: write it again")
    for name, digest in known["digests"].items():
        near = np.allclose(fresh["digests"][name], digest, rtol=1e-4, atol=1e-4)
        expect(near, f"{name}: {fresh['digests'][name]}, the parity file has {digest}")


def processing():
    """token ids and pixels of questions"""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copytree(checkpoint, folder / "checkpoint")
        questions = [{"text": text, "labels": labels, "sizes": sizes} for text, labels, sizes in QUESTIONS]
        (folder / "questions.json").write_text(json.dumps(questions))
        pixels = ours(folder)
        found = json.loads((folder / "ids.json").read_text())
    settings = json.loads((Path(checkpoint) / "preprocessor_config.json").read_text())
    numbers = 0
    for i, (text, labels, sizes) in enumerate(QUESTIONS):
        ids = ids_of(checkpoint, text, labels, sizes)
        expect(found[i] == ids, f"{text!r} becomes {found[i]}, not {ids}")
        if sizes:
            data, _ = pixels_of(settings, sizes)
            expect(np.array_equal(pixels[str(i)], data.reshape(-1)), f"the pictures of {text!r} differ")
            numbers += data.size
    for given, known in zip(PICTURES, parity["pixels"]):
        expect(json.loads(json.dumps(expected_pixels(*given))) == known, f"{given}: the parity file has other pixels")
    for given, known in zip(QUESTIONS, parity["prompts"]):
        fresh = json.loads(json.dumps(expected_prompt(checkpoint, *given)))
        expect(fresh == known, f"{given[0]!r}: the parity file has other ids")
    return f"{len(QUESTIONS)} prompts, {sum(map(len, found))} ids and {numbers} pixel values, all equal"


processing.__doc__ = f"transformers {transformers.__version__}, {processing.__doc__}"
run(processing, *[answering(case, known) for case, known in zip(CASES, parity["models"])])
