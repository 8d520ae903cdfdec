import { open } from "node:fs/promises";
import { extname } from "node:path";
import { UserError } from "@ssl4rl/core";
import { filesWith } from "./files-with.js";
import { isPictureName } from "./picture-names.js";
import { LARGEST_FILE, readAt } from "./read-at.js";
import { SkipList } from "./skip-list.js";
import type { Stored } from "./stored.js";
import { type ReadBytes, readTarMember, type TarMember } from "./tar-member.js";

/** Headers are read through a window of so many bytes: small members need no read of their own. */
const WINDOW = 2 ** 14;

/**
 * The pictures of a tar file, or of all tar files under a folder, as WebDataset writes them
 * (https://github.com/webdataset/webdataset), in the order of the files and of their members. Opening goes through the
 * headers once and keeps two numbers a picture: which file, and where the member's headers begin. Names of members are never
 * used as paths. Throws a UserError for what is no tar file, compressed ones included.
 */
export async function openStoredTar(path: string): Promise<Stored> {
  const { paths, names, skipped: links } = await filesWith(path, ".tar");
  const skipped = new SkipList();
  for (const { file, reason } of links) skipped.add(file, reason);
  const fileOf: number[] = [];
  const position: number[] = [];
  for (const [i, file] of paths.entries()) {
    await listPictures(file, names[i], skipped, (at) => {
      fileOf.push(i);
      position.push(at);
    });
  }
  return {
    name: path,
    length: position.length,
    skipped: skipped.list(),
    async read(index) {
      const file = await open(paths[fileOf[index]]);
      try {
        const read: ReadBytes = (at, size) => readAt(file, at, size);
        const member = await readTarMember(read, position[index]);
        if (!member || member.size > LARGEST_FILE) throw new Error("the archive was changed since it was opened");
        const bytes = await read(member.start, member.size);
        if (bytes.length < member.size) throw new Error("the archive was cut short since it was opened");
        return { name: `${names[fileOf[index]]}/${member.name}`, bytes };
      } finally {
        await file.close();
      }
    },
    async close() {},
  };
}

/** Calls `found` with where the headers of each picture begin. */
async function listPictures(
  path: string,
  name: string,
  skipped: SkipList,
  found: (position: number) => void,
): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = await readAt(file, 0, 4);
    if (isCompressed(start)) {
      throw new UserError(`${path} is compressed, so its members cannot be read at random. Unpack it to a plain .tar.`);
    }
    const read = windowed((at, length) => readAt(file, at, length));
    let others = 0;
    const kinds = new Set<string>();
    for (let at = 0; ; ) {
      let member: TarMember | null;
      try {
        member = await readTarMember(read, at);
      } catch (error) {
        const reason = (error as Error).message;
        if (at === 0) throw new UserError(`${path} is no tar file: ${reason}. Write it again, or leave it out.`);
        skipped.add(name, `from byte ${at} on: ${reason}; members behind it are lost`);
        break;
      }
      if (member === null) break;
      const reason = unusable(member, size);
      if (member.type === "5") {
        // A folder says nothing: its members have names of their own.
      } else if (!isPictureName(member.name)) {
        others++;
        if (kinds.size < 5) kinds.add(extname(member.name).slice(0, 20) || "no extension");
      } else if (reason) skipped.add(`${name}/${member.name}`, reason);
      else found(at);
      at = member.next;
    }
    if (others > 0) skipped.add(name, `${others} members are no pictures (${[...kinds].join(", ")})`);
  } finally {
    await file.close();
  }
}

/** Why a member with the name of a picture is left out, or null. */
function unusable({ name, type, start, size }: TarMember, end: number): string | null {
  if (type !== "0") return "a link or another special member, not a file";
  if (/^([/\\]|[A-Za-z]:)/.test(name)) return "its name is an absolute path";
  if (name.split(/[/\\]/).includes("..")) return "its name leads out of the archive";
  if (start + size > end) return `cut short: ${size} bytes are said to follow, the archive has ${end - start} more`;
  return size > LARGEST_FILE ? `${size} bytes: no picture file is so large` : null;
}

/** gzip, bzip2, xz and zstd by their first bytes. */
function isCompressed(start: Buffer): boolean {
  return ["1f8b", "425a68", "fd377a58", "28b52ffd"].some((magic) => start.toString("hex").startsWith(magic));
}

/** The same bytes, read a window at a time. */
function windowed(read: ReadBytes): ReadBytes {
  let start = 0;
  let bytes: Buffer = Buffer.alloc(0);
  return async (position, size) => {
    if (position < start || position + size > start + bytes.length) {
      bytes = await read(position, Math.max(size, WINDOW));
      start = position;
    }
    return bytes.subarray(position - start, position - start + size);
  };
}
