import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, Image } from "@ssl4rl/core";
import { type Checkpoint, loadCheckpoint } from "@ssl4rl/models";
import { liveTensors, noGrad, scope, setThreads } from "@ssl4rl/torch";
import { composeScene, render } from "@ssl4rl/world";
import OpenAI, { APIError } from "openai";
import type { ChatCompletionChunk, ChatCompletionCreateParamsNonStreaming } from "openai/resources";
import sharp from "sharp";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ChatServerOptions, chatServer } from "./chat/chat-server.js";
import { checkpointFolder } from "./models.js";
import { Progress } from "./progress.js";
import { startCommand } from "./test-command.js";

// Tensors this small gain nothing from a second thread.
setThreads(1);

type Ask = Partial<ChatCompletionCreateParamsNonStreaming> & Record<string, unknown>;

let checkpoint: Checkpoint;
/** A picture of 112x112 pixels, as pixels and as files. */
let picture: Image;
let files: Record<"png" | "jpeg" | "webp", Buffer>;
beforeAll(async () => {
  checkpoint = loadCheckpoint(await checkpointFolder("tiny-vl", new Progress()));
  picture = render(composeScene("test", "serve", 0), { width: 112, height: 112 });
  const raw = sharp(picture.data, { raw: { width: 112, height: 112, channels: 3 } });
  files = {
    png: Buffer.from(encodePng(picture)),
    jpeg: await raw.clone().jpeg().toBuffer(),
    webp: await raw.clone().webp({ lossless: true }).toBuffer(),
  };
});

let server: Server;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

/** A server of the tiny model, and a client of it. */
async function start(change: Partial<ChatServerOptions> = {}): Promise<OpenAI> {
  const options = {
    name: "tiny-vl",
    token: null,
    maxImages: 4,
    maxBody: 2 ** 23,
    maxTokens: 2000,
    queue: 8,
    fetchFrom: [],
    ...change,
  };
  server = chatServer(checkpoint, options);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "secret", maxRetries: 0 });
}

const uri = (kind: string, bytes: Uint8Array) => `data:image/${kind};base64,${Buffer.from(bytes).toString("base64")}`;
const shown = (url: string) => ({ type: "image_url" as const, image_url: { url } });
const question = "By how many degrees was the picture turned? Answer as <answer>X</answer>.";

function asking(ask: Ask = {}): ChatCompletionCreateParamsNonStreaming {
  return {
    model: "tiny-vl",
    messages: [{ role: "user", content: question }],
    max_tokens: 24,
    seed: 5,
    ...ask,
  } as ChatCompletionCreateParamsNonStreaming;
}

/** The error that a request gives. */
async function refused(client: OpenAI, ask: Ask) {
  const error = await client.chat.completions.create(asking(ask)).then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(APIError);
  return error as InstanceType<typeof APIError>;
}

/** The same messages, answered without a server. */
function answered(
  messages: Parameters<Checkpoint["prepareChats"]>[0][number]["messages"],
  images: readonly Image[],
  each: number,
) {
  return noGrad(() =>
    scope(() => {
      const prompt = checkpoint.prefill(checkpoint.prepareChats([{ messages, images }]));
      const sampled = checkpoint.sample(prompt, { each, maxNewTokens: 24, temperature: 1, seed: 5 });
      return { ...sampled, promptTokens: prompt.lengths[0] };
    }),
  );
}

describe("chat completions, asked by OpenAI's client", () => {
  it("are the checkpoint's own responses, with their counts", async () => {
    const client = await start();
    const { text, ids, finished, promptTokens } = answered([{ role: "user", content: question }], [], 3);
    const { choices, usage, model, object } = await client.chat.completions.create(asking({ n: 3 }));
    expect(object).toBe("chat.completion");
    expect(model).toBe("tiny-vl");
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(choices.map(({ message }) => message.content)).toEqual(text[0]);
    expect(choices.map(({ message }) => message.role)).toEqual(["assistant", "assistant", "assistant"]);
    expect(choices.map((choice) => choice.finish_reason)).toEqual(
      finished[0].map((done) => (done ? "stop" : "length")),
    );
    const completionTokens = ids[0].flat().length;
    expect(usage).toEqual({
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    });
    expect(choices[0].logprobs).toBeNull();
  });

  it("stream what they are as a whole, piece by piece", async () => {
    const client = await start();
    const ask = asking({ n: 3, temperature: 1.5, logprobs: true, top_logprobs: 2 });
    const whole = await client.chat.completions.create(ask);
    const chunks: ChatCompletionChunk[] = [];
    const stream = await client.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) chunks.push(chunk);
    for (const { index, message, finish_reason, logprobs } of whole.choices) {
      const own = chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index);
      expect(own[0].delta).toEqual({ role: "assistant", content: "" });
      expect(own.map(({ delta }) => delta.content ?? "").join("")).toBe(message.content);
      expect(own.flatMap((choice) => choice.finish_reason ?? [])).toEqual([finish_reason]);
      expect(own.flatMap((choice) => choice.logprobs?.content ?? [])).toEqual(logprobs!.content);
    }
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunks.length).toBeGreaterThan(10);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  it("tell log-probabilities that add up to the response's, the stop token included", async () => {
    const client = await start();
    const { logprobs } = answered([{ role: "user", content: question }], [], 2);
    const { choices } = await client.chat.completions.create(asking({ n: 2, logprobs: true, top_logprobs: 3 }));
    const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
    choices.forEach((choice, g) => {
      const content = choice.logprobs!.content!;
      expect(sum(content.map(({ logprob }) => logprob))).toBeCloseTo(sum(logprobs[0][g]), 3);
      expect(content.every(({ top_logprobs }) => top_logprobs.length === 3)).toBe(true);
      expect(content.every(({ top_logprobs: [first, second] }) => first.logprob >= second.logprob)).toBe(true);
      const bytes = Buffer.from(content.flatMap(({ bytes }) => bytes!)).toString();
      expect(bytes).toBe(choice.message.content + (choice.finish_reason === "stop" ? "<|im_end|>" : ""));
    });
    expect(choices.some((choice) => choice.finish_reason === "stop")).toBe(true);
  });

  it("see pictures of every format, several turns, and the system message", async () => {
    const client = await start();
    const other = render(composeScene("test", "serve", 1), { width: 84, height: 56 });
    const messages: ChatCompletionCreateParamsNonStreaming["messages"] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: [shown(uri("png", encodePng(other))), { type: "text", text: "What is it?" }] },
      { role: "assistant", content: "A picture." },
      {
        role: "user",
        content: [
          { type: "text", text: "And this one?" },
          shown(uri("png", files.png)),
          { type: "text", text: question },
        ],
      },
    ];
    const image = { type: "image" } as const;
    const own = answered(
      [
        { role: "system", content: "Be brief." },
        { role: "user", content: [image, { type: "text", text: "What is it?" }] },
        { role: "assistant", content: "A picture." },
        { role: "user", content: [{ type: "text", text: "And this one?" }, image, { type: "text", text: question }] },
      ],
      [other, picture],
      1,
    );
    const { choices, usage } = await client.chat.completions.create(asking({ messages }));
    expect(choices[0].message.content).toBe(own.text[0][0]);
    expect(usage!.prompt_tokens).toBe(own.promptTokens);

    const of = async (url: string) => {
      const ask = asking({
        messages: [{ role: "user", content: [shown(url), { type: "text", text: question }] }],
        logprobs: true,
      });
      return (await client.chat.completions.create(ask)).choices[0];
    };
    expect((await of(uri("webp", files.webp))).logprobs).toEqual((await of(uri("png", files.png))).logprobs);
    expect((await of(uri("jpeg", files.jpeg))).logprobs).not.toEqual((await of(uri("png", files.png))).logprobs);
  });

  it("see pictures that are fetched from the hosts named, without redirects, up to the size of a request", async () => {
    const gallery = createServer(({ url }, response) => {
      if (url === "/a.png") response.end(files.png);
      else if (url === "/large") response.end(Buffer.alloc(2 ** 23 + 1));
      else response.writeHead(url === "/moved" ? 302 : 404, { location: "/a.png" }).end();
    });
    await once(gallery.listen(0, "127.0.0.1"), "listening");
    const host = `127.0.0.1:${(gallery.address() as AddressInfo).port}`;
    try {
      const client = await start({ fetchFrom: [host] });
      const ask = (url: string): Ask => ({
        messages: [{ role: "user", content: [shown(url), { type: "text", text: question }] }],
      });
      const [fetched, sent] = await Promise.all(
        [`http://${host}/a.png`, uri("png", files.png)].map((url) => client.chat.completions.create(asking(ask(url)))),
      );
      expect(fetched.choices).toEqual(sent.choices);
      const reasons = { "/large": /over 8388608 bytes/, "/moved": /redirect/, "/none": /status 404/ };
      for (const [path, reason] of Object.entries(reasons)) {
        expect((await refused(client, ask(`http://${host}${path}`))).message).toMatch(reason);
      }
      expect((await refused(client, ask("http://127.0.0.1:1/a.png"))).message).toMatch(
        /not fetched from 127\.0\.0\.1:1/,
      );
    } finally {
      gallery.close();
    }
  });

  it("end before a stop string, also one in several tokens", async () => {
    const client = await start();
    const free = (await client.chat.completions.create(asking({ temperature: 0 }))).choices[0];
    expect(free.message.content).toMatch(/^<answer>\w+<\/answer>$/);
    const stop = ["never", free.message.content!.slice(8, 9)];
    const { choices, usage } = await client.chat.completions.create(asking({ temperature: 0, stop }));
    expect(choices[0]).toMatchObject({ message: { content: "<answer>" }, finish_reason: "stop" });
    expect(usage!.completion_tokens).toBe(2);
    const long = asking({ temperature: 0, stop: free.message.content!.slice(8) });
    let streamed = "";
    for await (const chunk of await client.chat.completions.create({ ...long, stream: true }))
      streamed += chunk.choices[0]?.delta.content ?? "";
    expect(streamed).toBe("<answer>");
  });

  it("take vLLM's fields for what is drawn", async () => {
    const client = await start();
    const hot = { temperature: 3, n: 4, seed: 1, max_tokens: 12 };
    const greedy = (await client.chat.completions.create(asking({ temperature: 0, max_tokens: 12 }))).choices[0].message
      .content;
    const texts = async (ask: Ask) =>
      (await client.chat.completions.create(asking({ ...hot, ...ask }))).choices.map(({ message }) => message.content);
    const narrow = async (ask: Ask) => new Set(await texts(ask));
    expect((await narrow({})).size).toBe(4);
    for (const ask of [{ top_k: 1 }, { top_p: 0 }, { min_p: 1 }]) expect(await narrow(ask)).toEqual(new Set([greedy]));
    expect(await texts({ top_k: -1, repetition_penalty: 1 })).toEqual(await texts({}));
    expect(await texts({ repetition_penalty: 1.8 })).not.toEqual(await texts({}));
  });
});

describe("a server under way", () => {
  it("lists its model, and is healthy", async () => {
    const client = await start();
    const { data } = await client.models.list();
    expect(data).toEqual([expect.objectContaining({ id: "tiny-vl", object: "model" })]);
    expect(await (await fetch(client.baseURL.replace("/v1", "/health"))).json()).toEqual({ status: "ok" });
  });

  it("answers two requests at once as it answers them alone, and health checks meanwhile", async () => {
    const client = await start();
    const asks = [asking({ n: 16, temperature: 2, max_tokens: 60 }), asking({ seed: 9, n: 2 })];
    const alone = [];
    for (const ask of asks) alone.push((await client.chat.completions.create(ask)).choices);
    const events: string[] = [];
    const together = asks.map((ask, i) =>
      client.chat.completions.create(ask).finally(() => {
        events.push(`answer ${i}`);
      }),
    );
    expect((await fetch(client.baseURL.replace("/v1", "/health"))).status).toBe(200);
    events.push("health");
    expect((await Promise.all(together)).map(({ choices }) => choices)).toEqual(alone);
    expect(events[0]).toBe("health");
  });

  it("stops computing for a client that goes away, waiting or being answered, and goes on with the next", async () => {
    const client = await start({ queue: 3 });
    let steps = 0;
    const { sampleSteps } = checkpoint;
    checkpoint.sampleSteps = function* (...args) {
      for (const step of sampleSteps.apply(checkpoint, args)) {
        steps++;
        yield step;
      }
    };
    try {
      const before = liveTensors();
      // At this temperature stop tokens are rare: the 64 responses would take hundreds of steps.
      const long = asking({ n: 64, temperature: 50, max_tokens: 2000 });
      const stream = await client.chat.completions.create({ ...long, stream: true });
      const waiting = new AbortController();
      const given = client.chat.completions.create(long, { signal: waiting.signal });
      const next = client.chat.completions.create(asking({ n: 2 }));
      await stream[Symbol.asyncIterator]().next();
      waiting.abort();
      await expect(given).rejects.toThrow(/abort/i);
      stream.controller.abort();
      expect((await next).choices).toHaveLength(2);
      expect(steps).toBeLessThan(100);
      expect(liveTensors()).toBe(before);
    } finally {
      checkpoint.sampleSteps = sampleSteps;
    }
  });

  it("tells those whom it has no place for to come back", async () => {
    const client = await start({ queue: 1 });
    const stream = await client.chat.completions.create({
      ...asking({ n: 64, temperature: 50, max_tokens: 2000 }),
      stream: true,
    });
    const error = await refused(client, {});
    expect(error.status).toBe(429);
    expect(error.headers!.get("retry-after")).toBe("1");
    expect(error.code).toBe("queue_full");
    stream.controller.abort();
    // The client of OpenAI comes back by itself.
    expect((await client.chat.completions.create(asking(), { maxRetries: 5 })).choices).toHaveLength(1);
  });

  it("asks for the token, if it has one, but not for health checks", async () => {
    const client = await start({ token: "secret" });
    expect((await client.models.list()).data).toHaveLength(1);
    expect((await client.chat.completions.create(asking())).choices).toHaveLength(1);
    const stranger = client.withOptions({ apiKey: "Secret" });
    const error = await refused(stranger, {});
    expect(error.status).toBe(401);
    expect(error.code).toBe("invalid_api_key");
    await expect(stranger.models.list()).rejects.toThrow(/401/);
    expect((await fetch(client.baseURL.replace("/v1", "/health"))).status).toBe(200);
  });
});

describe("what is refused", () => {
  it("is named by its field, with the remedy", async () => {
    const client = await start();
    const user = (content: unknown): Ask => ({ messages: [{ role: "user", content }] as never });
    const png = uri("png", files.png);
    const strip = encodePng(new Image(5000, 1, new Uint8Array(15000)));
    const cases: [Ask, string | null, RegExp][] = [
      [{ tools: [{ type: "function", function: { name: "f" } }] }, "tools", /tools are not supported/],
      [{ response_format: { type: "json_object" } }, "response_format.type", /only text is supported/],
      [{ audio: { voice: "alloy", format: "mp3" } }, "audio", /not supported/],
      [{ best_of: 3 }, "best_of", /best_of is not supported/],
      [{ frequency_penalty: 0.5 }, "frequency_penalty", /only 0 is supported/],
      [{ messages: [] }, "messages", />=1/],
      [
        { messages: [{ role: "tool", content: "x", tool_call_id: "y" }] },
        "messages[0].role",
        /system, developer, user or assistant/,
      ],
      [{ messages: [{ role: "user", content: "x", name: "Ann" }] }, "messages[0].name", /not supported/],
      [{ messages: [{ role: "assistant", content: null }] }, "messages[0].content", /expected string/],
      [user([{ type: "input_audio", input_audio: {} }]), "messages[0].content[0].type", /text or image_url/],
      [user([{ type: "text", text: 5 }]), "messages[0].content[0].text", /expected string, received number/],
      [{ temperature: -1 }, "temperature", />=0/],
      [{ top_p: 2 }, "top_p", /<=1/],
      [{ n: 0 }, "n", />=1/],
      [{ n: 1.5 }, "n", /expected int/],
      [{ top_logprobs: 3 }, "top_logprobs", /needs logprobs/],
      [{ stream_options: { include_usage: true } }, "stream_options", /needs stream/],
      [{ max_completion_tokens: 5 }, "max_tokens", /not both/],
      [{ max_tokens: 2001 }, "max_tokens", /2001; at most 2000 are given \(--max-tokens\)/],
      [
        user([shown("https://example.com/a.png")]),
        "messages[0].content[0].image_url",
        /not fetched from example\.com.*--fetch-from.*data URI/,
      ],
      [user([shown("file:///etc/passwd")]), "messages[0].content[0].image_url", /should be a data URI/],
      [
        user([shown(uri("jpeg", files.jpeg.subarray(0, 1500)))]),
        "messages[0].content[0].image_url",
        /cannot be decoded whole/,
      ],
      [
        user([{ type: "text", text: "?" }, shown(uri("png", Buffer.from("no picture")))]),
        "messages[0].content[1].image_url",
        /unsupported image format/,
      ],
      [user([shown(uri("png", strip))]), "messages[0].content[0].image_url", /5000x1 px/],
      [
        user([shown(uri("png", encodePng(new Image(3000, 2, new Uint8Array(18000)))))]),
        "messages",
        /3000x2 pixels is too narrow/,
      ],
      [
        user(Array.from({ length: 200 }, () => shown(png))),
        "messages",
        /200 images; at most 4 are taken \(--max-images\)/,
      ],
      [user("long ".repeat(40_000)), "messages", /prompt of \d{5,} tokens.*context of 32768/],
    ];
    for (const [ask, param, message] of cases) {
      const error = await refused(client, ask);
      expect([error.status, error.param], `${JSON.stringify(ask).slice(0, 100)}: ${error.message}`).toEqual([
        400,
        param,
      ]);
      expect(error.message).toMatch(message);
      expect(error.type).toBe("invalid_request_error");
    }
    expect((await refused(client, { model: "gpt-5" })).status).toBe(404);
    // It has come through all that.
    expect((await client.chat.completions.create(asking())).choices).toHaveLength(1);
  });

  it("is a body over the limit, before it has been sent", async () => {
    const client = await start({ maxBody: 10_000 });
    const error = await refused(client, { messages: [{ role: "user", content: "x".repeat(20_000) }] });
    expect(error.status).toBe(413);
    expect(error.message).toMatch(/\d{5} bytes; send at most 10000 at once \(--max-body\)/);

    const { port } = server.address() as AddressInfo;
    const told = connect(port, "127.0.0.1");
    told.write("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{");
    expect(String((await once(told, "data"))[0])).toMatch(/^HTTP\/1.1 413 /);
    // It is not waited for.
    await once(told.resume(), "end");
    told.destroy();

    const untold = request({ port, path: "/v1/chat/completions", method: "POST" });
    untold.on("error", () => {});
    untold.write("x".repeat(20_000));
    const [reply] = await once(untold, "response");
    expect(reply.statusCode).toBe(413);
    untold.destroy();
  });

  it("has the shape of OpenAI's errors also where no client of theirs would ask", async () => {
    const client = await start();
    const reply = async (path: string, init?: RequestInit) => {
      const response = await fetch(client.baseURL.replace("/v1", path), init);
      return { status: response.status, allow: response.headers.get("allow"), ...((await response.json()) as object) };
    };
    const error = (message: unknown) => ({
      error: { message, type: "invalid_request_error", param: null, code: null },
    });
    expect(await reply("/v1/embeddings")).toEqual({
      status: 404,
      allow: null,
      ...error("No /v1/embeddings. There are: POST /v1/chat/completions, GET /v1/models, GET /health."),
    });
    expect(await reply("/v1/chat/completions")).toEqual({
      status: 405,
      allow: "POST",
      ...error("/v1/chat/completions takes POST, got GET."),
    });
    expect(await reply("/v1/chat/completions", { method: "POST", body: "{" })).toMatchObject({
      status: 400,
      ...error(expect.stringMatching(/The body is no JSON/)),
    });
    expect(await reply("/v1/chat/completions", { method: "POST", body: "[]" })).toMatchObject({
      status: 400,
      ...error(expect.stringMatching(/The body: .*expected object, received array/)),
    });
  });
});

describe("ssl4rl serve", () => {
  it("answers until Ctrl-C, and what is under way then", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ssl4rl-serve-"));
    const { child, outcome } = startCommand(folder, ["serve", "tiny-vl", "--port", "0"]);
    try {
      const baseURL = await new Promise<string>((resolve) => {
        let said = "";
        child.stderr!.on("data", (text) => {
          said += text;
          const address = /on (http:\S+)/.exec(said);
          if (address) resolve(address[1]);
        });
      });
      const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0 });
      const stream = await client.chat.completions.create({
        ...asking({ n: 4, temperature: 2, max_tokens: 60 }),
        stream: true,
      });
      child.kill("SIGINT");
      await new Promise<void>((resolve) => child.stderr!.on("data", (text) => /Stopping/.test(text) && resolve()));
      await expect(fetch(baseURL.replace("/v1", "/health"))).rejects.toThrow();
      const ends = [];
      for await (const chunk of stream) ends.push(...chunk.choices.flatMap((choice) => choice.finish_reason ?? []));
      expect(ends).toHaveLength(4);
      expect((await outcome).code).toBe(130);
    } finally {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
