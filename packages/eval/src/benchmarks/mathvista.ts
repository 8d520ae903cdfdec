import type { Benchmark } from "../benchmark.js";
import { mathVistaAnswer, vistaNumber } from "../extract/math-vista.js";
import { pythonFloat } from "../extract/python-number.js";
import { accuracy } from "../metric.js";
import type { EvalProtocol } from "../protocol.js";
import type { Question, ValueType } from "../question.js";
import { readParquet } from "../read/read-parquet.js";
import type { Row } from "../read/row.js";
import { byLetter } from "./lettered.js";

const protocol: EvalProtocol = {
  name: "rule",
  source:
    "EvolvingLMMs-Lab/lmms-eval 75571cf: tasks/mathvista normalize_extracted_answer; our reading in place of GPT's",
  ask: ({ text }) => text,
  extract: (response, { choices, target }) =>
    mathVistaAnswer(response, choices, target.kind === "value" ? target : { type: "free", decimals: 0 }),
  right(answer, { target }) {
    if (target.kind === "letter") return answer === target.letter;
    if (target.kind !== "value") return false;
    if (target.type === "list") return answer === target.value.replace(/\s/g, "");
    if (target.type === "free") return answer === target.value;
    const truth = pythonFloat(target.value);
    return truth !== null && answer === vistaNumber(truth, target);
  },
};

export const mathvista: Benchmark = {
  id: "mathvista-testmini",
  title: "MathVista, testmini",
  modality: "one image",
  size: 1000,
  layouts: [
    {
      path: "MathVista/data/testmini-*.parquet",
      from: "https://huggingface.co/datasets/AI4Math/MathVista",
      read: async (files) => ({
        questions: (await Promise.all(files.map(readParquet))).flatMap(({ rows }) => rows.map(question)),
        skipped: [],
      }),
    },
  ],
  protocols: [protocol],
  metrics: [accuracy()],
  judge:
    "GPT takes the answer out of the response; here the response's ending, the letter, or the last number is taken",
};

function question(row: Row): Question {
  const answer = row.text("answer");
  const texts = row.list("choices") ?? [];
  const choice = row.text("question_type") === "multi_choice" && texts.length > 0;
  const type = row.text("answer_type");
  if (choice && !texts.includes(answer)) throw row.lacks("answer", "one of the choices");
  const decimals = Number(row.optional("precision") ?? 0);
  return {
    id: row.text("pid"),
    text: row.text("query"),
    images: row.images("decoded_image"),
    ...(choice ? { choices: byLetter(texts) } : {}),
    target: choice
      ? { kind: "letter", letter: "ABCDEFGHIJ"[texts.indexOf(answer)] }
      : { kind: "value", value: answer, type: type === "text" ? "free" : (type as ValueType), decimals },
    group: row.text("pid"),
    labels: { question_type: row.text("question_type"), answer_type: type },
  };
}
