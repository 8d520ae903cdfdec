export interface SlurmInput {
  /** The job's id, by which `ssl4rl launch --attach` finds it. */
  readonly id: string;
  /** The launch folder, as the nodes find it. */
  readonly folder: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly nodes: number;
  readonly gpusPerNode: number;
}

/** `train.slurm`: brings a Ray cluster up on the nodes of an allocation, runs the launch folder on it, and takes it down. */
export function slurmScript({ id, folder, metadata, nodes, gpusPerNode }: SlurmInput): string {
  return `#!/usr/bin/env bash
#SBATCH --job-name=${id}
#SBATCH --nodes=${nodes}
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=${gpusPerNode}
#SBATCH --exclusive
# sbatch train.slurm; from elsewhere, through a tunnel (ssh -L 8265:127.0.0.1:8265 NODE):
#     ssl4rl launch --attach ${id} --cluster http://localhost:8265
set -euo pipefail
# The script runs on the first node of the allocation, which is the head.
head=$(hostname -I | awk '{print $1}')
trap 'ray stop' EXIT
ray start --head --node-ip-address="$head" --port=6379 --dashboard-host=127.0.0.1 --num-gpus=${gpusPerNode}
if ((SLURM_NNODES > 1)); then
  srun --nodes=$((SLURM_NNODES - 1)) --ntasks=$((SLURM_NNODES - 1)) --exclude="$(hostname -s)" \\
    ray start --address="$head:6379" --num-gpus=${gpusPerNode} --block &
fi
# Nodes come up one after the other; the trainer wants them all.
until (($(ray list nodes --filter state=ALIVE --format json | grep -c '"node_id"') == SLURM_NNODES)); do sleep 5; done
ray job submit --address=http://127.0.0.1:8265 --submission-id=${id} \\
  --working-dir=${quoted(folder)} --metadata-json=${quoted(JSON.stringify(metadata))} -- python3 job.py train
`;
}

/** `build.slurm`: an array job, a task for each shard of a set. `command` makes one, `{shard}` being its number. */
export function buildScript(id: string, shards: number, command: string): string {
  return `#!/usr/bin/env bash
#SBATCH --job-name=${id}
#SBATCH --array=1-${shards}
#SBATCH --requeue
# Shards need nothing of each other; one that was cut off goes on, and the manifest comes with the last.
set -euo pipefail
${command.replace("{shard}", "$SLURM_ARRAY_TASK_ID")}
`;
}

/** As a shell takes it, whole. */
export function quoted(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
