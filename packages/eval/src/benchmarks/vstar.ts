import { basename, dirname } from "node:path";
import { Random } from "@ssl4rl/core";
import type { Benchmark } from "../benchmark.js";
import { vstarLetter } from "../extract/lmms-eval.js";
import { accuracy } from "../metric.js";
import { choiceLines, sameLetter } from "../protocol.js";
import { lmmsEval } from "../protocols/lmms-eval.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import type { Question } from "../question.js";
import { fileImage } from "../read/file-image.js";
import { readJson } from "../read/read-json.js";
import { readParquet } from "../read/read-parquet.js";
import { readTsv } from "../read/read-tsv.js";
import { Row, type Table } from "../read/row.js";
import { byLetter, lettered } from "./lettered.js";

const labels = { category: ["category"] };

export const vstar: Benchmark = {
  id: "vstar",
  title: "V* Bench",
  modality: "one image",
  size: 191,
  layouts: [
    {
      path: "VStarBench.tsv",
      from: "https://huggingface.co/datasets/xjtupanda/VStar_Bench/resolve/main/VStarBench.tsv",
      read: async ([file], options) => lettered(await readTsv(file), { labels }, options),
    },
    {
      path: "vstar-bench/data/test-*.parquet",
      from: "https://huggingface.co/datasets/lmms-lab/vstar-bench",
      read: async ([file]) =>
        lettered(withChoices(await readParquet(file)), { id: "question_id", answer: "label", labels }),
    },
    {
      path: "vstar_bench/*/*.json",
      from: "https://huggingface.co/datasets/craigwu/vstar_bench",
      read: async (files) => ({ questions: await Promise.all(files.map(readOfficial)), skipped: [] }),
    },
  ],
  protocols: [
    lmmsEval("vstar_bench", 16, {
      ask: (question) =>
        `${question.text}\n${choiceLines(question)}\nAnswer with the option's letter from the given choices directly.`,
      extract: vstarLetter,
      right: sameLetter,
    }),
    vlmevalkit,
    ssl4rl,
  ],
  metrics: [accuracy()],
};

/** lmms-lab's questions hold their choices: `What is it? (A) a (B) b`. */
function withChoices({ rows, skipped }: Table): Table {
  return {
    skipped,
    rows: rows.map((row) => {
      const [question, ...options] = row.text("text").split(/\s*\(([A-D])\)\s*/);
      const choices = options.flatMap((part, i) => (i % 2 === 0 ? [[part, options[i + 1].split("\n")[0].trim()]] : []));
      return row.with({ question: question.trim(), ...Object.fromEntries(choices) });
    }),
  };
}

/** In the project's own files the first choice is right; here a draw by the question's name puts it anywhere. */
async function readOfficial(file: string): Promise<Question> {
  const row = new Row(file, (await readJson(file)) as Record<string, unknown>);
  const category = basename(dirname(file));
  const id = `${category}/${basename(file, ".json")}`;
  const options = row.list("options") ?? [];
  const order = Random.from("vstar", id).shuffle(options.map((_, i) => i));
  return {
    id,
    text: row.text("question"),
    images: [fileImage(file.replace(/json$/, "jpg"))],
    choices: byLetter(order.map((i) => options[i])),
    target: { kind: "letter", letter: "ABCDEFGH"[order.indexOf(0)] },
    group: id,
    labels: { category },
  };
}
