import type { Server } from "node:http";
import { UserError } from "@ssl4rl/core";
import { jsonServer, pathOf, Refusal, readJson } from "./json-server.js";
import { judge } from "./judge.js";

const MAX_BYTES = 32 * 2 ** 20;
const MAX_ITEMS = 10_000;

/**
 * The verifier for whatever speaks HTTP: `POST /verify` with `{"items": [...]}`, each a response with its row as `judge`
 * reads them, gives `{"scores": [...]}` in the same order; `GET /health` gives `{"status": "ok"}`. One item that cannot be
 * judged refuses the whole request: errors are `{"error": "..."}` under a 4xx status.
 */
export function verifyServer(): Server {
  return jsonServer(async (request) => {
    const path = pathOf(request, { "/verify": "POST", "/health": "GET" });
    if (path === "/health") return { status: "ok" };
    return { scores: scores(await readJson(request, MAX_BYTES, ", in several requests")) };
  });
}

function scores(parsed: unknown): unknown[] {
  const items = (parsed as { readonly items?: unknown } | null)?.items;
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
