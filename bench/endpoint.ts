// What asking an endpoint costs beside the endpoint: npm run bench -- endpoint [ITEMS]
// A server in a process of its own answers at once. Per question, 8 calls at once: the client's processor time, which is the
// overhead, and the wall clock; and the memory of the client after a fifth and at the end, garbage collected. Once with small
// pictures, PNGs of 64 x 64 pixels, and once with files of 300 kB.

import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { encodePng } from "@ssl4rl/core";
import {
  AnswerCache,
  benchmarkNamed,
  endpointAnswerer,
  type OpenBenchmark,
  protocolNamed,
  type Question,
  runBenchmark,
} from "@ssl4rl/eval";
import { composeScene, render } from "@ssl4rl/world";

const SERVER = "serve";
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

if (process.argv[2] === SERVER) {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => response.end('{"choices":[{"message":{"content":"<answer>A</answer>"}}]}'));
  });
  server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
  process.once("disconnect", () => process.exit());
}

export default async function bench(): Promise<void> {
  const items = Number(process.argv[3] ?? 10_000);
  const server = fork(fileURLToPath(import.meta.url), [SERVER], { execArgv: process.execArgv });
  try {
    const [port] = (await once(server, "message")) as [number];
    const small = encodePng(render(composeScene("bench", "endpoint", 0), { width: 64, height: 64 }));
    for (const picture of [small, randomBytes(300_000)]) await ask(`http://127.0.0.1:${port}/v1`, picture, items);
  } finally {
    server.disconnect();
  }
}

async function ask(url: string, picture: Uint8Array, items: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-bench-"));
  try {
    console.log(`${items} questions with a picture of ${picture.length} bytes`);
    const benchmark = benchmarkNamed("mmbench-dev-en");
    const questions = Array.from({ length: items }, (_, i) => question(i, picture));
    const open: OpenBenchmark = { benchmark, questions, files: [], skipped: [] };
    let collecting = 0;
    const before = process.cpuUsage();
    const started = performance.now();
    await runBenchmark(open, {
      protocol: protocolNamed(benchmark),
      answerer: endpointAnswerer({
        url,
        model: "bench",
        token: null,
        concurrency: 8,
        timeoutMs: 60_000,
        tries: 8,
        backoffMs: 500,
      }),
      limits: { maxTokens: 1024, area: null },
      answers: new AnswerCache(join(folder, "answers.jsonl")),
      out: folder,
      versions: {},
      signal: new AbortController().signal,
      progress({ done, failed }) {
        if (done !== items / 5 && done !== items) return;
        // What that costs is not the client's.
        const before = process.cpuUsage();
        collectGarbage();
        const { user, system } = process.cpuUsage(before);
        collecting += user + system;
        const { rss, heapUsed } = process.memoryUsage();
        const memory = `${megabytes(rss)} MB resident, ${megabytes(heapUsed)} MB of objects`;
        console.log(`after ${String(done).padStart(6)}: ${memory}, ${failed} failed`);
      },
    });
    const { user, system } = process.cpuUsage(before);
    const each = (microseconds: number) => (microseconds / 1000 / items).toFixed(3);
    console.log(`processor ${each(user + system - collecting)} ms a question (${each(system)} of it in the kernel)`);
    console.log(`wall      ${((performance.now() - started) / items).toFixed(3)} ms a question`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function question(i: number, picture: Uint8Array): Question {
  return {
    id: `${i}`,
    text: `How many things are there in picture ${i}?`,
    images: [{ name: `${i}`, bytes: async () => picture }],
    choices: { A: "one", B: "two", C: "three", D: "four" },
    target: { kind: "letter", letter: "A" },
    group: `${i}`,
    labels: { category: "counting" },
  };
}

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
