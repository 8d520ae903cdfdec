import type { Benchmark } from "../benchmark.js";
import { mmstarLetter } from "../extract/lmms-eval.js";
import { accuracy, meanOver } from "../metric.js";
import { sameLetter } from "../protocol.js";
import { lmmsEval } from "../protocols/lmms-eval.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import type { Question } from "../question.js";
import { readParquet } from "../read/read-parquet.js";
import { readTsv } from "../read/read-tsv.js";
import type { Table } from "../read/row.js";
import { type Columns, lettered } from "./lettered.js";

const columns: Columns = { labels: { category: ["category"], "l2-category": ["l2-category", "l2_category"] } };

export const mmstar: Benchmark = {
  id: "mmstar",
  title: "MMStar",
  modality: "one image",
  size: 1500,
  layouts: [
    {
      path: "MMStar.tsv",
      from: "https://opencompass.openxlab.space/utils/VLMEval/MMStar.tsv",
      read: async ([file], options) => lettered(withChoices(await readTsv(file)), columns, options),
    },
    {
      path: "MMStar/mmstar.parquet",
      from: "https://huggingface.co/datasets/Lin-Chen/MMStar",
      read: async ([file], options) => lettered(withChoices(await readParquet(file)), columns, options),
    },
  ],
  protocols: [
    vlmevalkit,
    ssl4rl,
    lmmsEval("mmstar", undefined, {
      ask: (question) =>
        `${question.text}\nOptions: ${listed(question)}\nAnswer with the option's letter from the given choices directly`,
      extract: mmstarLetter,
      right: sameLetter,
    }),
  ],
  metrics: [
    accuracy(),
    // SSL-R1's column: the three parts of the fine subset weigh the same.
    meanOver("fine-grained perception", "l2-category", ({ labels }) => labels.category === FINE),
  ],
};

const FINE = "fine-grained perception";

/** MMStar's own way to write choices, inside the question. */
function listed({ choices = {} }: Question): string {
  return Object.entries(choices)
    .map(([letter, text]) => `${letter}: ${text}`)
    .join(", ");
}

/** The published questions end in `Options: A: …, B: …`; here these become columns. */
function withChoices({ rows, skipped }: Table): Table {
  const failed: { where: string; reason: string }[] = [];
  const kept = rows.flatMap((row) => {
    if (row.optional("A") !== null) return [row];
    const [, text, options] = /^([\s\S]*?)\s*Options: (A: [\s\S]*)$/.exec(row.text("question")) ?? [];
    const choices = options?.split(/,\s*(?=[B-Z]: )/).map((each) => each.split(/: ([\s\S]*)/) as [string, string]);
    if (choices) return [row.with({ question: text, ...Object.fromEntries(choices) })];
    failed.push({ where: row.where, reason: "its choices cannot be told from its question" });
    return [];
  });
  return { rows: kept, skipped: [...skipped, ...failed] };
}
