import type { Benchmark } from "../benchmark.js";
import { finalText } from "../extract/final-text.js";
import { optionLetter } from "../extract/option-letter.js";
import { strip } from "../extract/python-text.js";
import { sameValue } from "../extract/same-value.js";
import { accuracy } from "../metric.js";
import type { EvalProtocol } from "../protocol.js";
import type { Question } from "../question.js";
import { readParquet } from "../read/read-parquet.js";
import type { Row } from "../read/row.js";

const protocol: EvalProtocol = {
  name: "rule",
  source: "our rule in place of GPT's two calls: VLMEvalKit's for choices, equal texts or values for the rest",
  ask: ({ text }) => text,
  extract(response, { choices }) {
    const { text, how } = finalText(response);
    if (!choices) return { answer: strip(text) || null, how: [...how, "whole text"] };
    const { answer, how: steps } = optionLetter(text, choices, "2026-06");
    return { answer, how: [...how, ...steps] };
  },
  right: (answer, { target }) =>
    target.kind === "letter" ? answer === target.letter : target.kind === "value" && sameValue(answer, target.value),
};

const read = async (files: readonly string[]) => ({
  questions: (await Promise.all(files.map(readParquet))).flatMap(({ rows }) => rows.map(question)),
  skipped: [],
});

export const mathverse: Benchmark = {
  id: "mathverse-testmini",
  title: "MathVerse, testmini",
  modality: "one image",
  size: 3940,
  layouts: [
    {
      path: "MathVerse-lmmseval/testmini/test-*.parquet",
      from: "https://huggingface.co/datasets/CaraJ/MathVerse-lmmseval",
      read,
    },
    { path: "MathVerse/testmini.parquet", from: "https://huggingface.co/datasets/AI4Math/MathVerse", read },
  ],
  protocols: [protocol],
  metrics: [accuracy()],
  judge: "GPT takes the answer out of the response and compares it; here the response's ending is compared by rule",
};

/** Choices stand in the question: a line `A: …` each. */
function question(row: Row): Question {
  const id = row.text("sample_index");
  const text = row.text("question");
  const choices = Object.fromEntries(
    [...text.matchAll(/^(?:Choices:\s*)?([A-F])[:.]\s*(.+)$/gm)].map(([, letter, choice]) => [letter, choice.trim()]),
  );
  const answer = row.text("answer");
  const lettered = row.text("question_type") === "multi-choice" && answer in choices;
  return {
    id,
    text: row.optional("query_wo") ?? text,
    images: row.images("image"),
    ...(lettered ? { choices } : {}),
    target: lettered ? { kind: "letter", letter: answer } : { kind: "value", value: answer, type: "free", decimals: 2 },
    group: id,
    labels: { problem_version: row.text("problem_version"), question_type: row.text("question_type") },
  };
}
