import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "@ssl4rl/core";
import type { Progress } from "./progress.js";

/** Why a request is not served, with its status. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** What a client that will not be served may go on sending, for so long, before the connection is closed. */
const LINGER_MS = 1000;

/**
 * A server of JSON over HTTP. `answer` gives the content of the reply, or undefined where it has written the reply itself;
 * a Refusal it throws is sent as `describe` puts it. Anything else it throws is a fault of ours: it is printed, and the
 * client gets status 500.
 */
export function jsonServer(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
  describe: (refusal: Refusal) => unknown = ({ message }) => ({ error: message }),
): Server {
  const server = createServer(async (request, response) => {
    response.once("close", () => {
      // A connection kept alive would keep a server open that is being stopped.
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    try {
      const content = await answer(request, response);
      if (content !== undefined) send(request, response, 200, content, {});
    } catch (error) {
      // A client that went away wants no answer.
      if (request.errored || response.destroyed) return;
      const refusal = error instanceof Refusal ? error : fault(error);
      if (response.headersSent) response.destroy();
      else send(request, response, refusal.status, describe(refusal), refusal.headers);
    }
  });
  return server;
}

function fault(error: unknown): Refusal {
  console.error(error);
  return new Refusal(500, `The server failed: ${(error as Error).message}`);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string>>,
): void {
  const body = Buffer.from(`${JSON.stringify(content)}\n`);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": body.length,
    ...(request.complete ? {} : { connection: "close" }),
    ...headers,
  });
  response.write(body);
  if (request.complete) {
    response.end();
    return;
  }
  // Closed at once, the connection would be reset, and a client that is still sending would not see the answer.
  const close = () => response.end();
  const timer = setTimeout(close, LINGER_MS);
  request.once("close", () => clearTimeout(timer)).once("end", close);
  request.resume();
}

/** The path of a request, if `methods` has it and the request's method is the one it takes. */
export function pathOf(request: IncomingMessage, methods: Readonly<Record<string, "GET" | "POST">>): string {
  const path = request.url!.split("?")[0];
  const method = Object.hasOwn(methods, path) ? methods[path] : undefined;
  if (!method) {
    const known = Object.entries(methods).map(([path, method]) => `${method} ${path}`);
    throw new Refusal(404, `No ${path}. There are: ${known.join(", ")}.`);
  }
  if (request.method !== method)
    throw new Refusal(405, `${path} takes ${method}, got ${request.method}.`, { allow: method });
  return path;
}

/** The body as JSON. One over the limit is refused, if the client tells its length before a byte of it is read. */
export async function readJson(request: IncomingMessage, maxBytes: number, remedy: string): Promise<unknown> {
  const told = Number(request.headers["content-length"] ?? 0);
  if (told > maxBytes) throw new Refusal(413, `The body has ${told} bytes; send at most ${maxBytes} at once${remedy}.`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The answer to a body that is refused goes out on the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new Refusal(413, `The body has over ${maxBytes} bytes; send at most so many at once${remedy}.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw new Refusal(400, `The body is no JSON: ${(error as Error).message}.`);
  }
}

/**
 * Serves until Ctrl-C, then until the requests under way are answered. `flag` is the one that chose the port, named in
 * errors.
 */
export async function serveUntilStopped(
  server: Server,
  { host, port, flag }: { readonly host: string; readonly port: number; readonly flag: string },
  progress: Progress,
  announce: (url: string) => string,
): Promise<void> {
  if (port > 65535) throw new UserError(`${flag} takes a port up to 65535, got ${port}.`, 2);
  try {
    await once(server.listen(port, host), "listening");
  } catch (error) {
    throw new UserError(
      `Cannot serve on port ${port}: ${(error as Error).message}. Choose another, or 0 for a free one.`,
    );
  }
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  progress.say(announce(`http://${name}:${taken}`));
  const stop = () => {
    progress.say("Stopping when the requests under way are answered (Ctrl-C again: at once)");
    process.once("SIGINT", () => process.exit(130));
    server.close();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await once(server, "close");
  process.exitCode = 130;
}
