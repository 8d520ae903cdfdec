import type { MessagePort } from "node:worker_threads";
import type { Stored } from "@ssl4rl/data";

/** What a thread must know of stored pictures that another thread has open. */
export type StoredFacts = Pick<Stored, "name" | "length" | "skipped">;

type Reply =
  | { readonly index: number; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly index: number; readonly error: string };

/** Reads for the thread at the other end of `port`. So a table is unpacked once, however many threads there are. */
export function serveStored(stored: Stored, port: MessagePort): void {
  port.on("message", async (index: number) => {
    try {
      const { name, bytes } = await stored.read(index);
      // What is sent is gone here: a copy where the picture is a part of something larger.
      const whole = bytes.length === bytes.buffer.byteLength;
      const sent = whole ? (bytes as Uint8Array<ArrayBuffer>) : Uint8Array.from(bytes);
      port.postMessage({ index, name, bytes: sent } satisfies Reply, [sent.buffer]);
    } catch (error) {
      port.postMessage({ index, error: (error as Error).message } satisfies Reply);
    }
  });
}

/** The pictures that {@link serveStored} reads at the other end of `port`. */
export function remoteStored({ name, length, skipped }: StoredFacts, port: MessagePort): Stored {
  const waiting = new Map<number, ((reply: Reply) => void)[]>();
  port.on("message", (reply: Reply) => {
    const [first, ...rest] = waiting.get(reply.index)!;
    if (rest.length > 0) waiting.set(reply.index, rest);
    else waiting.delete(reply.index);
    first(reply);
  });
  return {
    name,
    length,
    skipped,
    async read(index) {
      const reply = await new Promise<Reply>((resolve) => {
        waiting.set(index, [...(waiting.get(index) ?? []), resolve]);
        port.postMessage(index);
      });
      if ("error" in reply) throw new Error(reply.error);
      return reply;
    },
    async close() {
      port.close();
    },
  };
}
