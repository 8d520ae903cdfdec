import type { BuiltRow } from "../built-row.js";

/** Rows in their order, which may be made as they are asked for. */
export type Rows = Iterable<BuiltRow> | AsyncIterable<BuiltRow>;

/** How some trainer reads a set. */
export interface Layout {
  readonly name: string;
  readonly extension: "parquet" | "jsonl";
  /**
   * Writes all rows, in their order, as one file that is not there yet; a few of them are held at a time. The same rows give
   * the same bytes. Without `pictures` there is no column for them: trainers would look for a processor of images.
   */
  write(path: string, rows: Rows, pictures?: boolean): Promise<void>;
}
