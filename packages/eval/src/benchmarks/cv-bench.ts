import { dirname, join } from "node:path";
import type { Benchmark } from "../benchmark.js";
import { cvBenchLetter } from "../extract/lmms-eval.js";
import { accuracy, weightedMean } from "../metric.js";
import { sameLetter } from "../protocol.js";
import { lmmsEval } from "../protocols/lmms-eval.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import { fileImage } from "../read/file-image.js";
import { readLines } from "../read/read-json.js";
import { readParquet } from "../read/read-parquet.js";
import type { Row } from "../read/row.js";
import { type Columns, letteredQuestion } from "./lettered.js";

const columns: Columns = {
  id: "idx",
  choices: "choices",
  labels: { type: ["type"], task: ["task"], source: ["source"] },
};
const from = "https://huggingface.co/datasets/nyu-visionx/CV-Bench";

/** Half for two dimensions, itself half ADE20K and half COCO, and half for three (Cambrian-1, CV-Bench's card). */
const official = weightedMean("CV-Bench", "source", { ADE20K: 0.25, COCO: 0.25, Omni3D: 0.5 });

export const cvBench: Benchmark = {
  id: "cv-bench",
  title: "CV-Bench",
  modality: "one image",
  size: 2638,
  layouts: [
    {
      path: "CV-Bench/test*.parquet",
      from,
      read: async (files) => {
        const tables = await Promise.all(files.map(readParquet));
        return {
          questions: tables.flatMap(({ rows }) => rows.map((row) => letteredQuestion(row, columns))),
          skipped: [],
        };
      },
    },
    {
      path: "CV-Bench/test*.jsonl",
      from,
      read: async (files) => {
        const rows = (await Promise.all(files.map(readLines))).flat();
        const folder = join(dirname(files[0]), "img");
        const withImage = (row: Row) => ({
          ...letteredQuestion(row, columns),
          images: [fileImage(join(folder, row.text("filename")))],
        });
        return { questions: rows.map(withImage), skipped: [] };
      },
    },
  ],
  protocols: [
    lmmsEval("cv_bench", 1024, {
      ask({ text, choices = {} }) {
        const marked = Object.entries(choices).map(([letter, choice]) => `(${letter}) ${choice}`);
        const letters = Object.keys(choices).join(", ");
        return (
          `Note: You only need to respond with ${letters} without providing any additional information.\n\n` +
          `${text} Select from the following choices.\n${marked.join("\n")}`
        );
      },
      extract: cvBenchLetter,
      right: sameLetter,
    }),
    vlmevalkit,
    ssl4rl,
  ],
  metrics: [official, accuracy()],
};
