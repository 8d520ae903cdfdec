import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@ssl4rl/core";
import { zipSync } from "fflate";
import WebSocket from "ws";
import type { RayAddress } from "./address.js";
import { failure, headersFor, type RayResponse, request, trust, Unreachable } from "./request.js";

export type JobStatus = "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";

/** What the cluster knows of a job, as far as we look. */
export interface JobDetails {
  readonly submission_id: string;
  readonly status: JobStatus;
  readonly message: string | null;
  readonly error_type: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly driver_exit_code: number | null;
}

export interface NewJob {
  /** Ours: unique for the cluster's life. */
  readonly id: string;
  readonly entrypoint: string;
  /** The name of an uploaded package, which becomes the working directory. */
  readonly workingDir: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export function isOver(status: JobStatus): boolean {
  return status === "STOPPED" || status === "SUCCEEDED" || status === "FAILED";
}

/** Ray's limit for a package. */
const MOST_PACKAGE_BYTES = 100 * 2 ** 20;

const HEARTBEAT_MS = 20_000;
const SUBMIT_AGAIN_MS = 2_000;

/** The REST API of Ray's jobs (docs.ray.io, "Ray Jobs REST API"), for Ray 2.2 or later. */
export class RayJobs {
  constructor(readonly address: RayAddress) {}

  /** The version of Ray; a UserError where something else answers. */
  async version(): Promise<string> {
    const { status, text } = await request(this.address, "GET", "/api/version");
    const version = status === 200 ? jsonOf(text)?.ray_version : undefined;
    if (typeof version === "string") return version;
    if (status >= 500) throw new Unreachable(`${this.address.url} answers with HTTP ${status}: ${lastLine(text)}`);
    throw new UserError(
      `${this.address.url} answers, but it is not Ray's dashboard (GET /api/version gave HTTP ${status}).`,
    );
  }

  /** Puts files on the cluster, once for the same content. Gives the package's name. */
  async upload(files: Readonly<Record<string, string>>): Promise<string> {
    const zip = packed(files);
    if (zip.length > MOST_PACKAGE_BYTES) {
      throw new UserError(`The launch folder has ${zip.length} bytes; Ray takes ${MOST_PACKAGE_BYTES}.`);
    }
    const name = `_ray_pkg_${createHash("sha256").update(zip).digest("hex").slice(0, 32)}.zip`;
    const path = `/api/packages/gcs/${name}`;
    const there = await request(this.address, "GET", path);
    if (there.status === 404) this.expect(await request(this.address, "PUT", path, zip), "take the launch folder");
    else this.expect(there, "look for the launch folder");
    return name;
  }

  /**
   * Submits a job. A cluster that cannot take it now, as one that has just come up, is asked again for `patience` seconds; where
   * only the answer was lost, the job is there.
   */
  async submit({ id, entrypoint, workingDir, metadata }: NewJob, patience: number): Promise<void> {
    const body = JSON.stringify({
      submission_id: id,
      entrypoint,
      runtime_env: { working_dir: `gcs://${workingDir}` },
      metadata,
    });
    const until = performance.now() + patience * 1000;
    for (;;) {
      try {
        return this.expect(await request(this.address, "POST", "/api/jobs/", body), "take the job");
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        if (await this.details(id).catch(() => null)) return;
        if (performance.now() > until) throw error;
      }
      await sleep(SUBMIT_AGAIN_MS);
    }
  }

  /** Null where the cluster knows no such job. */
  async details(id: string): Promise<JobDetails | null> {
    const response = await request(this.address, "GET", jobPath(id));
    if (response.status === 404) return null;
    this.expect(response, `tell of job ${id}`);
    return jsonOf(response.text) as unknown as JobDetails;
  }

  /** The job's whole log so far. */
  async logs(id: string): Promise<string> {
    const response = await request(this.address, "GET", `${jobPath(id)}/logs`);
    this.expect(response, `give the log of job ${id}`);
    return (jsonOf(response.text)?.logs as string | undefined) ?? "";
  }

  /** The log from its beginning, piece by piece as it grows; ends with the job, or when the connection does. */
  async *tail(id: string, signal: AbortSignal): AsyncGenerator<string> {
    const { url } = this.address;
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}${jobPath(id)}/logs/tail`, {
      headers: headersFor(this.address),
      handshakeTimeout: 30_000,
      // The dashboard hands our offer on to the process behind it, and cannot read what that then compresses (Ray 2.60).
      perMessageDeflate: false,
      ...trust(this.address),
    });
    const stop = () => socket.terminate();
    // A connection may be dead without a word, as after a laptop's sleep.
    let alive = true;
    const heart = setInterval(() => {
      if (!alive) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) {
        alive = false;
        socket.ping();
      }
    }, HEARTBEAT_MS);
    socket.on("pong", () => {
      alive = true;
    });
    signal.addEventListener("abort", stop, { once: true });
    // Pieces that came while nobody waited, and who waits while none came.
    const pieces: string[] = [];
    let ended = false;
    let fault: Error | null = null;
    let wake = () => {};
    socket.on("message", (data) => {
      pieces.push(data.toString());
      wake();
    });
    socket.on("error", (error) => {
      fault = error;
    });
    // A proxy that passes no WebSockets: no tail, then.
    socket.on("unexpected-response", () => socket.terminate());
    socket.on("close", () => {
      ended = true;
      wake();
    });
    try {
      for (;;) {
        while (pieces.length > 0) yield pieces.shift()!;
        if (ended) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (fault && !signal.aborted) throw failure(this.address, fault);
    } finally {
      clearInterval(heart);
      signal.removeEventListener("abort", stop);
      socket.terminate();
    }
  }

  /** Asks the job to end; false where it has ended already. */
  async stop(id: string): Promise<boolean> {
    const response = await request(this.address, "POST", `${jobPath(id)}/stop`);
    if (response.status === 404) throw this.unknownJob(id);
    this.expect(response, `stop job ${id}`);
    return jsonOf(response.text)?.stopped === true;
  }

  unknownJob(id: string): UserError {
    return new UserError(
      `The cluster at ${this.address.url} knows no job ${id}. A head that was restarted forgets its jobs, unless it keeps them in Redis.`,
    );
  }

  private expect({ status, text }: RayResponse, what: string): void {
    if (status === 200) return;
    const said = `The cluster at ${this.address.url} did not ${what} (HTTP ${status}): ${lastLine(text)}`;
    throw status >= 500 ? new Unreachable(said) : new UserError(said);
  }
}

const jobPath = (id: string) => `/api/jobs/${encodeURIComponent(id)}`;

/** The same bytes for the same files. */
function packed(files: Readonly<Record<string, string>>): Uint8Array {
  const names = Object.keys(files).sort();
  const entries = Object.fromEntries(names.map((name) => [name, Buffer.from(files[name])]));
  return zipSync(entries, { mtime: "1980-01-01T12:00:00Z" });
}

function jsonOf(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** What a Python traceback ends with is what went wrong. */
function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 300) || "no words";
}
