import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { UserError } from "@ssl4rl/core";
import { judge } from "./judge.js";

const MAX_BYTES = 32 * 2 ** 20;
const MAX_ITEMS = 10_000;

/**
 * The verifier for whatever speaks HTTP: `POST /verify` with `{"items": [...]}`, each a response with its row as `judge`
 * reads them, gives `{"scores": [...]}` in the same order; `GET /health` gives `{"status": "ok"}`. One item that cannot be
 * judged refuses the whole request: errors are `{"error": "..."}` under a 4xx status.
 */
export function verifyServer(): Server {
  return createServer(async (request, response) => {
    try {
      send(response, 200, await answer(request));
    } catch (error) {
      if (error instanceof Refusal) send(response, error.status, { error: error.message }, error.headers);
      // A client that went away wants no answer.
      else if (!request.errored) throw error;
    }
  });
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const path = request.url!.split("?")[0];
  const method = { "/verify": "POST", "/health": "GET" }[path];
  if (!method) throw new Refusal(404, `No ${path}. There are: POST /verify, GET /health.`);
  if (request.method !== method)
    throw new Refusal(405, `${path} takes ${method}, got ${request.method}.`, { allow: method });
  return path === "/health" ? { status: "ok" } : { scores: scores(await body(request)) };
}

/** Reads on beyond the limit, without keeping it: a client that is still sending would not see the answer. */
async function body(request: IncomingMessage): Promise<string> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) chunks = [];
    else chunks.push(chunk);
  }
  if (bytes > MAX_BYTES)
    throw new Refusal(413, `The body has ${bytes} bytes; send at most ${MAX_BYTES} at once, in several requests.`);
  return Buffer.concat(chunks).toString("utf8");
}

function scores(text: string): unknown[] {
  let parsed: { readonly items?: unknown } | null;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, `The body is no JSON: ${(error as Error).message}.`);
  }
  const items = parsed?.items;
  if (!Array.isArray(items)) throw new Refusal(400, `The body should be {"items": [...]}.`);
  if (items.length > MAX_ITEMS)
    throw new Refusal(413, `There are ${items.length} items; send at most ${MAX_ITEMS} at once, in several requests.`);
  return items.map((item, i) => {
    if (typeof item !== "object" || item === null) throw new Refusal(400, `items[${i}] should be an object.`);
    try {
      return judge(item).score;
    } catch (error) {
      if (error instanceof UserError) throw new Refusal(400, `items[${i}]: ${error.message}`);
      throw error;
    }
  });
}

function send(response: ServerResponse, status: number, content: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(`${JSON.stringify(content)}\n`);
}
