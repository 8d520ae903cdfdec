"""Writes what the models' own tests compare with:   python write_parity.py CHECKPOINT FILE

CHECKPOINT is checkpoints/tiny-vl, FILE packages/models/fixtures/parity.json. The numbers are digests (see digest), so
that the file stays small.
"""

import hashlib
import json
import sys
import tempfile

import numpy as np
import transformers

from model_cases import CASES, answers, build, save_flat
from processor_cases import PICTURES, QUESTIONS, ids_of, pixels_of


def digest(array, samples):
    """The norm of n numbers, then some of them: the i-th of k is number i·(n−1) // (k−1)."""
    flat = array.reshape(-1)
    places = [i * (len(flat) - 1) // (samples - 1) for i in range(samples)]
    return [float(f"{x:.7g}") for x in [np.linalg.norm(flat.astype(np.float64)), *flat[places]]]


def expected_model(case, arrays, greedy):
    digests = {name: digest(array, 2 if name.startswith("gradient") else 8) for name, array in arrays.items()}
    return {**case, "digests": digests, "greedy": greedy}


def expected_pixels(processor, sizes):
    data, grids = pixels_of(processor, sizes)
    return {
        "processor": processor,
        "sizes": sizes,
        "grids": grids,
        "hash": hashlib.sha256(np.ascontiguousarray(data, "<f4").tobytes()).hexdigest()[:16],
    }


def expected_prompt(checkpoint, text, labels, sizes):
    return {"text": text, "labels": labels, "sizes": sizes, "ids": ids_of(checkpoint, text, labels, sizes)}


def main(checkpoint, file):
    models = []
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            save_flat(case, folder)
            models.append(expected_model(case, *answers(build(case, folder), case)))
    content = {
        "transformers": transformers.__version__,
        "models": models,
        "pixels": [expected_pixels(*given) for given in PICTURES],
        "prompts": [expected_prompt(checkpoint, *given) for given in QUESTIONS],
    }
    with open(file, "w", encoding="utf-8") as out:
        out.write(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
