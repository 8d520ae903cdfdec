import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePicture } from "@ssl4rl/data";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenBenchmark, openBenchmark, protocolNamed } from "../benchmark.js";
import { benchmarkNamed } from "../benchmarks/registry.js";
import type { ItemResult } from "../item-result.js";
import { picture, table } from "../test-files.js";
import { AnswerCache } from "./answer-cache.js";
import { type EndpointOptions, endpointAnswerer, modelAt } from "./endpoint.js";
import { readEvaluation } from "./read-evaluation.js";
import { type RunOptions, runBenchmark } from "./run-benchmark.js";

const mmbench = benchmarkNamed("mmbench-dev-en");

let folder: string;
let server: Server;
let url: string;
/** Times at which each question was asked, in milliseconds. */
let calls: Map<string, number[]>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-eval-"));
  calls = new Map();
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** Answers the question of this name, asked for the `call`-th time, from 0. */
type Behaviour = (response: ServerResponse, call: number, body: Body, request: IncomingMessage) => void;

interface Body {
  readonly model: string;
  readonly temperature: number;
  readonly max_tokens: number;
  readonly messages: readonly {
    readonly content: readonly { readonly text?: string; readonly image_url?: { url: string } }[];
  }[];
}

const completion = (content: string | null) =>
  JSON.stringify({ choices: [{ message: { role: "assistant", content } }] });
const right: Behaviour = (response) => response.end(completion("<answer>B</answer>"));

/** An endpoint at which each question has a fate of its own. */
async function start(behaviours: Readonly<Record<string, Behaviour>>, otherwise = right): Promise<void> {
  server = createServer(async (request, response) => {
    if (request.url === "/v1/models") {
      response.end(JSON.stringify({ data: [{ id: "one" }] }));
      return;
    }
    if (request.url !== "/v1/chat/completions") {
      response.writeHead(404).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    const [, name] = /Question: (.*)/.exec(body.messages[0].content.map(({ text = "" }) => text).join(""))!;
    const times = calls.get(name) ?? [];
    calls.set(name, [...times, performance.now()]);
    (behaviours[name] ?? otherwise)(response, times.length, body, request);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** A benchmark with these questions; B is right. */
async function asking(names: readonly string[]): Promise<OpenBenchmark> {
  const image = (await picture("red")).toString("base64");
  const rows = names.map((question, index) => ({
    index,
    question,
    hint: "",
    A: "cat",
    B: "dog",
    answer: "B",
    category: "ocr",
    "l2-category": "perception",
    image,
    source: "",
    split: "dev",
  }));
  return openBenchmark(mmbench, table(join(folder, "MMBench_DEV_EN.tsv"), rows));
}

const at = (change: Partial<EndpointOptions> = {}) =>
  endpointAnswerer({
    url,
    model: "one",
    token: null,
    concurrency: 4,
    timeoutMs: 2000,
    tries: 3,
    backoffMs: 1,
    ...change,
  });

const running = (change: Partial<RunOptions> = {}): RunOptions => ({
  protocol: protocolNamed(mmbench),
  answerer: at(),
  limits: { maxTokens: 64, area: null },
  answers: new AnswerCache(join(folder, "out", "answers.jsonl")),
  out: join(folder, "out"),
  versions: {},
  signal: new AbortController().signal,
  progress: () => {},
  ...change,
});

const itemsOf = () =>
  new Map(readEvaluation(join(folder, "out")).results.map((item) => [item.prompt.match(/Question: (.*)/)![1], item]));

const always =
  (status: number, text: string, headers = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(text);
const firstOnly =
  (first: Behaviour): Behaviour =>
  (response, call, body, request) =>
    (call === 0 ? first : right)(response, call, body, request);

const fates: Readonly<Record<string, Behaviour>> = {
  "drops the connection once": firstOnly((response) => response.destroy()),
  "drops it in mid-answer once": firstOnly((response) => {
    response.writeHead(200, { "content-length": 500 }).write('{"choices": [');
    setTimeout(() => response.destroy(), 5);
  }),
  "falls silent in mid-answer once": firstOnly((response) => {
    response.writeHead(200, { "content-length": 500 }).write('{"choices": [');
  }),
  "is busy once": firstOnly(always(429, "{}")),
  "fails once": firstOnly(always(500, "oops")),
  "sends broken JSON once": firstOnly(always(200, '{"choices": [{"mess')),
  "is late once": firstOnly(() => {}),
  "always drops": (response) => response.destroy(),
  "always fails": always(502, "<html>Bad gateway</html>"),
  "always sends broken JSON": always(200, '{"choices"'),
  "sends nothing": always(200, ""),
  "sends JSON without a message": always(200, '{"choices": []}'),
  "sends 1 MB": always(200, completion("B".repeat(2 ** 20))),
  "refuses the question": always(400, '{"error": {"message": "The prompt is too long."}}'),
  "says nothing": always(200, completion("")),
  "has no content": always(200, completion(null)),
  "is wrong": always(200, completion("<answer>A</answer>")),
};

describe("an evaluation at an endpoint", () => {
  it("accounts for every question, whatever the endpoint does", async () => {
    await start(fates);
    const names = [...Object.keys(fates), ...Array.from({ length: 20 }, (_, i) => `plain ${i}`)];
    const scores = await runBenchmark(await asking(names), running({ answerer: at({ timeoutMs: 300 }) }));
    const items = itemsOf();
    expect(items.size).toBe(names.length);
    for (const name of names.filter((name) => / once$|plain/.test(name))) {
      expect(items.get(name), name).toMatchObject({ accuracy: 1, given: "B" });
    }
    const failures = Object.fromEntries(
      [...items].flatMap(([name, { failure }]) => (failure ? [[name, failure]] : [])),
    );
    expect(failures).toEqual({
      "always drops": expect.stringMatching(/\(3 calls\)$/),
      "always fails": "status 502: <html>Bad gateway</html> (3 calls)",
      "always sends broken JSON": 'no JSON: {"choices" (3 calls)',
      "sends nothing": "no JSON: nothing (3 calls)",
      "sends JSON without a message": 'no message in the answer: {"choices": []}',
      "sends 1 MB": "an answer of over 1000000 bytes",
      "refuses the question": "status 400: The prompt is too long.",
    });
    expect(calls.get("refuses the question")).toHaveLength(1);
    // Nothing said is an answer that cannot be read, and wrong.
    expect(items.get("says nothing")).toMatchObject({ accuracy: 0, given: null, response: "" });
    expect(scores).toMatchObject({ questions: 37, answered: 30, failed: 7, unparsable: 2 / 30, leftOut: 0 });
    expect(scores!.metrics[0]).toMatchObject({ name: "rows", hits: 27, n: 30, chance: 0.5 });
    expect(JSON.parse(readFileSync(join(folder, "out", mmbench.id, "scores.json"), "utf8"))).toMatchObject({
      answered: 30,
      settings: { model: "one", protocol: "ssl4rl", maxTokens: 64, temperature: 0 },
    });
  });

  it("waits as long as the server asks for, in seconds or until a date", async () => {
    await start({
      seconds: firstOnly(always(429, "{}", { "retry-after": "0.4" })),
      // Of a date's second half a second is left at least.
      date: firstOnly((response) => {
        response.writeHead(503, { "retry-after": new Date(Date.now() + 1500).toUTCString() }).end();
      }),
    });
    await runBenchmark(await asking(["seconds", "date"]), running({ answerer: at({ timeoutMs: 60_000 }) }));
    const waited = (name: string) => {
      const [first, second] = calls.get(name)!;
      return second - first;
    };
    // Without it the second call comes after a millisecond.
    expect(waited("seconds")).toBeGreaterThan(390);
    expect(waited("date")).toBeGreaterThan(480);
  });

  it("sends the picture as it is stored, the prompt as the protocol words it, and the key", async () => {
    let seen: Body | null = null;
    let key: string | undefined;
    await start({}, (response, call, body, request) => {
      seen = body;
      key = request.headers.authorization;
      right(response, call, body, request);
    });
    const open = await asking(["one"]);
    await runBenchmark(open, running({ answerer: at({ token: "secret" }) }));
    expect(key).toBe("Bearer secret");
    expect(seen).toEqual({
      model: "one",
      temperature: 0,
      max_tokens: 64,
      messages: [
        {
          role: "user",
          content: [
            {
              type: "image_url",
              image_url: { url: `data:image/png;base64,${(await picture("red")).toString("base64")}` },
            },
            { type: "text", text: protocolNamed(mmbench).ask(open.questions[0]) },
          ],
        },
      ],
    });
  });

  it("asks on where the server drops each connection once it has answered", async () => {
    await start({}, (response, call, body, request) => {
      response.once("finish", () => setImmediate(() => request.socket.destroy()));
      right(response, call, body, request);
    });
    const names = Array.from({ length: 40 }, (_, i) => `${i}`);
    expect(await runBenchmark(await asking(names), running())).toMatchObject({ answered: 40, failed: 0 });
  });

  it("writes prompts of any characters, and pictures of any length, as JSON has them", async () => {
    const seen: Body[] = [];
    await start({}, (response, call, body, request) => {
      seen.push(body);
      right(response, call, body, request);
    });
    const [open, text] = [await asking(["one"]), 'Which "one" \\ ist schöner? 猫\u2028\u0000🐈'];
    // Base64 is made in pieces of 48 KiB.
    const sizes = [1, 2, 3, 48 * 1024, 48 * 1024 + 1, 100_000];
    const questions = sizes.map((size, i) => ({
      ...open.questions[0],
      id: `${i}`,
      text: `${i} ${text}`,
      images: [{ name: `${i}`, bytes: async () => Uint8Array.from({ length: size }, (_, k) => k % 251) }],
    }));
    await runBenchmark({ ...open, questions }, running({ answerer: at({ concurrency: 1 }) }));
    for (const [i, { messages }] of seen.entries()) {
      const [image, prompt] = messages[0].content;
      expect(image.image_url!.url).toBe(
        `data:image/jpeg;base64,${Buffer.from(await questions[i].images[0].bytes()).toString("base64")}`,
      );
      expect(prompt.text).toBe(protocolNamed(mmbench).ask(questions[i]));
    }
    expect(seen.length).toBe(sizes.length);
  });

  it("sends pictures at the size that is asked for, those that have it as they are stored", async () => {
    const sizes: number[][] = [];
    let sent = Buffer.alloc(0);
    await start({}, async (response, call, body, request) => {
      sent = Buffer.from(body.messages[0].content[0].image_url!.url.split(",")[1], "base64");
      const { width, height } = await decodePicture(sent, { minSide: 1, maxSide: 1000 });
      sizes.push([width, height]);
      right(response, call, body, request);
    });
    const { questions, ...open } = await asking(["one"]);
    const wide = await picture("red", 280, 140);
    const asked = [{ ...questions[0], images: [{ name: "wide", bytes: async () => wide }] }];
    for (const [i, maxPixels] of [280 * 140, 140 * 70].entries()) {
      const area = { minPixels: 784, maxPixels, of: "picture" } as const;
      const out = join(folder, `out${i}`);
      mkdirSync(out);
      const answers = new AnswerCache(join(out, "answers.jsonl"));
      await runBenchmark({ ...open, questions: asked }, running({ limits: { maxTokens: 9, area }, out, answers }));
      if (i === 0) expect(sent).toEqual(wide);
    }
    expect(sizes).toEqual([
      [280, 140],
      [140, 56],
    ]);
    expect(JSON.parse(readFileSync(join(folder, "out1", mmbench.id, "settings.json"), "utf8"))).toMatchObject({
      maxTokens: 9,
      minPixels: 784,
      maxPixels: 9800,
    });
  });

  it("stops at once, in the middle of a call and of a wait", async () => {
    await start({ late: () => {}, busy: always(429, "{}", { "retry-after": "60" }) });
    const stop = new AbortController();
    const run = runBenchmark(
      await asking(["late", "busy"]),
      running({ signal: stop.signal, answerer: at({ timeoutMs: 60_000 }) }),
    );
    while (calls.size < 2) await new Promise((next) => setTimeout(next, 5));
    // The answer "busy" is on its way back.
    await new Promise((next) => setTimeout(next, 50));
    stop.abort();
    expect(await run).toBeNull();
    expect(() => readEvaluation(join(folder, "out"))).toThrow(/No evaluation in/);
  });

  it("says where a server that moved is now", async () => {
    await start({}, always(308, "", { location: "http://127.0.0.1:1/v1/chat/completions" }));
    await expect(runBenchmark(await asking(["one"]), running())).rejects.toThrow(
      /sends all calls on to http:\/\/127\.0\.0\.1:1\/v1.* Give the address/,
    );
  });

  it("keeps as many calls under way as it is told, and no more", async () => {
    let now = 0;
    let most = 0;
    await start({}, (response, ...rest) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        right(response, ...rest);
      }, 20);
    });
    await runBenchmark(
      await asking(Array.from({ length: 12 }, (_, i) => `${i}`)),
      running({ answerer: at({ concurrency: 3 }) }),
    );
    expect(most).toBe(3);
  });

  it("ends at once where no question can be answered, and says how to mend it", async () => {
    await start({}, always(401, '{"error": {"message": "The token is missing."}}'));
    const open = await asking(["0", "1", "2", "3", "4", "5", "6", "7"]);
    await expect(runBenchmark(open, running())).rejects.toThrow(/401: The token is missing\. .*--token/);
    expect(calls.size).toBeLessThanOrEqual(4);
    expect(() => readEvaluation(join(folder, "out"))).toThrow(/No evaluation in/);
  });
});

describe("an evaluation that goes on", () => {
  const names = Array.from({ length: 30 }, (_, i) => `question ${i}`);

  it("asks nothing twice, though its files end in torn lines", async () => {
    await start({}, (response, ...rest) => setTimeout(() => right(response, ...rest), 2));
    const open = await asking(names);
    const stop = new AbortController();
    const stopped = running({ signal: stop.signal, progress: ({ done }) => done === 10 && stop.abort() });
    expect(await runBenchmark(open, stopped)).toBeNull();
    const before = itemsOf();
    expect(before.size).toBeGreaterThanOrEqual(10);
    expect(before.size).toBeLessThan(20);
    for (const file of [join(mmbench.id, "items.jsonl"), "answers.jsonl"]) {
      appendFileSync(join(folder, "out", file), '{"key": "torn", "resp');
    }
    const first = new Map(calls);
    const scores = await runBenchmark(open, running());
    expect(scores).toMatchObject({ answered: 30, failed: 0 });
    for (const name of before.keys()) expect(calls.get(name), name).toEqual(first.get(name));
    const again = new Map(calls);
    expect(await runBenchmark(open, running())).toEqual(scores);
    expect(calls).toEqual(again);
  });

  it("takes what was answered but not yet noted from the cache", async () => {
    await start({});
    const open = await asking(names);
    const scores = await runBenchmark(open, running());
    const once = new Map(calls);
    rmSync(join(folder, "out", mmbench.id), { recursive: true });
    expect(await runBenchmark(open, running())).toEqual(scores);
    expect(calls).toEqual(once);
  });

  it("asks again in other words, or where the words are others", async () => {
    await start({});
    await runBenchmark(await asking(names), running());
    expect(calls.size).toBe(30);
    await runBenchmark(await asking([...names.slice(0, 29), "another question"]), running());
    expect([...calls.values()].every((times) => times.length === 1)).toBe(true);
    expect(calls.size).toBe(31);
    const other = running({ protocol: protocolNamed(mmbench, "vlmevalkit") });
    await expect(runBenchmark(await asking(names), other)).rejects.toThrow(
      /holds answers with protocol ssl4rl, not vlmevalkit. Choose another folder with --out/,
    );
  });

  it("asks failed calls again only when told to", async () => {
    let broken = true;
    await start({}, (response, ...rest) => (broken ? always(500, "oops") : right)(response, ...rest));
    const open = await asking(names.slice(0, 5));
    expect(await runBenchmark(open, running())).toMatchObject({ answered: 0, failed: 5 });
    broken = false;
    expect(await runBenchmark(open, running())).toMatchObject({ answered: 0, failed: 5 });
    expect(await runBenchmark(open, running({ retryFailed: true }))).toMatchObject({ answered: 5, failed: 0 });
    expect(itemsOf().size).toBe(5);
  });

  it("names a file that was damaged, and its line", async () => {
    await start({});
    const open = await asking(names.slice(0, 2));
    await runBenchmark(open, running());
    writeFileSync(join(folder, "out", mmbench.id, "items.jsonl"), "nonsense\n");
    await expect(runBenchmark(open, running())).rejects.toThrow(/items\.jsonl: line 1 is no JSON/);
  });
});

describe("a limit", () => {
  it("keeps turns of one question together, and a failed turn takes its group out", async () => {
    await start({ "group 1 turn 1": always(400, "{}") });
    const open = await asking(["a", "b", "c"]);
    const [first] = open.questions;
    const questions = [0, 1, 2].flatMap((group) =>
      [0, 1, 2].map((turn) => ({
        ...first,
        id: turn === 0 ? `${group}` : `${group + turn * 1_000_000}`,
        group: `${group}`,
        text: `group ${group} turn ${turn}`,
      })),
    );
    const scores = await runBenchmark({ ...open, questions }, running({ limit: 8 }));
    expect(scores).toMatchObject({ questions: 6, answered: 5, failed: 1, leftOut: 2 });
    expect(scores!.metrics.map(({ name, hits, n }) => [name, hits, n])).toEqual([
      ["rows", 3, 3],
      ["CircularEval", 1, 1],
      ["vanilla", 1, 1],
    ]);
  });
});

it("takes questions on one picture for one in intervals, though the file has it once for each", async () => {
  await start({}, (response, call, body, request) => {
    const wrong = JSON.stringify(body).includes("even");
    (wrong ? always(200, completion("<answer>A</answer>")) : right)(response, call, body, request);
  });
  const { questions, ...open } = await asking(["odd", "even"]);
  const pictures = await Promise.all(["red", "blue"].map((colour) => picture(colour)));
  const twenty = (shared: boolean) =>
    Array.from({ length: 20 }, (_, i) => ({
      ...questions[i % 2],
      id: `${i}`,
      group: `${i}`,
      text: `${i % 2 ? "even" : "odd"} ${i}`,
      images: [{ name: `row ${i}`, bytes: async () => (shared ? pictures[i % 2] : Buffer.from(`picture ${i}`)) }],
    }));
  const width = async (shared: boolean) => {
    rmSync(join(folder, "out"), { recursive: true, force: true });
    const scores = await runBenchmark({ ...open, questions: twenty(shared) }, running());
    const [{ value, low, high }] = scores!.metrics;
    expect(value).toBe(0.5);
    return high! - low!;
  };
  // Wilson's interval of 10 of 20 is 0.2993 to 0.7007; two pictures tell next to nothing.
  expect(await width(false)).toBeCloseTo(0.4014, 4);
  expect(await width(true)).toBeGreaterThan(0.8);
});

describe("an endpoint's model", () => {
  it("is the only one it lists; otherwise it must be named", async () => {
    await start({});
    expect(await modelAt(url, null)).toBe("one");
    expect(await modelAt(url, null, "other")).toBe("other");
    await expect(modelAt(url.replace("/v1", ""), null)).rejects.toThrow(/lists no model.*--model-name/);
  });

  it("is not looked for where nobody answers", async () => {
    await start({});
    const gone = url;
    server.close();
    server.closeAllConnections();
    await expect(modelAt(gone, null, "one")).rejects.toThrow(/does not answer: .*ECONNREFUSED.*Is the server running/);
  });
});

it("files are whole or absent", async () => {
  await start({});
  await runBenchmark(await asking(["one"]), running());
  expect(readdirSync(join(folder, "out", mmbench.id)).sort()).toEqual(["items.jsonl", "scores.json", "settings.json"]);
  const [line] = readFileSync(join(folder, "out", mmbench.id, "items.jsonl"), "utf8").split("\n");
  expect((JSON.parse(line) as ItemResult).labels).toEqual({ category: "ocr", "l2-category": "perception" });
});
