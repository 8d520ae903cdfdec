import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { widths } from "./dtype.js";
import { bytesOf, formatNames } from "./safetensors.js";
import { rawBytes, type Tensor } from "./tensor.js";

/**
 * Writes tensors into a .safetensors file, which appears whole or not at all: it is written beside its place, brought
 * to the disk, then renamed. Tensors on other devices are copied over one at a time.
 */
export function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, Tensor]>,
  metadata?: Readonly<Record<string, string>>,
): void {
  // The widest first, as the reference implementation does, so that each is aligned for its dtype.
  const sorted = [...tensors].sort(([, a], [, b]) => widths[b.dtype] - widths[a.dtype]);
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { dtype, shape }] of sorted) {
    if (Object.hasOwn(header, name)) throw new Error(`${path}: two tensors are named "${name}"`);
    const start = end;
    end += bytesOf(dtype, shape);
    header[name] = { dtype: formatNames[dtype], shape, data_offsets: [start, end] };
  }
  let text = Buffer.from(JSON.stringify(header));
  text = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, " ")]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));

  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "w");
    try {
      write(file, length);
      write(file, text);
      for (const [, tensor] of sorted) write(file, rawBytes(tensor));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  // The rename itself is on the disk only once the folder is.
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** One write() takes 2 GiB at most, and may take less than it is given. */
function write(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, Math.min(bytes.length - done, 2 ** 30));
}
