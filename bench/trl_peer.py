"""TRL's side of bench/trl.ts: takes GRPO steps of a built set's launch.py on the CPU, one for each line that it reads.

    python trl_peer.py SET PROCESSES THREADS COMPLETIONS|- GRADIENTS|- [options of launch.py]

Answers each with what the step cost and found. COMPLETIONS is a JSON file with the token ids to take for those it would
draw, in the order of its rows; gradients, before they are clipped, go into GRADIENTS. With two processes, each has as many
threads, and they share out a step as `accelerate launch` would have them.
"""

import atexit
import collections
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

folder, processes, threads, completions, gradients, *options = sys.argv[1:]
rank = int(os.environ.get("RANK", 0))
child = None
os.environ["OMP_NUM_THREADS"] = threads
if int(processes) > 1 and "RANK" not in os.environ:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    os.environ.update(RANK="0", LOCAL_RANK="0", WORLD_SIZE=processes, MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
    other = {**os.environ, "RANK": "1", "LOCAL_RANK": "1"}
    # What it prints is for people: lines on our standard output are answers.
    child = subprocess.Popen([sys.executable, *sys.argv], env=other, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    atexit.register(child.kill)

import torch
import transformers
import trl
from safetensors.torch import save_file
from trl.extras.profiling import ProfilingContext

torch.set_num_threads(int(threads))
transformers.logging.disable_progress_bar()
spent = collections.Counter()


def note(context, seconds):
    spent[context.name.split(".", 1)[1]] += seconds


# Seconds of its own profiling, by name, which else go to a tracker.
ProfilingContext._log_metrics = note


class Trainer(trl.GRPOTrainer):
    loss = 0.0

    def _generate_single_turn(self, prompt_ids, *more, **others):
        if completions == "-":
            return super()._generate_single_turn(prompt_ids, *more, **others)
        return json.loads(Path(completions).read_text()), None

    def training_step(self, *more):
        start = time.perf_counter()
        loss = super().training_step(*more)
        spent["training_step"] += time.perf_counter() - start
        self.loss += loss.item()
        return loss


def processes_now():
    return [os.getpid(), *([child.pid] if child else [])]


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid):
    return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1])


class Steps(transformers.TrainerCallback):
    """Waits for a line before every step, and answers it."""

    started = None

    def wait(self):
        if rank == 0 and not sys.stdin.readline():
            sys.exit()  # nobody asks for more
        spent.clear()
        self.started = time.perf_counter(), sum(map(processor_seconds, processes_now()))

    def on_train_begin(self, args, state, control, **_):
        self.wait()

    def on_pre_optimizer_step(self, args, state, control, model, **_):
        if gradients != "-":
            save_file({name: weight.grad.contiguous() for name, weight in model.named_parameters()}, gradients)

    def on_log(self, args, state, control, logs, **_):
        clock, processor = self.started
        if rank or "reward" not in logs:
            return
        cost = {"clock": time.perf_counter() - clock}
        cost["processor"] = sum(map(processor_seconds, processes_now())) - processor
        prepared, training = spent["_prepare_inputs"], spent["training_step"]
        phases = {
            "sampling": spent["transformers.generate"],
            "rewards and inputs": prepared - spent["transformers.generate"],
            "loss": spent["compute_loss"],
            "backward": training - prepared - spent["compute_loss"],
            "optimiser and rest": cost["clock"] - training,
        }
        answer = {
            "reward": logs["reward"],
            "gradNorm": logs["grad_norm"],
            "length": logs["completions/mean_length"],
            "entropy": logs["entropy"],
            "loss": trainer.loss,
            "cost": cost,
            "phases": phases,
            "peak": [peak(pid) for pid in processes_now()],
        }
        trainer.loss = 0.0
        print(json.dumps(answer), file=answers, flush=True)
        self.wait()


answers = sys.stdout
with contextlib.redirect_stdout(sys.stderr):  # the libraries print there too
    sys.path.insert(0, folder)
    import launch

    launch.GRPOTrainer = Trainer
    trainer = launch.make_trainer(options)
    trainer.add_callback(Steps())
    trainer.remove_callback(transformers.PrinterCallback)
    if rank == 0:
        versions = {"trl": trl.__version__, "transformers": transformers.__version__, "torch": torch.__version__}
        print(json.dumps(versions), file=answers, flush=True)
    trainer.train()
if child:
    child.wait()
