import type { SchemaElement } from "hyparquet";
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import type { BuiltRow } from "../built-row.js";
import type { Rows } from "./layout.js";

/** A column or a field of one, as the elements that a Parquet schema lists for it. */
export type Field = (name: string) => SchemaElement[];

// Everything may be null, although nothing is but the paths of pictures: Python's `datasets` overlooks what the footer
// says of a column whose fields are required.
const OPTIONAL = { repetition_type: "OPTIONAL" } as const;

/** UTF-8. */
export const text: Field = (name) => [
  { name, ...OPTIONAL, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
];

/** Values are bigints. */
export const int64: Field = (name) => [{ name, ...OPTIONAL, type: "INT64" }];

export const bytes: Field = (name) => [{ name, ...OPTIONAL, type: "BYTE_ARRAY" }];

/** Values are objects with these fields. */
export function struct(fields: Readonly<Record<string, Field>>): Field {
  const children = Object.entries(fields);
  return (name) => [
    { name, ...OPTIONAL, num_children: children.length },
    ...children.flatMap(([child, field]) => field(child)),
  ];
}

/** Values are arrays. */
export function list(element: Field): Field {
  return (name) => [
    { name, ...OPTIONAL, num_children: 1, converted_type: "LIST", logical_type: { type: "LIST" } },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...element("element"),
  ];
}

/** Readers, and we, hold a whole row group, pictures and all, so it is small. */
const ROWS_PER_GROUP = 50;

/**
 * Writes rows as one Parquet file; the same rows give the same bytes. `valuesOf` gives a row's values by column, `footer` are
 * the key-value entries of a file with pictures. The column `images` holds what does not compress, and is stored as it is;
 * without `pictures` it is left out.
 */
export async function writeParquet<Name extends string>(
  path: string,
  columns: Readonly<Record<Name, Field>>,
  rows: Rows,
  valuesOf: (row: BuiltRow) => Readonly<Record<Name, unknown>>,
  { pictures, footer = {} }: { readonly pictures: boolean; readonly footer?: Readonly<Record<string, string>> },
): Promise<void> {
  const kept = Object.entries<Field>(columns).filter(([name]) => pictures || name !== "images");
  await parquetWriteRows({
    writer: fileWriter(path),
    rows: values(),
    columns: kept.map(([name]) =>
      // Plain: or the writer would look for repeated pictures.
      name === "images" ? { name, codec: "UNCOMPRESSED", encoding: "PLAIN" } : { name },
    ),
    schema: struct(Object.fromEntries(kept))("schema"),
    rowGroupSize: ROWS_PER_GROUP,
    statistics: false,
    createdBy: "ssl4rl",
    kvMetadata: Object.entries(pictures ? footer : {}).map(([key, value]) => ({ key, value })),
  });

  async function* values() {
    for await (const row of rows) yield valuesOf(row);
  }
}
