import { MessageChannel, Worker } from "node:worker_threads";
import { UserError } from "@ssl4rl/core";
import type { Stored } from "@ssl4rl/data";
import type { Answer, Job, Ready, Start } from "./build-worker.js";
import { serveStored } from "./shared-stored.js";

/**
 * What V8 keeps in each thread for what was made last, in MB. Pictures lie outside of it, and hardly anything else is made:
 * its 48 MB would only fill more slowly, and keep the pictures that nobody needs any more alive the longer.
 */
const YOUNG_MEGABYTES = 6;

/** Threads that make files of one set. Each has the sources open. */
export class Workers {
  private constructor(
    private readonly threads: readonly Worker[],
    /** How long the sources are. */
    readonly ready: Ready,
  ) {}

  /** `stored` are the plan's pictures where they are files; this thread reads them for all. */
  static async start(count: number, start: Omit<Start, "files">, stored: Stored | null): Promise<Workers> {
    const url = new URL("./build-worker.js", import.meta.url);
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
    const threads = Array.from({ length: count }, () => {
      if (!stored) return new Worker(url, { workerData: { ...start, files: null } satisfies Start, resourceLimits });
      const { port1, port2 } = new MessageChannel();
      serveStored(stored, port1);
      port1.unref();
      const { name, length, skipped } = stored;
      const workerData: Start = { ...start, files: { facts: { name, length, skipped }, port: port2 } };
      return new Worker(url, { workerData, transferList: [port2], resourceLimits });
    });
    try {
      const [ready] = await Promise.all(threads.map((thread) => reply(thread) as Promise<Ready>));
      return new Workers(threads, ready);
    } catch (error) {
      await Promise.all(threads.map((thread) => thread.terminate()));
      throw error;
    }
  }

  /** The same to every worker. */
  async tell(job: Job): Promise<void> {
    await Promise.all(this.threads.map((thread) => ask(thread, job)));
  }

  /**
   * Jobs shared out as workers become free; `done` hears of each as it ends. After an error, or once `stop` says so, no new
   * one is begun.
   */
  async share<Result>(
    jobs: readonly Job[],
    done: (result: Result, job: number) => void | Promise<void>,
    stop: () => boolean = () => false,
  ): Promise<void> {
    let next = 0;
    let failed = false;
    await Promise.all(
      this.threads.map(async (thread) => {
        while (next < jobs.length && !failed && !stop()) {
          const job = next++;
          try {
            await done((await ask(thread, jobs[job])) as Result, job);
          } catch (error) {
            failed = true;
            throw error;
          }
        }
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }
}

function ask(thread: Worker, job: Job): Promise<unknown> {
  const answer = reply(thread);
  thread.postMessage(job);
  return answer;
}

function reply(thread: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      thread.off("message", heard);
      thread.off("error", broke);
      end();
    };
    const broke = (error: Error) => settle(() => reject(error));
    const heard = (answer: Answer) =>
      settle(() => ("failed" in answer ? reject(asThrown(answer.failed)) : resolve(answer.done)));
    thread.on("message", heard);
    thread.on("error", broke);
  });
}

function asThrown({ name, message, exitCode, code }: Extract<Answer, { failed: unknown }>["failed"]): Error {
  return name === "UserError" ? new UserError(message, exitCode) : Object.assign(new Error(message), { name, code });
}
