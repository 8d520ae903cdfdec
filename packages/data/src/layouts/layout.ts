import type { BuiltRow } from "../built-row.js";

/** How some trainer reads a set. */
export interface Layout {
  readonly name: string;
  readonly extension: "parquet" | "jsonl";
  /** Writes all rows, in their order, as one file that is not there yet. The same rows give the same bytes. */
  write(path: string, rows: readonly BuiltRow[]): Promise<void>;
}
