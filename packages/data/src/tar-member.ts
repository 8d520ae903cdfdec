/** Bytes `position` to `position + size` of an archive; fewer only where it ends. */
export type ReadBytes = (position: number, size: number) => Promise<Buffer>;

/** A member of an archive as its headers describe it. */
export interface TarMember {
  readonly name: string;
  /** The kind in the header: "0" is a file, "5" a folder, anything else a link, a device or a file with holes. */
  readonly type: string;
  /** Where its bytes begin, and how many they are. */
  readonly start: number;
  readonly size: number;
  /** Where the next member begins. */
  readonly next: number;
}

const BLOCK = 512;

/** Headers that give a member a longer name or size are a few lines; what claims more is no name. */
const LONGEST_EXTENSION = 2 ** 16;

/**
 * The member whose headers begin at `position`, or null at the end mark (a block of zeros). Throws where there are no
 * headers: in a damaged archive, or behind the end of one that was cut short. Reads the formats that archivers write:
 * POSIX ustar and pax (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html), and GNU's long names and
 * sizes (https://www.gnu.org/software/tar/manual/html_node/Standard.html).
 */
export async function readTarMember(read: ReadBytes, position: number): Promise<TarMember | null> {
  let longName: string | undefined;
  let longSize: number | undefined;
  for (let at = position; ; ) {
    const header = await read(at, BLOCK);
    if (header.length < BLOCK) throw new Error("the archive ends without its end mark");
    if (header.every((byte) => byte === 0)) return null;
    if (checksum(header) !== number(header, 148, 8)) throw new Error("there is no tar header");
    const type = text(header, 156, 1) || "0";
    const extension = type === "x" || type === "g" || type === "L" || type === "K";
    const size = (extension ? undefined : longSize) ?? number(header, 124, 12);
    if (!(size >= 0 && size < 2 ** 50)) throw new Error("a tar header gives no possible size");
    const start = at + BLOCK;
    const next = start + Math.ceil(size / BLOCK) * BLOCK;
    if (!extension) return { name: longName ?? shortName(header), type: type === "7" ? "0" : type, start, size, next };
    if (type === "x" || type === "L") {
      if (size > LONGEST_EXTENSION) throw new Error(`a tar header of ${size} bytes`);
      const body = await read(start, size);
      if (type === "L") longName = text(body, 0, size);
      else {
        const records = paxRecords(body);
        longName = records.get("path") ?? longName;
        longSize = records.has("size") ? Number(records.get("size")) : longSize;
      }
    }
    at = next;
  }
}

/** The sum of all bytes, those of the sum itself counted as blanks. */
function checksum(header: Buffer): number {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i];
  return sum;
}

/** Octal digits; or, as GNU writes sizes from 8 GiB on, a set first bit and a binary number. */
function number(header: Buffer, at: number, length: number): number {
  if (header[at] === 0x80) {
    return header.subarray(at + 1, at + length).reduce((value, byte) => 256 * value + byte, 0);
  }
  const digits = text(header, at, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function shortName(header: Buffer): string {
  const name = text(header, 0, 100);
  // GNU's own variant keeps times where POSIX has the first part of the name; it says "ustar" and a blank.
  const prefix = text(header, 257, 6) === "ustar" ? text(header, 345, 155) : "";
  return prefix ? `${prefix}/${name}` : name;
}

/** The text up to the first zero byte. */
function text(bytes: Buffer, at: number, length: number): string {
  const end = bytes.subarray(at, at + length).indexOf(0);
  return bytes.toString("utf8", at, end < 0 ? at + length : at + end);
}

/** Lines `27 path=folder/name of file`, each beginning with its own length in bytes. */
function paxRecords(body: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const length = Number.parseInt(body.toString("latin1", at, at + 8), 10);
    if (!(length > 0)) break;
    const [, key, value] = /^\d+ ([^=]*)=(.*)\n$/s.exec(body.toString("utf8", at, at + length)) ?? [];
    if (key !== undefined) records.set(key, value);
    at += length;
  }
  return records;
}
