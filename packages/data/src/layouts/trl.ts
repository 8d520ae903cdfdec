import type { BuiltRow } from "../built-row.js";
import { DECODED_IMAGES, IMAGES, imagesOf, ORIGIN, originColumns, SCORING, scoringColumns } from "./columns.js";
import { contentOf } from "./content.js";
import type { Layout } from "./layout.js";
import { list, struct, text, writeParquet } from "./parquet.js";

const COLUMNS = {
  prompt: list(struct({ role: text, content: list(struct({ type: text, text })) })),
  images: IMAGES,
  ...SCORING,
  ...ORIGIN,
};

/**
 * TRL's `GRPOTrainer`. An `<image>` in a string means nothing to it, so the message is a list of parts. The columns after
 * `images` reach the reward function by name.
 */
export const trl: Layout = {
  name: "trl",
  extension: "parquet",
  write: (path, rows, pictures = true) =>
    writeParquet(path, COLUMNS, rows, trlRow, { pictures, footer: DECODED_IMAGES }),
};

const trlRow = (row: BuiltRow) => ({
  prompt: [{ role: "user", content: contentOf(row) }],
  images: imagesOf(row),
  ...scoringColumns(row),
  ...originColumns(row),
});
