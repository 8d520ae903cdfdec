import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "./main.js";
import { type Outcome, startCommand } from "./test-command.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-verify-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (args: readonly string[]) => startCommand(folder, ["verify", ...args]);

const verify = (...args: string[]) => start(args).outcome;

/** What a use that must fail says; in this process, which is quicker. */
async function fails(...args: string[]): Promise<{ code: number; err: string }> {
  const err = vi.spyOn(console, "error").mockImplementation(() => {});
  const code = await main(["node", "ssl4rl", "verify", ...args]);
  const said = { code, err: err.mock.calls.flat().join("\n") };
  vi.restoreAllMocks();
  return said;
}

function file(name: string, ...lines: unknown[]): string {
  writeFileSync(
    join(folder, name),
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  );
  return name;
}

const turn = {
  task: "rotation@1",
  target: "90",
  answer: { kind: "one-of", words: ["0", "90", "180", "270"] },
  protocol: "answer-only",
  reward: { accuracy: 1, format: 0.2, partial: 0 },
};
const order = {
  task: "jigsaw@1",
  target: "2,1,3,4",
  answer: JSON.stringify({ kind: "permutation", n: 4, from: 1, separator: "," }),
  protocol: "think-answer",
  reward: JSON.stringify({ accuracy: 1, format: 0, partial: 0.5 }),
};
const right = { score: 1.2, acc: 1, partial: 1, format: 1, pred: "90", error: 0 };
const half = { score: 0.25, acc: 0, partial: 0.5, format: 1, pred: "1,2,3,4", error: 0 };
const malformed = { score: 0, acc: 0, partial: 0, format: 0, pred: "", error: 0 };
const completions = [
  { response: "<answer> 90\u2028</answer>", ...turn },
  "",
  { response: "<think>\n</think> <answer>1, 2, 3, 4</answer>", row: { ...order, prompt: "What order?" } },
  { ...turn, response: "90" },
];
const scored = [
  { line: 1, ...right },
  { line: 3, ...half },
  { line: 4, ...malformed },
];

const parsed = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("ssl4rl verify", () => {
  it("scores each line on standard output and sums up on standard error", async () => {
    const { code, out, err } = await verify(file("completions.jsonl", ...completions));
    expect(parsed(out)).toEqual(scored);
    expect(err).toMatch(/rotation@1: 2 completions, mean score 0\.6000, 50\.0% right, 1 format errors/);
    expect(err).toMatch(/jigsaw@1: 1 completions, mean score 0\.2500, 0\.0% right, 0 format errors/);
    expect(err).toMatch(/^3 completions, mean score 0\.4833, 33\.3% right, 1 format errors$/m);
    expect(code).toBe(0);
  });

  it("writes scores to a file and the summary alone to standard output", async () => {
    const path = file("more.jsonl", ...completions);
    const { code, out } = await verify(path, "--out", "scores.jsonl", "--json");
    expect(parsed(readFileSync(join(folder, "scores.jsonl"), "utf8"))).toEqual(scored);
    const [summary, ...rest] = parsed(out);
    expect(rest).toEqual([]);
    expect(summary).toMatchObject({
      completions: 3,
      formatErrors: 1,
      tasks: {
        "rotation@1": { completions: 2, score: 0.6, accuracy: 0.5, formatErrors: 1 },
        "jigsaw@1": { score: 0.25 },
      },
    });
    expect((await verify(path, "--json")).out).toBe(out);
    expect(code).toBe(0);
  });

  it("names the file and the line of what cannot be judged, and leaves no half file", async () => {
    const { response, ...row } = completions[0] as typeof turn & { response: string };
    const cases: [unknown, RegExp][] = [
      ["{", /bad\.jsonl, line 2: .*one JSON object/],
      [[1], /bad\.jsonl, line 2: expected a JSON object/],
      [row, /bad\.jsonl, line 2: response should be the completion as text, got nothing/],
      [{ ...row, response: ["<answer>"] }, /line 2: response .* got \["<answer>"\]/],
      [{ response, row: 3 }, /line 2: the row should be an object, got 3/],
      [{ ...row, response, target: "91" }, /line 2: The target "91" is no answer of its kind: 0, 90, 180 or 270/],
      [{ ...row, response, protocol: "answer_only" }, /line 2: No protocol "answer_only"\. Did you mean "answer-only"/],
      [{ ...row, response, answer: { kind: "cell" } }, /line 2: answer\.n should be a whole number .* got nothing/],
    ];
    for (const [line, message] of cases) {
      const path = join(folder, file("bad.jsonl", completions[0], line));
      const { code, err } = await fails(path, "--out", join(folder, "half.jsonl"));
      expect(err).toMatch(message);
      expect(code).toBe(1);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("half"))).toEqual([]);
  });

  it("explains files that are not there, hold nothing or cannot be written, and wrong usage", async () => {
    const cases: [string[], RegExp, number][] = [
      [[join(folder, "nowhere.jsonl")], /nowhere\.jsonl cannot be read: ENOENT/, 1],
      [[folder], /cannot be read: EISDIR/, 1],
      [[join(folder, file("empty.jsonl", "", ""))], /empty\.jsonl holds no completions/, 1],
      [
        [join(folder, file("one.jsonl", completions[0])), "--out", join(folder, "no/file")],
        /Cannot write .*no\/file: ENOENT/,
        1,
      ],
      [[], /Give either a JSONL file of completions or --serve PORT/, 2],
      [["one.jsonl", "--serve", "0"], /Give either/, 2],
      [["--serve", "0", "--json"], /not with --serve/, 2],
      [["--serve", "70000"], /up to 65535/, 2],
    ];
    for (const [args, message, expected] of cases) {
      const { code, err } = await fails(...args);
      expect(err).toMatch(message);
      expect(code).toBe(expected);
    }
    expect(existsSync(join(folder, "no"))).toBe(false);
  });

  it("shows in its help a request that works", async () => {
    const { out } = await verify("--help");
    expect(out).toContain("ssl4rl verify completions.jsonl --out scores.jsonl");
    expect(() => JSON.parse(/-d '([^']+)'/.exec(out)![1])).not.toThrow();
  });
});

describe("ssl4rl verify --serve", () => {
  let child: ChildProcess;
  afterEach(() => {
    child.kill("SIGKILL");
  });

  async function serve(): Promise<{ url: string; outcome: Promise<Outcome> }> {
    const started = start(["--serve", "0"]);
    child = started.child;
    const url = await new Promise<string>((resolve) => {
      let text = "";
      child.stderr!.on("data", (chunk) => {
        text += chunk;
        const address = /(http:\/\/127\.0\.0\.1:\d+)\/verify/.exec(text);
        if (address) resolve(address[1]);
      });
    });
    return { url, outcome: started.outcome };
  }

  const post = (url: string, body: string | object) =>
    fetch(`${url}/verify`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

  it("answers health checks and batches in their order, several at a time", async () => {
    const { url } = await serve();
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "ok" });
    const items = completions.filter((item) => item !== "");
    const replies = await Promise.all(
      [0, 1, 2, 3].map((n) => post(url, { items: [...items.slice(n), ...items.slice(0, n)] })),
    );
    const scores = [right, half, malformed];
    for (const [n, reply] of replies.entries()) {
      expect(reply.status).toBe(200);
      expect(reply.headers.get("content-type")).toBe("application/json");
      expect(await reply.json()).toEqual({ scores: [...scores.slice(n), ...scores.slice(0, n)] });
    }
    expect(await (await post(url, { items: [] })).json()).toEqual({ scores: [] });
  });

  it("says what is wrong with a request and goes on", async () => {
    const { url } = await serve();
    const item = completions[0];
    const cases: [Promise<Response>, number, RegExp][] = [
      [fetch(`${url}/`), 404, /No \/\. There are: POST \/verify, GET \/health/],
      [fetch(`${url}/verify`), 405, /takes POST, got GET/],
      [fetch(`${url}/health`, { method: "POST" }), 405, /takes GET/],
      [post(url, ""), 400, /The body is no JSON/],
      [post(url, "{"), 400, /The body is no JSON/],
      [post(url, "null"), 400, /should be \{"items": \[\.\.\.\]\}/],
      [post(url, [item]), 400, /should be \{"items": \[\.\.\.\]\}/],
      [post(url, { items: [item, null] }), 400, /items\[1\] should be an object/],
      [post(url, { items: [item, { ...turn }] }), 400, /items\[1\]: response should be/],
      [post(url, { items: [item, { ...turn, response: "", target: "1" }] }), 400, /items\[1\]: The target "1"/],
      [post(url, { items: Array(10_001).fill(0) }), 413, /10001 items; send at most 10000/],
      [post(url, " ".repeat(33 * 2 ** 20)), 413, /34603008 bytes; send at most 33554432/],
    ];
    for (const [reply, status, message] of cases) {
      const { error } = (await (await reply).json()) as { error: string };
      expect(error).toMatch(message);
      expect((await reply).status).toBe(status);
    }
    expect((await fetch(`${url}/verify`)).headers.get("allow")).toBe("POST");
    const broken = request(`${url}/verify`, { method: "POST", headers: { "content-length": 1000 } });
    broken.on("error", () => {});
    await new Promise<void>((resolve) => broken.write("{", () => resolve()));
    broken.destroy();
    expect((await post(url, { items: [item] })).status).toBe(200);
  });

  it("answers what is under way when stopped by Ctrl-C, and takes nothing new", async () => {
    const { url, outcome } = await serve();
    const body = JSON.stringify({ items: [completions[0]] });
    const slow = request(`${url}/verify`, { method: "POST", headers: { "content-length": Buffer.byteLength(body) } });
    const reply = new Promise<string>((resolve, reject) => {
      slow.on("error", reject);
      slow.on("response", async (response) => resolve((await response.toArray()).join("")));
    });
    await new Promise<void>((resolve) => slow.write(body.slice(0, 10), () => resolve()));
    // An answer to a later request: the server has the first part of the slow one by now.
    await (await fetch(`${url}/health`)).json();
    child.kill("SIGINT");
    await new Promise<void>((resolve) => child.stderr!.on("data", (text) => /Stopping/.test(text) && resolve()));
    await expect(fetch(`${url}/health`, { headers: { connection: "close" } })).rejects.toThrow();
    slow.end(body.slice(10));
    expect(JSON.parse(await reply)).toEqual({ scores: [right] });
    expect((await outcome).code).toBe(130);
  });

  it("names a port that is taken", async () => {
    const { url } = await serve();
    const { code, err } = await fails("--serve", new URL(url).port);
    expect(err).toMatch(/Cannot serve on port \d+: .*EADDRINUSE.*0 for a free one/);
    expect(code).toBe(1);
  });
});
