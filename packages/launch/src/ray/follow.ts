import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@ssl4rl/core";
import { isOver, type JobDetails, type RayJobs } from "./jobs.js";
import { Unreachable } from "./request.js";

export type FollowEvent =
  /** More of the log; whole lines, but for what a job ends with. */
  | { readonly kind: "log"; readonly text: string }
  | { readonly kind: "status"; readonly details: JobDetails }
  /** Nothing answers; it is tried again. */
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "found" };

export interface FollowOptions {
  /** Characters of the log that are known already. */
  readonly from: number;
  /** Seconds for which a cluster may not answer before it is given up. */
  readonly patience: number;
  /** Ends following; the job goes on. */
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Tells of a job until it is over, over lost connections too. The last event is the status it ended with. Throws a UserError
 * when the cluster does not answer for `patience` seconds, or has forgotten the job.
 */
export async function* follow(jobs: RayJobs, id: string, options: FollowOptions): AsyncGenerator<FollowEvent> {
  const { signal, patience } = options;
  const log = new LogCursor(options.from);
  let status = "";
  let lostAt: number | null = null;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const details = await jobs.details(id);
      if (!details) throw jobs.unknownJob(id);
      if (lostAt !== null) yield { kind: "found" };
      lostAt = null;
      if (details.status !== status && !isOver(details.status)) yield { kind: "status", details };
      status = details.status;
      const over = isOver(details.status);
      if (details.status === "PENDING") pause = FIRST_PAUSE_MS;
      else {
        // What a tail that was cut short, or could not be had, did not give.
        const text = log.newIn(await jobs.logs(id), over);
        if (text) yield { kind: "log", text };
      }
      if (over) {
        yield { kind: "status", details };
        return;
      }
      log.rewind();
      for await (const piece of details.status === "PENDING" ? [] : jobs.tail(id, signal)) {
        pause = FIRST_PAUSE_MS;
        const text = log.next(piece);
        if (text) yield { kind: "log", text };
      }
    } catch (error) {
      if (!(error instanceof Unreachable) || signal.aborted) throw error;
      if (lostAt === null) yield { kind: "lost", reason: error.message };
      lostAt ??= performance.now();
      if (performance.now() - lostAt > patience * 1000) {
        throw new UserError(
          `${error.message}\nGiven up after ${patience} s. Job ${id} may be running still: go on with ssl4rl launch --attach ${id}`,
        );
      }
    }
    await sleep(pause, undefined, { signal }).catch(() => {});
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}

/** Each tail begins with the log's first line: what was read before is passed over. */
class LogCursor {
  private seen = 0;
  private torn = "";

  constructor(private known: number) {}

  rewind(): void {
    this.seen = 0;
    this.torn = "";
  }

  /** What is new in a piece, up to its last line break: the rest of that line is to come. */
  next(piece: string): string {
    const start = this.seen;
    this.seen += piece.length;
    const fresh = this.torn + piece.slice(Math.max(0, this.known + this.torn.length - start));
    const end = fresh.lastIndexOf("\n") + 1;
    this.torn = fresh.slice(end);
    this.known += end;
    return fresh.slice(0, end);
  }

  /** What is new in the log so far; a last line without its break only when the job is over. */
  newIn(log: string, over: boolean): string {
    const end = over ? log.length : log.lastIndexOf("\n") + 1;
    const fresh = log.slice(this.known, end);
    this.known = Math.max(this.known, end);
    return fresh;
  }
}
