import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { SchemaElement } from "hyparquet";
import { parquetWriteFile } from "hyparquet-writer";
import sharp from "sharp";

/** A small PNG of one colour. */
export function picture(colour: string, width = 56, height = 56): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .png()
    .toBuffer();
}

export function write(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

export const json = (path: string, value: unknown) => write(path, JSON.stringify(value));

export const lines = (path: string, values: readonly unknown[]) =>
  write(path, values.map((value) => `${JSON.stringify(value)}\n`).join(""));

/** A table as pandas writes it, columns from the first row. */
export function table(
  path: string,
  rows: readonly Readonly<Record<string, string | number>>[],
  separator = "\t",
): string {
  const cell = (value: string | number) =>
    /["\t\r\n,]/.test(`${value}`) ? `"${`${value}`.replaceAll('"', '""')}"` : `${value}`;
  const all = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
  return write(path, all.map((cells) => `${cells.map(cell).join(separator)}\n`).join(""));
}

/** A Parquet file as `datasets` writes it, two rows a group: buffers become pictures, null where there is none. */
export function parquet(path: string, rows: readonly Readonly<Record<string, unknown>>[]): string {
  mkdirSync(dirname(path), { recursive: true });
  const names = Object.keys(rows[0]);
  const columns = names.map((name) => ({ name, values: rows.map((row) => row[name]) }));
  parquetWriteFile({
    filename: path,
    rowGroupSize: 2,
    schema: [
      { name: "root", num_children: names.length },
      ...columns.flatMap(({ name, values }) => elements(name, values)),
    ],
    columnData: columns.map(({ name, values }) => ({ name, data: values.map(stored) })),
  });
  return path;
}

function stored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stored);
  return value instanceof Uint8Array ? { bytes: new Uint8Array(value), path: null } : value;
}

const OPTIONAL = { repetition_type: "OPTIONAL" } as const;
const text = (name: string): SchemaElement => ({ name, ...OPTIONAL, type: "BYTE_ARRAY", converted_type: "UTF8" });

function elements(name: string, values: readonly unknown[]): SchemaElement[] {
  const value = values.find((each) => each !== null && each !== undefined);
  if (value instanceof Uint8Array) {
    return [{ name, ...OPTIONAL, num_children: 2 }, { name: "bytes", ...OPTIONAL, type: "BYTE_ARRAY" }, text("path")];
  }
  if (Array.isArray(value)) {
    return [
      { name, ...OPTIONAL, num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...(value[0] instanceof Uint8Array ? elements("element", value) : [text("element")]),
    ];
  }
  if (typeof value === "number") return [{ name, ...OPTIONAL, type: "INT32" }];
  return [text(name)];
}
