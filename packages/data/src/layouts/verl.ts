import type { BuiltRow } from "../built-row.js";
import { DECODED_IMAGES, IMAGES, imagesOf, ORIGIN, originColumns, SCORING, scoringColumns } from "./columns.js";
import { markedText } from "./content.js";
import type { Layout } from "./layout.js";
import { list, struct, text, writeParquet } from "./parquet.js";

// The target stands in reward_model alone: verl hands that to the reward beside extra_info.
const { target: _, ...SCORING_BESIDES_TARGET } = SCORING;

const COLUMNS = {
  data_source: text,
  prompt: list(struct({ role: text, content: text })),
  images: IMAGES,
  ability: text,
  reward_model: struct({ style: text, ground_truth: text }),
  extra_info: struct({ ...ORIGIN, ...SCORING_BESIDES_TARGET }),
};

/** verl's `RLHFDataset`; `data_source` is the task without its version, and names verl's metrics. */
export const verl: Layout = {
  name: "verl",
  extension: "parquet",
  write: (path, rows, pictures = true) =>
    writeParquet(path, COLUMNS, rows, verlRow, { pictures, footer: DECODED_IMAGES }),
};

function verlRow(row: BuiltRow) {
  const { target, ...scoring } = scoringColumns(row);
  return {
    data_source: row.task.split("@")[0],
    prompt: [{ role: "user", content: markedText(row) }],
    images: imagesOf(row),
    ability: "ssl",
    reward_model: { style: "rule", ground_truth: target },
    extra_info: { ...originColumns(row), ...scoring },
  };
}
