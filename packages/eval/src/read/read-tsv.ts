import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { readAt, tsvRows } from "@ssl4rl/data";
import type { QuestionImage } from "../question.js";
import { base64Image, fileImage } from "./file-image.js";
import { pythonList } from "./python-list.js";
import { Row, type Table } from "./row.js";

/** VLMEvalKit takes an image cell of at most so many characters for the index of the row that has the picture. */
const LONGEST_INDEX = 64;

/** Where in a file a cell of base64 lies. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * The rows of one of VLMEvalKit's tables: columns `index` and `image`, or `image_path`. The texts are in memory, the pictures
 * stay in the file, however large it is: each is read and decoded when it is asked for. A short `image` names the row that
 * has it; a list holds several. Rows without a picture are left out, as upstream does.
 */
export async function readTsv(path: string): Promise<Table> {
  const name = basename(path);
  let header: readonly string[] | null = null;
  const rows: Row[] = [];
  const skipped: { where: string; reason: string }[] = [];
  const placeOf = new Map<string, Place>();
  let number = 0;
  for await (const { cells, starts, ends } of tsvRows(path)) {
    if (!header) {
      header = cells.map(decode);
      if (!header.includes("index")) {
        const given = header.map((cell) => cell.slice(0, 40)).slice(0, 20);
        throw new UserError(`${path} has no column index, as VLMEvalKit's tables have; it has: ${given.join(", ")}.`);
      }
      continue;
    }
    if (cells.length === 1 && cells[0] === "") continue;
    const where = `${name}, row ${number++}`;
    if (cells.length !== header.length) {
      skipped.push({ where, reason: `${cells.length} cells in place of ${header.length}` });
      continue;
    }
    const values: Record<string, string> = {};
    for (const [i, column] of header.entries()) if (column !== "image") values[column] = decode(cells[i]);
    const image = header.indexOf("image");
    const short = image >= 0 && cells[image].length <= LONGEST_INDEX;
    if (image >= 0 && !short) placeOf.set(values.index, { start: starts[image], end: ends[image] });
    const reference = short ? decode(cells[image]).trim() : "";
    const row = new Row(where, values);
    const paths = row.optional("image_path");
    let images: readonly QuestionImage[];
    if (reference !== "") images = cellImages(path, where, () => placeOf.get(reference), 1);
    else if (image >= 0 && !short)
      images = cellImages(path, where, () => placeOf.get(values.index), listed(cells[image]));
    else if (paths !== null)
      images = (pythonList(paths) ?? [paths]).map((file) => fileImage(join(dirname(path), `${file}`)));
    else {
      skipped.push({ where, reason: "no picture" });
      continue;
    }
    rows.push(new Row(where, values, { image: images }));
  }
  return { rows, skipped };
}

/** The rows of a CSV file, all of text. */
export async function readCsv(path: string): Promise<Table> {
  const name = basename(path);
  let header: readonly string[] | null = null;
  const rows: Row[] = [];
  const skipped: { where: string; reason: string }[] = [];
  for await (const { cells } of tsvRows(path, ",")) {
    const texts = cells.map(decode);
    if (!header) header = texts;
    else if (texts.length === header.length) {
      const values = Object.fromEntries(header.map((column, i) => [column, texts[i]]));
      rows.push(new Row(`${name}, row ${rows.length + skipped.length}`, values));
    } else if (texts.length > 1) {
      const reason = `${texts.length} cells in place of ${header.length}`;
      skipped.push({ where: `${name}, row ${rows.length + skipped.length}`, reason });
    }
  }
  return { rows, skipped };
}

/** The text of a cell, whose characters are the file's bytes. */
function decode(cell: string): string {
  return Buffer.from(cell, "latin1").toString();
}

/** How many pictures a cell of base64 holds. */
function listed(cell: string): number {
  return cell.startsWith("[") ? base64Of(cell).length : 1;
}

function base64Of(cell: string): readonly string[] {
  return cell.startsWith("[") ? (cell.match(/[^[\]'", ]+/g) ?? []) : [cell];
}

function cellImages(path: string, where: string, place: () => Place | undefined, count: number): QuestionImage[] {
  return Array.from({ length: count }, (_, k) =>
    base64Image(count > 1 ? `${where}, picture ${k}` : where, async () => {
      const at = place();
      if (!at) throw new UserError(`${where}: its image names a row that has no picture. Fetch the file again.`);
      const file = await open(path);
      try {
        return base64Of((await readAt(file, at.start, at.end - at.start)).toString("latin1"))[k];
      } finally {
        await file.close();
      }
    }),
  );
}
