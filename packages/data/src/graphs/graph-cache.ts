import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { GraphData } from "@ssl4rl/core";

/** Rises whenever what is read out of the same files, or how it is kept, changes. */
const VERSION = 2;

const MAGIC = `ssl4rl graph ${VERSION}\n`;

/** What a cached graph was made of: it is valid as long as this is the same. */
export interface Inputs {
  readonly splitSeed: number;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly modified: number }[];
}

export async function inputsOf(paths: readonly string[], splitSeed: number): Promise<Inputs> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return { path: resolve(path), bytes: size, modified: mtimeMs };
    }),
  );
  return { splitSeed, files };
}

/** Where graphs are cached: `ssl4rl/graphs` in `XDG_CACHE_HOME`, else in `~/.cache`. */
export function defaultGraphCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ssl4rl", "graphs");
}

export function cacheFile(folder: string, path: string, splitSeed: number): string {
  return join(
    folder,
    `${createHash("sha256")
      .update(`${resolve(path)}\n${splitSeed}`)
      .digest("hex")
      .slice(0, 24)}.graph`,
  );
}

type Typed = Uint8Array | Uint16Array | Uint32Array;

const TYPES = { Uint8Array, Uint16Array, Uint32Array };

/** A place in the file for an array: its type and its first byte behind the header. */
interface Placed {
  readonly array: keyof typeof TYPES;
  readonly at: number;
  readonly length: number;
}

/**
 * Writes a graph flat: a line, the length of the header, the header as JSON with places instead of arrays, then the arrays, each
 * from a multiple of 8 bytes on. The file appears whole or not at all; several processes may write it at once.
 */
export async function writeGraphCache(file: string, data: GraphData, inputs: Inputs): Promise<void> {
  const arrays: Typed[] = [];
  let end = 0;
  const words = JSON.stringify({ inputs, data }, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    const array = value as Typed;
    const placed: Placed = { array: array.constructor.name as keyof typeof TYPES, at: end, length: array.length };
    arrays.push(array);
    end += aligned(array.byteLength);
    return placed;
  });
  const header = Buffer.from(words);
  const intro = Buffer.from(`${MAGIC}${String(header.length).padStart(12)} ${String(end).padStart(16)}\n`);
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(intro);
      await handle.writeFile(header);
      for (const array of arrays) {
        await handle.writeFile(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
        await handle.writeFile(Buffer.alloc(aligned(array.byteLength) - array.byteLength));
      }
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The graph in a cache file, in shared memory; null where there is none, it was cut short, or was made of other inputs. */
export async function readGraphCache(file: string, inputs: Inputs): Promise<GraphData | null> {
  const handle = await open(file).catch(() => null);
  if (!handle) return null;
  try {
    const intro = Buffer.alloc(MAGIC.length + 30);
    await handle.read(intro, 0, intro.length, 0);
    const [headerLength, end] = intro.toString("latin1", MAGIC.length).trim().split(/ +/).map(Number);
    const { size } = await handle.stat();
    const start = intro.length + headerLength;
    if (intro.toString("latin1", 0, MAGIC.length) !== MAGIC || size !== start + end) return null;
    const header = Buffer.alloc(headerLength);
    await handle.read(header, 0, headerLength, intro.length);
    const { inputs: made, data } = JSON.parse(header.toString("utf8")) as { inputs: Inputs; data: GraphData };
    if (JSON.stringify(made) !== JSON.stringify(inputs)) return null;
    return (await withArrays(data, async ({ array, at, length }) => {
      const type = TYPES[array];
      const shared = new Uint8Array(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
      for (let read = 0; read < shared.length; ) {
        // At most 1 GiB a call: the system reads no more than 2 at once.
        const piece = shared.subarray(read, read + 2 ** 30);
        read += (await handle.read(piece, 0, piece.length, start + at + read)).bytesRead;
      }
      return new (type as Uint8ArrayConstructor)(shared.buffer);
    })) as GraphData;
  } finally {
    await handle.close();
  }
}

/** The same value with each place replaced by its array. */
async function withArrays(value: unknown, load: (placed: Placed) => Promise<Typed>): Promise<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ("array" in value && "at" in value) return load(value as Placed);
  const entries = Object.entries(value).map(async ([name, part]) => [name, await withArrays(part, load)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
