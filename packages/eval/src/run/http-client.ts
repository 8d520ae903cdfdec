import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";

/** What a server said. `text` is null when it is over the limit: the rest is not read. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string | null;
}

/** A body in pieces: texts as they are, bytes to be written in base64. */
export type Body = readonly (string | Uint8Array)[];

export interface HttpClientOptions {
  /** Sent as a Bearer token; null: none. */
  readonly token: string | null;
  /** Connections at once; they are kept open between requests. */
  readonly connections: number;
  /** For a request and its whole answer. */
  readonly timeoutMs: number;
  /** The longest answer that is read. */
  readonly maxBytes: number;
}

/** Base64 is made of so many bytes at a time, a multiple of three: short strings cost no fresh memory. */
const PIECE = 48 * 1024;

/**
 * Requests to one server, JSON both ways. Node's own http: for a body with a picture of 300 kB in it, fetch takes ten times the
 * processor time. Redirects are not followed.
 */
export class HttpClient {
  private readonly target;
  private readonly send;
  private readonly headers: Readonly<Record<string, string>>;

  /** `url` is what all paths begin with. */
  constructor(
    url: string,
    private readonly options: HttpClientOptions,
  ) {
    const { protocol, hostname, port, pathname } = new URL(url);
    const { token, connections } = options;
    const tls = protocol === "https:";
    const agent = new (tls ? TlsAgent : Agent)({ keepAlive: true, maxSockets: connections });
    this.send = tls ? httpsRequest : httpRequest;
    this.target = { hostname: hostname.replace(/^\[|\]$/g, ""), port, prefix: pathname.replace(/\/$/, ""), agent };
    this.headers = {
      accept: "application/json",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  get(path: string, signal?: AbortSignal): Promise<Reply> {
    return this.request("GET", path, null, signal);
  }

  post(path: string, body: Body, signal?: AbortSignal): Promise<Reply> {
    return this.request("POST", path, body, signal);
  }

  /** Throws an Error that says why there is no whole answer, or the signal's reason. */
  private request(
    method: string,
    path: string,
    body: Body | null,
    signal?: AbortSignal,
    fresh = false,
  ): Promise<Reply> {
    const { timeoutMs, maxBytes } = this.options;
    const { prefix, agent, ...target } = this.target;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const headers = body
        ? { ...this.headers, "content-type": "application/json", "content-length": lengthOf(body) }
        : this.headers;
      const request = this.send({ ...target, agent: fresh ? false : agent, method, path: prefix + path, headers });
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        request.destroy();
      }, timeoutMs);
      const stop = () => request.destroy();
      signal?.addEventListener("abort", stop);
      const fail = (error: Error) => {
        if (signal?.aborted) reject(signal.reason);
        else reject(late ? new Error(`no answer within ${timeoutMs / 1000} s`) : new Error(reasonOf(error)));
      };
      let answered = false;
      request.once("error", (error) => {
        // The server closed a connection that had been idle while this request was on its way there.
        const stale = request.reusedSocket && !answered && !late && !signal?.aborted;
        if (stale) resolve(this.request(method, path, body, signal, true));
        else fail(error);
      });
      request.once("response", (response) => {
        answered = true;
        readText(response, maxBytes).then(
          (text) => resolve({ status: response.statusCode!, headers: response.headers, text }),
          fail,
        );
      });
      request.once("close", () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
      });
      for (const piece of body ?? []) {
        if (typeof piece === "string") request.write(piece);
        else for (const text of base64Pieces(piece)) request.write(text, "latin1");
      }
      request.end();
    });
  }
}

function lengthOf(body: Body): number {
  const length = (piece: string | Uint8Array) =>
    typeof piece === "string" ? Buffer.byteLength(piece) : 4 * Math.ceil(piece.length / 3);
  return body.reduce((sum, piece) => sum + length(piece), 0);
}

function* base64Pieces({ buffer, byteOffset, length }: Uint8Array): Generator<string> {
  const bytes = Buffer.from(buffer, byteOffset, length);
  for (let at = 0; at < length; at += PIECE) yield bytes.toString("base64", at, at + PIECE);
}

async function readText(response: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Of several addresses that were tried for one name, the last one's reason. */
function reasonOf(error: Error & { readonly code?: string; readonly errors?: readonly Error[] }): string {
  if (error.message === "aborted") return "the connection was closed in the middle of the answer";
  return error.message || error.errors?.at(-1)?.message || error.code || "no reason is given";
}
