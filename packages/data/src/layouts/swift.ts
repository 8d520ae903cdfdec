import type { BuiltRow } from "../built-row.js";
import { IMAGES, imagesOf, ORIGIN, originColumns, SCORING, scoringColumns } from "./columns.js";
import { markedText } from "./content.js";
import type { Layout } from "./layout.js";
import { list, struct, text, writeParquet } from "./parquet.js";

const COLUMNS = { messages: list(struct({ role: text, content: text })), images: IMAGES, ...SCORING, ...ORIGIN };

/**
 * ms-swift. Its own form of a picture is a struct of bytes and path, so Parquet keeps the files as they are, a third
 * smaller than text in JSONL. No footer: with one, `datasets` would decode every picture and encode it anew while
 * ms-swift prepares the set. The columns after `images` reach the reward function by name.
 */
export const swift: Layout = {
  name: "swift",
  extension: "parquet",
  write: (path, rows, pictures = true) => writeParquet(path, COLUMNS, rows, swiftRow, { pictures }),
};

const swiftRow = (row: BuiltRow) => ({
  messages: [{ role: "user", content: markedText(row) }],
  images: imagesOf(row),
  ...scoringColumns(row),
  ...originColumns(row),
});
