import { dirname, join } from "node:path";
import { UserError } from "@ssl4rl/core";
import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { belowImages, vjWholeText } from "../protocols/visual-jigsaw.js";
import type { Question } from "../question.js";
import { readLines } from "../read/read-json.js";
import type { Row } from "../read/row.js";
import { cocoImage } from "./coco-image.js";

/** Visual Spatial Reasoning: captions that say where one thing is from another, true or not. */
const vsrOf = (id: string, title: string, size: number, file: string, published: string): Benchmark => ({
  id,
  title,
  modality: "one image",
  size,
  layouts: [
    {
      path: `vsr/${file}`,
      from: `https://github.com/cambridgeltl/visual-spatial-reasoning, ${published}; COCO 2017's pictures in coco beside vsr`,
      read: async ([found]) => ({
        questions: (await readLines(found)).map((row, i) => question(row, i, join(dirname(found), "../coco"))),
        skipped: [],
      }),
    },
  ],
  protocols: [
    vjWholeText("eval_vsr.py", (question) =>
      belowImages(
        question,
        `Decide whether the caption correctly describes the image. Caption: ${question.text}\nAnswer Yes or No directly.`,
      ),
    ),
  ],
  metrics: [accuracy()],
});

/** What SSL-R1's counts fit. */
export const vsr = vsrOf("vsr", "VSR, random split, test", 2195, "test.jsonl", "data/splits/random/test.jsonl");
export const vsrAll = vsrOf(
  "vsr-all",
  "VSR, all captions",
  10972,
  "all_vsr_validated_data.jsonl",
  "data/data_files/all_vsr_validated_data.jsonl",
);

function question(row: Row, index: number, coco: string): Question {
  const label = row.number("label");
  if (label !== 0 && label !== 1) throw new UserError(`${row.where}: label should be 0 or 1, but is ${label}.`);
  return {
    id: `${index}`,
    text: row.text("caption"),
    images: [cocoImage(coco, row.text("image"))],
    choices: yesOrNo,
    target: { kind: "text", accepted: [label === 1 ? "Yes" : "No"] },
    group: `${index}`,
    labels: { relation: row.text("relation") },
  };
}

/** The words to choose from, by themselves. */
export const yesOrNo = { Yes: "Yes", No: "No" };
