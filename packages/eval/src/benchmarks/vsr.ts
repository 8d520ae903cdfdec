import { dirname, join } from "node:path";
import { UserError } from "@ssl4rl/core";
import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { belowImages, vjWholeText } from "../protocols/visual-jigsaw.js";
import type { Question } from "../question.js";
import { readLines } from "../read/read-json.js";
import type { Row } from "../read/row.js";
import { cocoImage } from "./coco-image.js";

const from =
  "https://github.com/cambridgeltl/visual-spatial-reasoning, data/splits/random/test.jsonl; COCO 2017's pictures in coco beside it";
const read = async ([file]: readonly string[]) => ({
  questions: (await readLines(file)).map((row, i) => question(row, i, join(dirname(file), "../coco"))),
  skipped: [],
});

/** Visual Spatial Reasoning: the test part of the random split, as SSL-R1's counts show. */
export const vsr: Benchmark = {
  id: "vsr",
  title: "VSR, random split, test",
  modality: "one image",
  size: 2195,
  layouts: [
    { path: "vsr/test.jsonl", from, read },
    { path: "vsr/all_vsr_validated_data.jsonl", from, read },
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
};

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
