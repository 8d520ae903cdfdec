import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Tensor, writeSafetensors } from "@ssl4rl/torch";
import { INDEX_FILE, SINGLE_FILE } from "./read-weights.js";

/** The size of the shards that the hub's own Qwen2.5 checkpoints come in at most. */
export const SHARD_BYTES = 5e9;

/**
 * Weights as save_pretrained writes them: one file where they fit, else `model-00001-of-00002.safetensors` and so on, in
 * the order given, with an index. A tensor larger than `shardBytes` has a file of its own.
 */
export function writeWeights(folder: string, weights: ReadonlyMap<string, Tensor>, shardBytes: number): void {
  const shards: [string, Tensor][][] = [[]];
  let [inShard, inAll, parameters] = [0, 0, 0];
  for (const entry of weights) {
    const { bytes, size } = entry[1];
    if (inShard > 0 && inShard + bytes > shardBytes) {
      shards.push([]);
      inShard = 0;
    }
    shards.at(-1)!.push(entry);
    inShard += bytes;
    inAll += bytes;
    parameters += size;
  }
  if (shards.length === 1) {
    writeSafetensors(join(folder, SINGLE_FILE), weights, { format: "pt" });
    return;
  }
  const number = (n: number) => String(n).padStart(5, "0");
  const files: [string, string][] = [];
  shards.forEach((shard, i) => {
    const file = `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
    writeSafetensors(join(folder, file), shard, { format: "pt" });
    for (const [name] of shard) files.push([name, file]);
  });
  const index = {
    metadata: { total_parameters: parameters, total_size: inAll },
    weight_map: Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  writeFileSync(join(folder, INDEX_FILE), `${JSON.stringify(index, null, 2)}\n`);
}
