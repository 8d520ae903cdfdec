import { dirname, join } from "node:path";
import type { Benchmark } from "../benchmark.js";
import { allRight } from "../metric.js";
import { vjWholeText } from "../protocols/visual-jigsaw.js";
import type { Question } from "../question.js";
import { fileImage } from "../read/file-image.js";
import { readLines, readRecords } from "../read/read-json.js";
import type { Row } from "../read/row.js";
import { yesOrNo } from "./vsr.js";

/** Two pictures and two captions of the same words: two questions that choose a caption, two that choose a picture. */
export const winoground: Benchmark = {
  id: "winoground",
  title: "Winoground",
  modality: "several images",
  size: 1600,
  layouts: [
    {
      path: "winoground/all_data.json",
      from: "https://huggingface.co/datasets/craigwu/visual_jigsaw_eval_data",
      read: async ([file]) => ({
        questions: (await readRecords(file)).map((row) => bundled(row, dirname(file))),
        skipped: [],
      }),
    },
    {
      path: "winoground/data/examples.jsonl",
      from: "https://huggingface.co/datasets/facebook/winoground, with images.zip unpacked beside it",
      read: async ([file]) => ({
        questions: (await readLines(file)).flatMap((row) => official(row, join(dirname(file), "images"))),
        skipped: [],
      }),
    },
  ],
  protocols: [vjWholeText("eval_winoground.py", ({ text }) => text)],
  metrics: [allRight("group score"), allRight("text score", of("text")), allRight("image score", of("image"))],
};

function of(type: string): (question: Question) => string | null {
  return ({ labels, group }) => (labels.question_type === type ? group : null);
}

/** Visual Jigsaw's file has the ready prompts. */
function bundled(row: Row, folder: string): Question {
  const id = row.text("idx");
  const type = row.text("question_type") === "image" ? "image" : "text";
  const answer = row.text("GT");
  return {
    id: `${id}_${type}`,
    text: row.text("question"),
    images: (row.list("image_name") ?? []).map((name) => fileImage(join(folder, `${name}`))),
    choices: /^(yes|no)$/i.test(answer) ? yesOrNo : { A: "A", B: "B" },
    target: { kind: "text", accepted: [answer] },
    group: id.split("_")[0],
    labels: { question_type: type },
  };
}

/** The project's own file, in our wording. */
function official(row: Row, folder: string): Question[] {
  const id = row.text("id");
  const captions = [row.text("caption_0"), row.text("caption_1")];
  const images = [0, 1].map((i) => {
    const name = row.text(`image_${i}`);
    return fileImage(join(folder, `${name}.png`), join(folder, name));
  });
  const question = (type: "text" | "image", i: number): Question => ({
    id: `${id}_${i}_${type}`,
    text:
      type === "text"
        ? `<image>\nWhich caption describes the image?\nA. ${captions[0]}\nB. ${captions[1]}\nAnswer with the letter directly.`
        : `Image A: <image>\nImage B: <image>\nWhich image does this caption describe? ${captions[i]}\n` +
          "Answer with the letter directly.",
    images: type === "text" ? [images[i]] : images,
    choices: { A: "A", B: "B" },
    target: { kind: "text", accepted: ["AB"[i]] },
    group: id,
    labels: { question_type: type },
  });
  return [0, 1].flatMap((i) => [question("text", i), question("image", i)]);
}
