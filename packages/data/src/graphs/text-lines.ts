import { UserError } from "@ssl4rl/core";
import type { GraphFile } from "./graph-files.js";

/** No line is longer, in bytes. */
const LONGEST_LINE = 2 ** 24;

const NEWLINE = 10;

/**
 * Calls `visit` for each line of a UTF-8 file, without its end (LF or CRLF) and without a byte order mark, with its number from 1.
 * Throws a UserError that names the line where the file is in another encoding or is no text.
 */
export async function readLines(file: GraphFile, visit: (line: string, number: number) => void): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  let first = true;
  const take = (bytes: Buffer) => {
    for (const line of decode(file.name, bytes, number + 1).split("\n"))
      visit(line.endsWith("\r") ? line.slice(0, -1) : line, ++number);
  };
  for await (const piece of file.bytes()) {
    let bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    if (first && bytes.length >= 3) {
      refuseUtf16(file.name, bytes);
      if (bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) bytes = bytes.subarray(3);
      first = false;
    }
    const end = bytes.lastIndexOf(NEWLINE);
    if (end >= 0) take(bytes.subarray(0, end));
    rest = bytes.subarray(end + 1);
    if (rest.length > LONGEST_LINE) {
      throw new UserError(
        `${file.name}, line ${number + 1}: a line of more than 16 MiB. This is no table of lines; write it again.`,
      );
    }
  }
  if (rest.length > 0) take(rest);
}

/** Calls `visit` for each JSON object of a file that holds one a line; blank lines are passed over. */
export async function readObjects(
  file: GraphFile,
  visit: (object: Readonly<Record<string, unknown>>, number: number) => void,
): Promise<void> {
  await readLines(file, (line, number) => {
    if (line.trim() === "") return;
    let object: unknown;
    try {
      object = JSON.parse(line);
    } catch (error) {
      throw new UserError(
        `${file.name}, line ${number}: no JSON: ${(error as Error).message}. Each line must be one JSON object.`,
      );
    }
    if (typeof object !== "object" || object === null || Array.isArray(object)) {
      throw new UserError(
        `${file.name}, line ${number}: ${line.slice(0, 60)} is no JSON object. Each line must be one.`,
      );
    }
    visit(object as Record<string, unknown>, number);
  });
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function refuseUtf16(name: string, bytes: Buffer): void {
  const mark = bytes.readUInt16BE(0);
  const marked = mark === 0xfffe || mark === 0xfeff;
  // ASCII in UTF-16 without a mark: every other byte is zero.
  if (!marked && !(bytes[0] === 0 && bytes[1] !== 0) && !(bytes[1] === 0 && bytes[0] !== 0)) return;
  throw new UserError(`${name} is in UTF-16. Write it in UTF-8: iconv -f UTF-16 -t UTF-8 FILE > NEW.`);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of whole lines; `number` is that of the first. */
function decode(name: string, bytes: Buffer, number: number): string {
  if (bytes.includes(0)) {
    const line = number + newlinesBefore(bytes, bytes.indexOf(0));
    throw new UserError(`${name}, line ${line}: a zero byte. This is no text file; give TSV or JSONL in UTF-8.`);
  }
  try {
    return strict.decode(bytes);
  } catch {
    const wrong = firstWrongByte(bytes);
    const value = `0x${bytes[wrong].toString(16)}`;
    throw new UserError(
      `${name}, line ${number + newlinesBefore(bytes, wrong)}: byte ${value} is not UTF-8. Convert the file: iconv -f LATIN1 -t UTF-8 FILE > NEW.`,
    );
  }
}

function newlinesBefore(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** The place of the first byte at which UTF-8 breaks. */
function firstWrongByte(bytes: Buffer): number {
  // Decoding and encoding again keeps all up to there, and puts U+FFFD in its place.
  const again = Buffer.from(bytes.toString("utf8"));
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  return Math.min(at, bytes.length - 1);
}
