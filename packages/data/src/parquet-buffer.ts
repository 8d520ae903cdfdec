import type { FileHandle } from "node:fs/promises";
import type { AsyncBuffer } from "hyparquet";
import { readAt } from "./read-at.js";

/** The file as hyparquet reads it. Its own reader of files takes twice the memory. */
export async function parquetBuffer(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      if (!(start >= 0 && start <= end && end <= size))
        throw new Error(`bytes ${start} to ${end} of ${size} are wanted`);
      const bytes = await readAt(handle, start, end - start);
      if (bytes.length < end - start) throw new Error("it was cut short while it was read");
      return bytes.buffer as ArrayBuffer;
    },
  };
}
