import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type Image, UserError } from "@ssl4rl/core";
import { type Checkpoint, type PreparedBatch, PromptTooLong } from "@ssl4rl/models";
import { jsonServer, pathOf, readJson } from "../json-server.js";
import { ChatError, describeError } from "./chat-error.js";
import { type ChatLimits, type ChatRequest, parseChat } from "./chat-request.js";
import { ChatResponse } from "./chat-response.js";
import { complete, type Piece } from "./complete.js";
import type { FetchLimits } from "./fetch-image.js";
import { openImage } from "./open-image.js";
import { Turns } from "./turns.js";

export interface ChatServerOptions extends ChatLimits, FetchLimits {
  /** What clients call the model. */
  readonly name: string;
  /** What clients must show as a Bearer token; null: nothing. */
  readonly token: string | null;
  /** Requests held at once, the one being answered included. */
  readonly queue: number;
}

/**
 * A checkpoint behind OpenAI's API: `POST /v1/chat/completions`, `GET /v1/models`, and `GET /health`, which needs no
 * token. Requests are answered one at a time, in the order of their coming.
 */
export function chatServer(checkpoint: Checkpoint, options: ChatServerOptions): Server {
  const turns = new Turns(options.queue);
  const created = Math.floor(Date.now() / 1000);
  return jsonServer(async (request, response) => {
    const path = pathOf(request, { "/v1/chat/completions": "POST", "/v1/models": "GET", "/health": "GET" });
    if (path === "/health") return { status: "ok" };
    if (options.token !== null) checkToken(request, options.token);
    if (path === "/v1/models") {
      return { object: "list", data: [{ id: options.name, object: "model", created, owned_by: "ssl4rl" }] };
    }
    return turns.withPlace(async () => {
      const chat = parseChat(await readJson(request, options.maxBody, " (--max-body)"), options);
      if (chat.model !== options.name) {
        const message = `There is no model ${JSON.stringify(chat.model)} here, only ${JSON.stringify(options.name)}.`;
        throw new ChatError(404, message, "model", "model_not_found");
      }
      const signal = closed(response);
      return turns.turn(signal, () => answer(checkpoint, chat, options, response, signal));
    });
  }, describeError);
}

function checkToken({ headers }: IncomingMessage, token: string): void {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const shown = /^Bearer (.*)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  // Hashes are of one length, so that the time of the comparison tells nothing.
  if (timingSafeEqual(digest(shown), digest(token))) return;
  throw new ChatError(
    401,
    "The token is missing or wrong: send it as Authorization: Bearer TOKEN.",
    null,
    "invalid_api_key",
    {
      "www-authenticate": "Bearer",
    },
  );
}

/** Aborts when the client goes away before its answer is complete. */
function closed(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  if (response.destroyed) controller.abort();
  return controller.signal;
}

async function answer(
  checkpoint: Checkpoint,
  chat: ChatRequest,
  limits: ChatServerOptions,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<unknown> {
  const batch = await prepare(checkpoint, chat, limits);
  const promptTokens = batch.prompts[0].ids.length;
  const maxTokens = tokensLeft(checkpoint.config.contextLength, promptTokens, chat.maxTokens, limits.maxTokens);
  const shape = new ChatResponse(checkpoint.tokenizer, chat, promptTokens);
  const pieces: Piece[] = [];
  const write = (chunks: readonly object[]) => {
    for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  await complete(checkpoint, batch, chat, maxTokens, signal, (piece) => {
    if (!chat.stream) {
      pieces.push(piece);
      return;
    }
    // Not before the first token: what goes wrong until then still has a status of its own.
    if (!response.headersSent) {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
      write(shape.opening());
    }
    write(shape.chunks(piece));
  });
  signal.throwIfAborted();
  if (!chat.stream) return shape.whole(pieces);
  write(shape.closing());
  response.end("data: [DONE]\n\n");
  return undefined;
}

async function prepare(
  checkpoint: Checkpoint,
  { messages, images }: ChatRequest,
  limits: FetchLimits,
): Promise<PreparedBatch> {
  const opened: Image[] = [];
  for (const { uri, param } of images) opened.push(await openImage(uri, param, limits));
  try {
    return checkpoint.prepareChats([{ messages, images: opened }]);
  } catch (error) {
    if (error instanceof PromptTooLong) throw tooLong(error.message);
    throw error instanceof UserError ? new ChatError(400, error.message, "messages") : error;
  }
}

/** How long a response may be. */
function tokensLeft(context: number, prompt: number, asked: number | null, limit: number): number {
  const left = context - prompt;
  if (asked !== null && left < asked) {
    throw tooLong(`The prompt has ${prompt} tokens and its response may have ${asked}: the context is ${context}.`);
  }
  return asked ?? Math.min(left, limit);
}

function tooLong(message: string): ChatError {
  return new ChatError(400, message, "messages", "context_length_exceeded");
}
