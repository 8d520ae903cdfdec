import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stop } from "../peers/command.js";

/** A Ray cluster of one node, on this machine, which asks for a token. */
export interface Head {
  readonly url: string;
  readonly token: string;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
}

const START_SECONDS = 300;

/** Starts a head with its own folder, and waits until its dashboard answers. */
export async function startHead(python: string, folder: string): Promise<Head> {
  mkdirSync(folder, { recursive: true });
  const [gcs, dashboard, client, agent, metrics, environments] = await freePorts(6);
  const token = `check-ray-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const log = openSync(join(folder, "start.log"), "w");
  const options = {
    port: gcs,
    "dashboard-host": "127.0.0.1",
    "dashboard-port": dashboard,
    "ray-client-server-port": client,
    "dashboard-agent-listen-port": agent,
    "metrics-export-port": metrics,
    "runtime-env-agent-port": environments,
    // To be shared out, not to be had: verl's trainer alone asks for four, most of which wait.
    "num-cpus": 8,
    "num-gpus": 0,
    "object-store-memory": 100 * 2 ** 20,
    "temp-dir": folder,
    "include-dashboard": true,
  };
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const args = ["-m", "ray.scripts.scripts", "start", "--head", "--block", "--disable-usage-stats", ...flags];
  // Ray's processes end with this one, however it ends: then the pipe is closed.
  const watched = '"$@" & ray=$!; { cat <&3 >/dev/null; kill $ray; } & wait $ray';
  const head = spawn("sh", ["-c", watched, "sh", python, ...args], {
    stdio: ["ignore", log, log, "pipe"],
    env: {
      ...process.env,
      // For tasks that build a set.
      PATH: [
        dirname(python),
        fileURLToPath(new URL("../../node_modules/.bin", import.meta.url)),
        process.env.PATH,
      ].join(":"),
      // A busy machine is no reason to give a node up.
      RAY_raylet_start_wait_time_s: String(START_SECONDS),
      RAY_health_check_timeout_ms: "60000",
      RAY_health_check_failure_threshold: "20",
      RAY_AUTH_MODE: "token",
      RAY_AUTH_TOKEN: token,
      // Nothing is to be fetched, nor run on a GPU; torch's threads wait for each other longer than so small a model computes.
      HF_HUB_OFFLINE: "1",
      CUDA_VISIBLE_DEVICES: "",
      OMP_NUM_THREADS: "1",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  closeSync(log);
  const url = `http://127.0.0.1:${dashboard}`;
  await answering(url, head, folder);
  return { url, token, kill: () => killAll(head, folder) };
}

async function answering(url: string, head: ChildProcess, folder: string): Promise<void> {
  for (let second = 0; second < START_SECONDS; second++) {
    const up = await fetch(`${url}/api/authentication_mode`).then(
      ({ ok }) => ok,
      () => false,
    );
    // The dashboard is there before the rest.
    if (up && readFileSync(join(folder, "start.log"), "utf8").includes("block forever")) return;
    if (head.exitCode !== null) break;
    await sleep(1000);
  }
  const said = readFileSync(join(folder, "start.log"), "utf8").slice(-2000);
  await killAll(head, folder);
  stop(`${said}\nThe Ray head does not come up.`);
}

/** All processes of the head and of its jobs: those that name a folder beside its own. */
async function killAll(head: ChildProcess, folder: string): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const ours = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(dirname(folder)));
    for (const pid of [...ours.map(Number), head.pid]) {
      if (pid === undefined || pid === process.pid) continue;
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
    await sleep(300);
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

async function freePorts(count: number): Promise<string[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => String((server.address() as { port: number }).port));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
