import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { join } from "node:path";
import { getThreads, libtorchOrigin, libtorchVersion } from "@ssl4rl/torch";
import type { Recipe } from "./recipe.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** What beside the recipe decides a run's numbers and its speed: an entry of `environment.json`, one for each start. */
export interface Environment {
  /** When, as ISO 8601. */
  readonly started: string;
  /** The first step that was taken then. */
  readonly step: number;
  readonly ssl4rl: string;
  readonly node: string;
  readonly libtorch: { readonly version: string; readonly folder: string; readonly origin: string };
  /** As in the recipe, with the names of the machine's GPUs where it is not `cpu`. */
  readonly device: string;
  readonly cpu: string;
  /** Threads of an operator; with `replicas: 2` one for each replica while training. */
  readonly threads: number;
  readonly seed: number;
  /** Of the folder that the command was called in, where it is in a git checkout. Files that git does not track are no change. */
  readonly git: { readonly commit: string; readonly changed: boolean } | null;
  /** The starting checkpoint. */
  readonly model: { readonly folder: string; readonly fingerprint: string };
}

/** `model` is the starting checkpoint's folder. */
export function describeEnvironment(recipe: Recipe, model: string, step: number): Environment {
  return {
    started: new Date().toISOString(),
    step,
    ssl4rl: version,
    node: process.version,
    libtorch: { version: libtorchVersion(), ...libtorchOrigin() },
    device: recipe.device === "cpu" ? "cpu" : `${recipe.device} of ${gpus().join(", ") || "unnamed GPUs"}`,
    cpu: cpus()[0]?.model ?? "unknown",
    threads: getThreads(),
    seed: recipe.seed,
    git: gitState(process.cwd()),
    model: { folder: model, fingerprint: fingerprint(model) },
  };
}

/** As the NVIDIA driver of Linux lists them. */
function gpus(): string[] {
  const root = "/proc/driver/nvidia/gpus";
  try {
    return readdirSync(root).map((gpu) => {
      const about = readFileSync(join(root, gpu, "information"), "utf8");
      return /^Model:\s*(.+)$/m.exec(about)?.[1] ?? "NVIDIA";
    });
  } catch {
    return [];
  }
}

export function gitState(folder: string): Environment["git"] {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return {
      commit: git("rev-parse", "HEAD"),
      changed: git("status", "--porcelain", "--untracked-files=no") !== "",
    };
  } catch {
    return null; // No checkout, none with a commit, or no git.
  }
}

const PIECES = 64;
const PIECE_BYTES = 2 ** 16;

/**
 * Tells starting checkpoints apart: SHA-256 of the names and sizes of a folder's weight files, and of 64 pieces of 64 KiB,
 * spread evenly over each, the first and the last included. Training moves nearly every weight, so that the pieces show it;
 * all bytes of a large model would take minutes to read.
 */
export function fingerprint(folder: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(PIECE_BYTES);
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".safetensors")) continue;
    const file = openSync(join(folder, name), "r");
    try {
      const { size } = fstatSync(file);
      hash.update(`${name} ${size}\n`);
      for (let i = 0; i < PIECES; i++) {
        const at = Math.round((Math.max(0, size - PIECE_BYTES) * i) / (PIECES - 1));
        hash.update(piece.subarray(0, readSync(file, piece, 0, PIECE_BYTES, at)));
      }
    } finally {
      closeSync(file);
    }
  }
  return hash.digest("hex");
}
