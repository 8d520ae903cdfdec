import { answerOnly } from "@ssl4rl/core";
import type { Benchmark } from "../benchmark.js";
import { finalText } from "../extract/final-text.js";
import { optionLetter } from "../extract/option-letter.js";
import { choiceLines, type EvalProtocol, sameLetter } from "../protocol.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import { mmbench } from "./mmbench.js";

/** The form in which the tiny model was warmed up. */
const short: EvalProtocol = {
  name: "answer-only",
  source: "ours: the question, its choices, an answer tag without reasoning",
  ask: (question) => `${question.text}\n${choiceLines(question)}\n${answerOnly.instruction}`,
  extract(response, { choices = {} }) {
    const { text, how } = finalText(response);
    const { answer, how: steps } = optionLetter(text, choices, "2025-08");
    return { answer, how: [...how, ...steps] };
  },
  right: sameLetter,
};

/** Labelled questions about the procedural world, in MMBench's layout: each once for every turn of its options. */
export const worldQuestions: Benchmark = {
  id: "world-questions",
  title: "Questions about the procedural world",
  modality: "one image",
  size: null,
  layouts: [],
  protocols: [ssl4rl, vlmevalkit, short],
  metrics: mmbench.metrics,
};
