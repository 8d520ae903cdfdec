import { open } from "node:fs/promises";
import { UserError } from "@ssl4rl/core";
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { openSpooled } from "./open-spooled.js";
import { parquetBuffer } from "./parquet-buffer.js";
import { LARGEST_FILE } from "./read-at.js";
import type { Stored } from "./stored.js";

/** A row group is held in memory whole, so these are limits on it: bytes of pictures, and rows. */
const LARGEST_GROUP = 2 ** 30;
const MOST_ROWS = 2 ** 22;

export interface StoredParquetOptions {
  /** A folder with room for all pictures of the table. */
  readonly spool: string;
  /** The column of pictures; without it `image`, else `images`. */
  readonly column?: string;
}

/**
 * The pictures of a Parquet file, or of all Parquet files under a folder in the order of their paths, as Hugging Face
 * `datasets` writes them: a column of structs {bytes, path}, of plain bytes, or of lists of these. As rows cannot be read at
 * random at any speed, the pictures' bytes are copied once, row group by row group, to one file in `spool`.
 * Throws a UserError for files that are no Parquet or damaged, and for columns that cannot hold pictures; rows without one
 * are listed as skipped.
 */
export function openStoredParquet(path: string, { spool: folder, column }: StoredParquetOptions): Promise<Stored> {
  return openSpooled(path, ".parquet", folder, async (file, name, spool, skipped) => {
    for await (const { row, value } of readColumn(file, column)) {
      const where = `${name}, row ${row}`;
      const cells = [value].flat(Number.POSITIVE_INFINITY);
      for (const [k, cell] of cells.entries()) {
        const own = cells.length > 1 ? `${where}, picture ${k}` : where;
        const bytes = bytesOf(cell);
        if (typeof bytes === "string") skipped.add(own, bytes);
        else await spool.add(own, bytes);
      }
      if (cells.length === 0) skipped.add(where, "an empty list");
    }
  });
}

/** A cell's bytes, or why it has none. */
function bytesOf(cell: unknown): Uint8Array | string {
  if (cell === null || cell === undefined) return "null in place of a picture";
  if (cell instanceof Uint8Array) {
    return cell.length > LARGEST_FILE ? `${cell.length} bytes: no picture file is so large` : cell;
  }
  const { bytes, path } = cell as { readonly bytes?: unknown; readonly path?: unknown };
  if (bytes instanceof Uint8Array) return bytesOf(bytes);
  return typeof path === "string" ? `the path ${path.slice(0, 100)} alone, without the picture's bytes` : bytesOf(null);
}

async function* readColumn(path: string, wanted: string | undefined): AsyncGenerator<{ row: number; value: unknown }> {
  const handle = await open(path);
  try {
    yield* readRowGroups(path, await parquetBuffer(handle), wanted);
  } finally {
    await handle.close();
  }
}

async function* readRowGroups(
  path: string,
  file: AsyncBuffer,
  wanted: string | undefined,
): AsyncGenerator<{ row: number; value: unknown }> {
  const metadata = await orUserError(path, () => parquetMetadataAsync(file));
  const column = columnOf(path, metadata, wanted);
  let row = 0;
  for (const group of metadata.row_groups) {
    const chunks = group.columns.filter(({ meta_data }) => meta_data?.path_in_schema[0] === column);
    const bytes = chunks.reduce((sum, { meta_data }) => sum + Number(meta_data!.total_uncompressed_size), 0);
    const rows = Number(group.num_rows);
    if (bytes > LARGEST_GROUP || rows > MOST_ROWS) {
      throw new UserError(
        `${path} has a row group of ${rows} rows and ${bytes} bytes in column ${column}, too large to hold in memory. ` +
          "Write it again with row groups of 100 rows.",
      );
    }
    const values = await orUserError(path, () => readGroup(file, metadata, column, row, row + rows));
    for (const value of values) yield { row: row++, value };
  }
}

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  column: string,
  rowStart: number,
  rowEnd: number,
): Promise<unknown[]> {
  // Without `utf8: false` picture files would be read as text.
  const options = { file, metadata, columns: [column], rowStart, rowEnd, compressors, utf8: false };
  return (await parquetReadObjects(options)).map((values) => values[column]);
}

async function orUserError<T>(path: string, read: () => Promise<T>): Promise<T> {
  return read().catch((error: Error) => {
    throw new UserError(
      `${path} cannot be read as Parquet: ${error.message}. Fetch or write it again, or leave it out.`,
    );
  });
}

function columnOf(path: string, metadata: FileMetaData, wanted: string | undefined): string {
  const columns = parquetSchema(metadata).children;
  const candidates = wanted === undefined ? ["image", "images"] : [wanted];
  const name = candidates.find((candidate) => columns.some(({ element }) => element.name === candidate));
  if (name === undefined) {
    const all = columns.map(({ element }) => element.name).join(", ");
    throw new UserError(`${path} has no column ${candidates.join(" or ")}. Name the one with pictures of: ${all}.`);
  }
  const type = typeOf(columns.find(({ element }) => element.name === name)!);
  if (type !== "BYTE_ARRAY") {
    throw new UserError(
      `${path}: column ${name} holds ${type}, not the bytes of picture files. Name another column, or write the bytes into it.`,
    );
  }
  return name;
}

/** What a column holds in the end, below its lists and, in structs, below `bytes`. */
function typeOf({ element, children }: SchemaTree): string {
  const bytes = children.find((child) => child.element.name === "bytes");
  if (bytes) return typeOf(bytes);
  if (children.length === 1) return typeOf(children[0]);
  if (children.length > 1) return `structs of ${children.map((child) => child.element.name).join(", ")}`;
  return element.logical_type?.type ?? element.converted_type ?? element.type ?? "nothing";
}
