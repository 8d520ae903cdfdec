import { createReadStream } from "node:fs";
import { UserError } from "@ssl4rl/core";

/** More characters or more cells are no row: a quote never closes, or the file is something else. */
const LONGEST_ROW = 2 ** 28;
const MOST_CELLS = 2 ** 12;

/**
 * The rows of a tab-separated file, its first line too, as pandas reads them: a cell that begins with `"` ends at the next
 * single `"`, holds tabs and line breaks, and stands for `"` with `""`. A row at a time is in memory, a character for each
 * byte: most of a table is base64, which needs no decoding.
 */
export async function* tsvRows(path: string): AsyncGenerator<string[]> {
  let text = "";
  let first = true;
  for await (const chunk of createReadStream(path, { encoding: "latin1", highWaterMark: 2 ** 22 })) {
    text += first ? chunk.replace(/^\u00EF\u00BB\u00BF/, "") : chunk;
    first = false;
    let at = 0;
    for (let row = readRow(path, text, at, false); row; row = readRow(path, text, at, false)) {
      at = row.next;
      yield row.cells;
    }
    text = text.slice(at);
    if (text.length > LONGEST_ROW) break;
  }
  if (text === "") return;
  const row = text.length > LONGEST_ROW ? null : readRow(path, text, 0, true);
  if (!row) throw noTable(path);
  yield row.cells;
}

/** The row at `at`, or null when the text ends before it does. `last`: no more text follows. */
function readRow(path: string, text: string, at: number, last: boolean): { cells: string[]; next: number } | null {
  const cells: string[] = [];
  let newline = -1;
  for (let start = at; ; ) {
    let quoted = "";
    if (text[start] === '"') {
      const close = closingQuote(text, start + 1);
      if (close < 0) return null;
      quoted = text.slice(start + 1, close).replaceAll('""', '"');
      start = close + 1;
    }
    if (newline < start) newline = text.indexOf("\n", start);
    if (newline < 0 && !last) return null;
    const line = text.slice(start, newline < 0 ? text.length : newline);
    const tab = line.indexOf("\t");
    const isLast = tab < 0;
    const rest = isLast ? line : line.slice(0, tab);
    if (cells.length === MOST_CELLS) throw noTable(path);
    cells.push(quoted + (isLast ? rest.replace(/\r$/, "") : rest));
    start += rest.length + 1;
    if (isLast) return { cells, next: start };
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
