// Loading a checkpoint of about a billion random weights in shards, each time in a process of its own: seconds, and peak
// memory over the weights at the kind asked for; transformers' from_pretrained beside it.
// PYTHON names an interpreter with transformers (such as the one that check:peers installs); without it, only ours.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Checkpoint, loadCheckpoint, parseConfig, QwenVL, saveCheckpoint, weightShapes } from "@ssl4rl/models";
import { keep, manualSeed, randn, scope, type Tensor } from "@ssl4rl/torch";

type Kind = "bfloat16" | "float32";
interface Loaded {
  readonly seconds: number;
  /** Memory of the process before loading (Node or Python with libtorch), at its peak, and after, in bytes. */
  readonly before: number;
  readonly peak: number;
  readonly after: number;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const tiny = join(root, "checkpoints/tiny-vl");

/** The tiny model with twelve of the 3B model's layers in place of its own. */
function bigCheckpoint(dtype: Kind): Checkpoint {
  const small = loadCheckpoint(tiny);
  const raw = JSON.parse(readFileSync(join(tiny, "config.json"), "utf8"));
  const text = {
    hidden_size: 2048,
    intermediate_size: 11008,
    num_hidden_layers: 12,
    max_window_layers: 12,
    num_attention_heads: 16,
    num_key_value_heads: 2,
    head_dim: 128,
    rope_scaling: { type: "mrope", mrope_section: [16, 24, 24] },
  };
  const config = parseConfig(
    JSON.stringify({ ...raw, ...text, vision_config: { ...raw.vision_config, out_hidden_size: 2048 } }),
  );
  manualSeed(0);
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    weights.set(name, keep(scope(() => randn(shape).mul_(0.02).to({ dtype }))));
  }
  const { tokenizer, processor, stopTokens, files } = small;
  small.free();
  return new Checkpoint(config, tokenizer, processor, new QwenVL(config, weights), stopTokens, files);
}

const ours = `
  import { readFileSync } from "node:fs";
  import { loadCheckpoint } from "@ssl4rl/models";
  import { ones } from "@ssl4rl/torch";
  const memory = (key) => 1024 * Number(new RegExp(key + ":\\\\s+(\\\\d+) kB").exec(readFileSync("/proc/self/status", "utf8"))[1]);
  const [folder, dtype] = process.argv.slice(1);
  ones([1000, 1000]).sum().item();
  const before = memory("VmRSS");
  const start = performance.now();
  loadCheckpoint(folder, { dtype });
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, before, peak: memory("VmHWM"), after: memory("VmRSS") }));
`;

function loadOurs(folder: string, dtype: Kind): Loaded {
  const args = ["--input-type=module", "-e", ours, "--", folder, dtype];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: join(root, "packages/trainer"), encoding: "utf8" }));
}

function loadTheirs(folder: string, dtype: Kind): Loaded | null {
  const script = fileURLToPath(new URL("load_peer.py", import.meta.url));
  const { status, stdout } = spawnSync(process.env.PYTHON ?? "python3", [script, folder, dtype], { encoding: "utf8" });
  return status === 0 ? JSON.parse(stdout.trim().split("\n").at(-1)!) : null;
}

export default async function bench(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "ssl4rl-load-"));
  try {
    const rows: Record<string, string | number>[] = [];
    for (const stored of ["bfloat16", "float32"] as const) {
      const folder = join(scratch, stored);
      const made = bigCheckpoint(stored);
      saveCheckpoint(folder, made, { shardBytes: 1e9 });
      const parameters = [...made.model.weights.values()].reduce((sum, weight) => sum + weight.size, 0);
      made.free();
      for (const wanted of ["bfloat16", "float32"] as const) {
        const weights = parameters * { bfloat16: 2, float32: 4 }[wanted];
        loadOurs(folder, wanted); // the file comes into the page cache
        for (const [who, load] of Object.entries({ ssl4rl: loadOurs, transformers: loadTheirs })) {
          const loaded = load(folder, wanted);
          if (!loaded) {
            console.log("No transformers to compare with: set PYTHON to an interpreter that has it.");
            continue;
          }
          const { seconds, before, peak, after } = loaded;
          const ratio = (bytes: number) => (bytes / weights).toFixed(3);
          rows.push({
            "file -> model": `${stored} -> ${wanted}`,
            who,
            seconds: seconds.toFixed(2),
            "weights GB": (weights / 1e9).toFixed(2),
            "peak GB": (peak / 1e9).toFixed(2),
            "peak / weights": ratio(peak),
            "less the process's own": ratio(peak - before),
            "after / weights": ratio(after),
          });
        }
      }
      rmSync(folder, { recursive: true });
    }
    console.table(rows);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
