"""Do Hugging Face `datasets` read our sets?   python check_datasets.py SET..."""

import base64
import io
import sys

import datasets
from PIL import Image

from built_set import BuiltSet
from checks import expect, run

# Where the text with its <image> marks stands. TRL's has parts instead.
TEXTS = {
    "verl": lambda row: row["prompt"][0]["content"],
    "easyr1": lambda row: row["problem"],
    "swift": lambda row: row["messages"][0]["content"],
    "jsonl": lambda row: row["prompt"],
}


def picture_of(value, form):
    """verl, TRL and EasyR1 find pictures decoded; ms-swift opens them itself, and so does who reads JSONL."""
    if form == "swift":
        return Image.open(io.BytesIO(value["bytes"]))
    return Image.open(io.BytesIO(base64.b64decode(value.split(",")[1]))) if form == "jsonl" else value


def marks_of(row, form):
    if form == "trl":
        return sum(part["type"] == "image" for part in row["prompt"][0]["content"])
    return TEXTS[form](row).count("<image>")


def reading(folder):
    built = BuiltSet(folder)

    def check():
        kind = "json" if built.format == "jsonl" else "parquet"
        rows = datasets.load_dataset(kind, data_files=built.files, split="train")
        expect(len(rows) == built.rows, f"{len(rows)} rows of {built.rows}")
        pictures = 0
        for i, (row, sizes) in enumerate(zip(rows, built.sizes())):
            shown = [picture_of(value, built.format) for value in row["images"]]
            for picture in shown:
                expect(isinstance(picture, Image.Image), f"row {i}: a picture is a {type(picture).__name__}")
                expect(picture.mode == "RGB", f"row {i}: a picture is {picture.mode}")
                picture.load()
            expect([p.size for p in shown] == sizes, f"row {i}: pictures of {[p.size for p in shown]}, stored as {sizes}")
            marks = marks_of(row, built.format)
            expect(marks == len(shown), f"row {i}: {marks} places for {len(shown)} pictures")
            pictures += len(shown)
        return f"{len(rows)} rows, {pictures} pictures"

    check.__doc__ = f"datasets reads the {built.format} layout"
    return check


run(*[reading(folder) for folder in sys.argv[1:]])
