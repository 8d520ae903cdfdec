"""The usual way to build such a set: Pillow for the pictures, `datasets` for the file. python build_peer.py TASK ROWS PHOTOS SIZE OUT

Prints the seconds it took, imports left out. Pictures are decoded, brought to the size asked with Pillow's bicubic, corrupted,
and stored as PNG by `datasets` (its Image feature, Pillow's default compression), as the published builders do.
"""

import random
import sys
import time
from pathlib import Path

from datasets import Dataset, Features, Image as ImageFeature, Sequence, Value
from PIL import Image, ImageOps

KINDS = {".jpg", ".jpeg", ".png", ".webp"}


def squared(picture, size):
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side)).resize((size, size), Image.BICUBIC)


def fitted(picture, size, step):
    """The picture with its own aspect, about size x size pixels, sides multiples of `step`."""
    aspect = (picture.width / picture.height) ** 0.5
    width, height = (max(step, round(side / step) * step) for side in (size * aspect, size / aspect))
    return picture.resize((width, height), Image.BICUBIC)


def cells(picture):
    w, h = picture.width // 2, picture.height // 2
    return [picture.crop((x * w, y * h, x * w + w, y * h + h)) for y in range(2) for x in range(2)]


def rotation(picture, size, rng):
    reference = squared(picture, size)
    angle = rng.choice([0, 90, 180, 270])
    return [reference, reference.rotate(angle, expand=True)], str(angle)


def jigsaw(picture, size, rng):
    tiles = cells(fitted(picture, size, 56))
    order = list(range(4))
    rng.shuffle(order)
    return [tiles[i] for i in order], ",".join(str(order.index(i) + 1) for i in range(4))


def position(picture, size, rng):
    whole = fitted(picture, size, 56)
    place = rng.randrange(4)
    return [whole, cells(whole)[place]], ["top-left", "top-right", "bottom-left", "bottom-right"][place]


def main():
    task, rows, photos, size, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    corrupt = {"rotation": rotation, "jigsaw": jigsaw, "position": position}[task]
    started = time.perf_counter()
    files = sorted(path for path in photos.rglob("*") if path.suffix.lower() in KINDS)
    features = Features(
        {
            "data_source": Value("string"),
            "prompt": [{"role": Value("string"), "content": Value("string")}],
            "images": Sequence(ImageFeature()),
            "reward_model": {"style": Value("string"), "ground_truth": Value("string")},
            "extra_info": {"index": Value("int64"), "split": Value("string")},
        }
    )

    def generate():
        index = 0
        while index < rows:
            for path in files:
                if index == rows:
                    return
                try:
                    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
                except OSError:
                    continue
                if min(picture.size) < 56:
                    continue
                images, answer = corrupt(picture, size, random.Random(f"{path.name} {index}"))
                yield {
                    "data_source": task,
                    "prompt": [{"role": "user", "content": "<image>" * len(images) + "What was done?"}],
                    "images": images,
                    "reward_model": {"style": "rule", "ground_truth": answer},
                    "extra_info": {"index": index, "split": "train"},
                }
                index += 1

    Dataset.from_generator(generate, features=features, cache_dir=f"{out}.cache").to_parquet(out)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
