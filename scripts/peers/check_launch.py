"""Do the trainers take our launch files?   python check_launch.py SOURCES SET...

SOURCES is a folder with wheels of trainers that are read, not installed.
"""

import ast
import importlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import transformers
import trl
import yaml
from omegaconf import OmegaConf
from verl.trainer.ppo.utils import need_critic, need_reference_policy
from verl.utils.config import validate_config

from built_set import BuiltSet
from checks import expect, run

sources = Path(sys.argv[1])


def script(built, *more, programs=None):
    """Runs launch.sh, with `python3` being this one, and programs in the folder `programs` before all others."""
    path = [programs, str(Path(sys.executable).parent), os.environ["PATH"]]
    return subprocess.run(
        ["bash", str(built.folder / "launch.sh"), *more],
        env={**os.environ, "PATH": os.pathsep.join(filter(None, path)), "OUT": "out"},
        capture_output=True,
        text=True,
    )


def verl(built):
    composed = script(built, "--cfg", "job")
    expect(composed.returncode == 0, composed.stderr[-500:])
    config = OmegaConf.create(yaml.safe_load(composed.stdout))
    validate_config(config, need_reference_policy(config), need_critic(config))
    unknown = script(built, "data.no_such_key=1", "--cfg", "job")
    expect(unknown.returncode != 0, "verl takes any key, so that it took ours says nothing")
    actor = config.actor_rollout_ref
    return (
        f"{config.data.train_batch_size} prompts × {actor.rollout.n}, mini-batches of {actor.actor.ppo_mini_batch_size}, "
        f"prompts up to {config.data.max_prompt_length} tokens, KL {actor.actor.use_kl_loss}"
    )


def by_trl(built):
    sys.path.insert(0, str(built.folder))
    for name in ("launch", "reward"):
        sys.modules.pop(name, None)
    config, model = importlib.import_module("launch").configured(["--use_cpu", "--bf16", "False"])
    sys.path.pop(0)
    expect(isinstance(config, trl.GRPOConfig), f"a {type(config).__name__}")
    updates = config.steps_per_generation // config.gradient_accumulation_steps
    return (
        f"{config.generation_batch_size} completions in groups of {config.num_generations}, {updates} steps on them, "
        f"KL {config.beta}, {model}"
    )


def swift(built):
    """Its arguments are read from its source: it cannot be installed beside this TRL."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "swift")
        program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
        program.chmod(0o755)
        told = script(built, programs=folder)
    expect(told.returncode == 0, told.stderr)
    flags = [word[2:] for word in told.stdout.split("\n") if word.startswith("--")]
    (wheel,) = sources.glob("ms_swift-*.whl")
    known = fields_of("RLHFArguments", classes_in(wheel)) | set(
        transformers.Seq2SeqTrainingArguments.__dataclass_fields__
    )
    unknown = [flag for flag in flags if flag not in known]
    expect(flags and not unknown, f"it has no {unknown}")
    return f"{len(flags)} options, all of them among the {len(known)} of {wheel.name.split('-py3')[0]} (read, not run)"


def classes_in(wheel):
    """The classes of a wheel's Python files by name, those for Megatron left out."""
    classes = {}
    with zipfile.ZipFile(wheel) as files:
        for name in files.namelist():
            if name.endswith(".py") and "megatron" not in name:
                for node in ast.walk(ast.parse(files.read(name))):
                    if isinstance(node, ast.ClassDef):
                        classes[node.name] = node
    return classes


def fields_of(name, classes):
    if name not in classes:
        return set()
    node = classes[name]
    own = {line.target.id for line in node.body if isinstance(line, ast.AnnAssign)}
    return own.union(*(fields_of(base.id, classes) for base in node.bases if isinstance(base, ast.Name)))


CHECKS = {"verl": verl, "trl": by_trl, "swift": swift}


def taking(folder):
    built = BuiltSet(folder)

    def check():
        return CHECKS[built.format](built)

    check.__doc__ = f"{built.format} takes the launch file of {built.folder.name}"
    return check


run(*[taking(folder) for folder in sys.argv[2:]])
