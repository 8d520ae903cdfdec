import type { FileHandle } from "node:fs/promises";

/** No picture file is so large, in bytes: what claims to be is not read into memory. */
export const LARGEST_FILE = 2 ** 28;

/** `size` bytes of a file from `position`, in a buffer of their own; fewer only where the file ends. */
export async function readAt(file: FileHandle, position: number, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
