import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { filesUnder } from "./files-under.js";
import { LARGEST_FILE } from "./read-at.js";
import type { Stored } from "./stored.js";

/** All files under a folder, at any depth, in the order of their relative paths, whatever they are called. */
export async function openStoredFolder(folder: string): Promise<Stored> {
  const { files, skipped } = await filesUnder(folder);
  return {
    name: folder,
    length: files.length,
    skipped,
    async read(index) {
      const name = files[index];
      const { size } = await stat(join(folder, name));
      if (size > LARGEST_FILE) throw new Error(`${size} bytes: no picture file is so large`);
      return { name, bytes: await readFile(join(folder, name)) };
    },
    async close() {},
  };
}
