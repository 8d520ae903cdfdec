import { basename, dirname, join } from "node:path";
import { Random } from "@ssl4rl/core";
import type { Benchmark } from "../benchmark.js";
import { accuracy, allRight, meanOver } from "../metric.js";
import { plainLetter } from "../protocols/plain-letter.js";
import { vjWholeText } from "../protocols/visual-jigsaw.js";
import type { Question } from "../question.js";
import { readKeyed, readRecords } from "../read/read-json.js";
import type { Row } from "../read/row.js";
import { cocoImage } from "./coco-image.js";
import { yesOrNo } from "./vsr.js";

/** Two captions that say the same and one that does not, each asked about by itself; all three must be right. */
export const sugarcrepePp: Benchmark = {
  id: "sugarcrepe-pp",
  title: "SugarCrepe++",
  modality: "one image",
  size: 14271,
  layouts: [
    {
      path: "SugarCrepe_pp/all_data.json",
      from: "https://huggingface.co/datasets/craigwu/visual_jigsaw_eval_data, with coco beside it",
      read: async ([file]) => ({
        questions: (await readRecords(file)).map((row) => bundled(row, join(dirname(file), "../coco"))),
        skipped: [],
      }),
    },
    {
      path: "SugarCrepe_pp/data/*.json",
      from: "https://github.com/Sri-Harsha/scpp, with COCO 2017 in coco beside it",
      read: async (files) => ({ questions: (await Promise.all(files.map(readOfficial))).flat(), skipped: [] }),
    },
  ],
  protocols: [vjWholeText("eval_sugarcrepe_pp.py", ({ text }) => text)],
  metrics: [allRight("all three"), accuracy()],
};

/** Visual Jigsaw's file has the ready prompts. */
function bundled(row: Row, coco: string): Question {
  const id = row.text("id");
  const part = row.text("q_type");
  return {
    id: `${id}_${part}`,
    text: row.text("question"),
    images: [cocoImage(coco, row.text("image"))],
    choices: yesOrNo,
    target: { kind: "text", accepted: [row.text("answer")] },
    group: id,
    labels: { category: row.text("category"), q_type: part },
  };
}

/** The project's own files, worded like VSR. */
async function readOfficial(file: string): Promise<Question[]> {
  const category = basename(file, ".json");
  return (await readRecords(file)).flatMap((row) => {
    const id = `${category}/${row.text("id")}`;
    return ["caption", "caption2", "negative_caption"].map((part) => ({
      id: `${id}_${part}`,
      text:
        `<image>\nDecide whether the caption correctly describes the image. Caption: ${row.text(part)}\n` +
        "Answer Yes or No directly.",
      images: [cocoImage(join(dirname(file), "../../coco"), row.text("filename"))],
      choices: yesOrNo,
      target: { kind: "text" as const, accepted: [part === "negative_caption" ? "No" : "Yes"] },
      group: id,
      labels: { category, q_type: part },
    }));
  });
}

/** A caption and a wrong one that differs little; which is first is drawn. Our wording: the project ranks by likelihood. */
export const sugarcrepe: Benchmark = {
  id: "sugarcrepe",
  title: "SugarCrepe",
  modality: "one image",
  size: 7512,
  layouts: [
    {
      path: "sugarcrepe/*.json",
      from: "https://github.com/RAIVNLab/sugar-crepe, data; COCO 2017 in coco beside it",
      read: async (files) => ({ questions: (await Promise.all(files.map(readPairs))).flat(), skipped: [] }),
    },
  ],
  protocols: [plainLetter],
  metrics: [accuracy(), meanOver("mean of the categories", "category")],
};

async function readPairs(file: string): Promise<Question[]> {
  const category = basename(file, ".json");
  return (await readKeyed(file)).map(([key, row]) => {
    const id = `${category}/${key}`;
    const captions = [row.text("caption").trim(), row.text("negative_caption").trim()];
    const first = Random.from("sugarcrepe", id).int(2);
    return {
      id,
      text: "Which caption describes the image?",
      images: [cocoImage(join(dirname(file), "../coco"), row.text("filename"))],
      choices: { A: captions[first], B: captions[1 - first] },
      target: { kind: "letter" as const, letter: "AB"[first] },
      group: id,
      labels: { category },
    };
  });
}
