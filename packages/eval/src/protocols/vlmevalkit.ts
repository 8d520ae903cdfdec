import { finalText } from "../extract/final-text.js";
import { optionLetter } from "../extract/option-letter.js";
import { choiceLines, type EvalProtocol, type Generation, sameLetter } from "../protocol.js";
import type { Question } from "../question.js";

/** VLMEvalKit's entry of Qwen2.5-VL (vlmeval/config.py, vlmeval/vlm/qwen2_vl/model.py). */
export const vlmevalkitGeneration: Generation = { maxTokens: 2048, minPixels: 1_003_520, maxPixels: 12_845_056 };

/** SSL4RL, Section 4.1, and its README, step 3. */
export const ssl4rlGeneration: Generation = { maxTokens: 2048, minPixels: 35_840, maxPixels: 12_845_056 };

/** VLMEvalKit's questions with choices, judged without a judge (`exact_matching`). */
export const vlmevalkit: EvalProtocol = {
  name: "vlmevalkit",
  source: "open-compass/VLMEvalKit e8e78f05: dataset/image_mcq.py build_prompt, utils/matching_util.py can_infer",
  generation: vlmevalkitGeneration,
  ask: (question) => choicePrompt(question, "Please select the correct answer from the options above. \n"),
  extract: (response, { choices = {} }) => optionLetter(response, choices, "2026-06"),
  right: sameLetter,
};

/**
 * SSL4RL's wording of the same questions (PKU-ML/SSL4RL: README). Its scoring script is not published: the letter is
 * sought by VLMEvalKit's rules of that time in what the response ends in.
 */
export const ssl4rl: EvalProtocol = {
  name: "ssl4rl",
  source: "PKU-ML/SSL4RL 57c830a: README step 2; VLMEvalKit c3371551: can_infer",
  generation: ssl4rlGeneration,
  ask: (question) =>
    choicePrompt(
      question,
      "Answer this multiple-choice question. Think step by step before answering. The last line of your response should be " +
        "of the following format: <think>step-by-step reasoning</think> <answer>$LETTER</answer>, where LETTER is one of " +
        "the options.",
    ),
  extract(response, { choices = {} }) {
    const { text, how } = finalText(response);
    const { answer, how: steps } = optionLetter(text, choices, "2025-08");
    return { answer, how: [...how, ...steps] };
  },
  right: sameLetter,
};

function choicePrompt(question: Question, ending: string): string {
  const hint = question.hint === undefined ? "" : `Hint: ${question.hint}\n`;
  return `${hint}Question: ${question.text}\nOptions:\n${choiceLines(question)}\n${ending}`;
}
