import * as http from "node:http";
import * as https from "node:https";
import { rootCertificates } from "node:tls";
import { UserError } from "@ssl4rl/core";
import type { RayAddress } from "./address.js";

export interface RayResponse {
  readonly status: number;
  readonly text: string;
}

/** The cluster did not answer: it may do so later. */
export class Unreachable extends UserError {}

const TIMEOUT_MS = 30_000;

/**
 * One HTTP call to the dashboard. Not by Node's `fetch`: that calls itself a browser (`sec-fetch-mode`), from which Ray takes
 * nothing but GET. Throws an {@link Unreachable} where nothing answers, and a UserError where the token is not right.
 */
export async function request(
  address: RayAddress,
  method: "GET" | "PUT" | "POST",
  path: string,
  body?: string | Uint8Array,
): Promise<RayResponse> {
  let response: RayResponse;
  try {
    response = await send(address, method, path, body);
  } catch (error) {
    throw failure(address, error as Error);
  }
  if (response.status === 401 || response.status === 403) throw denied(address);
  return response;
}

function send(address: RayAddress, method: string, path: string, body?: string | Uint8Array): Promise<RayResponse> {
  return new Promise((resolve, reject) => {
    const call = (address.url.startsWith("https:") ? https : http).request(address.url + path, {
      method,
      timeout: TIMEOUT_MS,
      // A connection of its own: a kept one may have been closed meanwhile, and a submission must not fail for that.
      agent: false,
      // Of known length: proxies in front of Ray take no chunks.
      headers: { ...headersFor(address), ...(body !== undefined && { "content-length": Buffer.byteLength(body) }) },
      ...trust(address),
    });
    call.on("timeout", () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    call.on("error", reject);
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    call.end(body);
  });
}

export function headersFor({ token }: RayAddress): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** With certificates of one's own, those that Node trusts are trusted too. */
export function trust({ ca }: RayAddress): { readonly ca?: string[] } {
  return ca === null ? {} : { ca: [...rootCertificates, ca] };
}

function denied({ url, token }: RayAddress): UserError {
  return new UserError(
    token === null
      ? `The cluster at ${url} asks for a token: give it by RAY_AUTH_TOKEN, or name its file by RAY_AUTH_TOKEN_PATH.`
      : `The cluster at ${url} refuses the token: look at RAY_AUTH_TOKEN, RAY_AUTH_TOKEN_PATH and ~/.ray/auth_token.`,
  );
}

/** The system's words for what went wrong, in ours. */
export function failure({ url }: RayAddress, error: Error): UserError {
  if (error instanceof UserError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) {
    return new UserError(
      `The certificate of ${url} is not trusted (${error.message}). Give the authority's certificate with --ca FILE.`,
    );
  }
  if (code.startsWith("HPE_") || code === "EPROTO") {
    return new UserError(
      `${url} answers, but not as a web server: give the address of Ray's dashboard (port 8265, not 6379 or 10001), and https:// only where a proxy adds it.`,
    );
  }
  const why =
    {
      ECONNREFUSED: "nothing listens there",
      ENOTFOUND: "no such host",
      EAI_AGAIN: "the host's name cannot be looked up",
      ECONNRESET: "the connection was cut",
      EPIPE: "the connection was cut",
    }[code] ?? error.message;
  return new Unreachable(
    `No answer from ${url}: ${why}. Is the head up, and its dashboard's port (8265) open to here? ray start --head --dashboard-host=0.0.0.0`,
  );
}
