import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { UserError } from "@ssl4rl/core";
import type { SkippedFile } from "./folder.js";

/**
 * The files under a folder, at any depth, as relative paths with `/` between their parts. A link to a file is read like a
 * file; one to a folder, to nothing or in a circle is listed among the skipped. No file is opened.
 * Throws a UserError when there is no such folder.
 */
export async function filesUnder(
  folder: string,
): Promise<{ readonly files: readonly string[]; readonly skipped: readonly SkippedFile[] }> {
  const info = await stat(folder).catch(() => null);
  if (!info) throw new UserError(`No folder ${folder}. Check the path.`);
  if (!info.isDirectory()) throw new UserError(`${folder} is a file. Give a folder.`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  const skipped: SkippedFile[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const file = relative(folder, path).split(sep).join("/");
    if (entry.isFile()) files.push(file);
    else if (entry.isSymbolicLink()) {
      const target = await stat(path).catch(() => null);
      if (target?.isFile()) files.push(file);
      else skipped.push({ file, reason: target ? "a link to no file" : "a link that leads nowhere" });
    }
  }
  // Plain code-unit order: the same on every machine, whatever its locale or file system.
  files.sort((a, b) => (a < b ? -1 : 1));
  skipped.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { files, skipped };
}
