import type { Benchmark } from "../benchmark.js";
import { emmaAnswer } from "../extract/math-answer.js";
import { sameValue } from "../extract/same-value.js";
import { accuracy } from "../metric.js";
import { lmmsEval } from "../protocols/lmms-eval.js";
import type { Question } from "../question.js";
import { readParquet } from "../read/read-parquet.js";
import type { Row } from "../read/row.js";

export const emma: Benchmark = {
  id: "emma-mini",
  title: "EMMA-mini",
  modality: "several images",
  size: 400,
  layouts: [
    {
      path: "EMMA-mini/*/test-*.parquet",
      from: "https://huggingface.co/datasets/luckychao/EMMA-mini",
      read: async (files) => ({
        questions: (await Promise.all(files.map(readParquet))).flatMap(({ rows }) => rows.map(question)),
        skipped: [],
      }),
    },
  ],
  protocols: [
    lmmsEval("emma (use_lmms_judge: False)", 4096, {
      ask(question) {
        const options = Object.entries(question.choices ?? {}).map(([letter, text]) => `${letter}: ${text}\n`);
        const form = question.choices
          ? `${options.join("")}\nAnswer with the option's letter from the given choices and put the letter in one "\\boxed{}". `
          : 'Answer the question using a single word or phrase and put the answer in one "\\boxed{}". ';
        return `${question.hint ?? ""}\n${question.text}\n${form}Please solve the problem step by step.`;
      },
      extract: emmaAnswer,
      right: (answer, { target }) => target.kind === "value" && sameValue(answer, target.value),
    }),
  ],
  metrics: [accuracy()],
  judge:
    "GPT compares the answers; here the project's own rule does, without a computer algebra system and number words",
};

function question(row: Row): Question {
  const id = row.text("pid");
  const texts = row.list("options") ?? [];
  const lettered = row.text("type").toLowerCase() === "multiple choice";
  const context = row.optional("context");
  const shown = `${context ?? ""} ${row.text("question")} ${texts.join(" ")}`;
  const numbers = [...new Set([...shown.matchAll(/<image_(\d)>/g)].map(([, number]) => number))].sort();
  return {
    id,
    text: row.text("question"),
    ...(context === null ? {} : { hint: context }),
    images: numbers.flatMap((number) => row.images(`image_${number}`)),
    ...(lettered ? { choices: Object.fromEntries(texts.map((text, i) => ["ABCDEFGHIJ"[i], `${text}`])) } : {}),
    target: { kind: "value", value: row.text("answer"), type: "free", decimals: 2 },
    group: id,
    labels: { subject: row.text("subject"), category: row.text("category") },
  };
}
