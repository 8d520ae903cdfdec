import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Picture, type Source, UserError } from "@ssl4rl/core";
import type { PictureLimits } from "./decode.js";
import { filesUnder } from "./files-under.js";
import { readPicture } from "./read-picture.js";

/** A file that was left out, and why. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

export interface Folder extends Source {
  readonly skipped: readonly SkippedFile[];
}

/**
 * All pictures under a folder, at any depth, in the order of their relative paths. Every file is decoded once here, so
 * that what cannot be used is known, with its reason, before anything is trained: damaged, foreign, too small, without
 * content, or a copy of another file. Decoded pictures stay in memory (3 bytes a pixel after reduction).
 * Throws a UserError when the folder is missing or holds no usable picture.
 */
export async function openFolder(folder: string, limits: PictureLimits): Promise<Folder> {
  const { files, skipped: links } = await filesUnder(folder);
  const pictures: Picture[] = [];
  const skipped: SkippedFile[] = [...links];
  const firstWithContent = new Map<string, string>();
  // libvips decodes on its own threads: a few files in flight keep them busy.
  for (let i = 0; i < files.length; i += 8) {
    const chunk = files.slice(i, i + 8);
    const read = await Promise.all(
      chunk.map((name) => readPicture(async () => ({ name, bytes: await readFile(join(folder, name)) }), limits)),
    );
    for (const [k, result] of read.entries()) {
      const file = chunk[k];
      if ("skip" in result) skipped.push({ file, reason: result.skip });
      else if (firstWithContent.has(result.id)) {
        skipped.push({ file, reason: `same content as ${firstWithContent.get(result.id)}` });
      } else {
        firstWithContent.set(result.id, file);
        pictures.push(result);
      }
    }
  }
  if (pictures.length === 0) {
    const detail =
      files.length + links.length === 0
        ? "it holds no files"
        : `none of its ${files.length + links.length} files can be used, e.g. ${skipped
            .slice(0, 3)
            .map(({ file, reason }) => `${file}: ${reason}`)
            .join("; ")}`;
    throw new UserError(
      `No pictures in ${folder}: ${detail}. Give a folder of JPEG, PNG, WebP, AVIF, GIF or TIFF files.`,
    );
  }
  return { name: folder, length: pictures.length, get: async (index) => pictures[index], skipped };
}
