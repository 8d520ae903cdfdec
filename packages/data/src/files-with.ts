import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { filesUnder } from "./files-under.js";
import type { SkippedFile } from "./folder.js";

/** A file as it is given, or all files of a folder with this extension: their paths, and their names for people. */
export async function filesWith(
  path: string,
  extension: string,
): Promise<{ readonly paths: string[]; readonly names: string[]; readonly skipped: readonly SkippedFile[] }> {
  const info = await stat(path).catch(() => null);
  if (info?.isFile()) return { paths: [path], names: [basename(path)], skipped: [] };
  const { files, skipped } = await filesUnder(path);
  const names = files.filter((file) => extname(file).toLowerCase() === extension);
  return {
    paths: names.map((name) => join(path, name)),
    names,
    skipped: skipped.filter(({ file }) => extname(file).toLowerCase() === extension),
  };
}
