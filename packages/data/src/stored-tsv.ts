import { UserError } from "@ssl4rl/core";
import { openSpooled } from "./open-spooled.js";
import { LARGEST_FILE } from "./read-at.js";
import type { SkipList } from "./skip-list.js";
import type { Spool } from "./spool.js";
import type { Stored } from "./stored.js";
import { tsvRows } from "./tsv-rows.js";

/** VLMEvalKit takes an image cell of at most so many characters for the index of the row that has the picture. */
const LONGEST_INDEX = 64;

/**
 * The pictures of a VLMEvalKit table (https://github.com/open-compass/VLMEvalKit), or of all `.tsv` files under a folder:
 * tab-separated, with columns `index` and `image`, pictures in base64. Several pictures of a row stand in brackets:
 * `['…', '…']`. A short cell is the index of another row, whose picture is then listed once more. The decoded bytes are
 * copied once to one file in `spool`.
 * Throws a UserError for tables without these columns; rows without a picture are listed as skipped.
 */
export function openStoredTsv(path: string, { spool: folder }: { readonly spool: string }): Promise<Stored> {
  return openSpooled(path, ".tsv", folder, readTable);
}

async function readTable(path: string, name: string, spool: Spool, skipped: SkipList): Promise<void> {
  let columns: { index: number; image: number; all: number } | null = null;
  let row = -1;
  const picturesOf = new Map<string, readonly number[]>();
  const references: { where: string; index: string }[] = [];
  for await (const { cells } of tsvRows(path)) {
    if (!columns) {
      columns = { index: cells.indexOf("index"), image: cells.indexOf("image"), all: cells.length };
      if (columns.index < 0 || columns.image < 0) {
        const given = cells.slice(0, 20).map((cell) => decode(cell.slice(0, 40)));
        throw new UserError(
          `${path} has no columns index and image, as VLMEvalKit's tables have; it has: ${given.join(", ")}.`,
        );
      }
      continue;
    }
    if (cells.length === 1 && cells[0] === "") continue;
    row++;
    const where = `${name}, row ${row}`;
    if (cells.length !== columns.all) {
      skipped.add(where, `${cells.length} cells in place of ${columns.all}`);
      continue;
    }
    const index = decode(cells[columns.index]);
    const image = cells[columns.image].trim();
    if (image === "") skipped.add(where, "no picture");
    else if (image.length <= LONGEST_INDEX) references.push({ where, index: decode(image) });
    else {
      const listed = image.startsWith("[") ? (image.match(/[^[\]'", ]+/g) ?? []) : [image];
      const numbers: number[] = [];
      for (const [k, base64] of listed.entries()) {
        const own = listed.length > 1 ? `${where}, picture ${k}` : where;
        const bytes = decodeBase64(base64);
        if (!bytes) skipped.add(own, "its image is no base64");
        else if (bytes.length > LARGEST_FILE) skipped.add(own, `${bytes.length} bytes: no picture file is so large`);
        else numbers.push(await spool.add(own, bytes));
      }
      picturesOf.set(index, numbers);
    }
  }
  for (const { where, index } of references) {
    const pictures = picturesOf.get(index) ?? [];
    if (pictures.length === 0) skipped.add(where, `refers to index ${index}, which has no picture`);
    for (const number of pictures) spool.repeat(number);
  }
}

/** The text of a cell. It is a copy too: a part of the file's text would keep all of that in memory. */
function decode(cell: string): string {
  return Buffer.from(cell, "latin1").toString();
}

/** Null for what is not base64 with its padding. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  // Characters that are no base64 were passed over, so bytes are missing.
  const padding = /=*$/.exec(text.slice(-2))![0].length;
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : null;
}
