import type { Benchmark } from "../benchmark.js";
import { mmbenchLetter } from "../extract/lmms-eval.js";
import { accuracy, allRight } from "../metric.js";
import { choiceLines, sameLetter } from "../protocol.js";
import { lmmsEval } from "../protocols/lmms-eval.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import { readParquet } from "../read/read-parquet.js";
import { readTsv } from "../read/read-tsv.js";
import { type Columns, lettered } from "./lettered.js";

/** Turn k of question i has the index i + k · 1000000. */
const TURN = 1_000_000;

const columns: Columns = {
  labels: { category: ["category"], "l2-category": ["l2-category", "L2-category", "l2_category"] },
  group: (id) => (/^\d+$/.test(id) ? `${Number(id) % TURN}` : id),
};

export const mmbench: Benchmark = {
  id: "mmbench-dev-en",
  title: "MMBench DEV-EN (v1.0)",
  modality: "one image",
  size: 4329,
  layouts: [
    {
      path: "MMBench_DEV_EN.tsv",
      from: "https://opencompass.openxlab.space/utils/benchmarks/MMBench/MMBench_DEV_EN.tsv",
      read: async ([file], options) => lettered(await readTsv(file), columns, options),
    },
    {
      path: "MMBench/en/dev-*.parquet",
      from: "https://huggingface.co/datasets/lmms-lab/MMBench",
      read: async ([file], options) => lettered(await readParquet(file), columns, options),
    },
  ],
  protocols: [
    ssl4rl,
    vlmevalkit,
    lmmsEval("mmbench (mmbench_en_dev_static)", 1024, {
      ask: (question) =>
        `${[question.hint, question.text].filter(Boolean).join(" ")} There are several options:\n${choiceLines(question)}\n\n` +
        "Answer with the option's letter from the given choices directly.",
      extract: (response, { choices = {} }) => mmbenchLetter(response, choices),
      right: sameLetter,
    }),
  ],
  metrics: [
    // What SSL4RL's tables call MMBench: each turn of each question for itself.
    accuracy("rows"),
    allRight("CircularEval"),
    accuracy("vanilla", ({ id, group }) => id === group),
  ],
};
