import { dirname, join } from "node:path";
import { UserError } from "@ssl4rl/core";
import type { Benchmark, ReadOptions } from "../benchmark.js";
import { accuracy, allRight } from "../metric.js";
import { belowImages, vjFirstLetter } from "../protocols/visual-jigsaw.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import type { Question } from "../question.js";
import { fileImage } from "../read/file-image.js";
import { readCsv, readTsv } from "../read/read-tsv.js";
import type { Row } from "../read/row.js";
import { byLetter, lettered } from "./lettered.js";

/** 1 and 2, 3 and 4, … ask one question of two pictures. */
const pair = (id: string) => `${Math.ceil(Number(id) / 2)}`;

/** Multimodal Visual Patterns: two pictures that look alike to CLIP, one question, different answers. */
const mmvpWith = (corrected: boolean): Benchmark => ({
  id: corrected ? "mmvp-corrected" : "mmvp",
  title: corrected ? "MMVP, two swapped pairs of labels put right" : "MMVP",
  modality: "one image",
  size: 300,
  layouts: [
    {
      path: "MMVP/Questions.csv",
      from: "https://huggingface.co/datasets/MMVP/MMVP, its pictures in MMVP/images or MMVP/MMVP Images",
      read: async ([file]) => {
        const { rows, skipped } = await readCsv(file);
        return { questions: rows.map((row) => official(row, dirname(file), corrected)), skipped };
      },
    },
    ...(corrected
      ? []
      : [
          {
            path: "MMVP.tsv",
            from: "https://opencompass.openxlab.space/utils/VLMEval/MMVP.tsv",
            read: async ([file]: readonly string[], options: ReadOptions) =>
              lettered(await readTsv(file), { group: pair }, options),
          },
        ]),
  ],
  protocols: [
    vjFirstLetter("eval_mmvp.py", (question) => {
      const options = Object.entries(question.choices ?? {}).map(
        ([letter, text]) => `(${letter.toLowerCase()}) ${text}`,
      );
      return belowImages(
        question,
        `${question.text}\nOptions: ${options.join(" ")}\nAnswer with the option letter with parenthesis directly.`,
      );
    }),
    vlmevalkit,
    ssl4rl,
  ],
  metrics: [allRight("pairs"), accuracy()],
});

export const mmvp = mmvpWith(false);
/** The labels of 99 and 100, and of 279 and 280, are swapped in the original (lmms-eval: tasks/mmvp/README.md). */
export const mmvpCorrected = mmvpWith(true);
const SWAPPED = ["99", "100", "279", "280"];

function official(row: Row, folder: string, corrected: boolean): Question {
  const id = row.text("Index");
  const [, ...texts] = row.text("Options").split(/\s*\([a-z]\)\s*/);
  const letter = /^\(([ab])\)/.exec(row.text("Correct Answer"))?.[1].toUpperCase();
  if (texts.length !== 2 || letter === undefined) {
    throw new UserError(
      `${row.where}: expected Options "(a) … (b) …" and Correct Answer (a) or (b). Fetch the file again.`,
    );
  }
  const swap = corrected && SWAPPED.includes(id);
  return {
    id,
    text: row.text("Question"),
    images: [fileImage(join(folder, "images", `${id}.jpg`), join(folder, "MMVP Images", `${id}.jpg`))],
    choices: byLetter(texts),
    target: { kind: "letter", letter: swap ? (letter === "A" ? "B" : "A") : letter },
    group: pair(id),
    labels: {},
  };
}
