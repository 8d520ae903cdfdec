import type { Benchmark } from "../benchmark.js";
import { mathVisionAnswer } from "../extract/math-answer.js";
import { sameValue } from "../extract/same-value.js";
import { accuracy } from "../metric.js";
import { choiceLines } from "../protocol.js";
import { lmmsEval } from "../protocols/lmms-eval.js";
import type { Question } from "../question.js";
import { readParquet } from "../read/read-parquet.js";
import type { Row } from "../read/row.js";
import { byLetter } from "./lettered.js";

export const mathvision: Benchmark = {
  id: "mathvision-testmini",
  title: "MathVision, testmini",
  modality: "one image",
  size: 304,
  layouts: [
    {
      path: "MathVision/data/testmini-*.parquet",
      from: "https://huggingface.co/datasets/MathLLMs/MathVision",
      read: async (files) => ({
        questions: (await Promise.all(files.map(readParquet))).flatMap(({ rows }) => rows.map(question)),
        skipped: [],
      }),
    },
  ],
  protocols: [
    lmmsEval("mathvision (mathvision_standard_eval)", 16_384, {
      ask: (question) =>
        `Please solve the problem step by step and put your answer in one "\\boxed{}".${question.text}` +
        (question.choices ? `\nChoices: ${choiceLines(question)}` : ""),
      extract: mathVisionAnswer,
      // The letter, or the text of its choice.
      right: (answer, { target, choices }) =>
        target.kind === "value" &&
        [target.value, choices?.[target.value] ?? ""].some((truth) => sameValue(answer, truth)),
    }),
  ],
  metrics: [accuracy()],
  judge:
    "VLMEvalKit asks GPT to take the answer out; lmms-eval's rule, used here, needs no judge but a computer algebra system",
};

function question(row: Row): Question {
  const texts = row.list("options") ?? [];
  return {
    id: row.text("id"),
    text: row.text("question"),
    images: row.images("decoded_image"),
    ...(texts.length > 0 ? { choices: byLetter(texts) } : {}),
    target: { kind: "value", value: row.text("answer"), type: "free", decimals: 2 },
    group: row.text("id"),
    labels: { subject: row.text("subject"), level: row.text("level") },
  };
}
