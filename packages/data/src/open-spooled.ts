import { filesWith } from "./files-with.js";
import { SkipList } from "./skip-list.js";
import { Spool } from "./spool.js";
import type { Stored } from "./stored.js";

/**
 * The pictures of a table, or of all files with that extension under a folder in the order of their paths. Tables cannot be
 * read at random, so `readTable` puts the pictures of each, once, into one file in `folder`, and lists what it skips.
 */
export async function openSpooled(
  path: string,
  extension: string,
  folder: string,
  readTable: (file: string, name: string, spool: Spool, skipped: SkipList) => Promise<void>,
): Promise<Stored> {
  const { paths, names, skipped: links } = await filesWith(path, extension);
  const skipped = new SkipList();
  for (const { file, reason } of links) skipped.add(file, reason);
  const spool = await Spool.in(folder);
  try {
    for (const [i, file] of paths.entries()) await readTable(file, names[i], spool, skipped);
  } catch (error) {
    await spool.close();
    throw error;
  }
  return {
    name: path,
    length: spool.length,
    skipped: skipped.list(),
    read: (index) => spool.read(index),
    close: () => spool.close(),
  };
}
