import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { UserError } from "@ssl4rl/core";

/** A line of a file, and which of its bytes it is, without the line break. */
export interface Line {
  readonly value: unknown;
  readonly start: number;
  readonly length: number;
}

/**
 * The lines of a JSONL file, one after the other, so that a long file costs no memory. The last one may be torn, its writer
 * having been killed: it is left out. Throws a UserError for any other that is no JSON.
 */
export function* readLines(path: string): Generator<Line> {
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const piece = Buffer.alloc(2 ** 20);
    let rest = Buffer.alloc(0);
    let start = 0;
    let number = 0;
    for (let bytes = readSync(file, piece); bytes > 0; bytes = readSync(file, piece)) {
      rest = Buffer.concat([rest, piece.subarray(0, bytes)]);
      let at = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, at)) {
        number++;
        yield { value: parseLine(rest.toString("utf8", at, end), path, number), start, length: end - at };
        start += end - at + 1;
        at = end + 1;
      }
      rest = rest.subarray(at);
    }
  } finally {
    closeSync(file);
  }
}

function parseLine(text: string, path: string, number: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${path}: line ${number} is no JSON. Take the line out; what it held is asked again.`);
  }
}

/** Cuts off a torn last line, so that the next one begins on its own. `end` is where the whole lines end. */
export function cutTornLine(path: string, end: number): void {
  if (existsSync(path)) truncateSync(path, end);
}

/**
 * Appends one line; gives its length in bytes. Throws a UserError where the disk is full or the file may not be written: then the
 * file is as it was, for a line that follows half a line would be lost with it.
 */
export function appendLine(path: string, value: unknown): number {
  const line = Buffer.from(`${JSON.stringify(value)}\n`);
  try {
    const file = openSync(path, "a");
    try {
      const { size } = fstatSync(file);
      try {
        for (let at = 0; at < line.length; ) at += writeSync(file, line, at);
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw cannotWrite(path, error as Error);
  }
  return line.length;
}

/** Writes a file that is there when it is whole. Throws a UserError as {@link appendLine} does. */
export function writeWhole(path: string, value: unknown): void {
  try {
    writeFileSync(`${path}.part`, `${JSON.stringify(value, null, 1)}\n`);
    renameSync(`${path}.part`, path);
  } catch (error) {
    throw cannotWrite(path, error as Error);
  }
}

function cannotWrite(path: string, { message }: Error): UserError {
  return new UserError(
    `Cannot write ${path}: ${message}. When that is mended, the same command goes on where it stopped.`,
  );
}
