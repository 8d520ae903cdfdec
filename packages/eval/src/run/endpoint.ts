import { encodePng, UserError } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import type { Answer, Answerer, Turn } from "./answerer.js";
import { type Body, HttpClient, type Reply } from "./http-client.js";
import { type Area, DECODED, fitPicture } from "./limits.js";

export interface EndpointOptions {
  /** Up to and with `/v1`. */
  readonly url: string;
  /** What the endpoint calls the model. */
  readonly model: string;
  /** Sent as a Bearer token; null: none. */
  readonly token: string | null;
  /** Calls at once. */
  readonly concurrency: number;
  /** For a call and its whole answer. */
  readonly timeoutMs: number;
  /** Calls for one question, the first included. */
  readonly tries: number;
  /** The longest wait before the second call; it doubles with each further one. */
  readonly backoffMs: number;
}

/** No model writes so much in the tokens it is given; what does is no answer, and long to search through. */
const MAX_BYTES = 1_000_000;
const MAX_BACKOFF_MS = 60_000;
const MAX_RETRY_AFTER_MS = 600_000;

/** What one call came to. `again`: another may do better, after a wait of `waitMs` at least. */
type Outcome = Answer | { readonly failure: string; readonly again: true; readonly waitMs: number };

/**
 * A model behind OpenAI's API, asked greedily. Calls that are dropped, time out, are told to come later (408, 409, 425, 429) or
 * fail at the server (5xx, no JSON) are made again, after waits that double, of random length, and no shorter than the
 * server's Retry-After.
 */
export function endpointAnswerer(options: EndpointOptions): Answerer {
  const { url, model, token, concurrency, timeoutMs, tries, backoffMs } = options;
  const client = new HttpClient(url, { token, connections: concurrency, timeoutMs, maxBytes: MAX_BYTES });
  return {
    settings: { endpoint: url, model, temperature: 0 },
    ownArea: null,
    batch: 1,
    concurrency,
    async answer([turn], { maxTokens, area }, signal) {
      const shown = area ? await resized(turn, area) : turn;
      if ("failure" in shown) return [shown];
      const body = chatBody(model, shown, maxTokens);
      for (let tried = 1; ; tried++) {
        const outcome = await call(client, url, body, signal);
        if (!("again" in outcome)) return [outcome];
        if (tried === tries) {
          return [{ failure: tries === 1 ? outcome.failure : `${outcome.failure} (${tries} calls)` }];
        }
        // Half of it at least: clients that were refused together come back one after the other.
        const backoff = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** (tried - 1)) * (0.5 + Math.random() / 2);
        await pause(Math.max(backoff, outcome.waitMs), signal);
      }
    },
  };
}

/**
 * The model that an endpoint has. Throws a UserError that lists them where there are several and no `name` says which, and where
 * nothing answers there.
 */
export async function modelAt(url: string, token: string | null, name?: string): Promise<string> {
  const client = new HttpClient(url, { token, connections: 1, timeoutMs: 30_000, maxBytes: MAX_BYTES });
  const { status, text } = await client.get("/models").catch((error: Error) => {
    throw new UserError(`${url} does not answer: ${error.message}. Is the server running there?`);
  });
  if (status === 401 || status === 403) throw refused(url, status, text ?? "");
  // Not every server lists its models.
  if (name !== undefined) return name;
  const { data } = (status === 200 ? parsed(text ?? "") : null) ?? {};
  const ids = Array.isArray(data) ? data.map((each: { readonly id?: unknown } | null) => String(each?.id)) : [];
  if (ids.length === 1) return ids[0];
  throw new UserError(
    ids.length === 0
      ? `${url}/models lists no model. Name one with --model-name; the address ends in /v1 as a rule.`
      : `${url} has ${ids.length} models: ${ids.slice(0, 20).join(", ")}. Choose one with --model-name.`,
  );
}

/** The turn with its pictures as PNGs of the size at which the model is to see them; those that have it already, as they are. */
async function resized(turn: Turn, area: Area): Promise<Turn | { readonly failure: string }> {
  const pictures = turn.filter((part) => typeof part !== "string").length;
  try {
    return await Promise.all(
      turn.map(async (part) => {
        if (typeof part === "string") return part;
        const image = await decodePicture(part, DECODED);
        const fitted = fitPicture(image, area, pictures);
        return fitted.width === image.width && fitted.height === image.height ? part : encodePng(fitted);
      }),
    );
  } catch (error) {
    return { failure: `a picture: ${(error as Error).message.split("\n")[0]}` };
  }
}

/** A question as OpenAI's API takes it. Pictures are not put into one long string: their base64 is made as it is sent. */
function chatBody(model: string, turn: Turn, maxTokens: number): Body {
  const content = turn.flatMap((part, i): Body => {
    const comma = i > 0 ? "," : "";
    if (typeof part === "string") return [`${comma}${JSON.stringify({ type: "text", text: part })}`];
    return [`${comma}{"type":"image_url","image_url":{"url":"data:${mediaType(part)};base64,`, part, '"}}'];
  });
  return [
    `{"model":${JSON.stringify(model)},"messages":[{"role":"user","content":[`,
    ...content,
    `]}],"temperature":0,"max_tokens":${maxTokens}}`,
  ];
}

async function call(client: HttpClient, url: string, body: Body, signal: AbortSignal): Promise<Outcome> {
  let reply: Reply;
  try {
    reply = await client.post("/chat/completions", body, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { failure: (error as Error).message, again: true, waitMs: 0 };
  }
  if (reply.status < 200 || reply.status > 299) return refusal(url, reply);
  return reply.text === null ? { failure: `an answer of over ${MAX_BYTES} bytes` } : answerIn(reply.text);
}

/** The response in a chat completion. A model that ends its turn at once has said nothing, which is an answer. */
function answerIn(text: string): Outcome {
  const body = parsed(text);
  if (body === null) return { failure: `no JSON: ${excerpt(text)}`, again: true, waitMs: 0 };
  const [choice] = Array.isArray(body.choices) ? body.choices : [];
  const content = choice?.message?.content;
  if (choice?.message && (content === null || content === undefined)) return { response: "" };
  if (typeof content === "string") return { response: content };
  return { failure: `no message in the answer: ${excerpt(text)}` };
}

function refusal(url: string, { status, headers, text }: Reply): Outcome {
  if (status < 400 && headers.location) {
    throw new UserError(`${url} sends all calls on to ${headers.location}. Give the address that it is at now.`);
  }
  if ([401, 403, 404].includes(status)) throw refused(url, status, text ?? "");
  const failure = `status ${status}: ${errorIn(text ?? "")}`;
  if (status < 500 && ![408, 409, 425, 429].includes(status)) return { failure };
  return { failure, again: true, waitMs: retryAfter(headers["retry-after"]) };
}

/** Refusals that every question would meet. */
function refused(url: string, status: number, text: string): UserError {
  const remedy =
    status === 404
      ? "Check the address (it ends in /v1 as a rule) and --model-name."
      : "Give the endpoint's key with --token.";
  return new UserError(`${url} answered with status ${status}: ${errorIn(text)} ${remedy}`);
}

/** The header's seconds or date as milliseconds from now; 0 for none. */
function retryAfter(header: string | undefined): number {
  if (header === undefined) return 0;
  const wait = /^\s*[0-9.]+\s*$/.test(header) ? 1000 * Number(header) : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, wait)) : 0;
}

// biome-ignore lint/suspicious/noExplicitAny: what a foreign server sends; each field is looked at before it is used
function parsed(text: string): any {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function errorIn(text: string): string {
  const { message } = parsed(text)?.error ?? {};
  return typeof message === "string" ? excerpt(message) : excerpt(text);
}

function excerpt(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line === "" ? "nothing" : line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** Which kind of picture a file is, by its first bytes. */
function mediaType(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\x89PNG")) return "image/png";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("BM")) return "image/bmp";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "image/webp";
  return "image/jpeg";
}
