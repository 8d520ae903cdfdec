import { createReadStream } from "node:fs";
import { UserError } from "@ssl4rl/core";

/** More characters or more cells are no row: a quote never closes, or the file is something else. */
const LONGEST_ROW = 2 ** 28;
const MOST_CELLS = 2 ** 12;

/** A row with the place of each cell in the file: its bytes from `starts[i]` to `ends[i]`, without quotes around it. */
export interface TsvRow {
  readonly cells: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The rows of a tab-separated file, its first line too, as pandas reads them: a cell that begins with `"` ends at the next
 * single `"`, holds tabs and line breaks, and stands for `"` with `""`. A row at a time is in memory, a character for each
 * byte: most of a table is base64, which needs no decoding. `separator` is "," for CSV.
 */
export async function* tsvRows(path: string, separator: "\t" | "," = "\t"): AsyncGenerator<TsvRow> {
  let text = "";
  let offset = 0;
  let first = true;
  for await (const chunk of createReadStream(path, { encoding: "latin1", highWaterMark: 2 ** 22 })) {
    text += chunk;
    if (first && text.startsWith("\u00EF\u00BB\u00BF")) {
      text = text.slice(3);
      offset = 3;
    }
    first = false;
    let at = 0;
    for (let row = readRow(path, text, at, false, separator); row; row = readRow(path, text, at, false, separator)) {
      at = row.next;
      yield placed(row, offset);
    }
    text = text.slice(at);
    offset += at;
    if (text.length > LONGEST_ROW) break;
  }
  if (text === "") return;
  const row = text.length > LONGEST_ROW ? null : readRow(path, text, 0, true, separator);
  if (!row) throw noTable(path);
  yield placed(row, offset);
}

function placed({ cells, starts, ends }: TsvRow, offset: number): TsvRow {
  return { cells, starts: starts.map((at) => at + offset), ends: ends.map((at) => at + offset) };
}

/** The row at `at`, or null when the text ends before it does. `last`: no more text follows. */
function readRow(
  path: string,
  text: string,
  at: number,
  last: boolean,
  separator: string,
): (TsvRow & { next: number }) | null {
  const cells: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let newline = -1;
  for (let start = at; ; ) {
    let quoted = "";
    let end = -1;
    starts.push(text[start] === '"' ? start + 1 : start);
    if (text[start] === '"') {
      end = closingQuote(text, start + 1);
      if (end < 0) return null;
      quoted = text.slice(start + 1, end).replaceAll('""', '"');
      start = end + 1;
    }
    if (newline < start) newline = text.indexOf("\n", start);
    if (newline < 0 && !last) return null;
    const line = text.slice(start, newline < 0 ? text.length : newline);
    const tab = line.indexOf(separator);
    const isLast = tab < 0;
    const rest = isLast ? line : line.slice(0, tab);
    if (cells.length === MOST_CELLS) throw noTable(path);
    const bare = isLast ? rest.replace(/\r$/, "") : rest;
    cells.push(quoted + bare);
    ends.push(end < 0 ? start + bare.length : end);
    start += rest.length + 1;
    if (isLast) return { cells, starts, ends, next: start };
  }
}

function noTable(path: string): UserError {
  return new UserError(
    `${path}: a row never ends. Either a quote is opened and never closed, or this is no tab-separated table. Write it again.`,
  );
}

/** The first `"` from `at` on that is not one of two. */
function closingQuote(text: string, at: number): number {
  let close = text.indexOf('"', at);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  return close;
}
