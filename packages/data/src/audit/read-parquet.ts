import { UserError } from "@ssl4rl/core";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/** A row as a file holds it, with its place for messages. */
export interface StoredRow {
  readonly values: Readonly<Record<string, unknown>>;
  readonly where: string;
}

/** What the audit reads of a row; sets carry much else. */
const COLUMNS = ["data_source", "prompt", "images", "reward_model", "extra_info"];

export async function* readParquet(path: string): AsyncGenerator<StoredRow> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const present = metadata.schema.map(({ name }) => name);
    const columns = COLUMNS.filter((column) => present.includes(column));
    let rowStart = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      // Without `utf8: false` picture files would be read as text.
      const rows = await parquetReadObjects({ file, metadata, columns, rowStart, rowEnd, compressors, utf8: false });
      for (const [i, values] of rows.entries()) yield { values, where: `${path}, row ${rowStart + i}` };
      rowStart = rowEnd;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be read as Parquet: ${(error as Error).message}. Write the file again.`);
  }
}
