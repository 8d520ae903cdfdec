"""A folder that `ssl4rl build` made, read without the libraries under check."""

import base64
import importlib.util
import json
import struct
from pathlib import Path

import pyarrow.parquet


class BuiltSet:
    """files: the paths of its rows' files; rows: their number by the manifest; format: the layout's name."""

    def __init__(self, folder):
        self.folder = Path(folder)
        manifest = json.loads((self.folder / "manifest.json").read_text())
        self.format = manifest["plan"]["format"]
        self.files = [str(self.folder / file["name"]) for file in manifest["files"]]
        self.rows = sum(file["rows"] for file in manifest["files"])
        self.reward_file = str(self.folder / "reward.py")

    def reward(self):
        """The module reward.py, loaded as trainers do: by its path."""
        spec = importlib.util.spec_from_file_location("reward_of_the_set", self.reward_file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def sizes(self):
        """For each row the (width, height) of its pictures, as the heads of the PNG files say."""
        return [[_size(png) for png in row] for file in self.files for row in _pictures(file)]


def _pictures(file):
    if file.endswith(".jsonl"):
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                yield [base64.b64decode(uri.split(",")[1]) for uri in json.loads(line)["images"]]
    else:
        for row in pyarrow.parquet.read_table(file, columns=["images"]).column("images").to_pylist():
            yield [picture["bytes"] for picture in row]


def _size(png):
    return struct.unpack(">II", png[16:24])
