import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";

/** How a cluster is reached. */
export interface RayAddress {
  /** The dashboard's, without a slash at the end. */
  readonly url: string;
  /** Null where there is none, which is right for clusters that do not ask for one. */
  readonly token: string | null;
  /** Certificates (PEM) to trust beside those that Node does; null for none. */
  readonly ca: string | null;
}

/**
 * Checks the dashboard's URL and finds the token as Ray's own tools do: RAY_AUTH_TOKEN, a file that RAY_AUTH_TOKEN_PATH
 * names, ~/.ray/auth_token. It is read anew each time and kept nowhere.
 */
export function rayAddress(cluster: string, caFile?: string): RayAddress {
  return { url: dashboardUrl(cluster), token: rayToken(), ca: caFile === undefined ? null : readOwn(caFile, "--ca") };
}

/** Whether a token would go over the network in the clear. */
export function tokenInTheClear({ url, token }: RayAddress): boolean {
  const { protocol, hostname } = new URL(url);
  return token !== null && protocol === "http:" && !isLoopback(hostname);
}

export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(hostname);
}

function dashboardUrl(cluster: string): string {
  const url = URL.canParse(cluster) ? new URL(cluster) : null;
  if (url?.protocol === "ray:") {
    throw new UserError(
      `${cluster} is an address for Ray's client. Give the dashboard's: http://${url.hostname}:8265`,
      2,
    );
  }
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new UserError(`--cluster takes the URL of Ray's dashboard, such as http://HEAD:8265, got "${cluster}".`, 2);
  }
  if (url.username || url.password) {
    throw new UserError(
      "A name or password in --cluster would stand in the list of processes. Give a token by RAY_AUTH_TOKEN.",
      2,
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

function rayToken(): string | null {
  const { RAY_AUTH_TOKEN, RAY_AUTH_TOKEN_PATH } = process.env;
  if (RAY_AUTH_TOKEN?.trim()) return RAY_AUTH_TOKEN.trim();
  if (RAY_AUTH_TOKEN_PATH) return readOwn(RAY_AUTH_TOKEN_PATH, "RAY_AUTH_TOKEN_PATH").trim();
  const file = join(homedir(), ".ray", "auth_token");
  return existsSync(file) ? readFileSync(file, "utf8").trim() || null : null;
}

function readOwn(file: string, origin: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`Cannot read ${file}, which ${origin} names: ${(error as Error).message}.`, 2);
  }
}
