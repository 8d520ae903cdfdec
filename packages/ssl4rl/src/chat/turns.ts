import { once } from "node:events";
import { ChatError } from "./chat-error.js";

/** Requests one at a time, in the order of their coming, and no more of them than there are places. */
export class Turns {
  private taken = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly places: number) {}

  /** Runs `fn` with a place of its own, which it holds to its end. */
  async withPlace<T>(fn: () => Promise<T>): Promise<T> {
    if (this.taken >= this.places) {
      const message = `There are ${this.taken} requests already, which is as many as are taken (--queue). Try again later.`;
      throw new ChatError(429, message, null, "queue_full", { "retry-after": "1" });
    }
    this.taken++;
    try {
      return await fn();
    } finally {
      this.taken--;
    }
  }

  /** Runs `fn` when all that came before are through. One that `signal` aborts gives up its turn. */
  async turn<T>(signal: AbortSignal, fn: () => Promise<T>): Promise<T> {
    const before = this.last;
    let end = () => {};
    const own = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.last = before.then(() => own);
    try {
      signal.throwIfAborted();
      await Promise.race([before, once(signal, "abort")]);
      signal.throwIfAborted();
      return await fn();
    } finally {
      end();
    }
  }
}
