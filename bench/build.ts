// `ssl4rl build` beside the usual way with Pillow and `datasets`: PYTHON=… npm run bench -- build PHOTOS [PART…]
// tasks    rows per second on one core, ours and Python's in turn: the same photos, tasks and kind of output
// workers  two workers on two cores against one on one core, and against one that has both for its helpers; preset ssl-r1
// memory   peak memory for 1,000 and for 20,000 rows
// sample   1 % of SSL-R1's 591,435 rows, and what all would take
// kills    kill -9 at 50 random moments, then --resume: every byte must be that of a build left alone
// Python needs Pillow and datasets: the peers' environment of `npm run check:peers` has them.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "@ssl4rl/core";

const bin = fileURLToPath(new URL("../packages/ssl4rl/bin/ssl4rl.js", import.meta.url));
const peer = fileURLToPath(new URL("./build_peer.py", import.meta.url));
const SIZE = "336";
const ROUNDS = 3;
/** Two epochs of the photos in shared/data. */
const ROWS = 1600;
const WORKER_ROWS = 800;
const SSL_R1_ROWS = 591_435;
const KILLS = 50;

const parts = { tasks, workers, memory, sample, kills };

export default async function bench(): Promise<void> {
  const [photos, ...words] = process.argv.slice(3);
  const unknown = words.filter((word) => !(word in parts));
  if (!photos || unknown.length > 0) throw new Error(`npm run bench -- build PHOTOS [${Object.keys(parts).join(" ")}]`);
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-bench-"));
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (words.length === 0 || words.includes(name)) await part(photos, folder);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tasks(photos: string, folder: string): void {
  console.log(`${ROWS} rows at size ${SIZE}; rows per second on one core, median of ${ROUNDS}`);
  const python = process.env.PYTHON ?? "python3";
  for (const task of ["rotation", "jigsaw", "position"]) {
    const rates = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const flags = ["--task", task, "--rows", String(ROWS), "--workers", "1"];
      rates.ours.push(ROWS / ours(flags, photos, folder, "0").seconds);
      const out = join(folder, "python.parquet");
      const args = ["-c", "0", python, peer, task, String(ROWS), photos, SIZE, out];
      rates.theirs.push(ROWS / Number(execFileSync("taskset", args, { stdio: ["ignore", "pipe", "ignore"] })));
      rmSync(out);
      rmSync(`${out}.cache`, { recursive: true });
    }
    const [a, b] = [median(rates.ours), median(rates.theirs)];
    console.log(`${task.padEnd(10)} ssl4rl ${a.toFixed(1)}   Python ${b.toFixed(1)}   ${(a / b).toFixed(1)} times`);
  }
}

function workers(photos: string, folder: string): void {
  const ways = [
    { count: "1", cores: "0", seconds: [] as number[] },
    { count: "1", cores: "0-1", seconds: [] as number[] },
    { count: "2", cores: "0-1", seconds: [] as number[] },
  ];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { count, cores, seconds } of ways) {
      const flags = ["--preset", "ssl-r1", "--rows", String(WORKER_ROWS), "--workers", count];
      seconds.push(ours(flags, photos, folder, cores).seconds);
    }
  }
  const [alone, helped, both] = ways.map(({ seconds }) => WORKER_ROWS / median(seconds));
  const rates = [alone, helped, both].map((rate) => rate.toFixed(1)).join(", ");
  console.log(`rows per second of ssl-r1 by 1 worker on 1 core, 1 on 2 cores, 2 on 2 cores: ${rates}`);
  console.log(`2 workers: ${(both / alone).toFixed(2)} and ${(both / helped).toFixed(2)} times 1`);
}

function memory(photos: string, folder: string): void {
  for (const rows of [1_000, 20_000]) {
    const { megabytes } = ours(["--preset", "ssl4rl", "--rows", String(rows), "--workers", "2"], photos, folder, "0-1");
    console.log(`${rows} rows of ssl4rl by 2 workers: at most ${megabytes.toFixed(0)} MB resident`);
  }
}

function sample(photos: string, folder: string): void {
  const rows = Math.round(SSL_R1_ROWS / 100);
  const flags = ["--preset", "ssl-r1", "--size", "504", "--rows", String(rows), "--workers", "2"];
  const { seconds, bytes } = ours(flags, photos, folder, "0-1");
  console.log(
    `${rows} rows of ssl-r1 at its own size by 2 workers: ${(rows / seconds).toFixed(1)} rows/s; ` +
      `all ${SSL_R1_ROWS} would take ${((100 * seconds) / 3600).toFixed(1)} h and ${(bytes / 1e7).toFixed(0)} GB`,
  );
}

async function kills(photos: string, folder: string): Promise<void> {
  const flags = ["--preset", "ssl-r1", "--size", "112", "--rows", "120", "--rows-per-file", "8", "--workers", "2"];
  const command = (out: string) => [bin, "build", "--source", photos, "--out", join(folder, out), ...flags];
  const begun = performance.now();
  execFileSync(process.execPath, command("whole"), { stdio: "ignore" });
  const whole = performance.now() - begun;
  const random = Random.from("kills", Date.now());
  let different = 0;
  for (let k = 0; k < KILLS; k++) {
    const child = spawn(process.execPath, command("killed"), { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await new Promise((resolve) => setTimeout(resolve, random.float() * whole));
    child.kill("SIGKILL");
    await ended;
    execFileSync(process.execPath, [...command("killed"), "--resume"], { stdio: ["ignore", "ignore", "pipe"] });
    if (hashes(join(folder, "killed")) !== hashes(join(folder, "whole"))) different++;
    rmSync(join(folder, "killed"), { recursive: true });
  }
  console.log(
    `${KILLS} builds killed at random moments of ${(whole / 1000).toFixed(1)} s and resumed: ${different} differ`,
  );
  if (different > 0) process.exitCode = 1;
}

/** Builds a set of `photos` on the given cores, gives its time and peak memory, and removes it. */
function ours(flags: readonly string[], photos: string, folder: string, cores: string) {
  const out = join(folder, "ours");
  const size = flags.includes("--size") ? [] : ["--size", SIZE];
  const build = [bin, "build", "--source", photos, "--validation", "0", "--out", out, "--json", ...size, ...flags];
  const all = ["-c", cores, "/usr/bin/time", "-f", "%M", process.execPath, ...build];
  const { status, stdout, stderr } = spawnSync("taskset", all, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ssl4rl build failed:\n${stderr}`);
  rmSync(out, { recursive: true });
  const { seconds, bytes } = JSON.parse(stdout) as { seconds: number; bytes: number };
  return { seconds, bytes, megabytes: Number(stderr.trim().split("\n").at(-1)) / 1024 };
}

/** Of all files of a set, by name. */
function hashes(set: string): string {
  const files = readdirSync(set).filter((name) => name !== ".build");
  const hash = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(set, name)))
      .digest("hex");
  return files
    .sort()
    .map((name) => `${name} ${hash(name)}`)
    .join("\n");
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
