"""What runs on the cluster: trains with the settings beside this file, and tells of it in the log.

    python3 job.py [train | check | merge]

`check` looks whether the trainer takes the settings and finds the set; `merge` makes a Hugging Face folder of verl's newest
checkpoint. What the log tells for machines stands in lines with @ssl4rl, as JSON; `ssl4rl launch` makes a run folder of it.
Standard library, and what the trainer itself needs. Storage that `out` names must be shared by all nodes.
"""

import collections
import glob
import importlib.metadata
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SETTINGS = json.loads((HERE / "settings.json").read_text())
OUT = Path(SETTINGS["out"])

# Ray hands a log on in messages of limited size, and a line whole.
PIECE = 8000
# Rows whose prompts are learnt by heart, to tell the task of a rollout: those of a task are much alike.
ROWS_READ = 100_000
SECONDS_BETWEEN_LOOKS = 2
FIRST_VERL = (0, 7, 1)


class Refused(Exception):
    """Something is not as it was expected; the message says what to do."""


def tell(**record):
    """One record in the log: a line, or several where it is long."""
    text = json.dumps(record)
    for at in range(0, len(text), PIECE):
        sign = "+" if at + PIECE < len(text) else "="
        # One call for a line, so that lines of other processes do not come between.
        os.write(1, f"@ssl4rl{sign} {text[at : at + PIECE]}\n".encode())


def main(what):
    if what not in ("train", "check", "merge"):
        sys.exit(f"job.py train, check or merge, not {what}")
    try:
        tell(begin=what, trainer=SETTINGS["trainer"], versions=versions(), recipe=(HERE / "recipe.yaml").read_text())
        if what == "merge":
            tell(merged=merge())
            return 0
        check_trainer(thorough=what == "check")
        bring_set()
        check_set()
        if what == "check":
            tell(checked=True)
            return 0
        return train()
    except Refused as reason:
        tell(refused=str(reason))
        return 1


def versions():
    found = {}
    for name in ("ray", "verl", "trl", "vllm", "torch", "transformers"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


# Before training


def check_trainer(thorough):
    name = SETTINGS["trainer"]
    if importlib.util.find_spec(name) is None:
        raise Refused(f"{sys.executable} on the cluster has no {name}: install it in the image that the cluster runs.")
    if name == "verl":
        check_verl(thorough)


def check_verl(thorough):
    """Does this verl know every field that verl.yaml sets? Merged over its own, unknown ones would be taken in silence."""
    version = importlib.metadata.version("verl")
    if tuple(int(part) for part in version.split(".")[:3] if part.isdigit()) < FIRST_VERL:
        raise Refused(f"The cluster has verl {version}; these settings are for 0.7.1 or later.")
    import yaml
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    own = yaml.safe_load((HERE / "verl.yaml").read_text())
    del own["defaults"]
    (package,) = importlib.util.find_spec("verl").submodule_search_locations
    with initialize_config_dir(str(Path(package, "trainer", "config")), version_base=None):
        known = OmegaConf.to_container(compose("ppo_trainer"), resolve=False)
    # What Ray is started with is handed on as it is.
    del own["ray_kwargs"]["ray_init"]["runtime_env"]
    unknown = list(unknown_fields(own, known))
    if unknown:
        raise Refused(
            f"verl {version} on the cluster knows no field {', '.join(unknown)}. Take it out of verl.yaml in the launch folder "
            "and start run.sh there by hand, or install another verl."
        )
    if thorough:
        validate()


def unknown_fields(own, known, path=""):
    for key, value in own.items():
        if key not in known:
            yield path + key
        elif isinstance(value, dict) and isinstance(known[key], dict):
            yield from unknown_fields(value, known[key], f"{path}{key}.")


def validate():
    """verl's own look at the settings, as its trainer does it at the start."""
    from hydra import compose, initialize_config_dir
    from verl.trainer.ppo.utils import need_critic, need_reference_policy
    from verl.utils.config import validate_config

    (package,) = importlib.util.find_spec("verl").submodule_search_locations
    search = f"hydra.searchpath=[file://{Path(package, 'trainer', 'config')}]"
    try:
        with initialize_config_dir(str(HERE), version_base=None):
            config = compose("verl", overrides=[search, *SETTINGS["arguments"]])
    except Exception as error:
        raise Refused(f"verl cannot take {' '.join(SETTINGS['arguments'])}: {str(error).splitlines()[0]}") from error
    try:
        validate_config(config, need_reference_policy(config), need_critic(config))
    except (AssertionError, ValueError) as error:
        raise Refused(f"verl refuses these settings: {error}") from error


def bring_set():
    """Copies a set out of an object store, once, to where all nodes find it."""
    data, here = SETTINGS["data"], Path(SETTINGS["set"])
    if "://" not in data or (here / "manifest.json").exists():
        return
    from pyarrow import fs

    here.mkdir(parents=True, exist_ok=True)
    store, path = fs.FileSystem.from_uri(data)
    names = [info.base_name for info in store.get_file_info(fs.FileSelector(path)) if info.is_file]
    # The manifest last: it says that all is there.
    for i, name in enumerate(sorted(names, key=lambda name: name == "manifest.json")):
        print(f"copying {name} ({i + 1} of {len(names)})", flush=True)
        fs.copy_files(f"{path}/{name}", str(here / f"{name}.partial"), store, fs.LocalFileSystem())
        (here / f"{name}.partial").rename(here / name)


def check_set():
    manifest = Path(SETTINGS["set"], "manifest.json")
    if not manifest.exists():
        raise Refused(
            f"The cluster finds no set in {SETTINGS['set']} (manifest.json is missing): put the set where its nodes can read "
            "it, and say where with --data-uri."
        )
    found = json.loads(manifest.read_text())["fingerprint"]
    if found != SETTINGS["fingerprint"]:
        raise Refused(
            f"{SETTINGS['set']} holds another set than the one these settings are for (fingerprint {found[:12]}, expected "
            f"{SETTINGS['fingerprint'][:12]}): copy the set there anew."
        )


# Training


def train():
    (OUT / "rollouts").mkdir(parents=True, exist_ok=True)
    metrics = OUT / "metrics.jsonl"
    if metrics.exists():
        # Of a job before this one, which told of it.
        metrics.rename(OUT / f"metrics-until-{int(metrics.stat().st_mtime)}.jsonl")
    child = subprocess.Popen(command(), cwd=HERE, env={**os.environ, "SET": SETTINGS["set"]})
    # Ray ends a job by SIGTERM to this process; the trainer shall end before it.
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    journal = Journal()
    while child.poll() is None:
        journal.look()
        time.sleep(SECONDS_BETWEEN_LOOKS)
    journal.look(last=True)
    if child.returncode == 0:
        tell(trained=True)
    return child.returncode


def command():
    more = SETTINGS["arguments"]
    if SETTINGS["trainer"] == "verl":
        return [sys.executable, "-m", "verl.trainer.main_ppo", "--config-dir=.", "--config-name=verl", *more]
    gpus = SETTINGS["gpusPerNode"]
    start = [sys.executable]
    if gpus:
        start += ["-m", "accelerate.commands.launch", "--num_processes", str(gpus)]
    return [*start, "launch.py", "--model", SETTINGS["model"], "--output_dir", str(OUT), *more]


class Journal:
    """Reads what the trainer writes into `out`, and tells it.

    metrics.jsonl: a line {"step": N, "data": {...}} a step. rollouts/N.jsonl, validation/N.jsonl: a line a response, with its
    prompt, true answer and score.
    """

    def __init__(self):
        self.place = 0
        self.waiting = collections.deque()
        self.sizes = {}
        self.known = None
        self.validated = set()

    def look(self, last=False):
        self.waiting.extend(self.new_lines())
        while self.waiting:
            step = self.waiting[0]["step"]
            rollouts = OUT / "rollouts" / f"{step}.jsonl"
            # Responses are written beside the training, and may come after the metrics.
            if not last and self.expects_rollouts(self.waiting[0]) and not self.still(rollouts):
                break
            self.tell_step(**self.waiting.popleft(), rollouts=rollouts)
        for file in sorted(OUT.glob("validation/*.jsonl"), key=lambda file: int(file.stem)):
            if file.stem not in self.validated and (last or self.still(file)):
                self.validated.add(file.stem)
                self.tell_validation(int(file.stem), file)

    def new_lines(self):
        """Whole lines of metrics.jsonl that were not there before."""
        file = OUT / "metrics.jsonl"
        if not file.exists():
            return []
        with file.open("rb") as stream:
            stream.seek(self.place)
            text = stream.read()
        whole = text[: text.rfind(b"\n") + 1]
        self.place += len(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def expects_rollouts(self, line):
        return (OUT / "rollouts").exists() and not all(key.startswith("val-") for key in line["data"])

    def still(self, file):
        """Whether a file is there and has not grown since the last look."""
        if not file.exists():
            return False
        before, self.sizes[file] = self.sizes.get(file), file.stat().st_size
        return before == self.sizes[file] > 0

    def tell_step(self, step, data, rollouts):
        record = {"step": step, "data": data}
        if rollouts.exists():
            groups = self.groups(rollouts)
            record["tasks"] = tallies(groups)
            record["alike"] = alike(groups)
            if step == 1 or step % SETTINGS["samplesEvery"] == 0:
                record["samples"] = groups[: SETTINGS["sampledProblems"]]
            else:
                # Those of all steps would fill the disk.
                rollouts.unlink()
        tell(**record)

    def tell_validation(self, step, file):
        groups = self.groups(file)
        tell(validation=step, tasks=tallies(groups), samples=groups[: SETTINGS["validationSamples"]])

    def groups(self, file):
        """The responses of a file, judged, by the prompt they answer."""
        from reward import score

        groups = {}
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n")[:-1]):
            row = json.loads(line)
            found = row if "task" in row else self.row_of(row["input"])
            verdict = score(row["output"], row["gts"], found["answer"], found["protocol"], found["reward"])
            # verl 0.9 names a response by its prompt's uid, its number, and that of its turn; before, it told no prompt.
            prompt = row["uid"].rsplit("_", 2)[0] if "uid" in row else number
            group = groups.setdefault(
                prompt,
                {"task": found["task"], "prompt": found["text"], "target": row["gts"], "responses": []},
            )
            group["responses"].append(
                {
                    "text": row["output"],
                    "given": verdict["pred"] if verdict["format"] else None,
                    "accuracy": verdict["acc"],
                    "partial": verdict["partial"],
                    "format": verdict["format"] == 1,
                    "reward": row["score"],
                }
            )
        return list(groups.values())

    def row_of(self, prompt):
        """What judges responses to a prompt, found by the words of the row in it."""
        if self.known is None:
            self.known = known_rows()
        here = [text for text in self.known if text in prompt]
        if here:
            return self.known[max(here, key=len)]
        return {"task": "unknown", "text": prompt, "answer": None, "protocol": None, "reward": None}


def known_rows():
    """What judges the rows of the set, by the words of their prompts."""
    import pyarrow.parquet

    known, rows = {}, 0
    for file in sorted(glob.glob(f"{SETTINGS['set']}/*.parquet"), key=lambda name: "validation" not in name):
        for row in pyarrow.parquet.read_table(file, columns=["prompt", "extra_info"]).to_pylist():
            text = row["prompt"][0]["content"].replace("<image>", "").strip()
            known[text] = {**row["extra_info"], "text": text}
            rows += 1
        if rows > ROWS_READ:
            break
    return known


def alike(groups):
    """Share of prompts whose responses all earned the same; None where a prompt has but one."""
    if any(len(group["responses"]) == 1 for group in groups):
        return None
    return sum(len({one["reward"] for one in group["responses"]}) == 1 for group in groups) / len(groups)


def tallies(groups):
    """By task: responses, their mean reward, the share of right ones and of those in the form."""
    tasks = {}
    for group in groups:
        tasks.setdefault(group["task"], []).extend(group["responses"])
    return {
        task: {
            "n": len(some),
            "reward": sum(one["reward"] for one in some) / len(some),
            "accuracy": sum(one["accuracy"] for one in some) / len(some),
            "format": sum(one["format"] for one in some) / len(some),
        }
        for task, some in tasks.items()
    }


# After training


def merge():
    """The folder in Hugging Face layout with the newest checkpoint; made by verl's own merger where it is not there."""
    if SETTINGS["trainer"] == "trl":
        found = sorted(OUT.glob("checkpoint-*"), key=lambda folder: int(folder.name.split("-")[1]))
        if not found:
            raise Refused(f"There is no checkpoint in {OUT} yet.")
        return str(found[-1])
    latest = OUT / "latest_checkpointed_iteration.txt"
    if not latest.exists():
        raise Refused(f"There is no checkpoint in {OUT} yet ({latest.name} is missing).")
    folder = OUT / f"global_step_{latest.read_text().strip()}"
    merged = folder / "merged"
    if not (merged / "config.json").exists():
        what = ["merge", "--backend", "fsdp", "--local_dir", str(folder / "actor"), "--target_dir", f"{merged}.partial"]
        if subprocess.run([sys.executable, "-m", "verl.model_merger", *what]).returncode != 0:
            raise Refused(f"verl's merger failed on {folder / 'actor'}: the log above says why.")
        Path(f"{merged}.partial").rename(merged)
    return str(merged)


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["train"])))
