import type { BuiltRow } from "../built-row.js";
import { DECODED_IMAGES, IMAGES, imagesOf, ORIGIN, originColumns, scoringOf } from "./columns.js";
import { markedText } from "./content.js";
import type { Layout } from "./layout.js";
import { text, writeParquet } from "./parquet.js";

const COLUMNS = { problem: text, images: IMAGES, answer: text, ...ORIGIN };

/** EasyR1's `RLHFDataset`. Its reward sees no column but `answer`, so that is all the verifier needs, as JSON. */
export const easyr1: Layout = {
  name: "easyr1",
  extension: "parquet",
  write: (path, rows, pictures = true) =>
    writeParquet(path, COLUMNS, rows, easyr1Row, { pictures, footer: DECODED_IMAGES }),
};

const easyr1Row = (row: BuiltRow) => ({
  problem: markedText(row),
  images: imagesOf(row),
  answer: JSON.stringify(scoringOf(row)),
  ...originColumns(row),
});
