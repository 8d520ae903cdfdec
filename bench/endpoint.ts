// What asking an endpoint costs beside the endpoint: npm run bench -- endpoint [ITEMS]
// A server in a process of its own answers at once. Per question: the client's processor time and the wall clock, with a
// picture of 448 x 448 pixels, 8 calls at once; and the memory that the client holds after each fifth.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-bench-"));
  try {
    const [port] = (await once(server, "message")) as [number];
    const picture = encodePng(render(composeScene("bench", "endpoint", 0), { width: 448, height: 448 }));
    console.log(`${items} questions with a picture of ${picture.length} bytes`);
    const benchmark = benchmarkNamed("mmbench-dev-en");
    const questions = Array.from({ length: items }, (_, i) => question(i, picture));
    const open: OpenBenchmark = { benchmark, questions, files: [], skipped: [] };
    const before = process.cpuUsage();
    const started = performance.now();
    await runBenchmark(open, {
      protocol: protocolNamed(benchmark),
      answerer: endpointAnswerer({
        url: `http://127.0.0.1:${port}/v1`,
        model: "bench",
        token: null,
        concurrency: 8,
        maxTokens: 1024,
        timeoutMs: 60_000,
        tries: 8,
        backoffMs: 500,
      }),
      answers: new AnswerCache(join(folder, "answers.jsonl")),
      out: folder,
      versions: {},
      signal: new AbortController().signal,
      progress({ done }) {
        if (done % (items / 5) !== 0) return;
        const { rss, heapUsed } = process.memoryUsage();
        console.log(`after ${String(done).padStart(6)}: ${megabytes(rss)} MB resident, ${megabytes(heapUsed)} MB heap`);
      },
    });
    const { user, system } = process.cpuUsage(before);
    console.log(`processor ${((user + system) / 1000 / items).toFixed(3)} ms a question`);
    console.log(`wall      ${((performance.now() - started) / items).toFixed(3)} ms a question`);
  } finally {
    server.disconnect();
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
