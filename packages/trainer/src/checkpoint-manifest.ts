import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { hashFile } from "@ssl4rl/data";
import { z } from "zod";

const NAME = "manifest.json";

const schema = z.strictObject({
  step: z.int(),
  /** Mean accuracy of the rollouts before it, see {@link RunFolder.saveCheckpoint}; null where it does not compete. */
  accuracy: z.number().nullable(),
  files: z.array(z.strictObject({ file: z.string(), bytes: z.int(), sha256: z.string() })),
});

/** `manifest.json` of a checkpoint: all its other files with their sizes and hashes. */
export type Manifest = z.output<typeof schema>;

/** Writes the manifest of a folder whose other files are complete, and brings all of it to the disk. */
export async function writeManifest(folder: string, about: Omit<Manifest, "files">): Promise<void> {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const folders = entries.filter((name) => statSync(join(folder, name)).isDirectory());
  const files: Manifest["files"] = [];
  for (const file of entries) {
    if (folders.includes(file)) continue;
    // Just written, so that it is read from memory. SHA-256 takes a second for 1.5 GB, the disk usually more.
    const { bytes, sha256 } = await hashFile(join(folder, file));
    files.push({ file, bytes, sha256 });
  }
  writeFileSync(join(folder, NAME), `${JSON.stringify({ ...about, files } satisfies Manifest, null, 1)}\n`);
  for (const name of [...files.map(({ file }) => file), NAME, ...folders, "."]) bringToDisk(join(folder, name));
}

/** The manifest of a checkpoint; null where it is missing or not as it was written. */
export function readManifest(folder: string): Manifest | null {
  try {
    return schema.parse(JSON.parse(readFileSync(join(folder, NAME), "utf8")));
  } catch {
    return null;
  }
}

/** What is wrong with a checkpoint, by the name of the file; null where every file is as it was saved. */
export async function checkpointFault(folder: string): Promise<string | null> {
  const manifest = readManifest(folder);
  if (!manifest) return `${NAME} is missing or not as it was written`;
  for (const { file, bytes, sha256 } of manifest.files) {
    const path = join(folder, file);
    if (!existsSync(path)) return `${file} is missing`;
    const found = await hashFile(path);
    if (found.bytes !== bytes) return `${file} has ${found.bytes} bytes, it was saved with ${bytes}`;
    if (found.sha256 !== sha256) return `${file} is not as it was saved: its SHA-256 is another than the manifest's`;
  }
  return null;
}

/** Waits until a file's bytes, or a folder's names, would outlast a power cut. */
export function bringToDisk(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
