// Our GRPO beside TRL's GRPOTrainer on the CPU: PYTHON=… npm run bench -- trl [PART…] [--steps N] [--seeds N] [--csv FILE]
// PYTHON names an interpreter with TRL: the peers' environment of `npm run check:peers` has it.
// step    loss and gradients of one step on the same responses; they must be equal to 1e-4
// speed   seconds and memory of a step, in turns, by phase
// curves  reward over --steps steps (60) of --seeds runs (3) of each; what --csv FILE holds is not run again
// Both have checkpoints/tiny-vl, the rows, reward.py and launch.py of a set that `ssl4rl build` makes for TRL, in their order.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { curves } from "./trl-curves.js";
import { speed } from "./trl-speed.js";
import { step } from "./trl-step.js";

const parts = { step, speed, curves };

export default async function bench(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: {
      steps: { type: "string", default: "60" },
      seeds: { type: "string", default: "3" },
      csv: { type: "string" },
    },
  });
  const unknown = positionals.find((word) => !(word in parts));
  if (unknown) throw new Error(`There is no part ${unknown}: npm run bench -- trl [${Object.keys(parts).join(" ")}]`);
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-bench-"));
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (positionals.length === 0 || positionals.includes(name)) await part(folder, values);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
