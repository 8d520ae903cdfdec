import { dirname, join } from "node:path";
import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { choiceLines } from "../protocol.js";
import { belowImages, vjFirstLetter } from "../protocols/visual-jigsaw.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import { fileImage } from "../read/file-image.js";
import { readRecords } from "../read/read-json.js";
import type { Row } from "../read/row.js";

const read = async ([file]: readonly string[]) => ({
  questions: (await readRecords(file)).map((row, i) => question(row, i, dirname(file))),
  skipped: [],
});
const from = "https://huggingface.co/datasets/lidingm/ViewSpatial-Bench";

export const viewspatial: Benchmark = {
  id: "viewspatial",
  title: "ViewSpatial-Bench",
  modality: "several images",
  size: null,
  layouts: [
    { path: "ViewSpatial-Bench/ViewSpatial-Bench.json", from, read },
    { path: "ViewSpatial-Bench.json", from, read },
  ],
  protocols: [
    vjFirstLetter("eval_viewspatial.py", (question) =>
      belowImages(question, `${question.text}\n${choiceLines(question)}\nAnswer with the option letter directly.`),
    ),
    vlmevalkit,
    ssl4rl,
  ],
  metrics: [accuracy()],
};

function question(row: Row, index: number, folder: string) {
  const choices = row
    .text("choices")
    .split("\n")
    .map((line) => line.split(/^([A-Z])\. /).slice(1));
  // The paths begin with the folder's name; COCO's pictures may lie in a folder of their own.
  const images = (row.list("image_path") ?? []).map((path) =>
    fileImage(join(folder, "..", `${path}`), join(folder, "../coco", `${path}`.replace("ViewSpatial-Bench/", ""))),
  );
  return {
    id: `${index}`,
    text: row.text("question"),
    images,
    choices: Object.fromEntries(choices) as Record<string, string>,
    target: { kind: "letter", letter: row.text("answer")[0] } as const,
    group: `${index}`,
    labels: { question_type: row.text("question_type") },
  };
}
