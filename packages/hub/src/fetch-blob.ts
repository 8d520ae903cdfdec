import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** A file of the Hub, as its list of files describes it. */
export interface BlobFacts {
  /** Named in errors. */
  readonly path: string;
  readonly size: number;
  /** What the Hub's ETag says: the SHA-256 of large files, git's SHA-1 of others. Names the file in the cache. */
  readonly hash: string;
}

const TRIES = 4;

/**
 * Brings one file into the cache's folder of contents and returns its path there; one that is there already stays. What
 * an earlier call or another try has left is gone on with. `download` opens the file; `onBytes` is told of each piece,
 * and of what was there before. Throws when the contents are not those that the hash names.
 */
export async function fetchBlob(
  folder: string,
  { path, size, hash }: BlobFacts,
  download: () => Promise<Blob>,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const blob = join(folder, hash);
  if (existsSync(blob)) {
    onBytes(size);
    return blob;
  }
  await mkdir(dirname(blob), { recursive: true });
  const incomplete = `${blob}.incomplete`;
  const source = await download();
  if (source.size !== size) throw new Error(`of its file ${path} came ${source.size} bytes in place of ${size}`);
  if ((await sizeOf(incomplete)) > size) await rm(incomplete);
  onBytes(await sizeOf(incomplete));
  for (let failed = 0; ; ) {
    const had = await sizeOf(incomplete);
    const error = await append(incomplete, source, onBytes).catch((error: Error) => error);
    const has = await sizeOf(incomplete);
    if (has === size) break;
    failed = has > had ? 0 : failed + 1;
    if (failed === TRIES) throw error ?? new Error(`its file ${path} ended at byte ${has} of ${size}`);
    if (failed > 0) await setTimeout(250 * 2 ** failed);
  }
  const found = await hashOf(incomplete, size, hash);
  if (found !== hash) {
    await rm(incomplete);
    throw new Error(`its file ${path} came with the hash ${found} in place of ${hash}: try again`);
  }
  await rename(incomplete, blob);
  return blob;
}

/** Appends what a file still lacks. */
async function append(file: string, source: Blob, onBytes: (bytes: number) => void): Promise<undefined> {
  const target = await open(file, "a");
  try {
    const { size: has } = await target.stat();
    if (has === source.size) return;
    for await (const bytes of source.slice(has).stream() as unknown as AsyncIterable<Uint8Array>) {
      await target.writeFile(bytes);
      onBytes(bytes.length);
    }
  } finally {
    await target.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

async function hashOf(file: string, size: number, like: string): Promise<string> {
  const hash = like.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
  for await (const bytes of createReadStream(file)) hash.update(bytes);
  return hash.digest("hex");
}
