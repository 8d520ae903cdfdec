import type { Benchmark } from "../benchmark.js";
import { mmmuLetter, mmmuOpen, mmmuOpenRight } from "../extract/mmmu.js";
import { accuracy } from "../metric.js";
import { choiceLines } from "../protocol.js";
import { lmmsEval } from "../protocols/lmms-eval.js";
import type { Question } from "../question.js";
import { readParquet } from "../read/read-parquet.js";
import type { Row } from "../read/row.js";
import { byLetter } from "./lettered.js";

export const mmmu: Benchmark = {
  id: "mmmu-val",
  title: "MMMU, validation",
  modality: "several images",
  size: 900,
  layouts: [
    {
      path: "MMMU/*/validation-*.parquet",
      from: "https://huggingface.co/datasets/MMMU/MMMU",
      read: async (files) => ({
        questions: (await Promise.all(files.map(readParquet))).flatMap(({ rows }) => rows.map(question)),
        skipped: [],
      }),
    },
  ],
  protocols: [
    lmmsEval("mmmu", 16, {
      ask: (question) =>
        question.choices
          ? `${question.text}\n${choiceLines(question)}\n\nAnswer with the option's letter from the given choices directly.`
          : `${question.text}\n\nAnswer the question using a single word or phrase.`,
      extract: (response, { choices }) => (choices ? mmmuLetter(response, choices) : mmmuOpen(response)),
      right: (answer, { target }) =>
        target.kind === "letter"
          ? answer === target.letter
          : target.kind === "text" && mmmuOpenRight(answer, target.accepted),
    }),
  ],
  metrics: [accuracy()],
};

function question(row: Row): Question {
  const id = row.text("id");
  const texts = row.list("options") ?? [];
  const lettered = row.text("question_type") === "multiple-choice";
  const answers = row.text("answer");
  const shown = `${row.text("question")} ${texts.join(" ")}`;
  const numbers = [...new Set([...shown.matchAll(/<image (\d)>/g)].map(([, number]) => number))].sort();
  return {
    id,
    text: row.text("question"),
    images: numbers.flatMap((number) => row.images(`image_${number}`)),
    ...(lettered ? { choices: byLetter(texts) } : {}),
    target: lettered
      ? { kind: "letter", letter: answers }
      : { kind: "text", accepted: (answers.startsWith("[") ? row.list("answer")! : [answers]).map(String) },
    group: id,
    labels: { subject: id.replace(/^[a-z]+_(.+)_\d+$/, "$1") },
  };
}
