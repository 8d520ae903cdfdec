import { basename, dirname, join } from "node:path";
import type { Benchmark } from "../benchmark.js";
import type { Extraction } from "../graded.js";
import { accuracy, type Metric } from "../metric.js";
import { sameText } from "../protocol.js";
import type { Question } from "../question.js";
import { readLines } from "../read/read-json.js";
import { cocoImage } from "./coco-image.js";
import { yesOrNo } from "./vsr.js";

/** POPE's own rule (AoiDragon/POPE: evaluate.py): "no" or "not" among the words of the first sentence is a no, all else a yes. */
function yesUnlessNo(response: string): Extraction {
  const sentence = response.split(".")[0].replaceAll(",", "").split(" ");
  const no = ["No", "not", "no"].find((word) => sentence.includes(word));
  return no === undefined ? { answer: "Yes", how: ["no denial"] } : { answer: "No", how: [`the word ${no}`] };
}

/** F1 of "Yes". */
const f1: Metric = {
  name: "F1",
  measure(scored) {
    const answers = scored.map(({ question: { target }, extraction }) => ({
      said: extraction?.answer === "Yes",
      meant: target.kind === "text" && target.accepted[0] === "Yes",
      given: extraction !== undefined,
    }));
    const count = (which: (each: (typeof answers)[number]) => boolean) => answers.filter(which).length;
    const hits = count(({ said, meant }) => said && meant);
    const value = (2 * hits) / (count(({ said }) => said) + count(({ meant }) => meant));
    return { value: answers.every(({ given }) => given) ? value : Number.NaN, n: answers.length };
  },
};

export const pope: Benchmark = {
  id: "pope",
  title: "POPE",
  modality: "one image",
  size: 9000,
  layouts: [
    {
      path: "pope/coco_pope_*.json",
      from: "https://github.com/AoiDragon/POPE, output/coco; COCO's pictures in coco beside it",
      read: async (files) => ({ questions: (await Promise.all(files.map(readPart))).flat(), skipped: [] }),
    },
  ],
  protocols: [
    {
      name: "pope",
      source: "AoiDragon/POPE: evaluate.py; the question as it stands",
      ask: ({ text }) => text,
      extract: yesUnlessNo,
      right: sameText,
    },
  ],
  metrics: [accuracy(), f1],
};

async function readPart(file: string): Promise<Question[]> {
  const objects = basename(file, ".json").replace("coco_pope_", "");
  return (await readLines(file)).map((row) => {
    const id = `${objects}/${row.text("question_id")}`;
    return {
      id,
      text: row.text("text"),
      images: [cocoImage(join(dirname(file), "../coco"), row.text("image"))],
      choices: yesOrNo,
      target: { kind: "text", accepted: [/^yes$/i.test(row.text("label")) ? "Yes" : "No"] },
      group: id,
      labels: { objects },
    };
  });
}
