"""Python's side of bench/torch.ts: reads `name count` lines, answers with the seconds that took."""

import json
import sys
import time

import torch


def add():
    a, b = torch.ones(8), torch.ones(8)

    def run(count):
        for _ in range(count):
            a.add(b)

    return run


def mlp(batch, width):
    model = torch.nn.Sequential(
        torch.nn.Linear(width, width),
        torch.nn.ReLU(),
        torch.nn.Linear(width, width),
        torch.nn.ReLU(),
        torch.nn.Linear(width, 1),
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    x, y = torch.ones(batch, width), torch.ones(batch, 1)

    def run(count):
        for _ in range(count):
            loss = (model(x) - y).pow(2).mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    return run


def matmul(size):
    a, b = torch.ones(size, size), torch.ones(size, size)

    def run(count):
        for _ in range(count):
            a.mm(b)

    return run


torch.set_num_threads(int(sys.argv[1]))
works = {"add": add(), "mlp small": mlp(8, 32), "mlp": mlp(64, 512), "matmul": matmul(1024)}
print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    name, count = line.rsplit(" ", 1)
    start = time.perf_counter()
    works[name](int(count))
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
