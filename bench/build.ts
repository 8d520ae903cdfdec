// `ssl4rl build` beside the usual way with Pillow and `datasets`: PYTHON=… npm run bench -- build PHOTOS [ROWS]
// The same photos, tasks and kind of output, each on one core (taskset), in turn. Then ours with two workers, and peak memory
// for 1,000 and 20,000 rows. Python needs Pillow and datasets: the peers' environment of `npm run check:peers` has them.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../packages/ssl4rl/bin/ssl4rl.js", import.meta.url));
const peer = fileURLToPath(new URL("./build_peer.py", import.meta.url));
const SIZE = 336;
const ROUNDS = 3;

export default async function bench(): Promise<void> {
  const [photos, rows = "400"] = process.argv.slice(3);
  if (!photos) throw new Error("npm run bench -- build PHOTOS [ROWS]");
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-bench-"));
  try {
    console.log(`${rows} rows of ${photos} at size ${SIZE}; rows per second on one core, median of ${ROUNDS}\n`);
    for (const task of ["rotation", "jigsaw", "position"]) {
      const rates = { ours: [] as number[], theirs: [] as number[] };
      for (let round = 0; round < ROUNDS; round++) {
        const out = join(folder, `${task}-${round}`);
        rates.ours.push(Number(rows) / ours(["--task", task, "--rows", rows], photos, out, "0").seconds);
        const python = process.env.PYTHON ?? "python3";
        const args = ["-c", "0", python, peer, task, rows, photos, String(SIZE), `${out}.parquet`];
        const seconds = Number(execFileSync("taskset", args, { stdio: ["ignore", "pipe", "ignore"] }));
        rates.theirs.push(Number(rows) / seconds);
      }
      const [a, b] = [median(rates.ours), median(rates.theirs)];
      console.log(
        `${task.padEnd(10)} ssl4rl ${a.toFixed(1)}   Pillow + datasets ${b.toFixed(1)}   ${(a / b).toFixed(1)} times`,
      );
    }
    const mixed = ["--preset", "ssl-r1", "--size", String(SIZE), "--rows", rows];
    const [one, two] = ["1", "2"].map((workers) =>
      median(
        Array.from({ length: ROUNDS }, (_, round) => {
          const out = join(folder, `workers-${workers}-${round}`);
          return ours([...mixed, "--workers", workers], photos, out, "0-1").seconds;
        }),
      ),
    );
    console.log(
      `\n2 workers: ${(one / two).toFixed(2)} times 1 (preset ssl-r1, ${(Number(rows) / two).toFixed(1)} rows/s)`,
    );
    for (const count of ["1000", "20000"]) {
      const { seconds, megabytes } = ours([...mixed.slice(0, 4), "--rows", count], photos, join(folder, count), "0-1");
      console.log(
        `${count} rows: at most ${megabytes.toFixed(0)} MB resident, ${(Number(count) / seconds).toFixed(1)} rows/s`,
      );
      rmSync(join(folder, count), { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds a set on the given cores and gives its time, start included, and its peak memory. */
function ours(flags: readonly string[], photos: string, out: string, cores: string) {
  const workers = cores === "0" ? ["--workers", "1"] : [];
  const command = [process.execPath, bin, "build", "--source", photos, "--out", out, "--validation", "0"];
  const started = performance.now();
  const all = ["-c", cores, "/usr/bin/time", "-f", "%M", ...command, ...workers, ...flags];
  const { status, stderr } = spawnSync("taskset", all, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ssl4rl build failed:\n${stderr}`);
  return { seconds: (performance.now() - started) / 1000, megabytes: Number(stderr.trim().split("\n").at(-1)) / 1024 };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
