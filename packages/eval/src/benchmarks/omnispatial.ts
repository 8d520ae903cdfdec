import { dirname, join } from "node:path";
import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { choiceLines } from "../protocol.js";
import { belowImages, vjFirstCharacter } from "../protocols/visual-jigsaw.js";
import type { Question } from "../question.js";
import { fileImage } from "../read/file-image.js";
import { readRecords } from "../read/read-json.js";
import type { Row } from "../read/row.js";
import { byLetter } from "./lettered.js";

export const omnispatial: Benchmark = {
  id: "omnispatial",
  title: "OmniSpatial",
  modality: "one image",
  size: 1533,
  layouts: [
    {
      path: "OmniSpatial/all_eval_data.json",
      from: "https://huggingface.co/datasets/craigwu/visual_jigsaw_eval_data",
      read: async ([file]) => ({
        questions: (await readRecords(file)).map((row, i) => bundled(row, i, dirname(file))),
        skipped: [],
      }),
    },
    {
      path: "OmniSpatial-test/data.json",
      from: "https://huggingface.co/datasets/qizekun/OmniSpatial",
      read: async ([file]) => ({
        questions: (await readRecords(file)).map((row) => official(row, dirname(file))),
        skipped: [],
      }),
    },
  ],
  protocols: [vjFirstCharacter("eval_omnispatial.py", (question) => belowImages(question, question.text))],
  metrics: [accuracy()],
};

/** Visual Jigsaw's file has the ready prompt. */
function bundled(row: Row, index: number, folder: string): Question {
  const text = row.text("question");
  const letters = [...text.matchAll(/^\(?([A-H])[.):]/gm)].map(([, letter]) => letter);
  return {
    id: `${index}`,
    text,
    images: [fileImage(join(folder, row.text("image")))],
    choices: Object.fromEntries(letters.map((letter) => [letter, letter])),
    target: { kind: "letter", letter: row.text("answer").toUpperCase() },
    group: `${index}`,
    labels: { task_type: row.text("task_type"), sub_task_type: row.text("sub_task_type") },
  };
}

/** The project's own file, worded like Visual Jigsaw's other questions. */
function official(row: Row, folder: string): Question {
  const id = row.text("id");
  const type = row.text("task_type");
  const choices = byLetter(row.list("options") ?? []);
  const text = `${row.text("question")}\n${choiceLines({ choices })}\nAnswer with the option letter directly.`;
  return {
    id: `${type}/${id}`,
    text,
    images: [fileImage(join(folder, type, `${id.split("_")[0]}.png`))],
    choices,
    target: { kind: "letter", letter: "ABCDEFGH"[row.number("answer")] },
    group: `${type}/${id}`,
    labels: { task_type: type, sub_task_type: row.text("sub_task_type") },
  };
}
