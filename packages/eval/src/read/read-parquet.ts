import { open } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "@ssl4rl/core";
import { parquetBuffer } from "@ssl4rl/data";
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { QuestionImage } from "../question.js";
import { Row, type Table } from "./row.js";

/** A row group's pictures are in memory at once, in bytes. */
const LARGEST_GROUP = 2 ** 31;

/** Columns of text that hold pictures in base64. */
const BASE64 = ["image", "bytes"];

/**
 * The rows of a Parquet file as Hugging Face `datasets` writes them. Texts and numbers are in memory; of the pictures (structs
 * of bytes, lists of them, plain bytes, base64 in columns `image` and `bytes`) only the last two row groups that were asked for.
 */
export async function readParquet(path: string): Promise<Table> {
  const name = basename(path);
  const metadata = await withFile(path, (file) => parquetMetadataAsync(file));
  const columns = parquetSchema(metadata).children;
  const pictures = columns.filter(holdsPictures).map(({ element }) => element.name);
  const texts = columns.map(({ element }) => element.name).filter((column) => !pictures.includes(column));
  const values = await withFile(path, (file) =>
    parquetReadObjects({ file, metadata, columns: texts, compressors, utf8: false }),
  );
  const groups = new Groups(path, metadata);
  const rows = values.map((row, i) => {
    const where = `${name}, row ${i}`;
    const present = pictures.filter((column) => !groups.empty(i, column));
    const images = Object.fromEntries(present.map((column) => [column, [groups.image(where, i, column)]]));
    return new Row(where, row, images);
  });
  return { rows, skipped: [] };
}

function holdsPictures({ element, children }: SchemaTree): boolean {
  if (children.some((child) => child.element.name === "bytes")) return true;
  if (children.length === 1) return holdsPictures(children[0]);
  if (children.length > 1 || element.type !== "BYTE_ARRAY") return false;
  const text = element.logical_type?.type === "STRING" || element.converted_type === "UTF8";
  return !text || BASE64.includes(element.name);
}

/** The pictures of a file, a row group of one column at a time. */
class Groups {
  /** The last two that were read, the newest last. */
  private readonly kept = new Map<string, Promise<unknown[]>>();
  private readonly starts: number[] = [];

  constructor(
    private readonly path: string,
    private readonly metadata: FileMetaData,
  ) {
    let start = 0;
    for (const { num_rows } of metadata.row_groups) {
      this.starts.push(start);
      start += Number(num_rows);
    }
  }

  /** Whether the file says that no row of this row's group has a picture in the column. */
  empty(row: number, column: string): boolean {
    const group = this.metadata.row_groups[this.groupOf(row)];
    const leaf = group.columns.find(({ meta_data }) => {
      const path = meta_data?.path_in_schema ?? [];
      return path[0] === column && (path.length === 1 || path.includes("bytes"));
    });
    return leaf?.meta_data?.statistics?.null_count === group.num_rows;
  }

  image(where: string, row: number, column: string): QuestionImage {
    return {
      name: where,
      bytes: async () => {
        const group = this.groupOf(row);
        const cell = [(await this.read(group, column))[row - this.starts[group]]].flat();
        const value = cell.length === 1 ? cell[0] : null;
        const bytes = (value as { bytes?: unknown } | null)?.bytes ?? value;
        if (bytes instanceof Uint8Array) return bytes;
        if (typeof bytes === "string") return Buffer.from(bytes, "base64");
        throw new UserError(
          `${where}: ${column} holds ${cell.length === 1 ? "no picture" : `${cell.length} pictures`}.`,
        );
      },
    };
  }

  private groupOf(row: number): number {
    return this.starts.findLastIndex((start) => start <= row);
  }

  private read(group: number, column: string): Promise<unknown[]> {
    const key = `${column}:${group}`;
    const values = this.kept.get(key) ?? this.load(group, column);
    this.kept.delete(key);
    this.kept.set(key, values);
    if (this.kept.size > 2) this.kept.delete(this.kept.keys().next().value!);
    return values;
  }

  private async load(group: number, column: string): Promise<unknown[]> {
    const { columns, num_rows } = this.metadata.row_groups[group];
    const size = columns
      .filter(({ meta_data }) => meta_data?.path_in_schema[0] === column)
      .reduce((sum, { meta_data }) => sum + Number(meta_data!.total_uncompressed_size), 0);
    if (size > LARGEST_GROUP) {
      throw new UserError(
        `${this.path} has a row group of ${size} bytes in ${column}. Write it again with 100 rows a group.`,
      );
    }
    const rowStart = this.starts[group];
    const { metadata } = this;
    const rows = await withFile(this.path, (file) =>
      parquetReadObjects({
        file,
        metadata,
        columns: [column],
        rowStart,
        rowEnd: rowStart + Number(num_rows),
        compressors,
        utf8: false,
      }),
    );
    return rows.map((values) => values[column]);
  }
}

async function withFile<T>(path: string, read: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  const handle = await open(path);
  try {
    return await read(await parquetBuffer(handle));
  } catch (error) {
    throw new UserError(`${path} cannot be read as Parquet: ${(error as Error).message}. Fetch the file again.`);
  } finally {
    await handle.close();
  }
}
