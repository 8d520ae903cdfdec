"""Builds a set by Ray tasks, one for each shard.   python3 build.py SHARDS COMMAND...

A shard that is cut off goes on where it was, on whatever node takes it then.
"""

import subprocess
import sys

import ray

shards, command = int(sys.argv[1]), sys.argv[2:]


@ray.remote(num_cpus=1, max_retries=3, retry_exceptions=True)
def build(shard):
    subprocess.run([*command, "--shard", f"{shard}/{shards}"], check=True)
    return shard


ray.init()
waiting = [build.remote(shard + 1) for shard in range(shards)]
while waiting:
    done, waiting = ray.wait(waiting)
    print(f"shard {ray.get(done[0])} is done, {len(waiting)} to go", flush=True)
