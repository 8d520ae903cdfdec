import { finalText } from "../extract/final-text.js";
import { optionLetter } from "../extract/option-letter.js";
import { choiceLines, type EvalProtocol, sameLetter } from "../protocol.js";
import { belowImages } from "./visual-jigsaw.js";

/** For questions whose project asks no model that writes: our wording, VLMEvalKit's rules on what the response ends in. */
export const plainLetter: EvalProtocol = {
  name: "plain",
  source: "our wording; VLMEvalKit e8e78f05: can_infer",
  ask: (question) =>
    belowImages(question, `${question.text}\n${choiceLines(question)}\nAnswer with the option letter directly.`),
  extract(response, { choices = {} }) {
    const { text, how } = finalText(response);
    const { answer, how: steps } = optionLetter(text, choices, "2026-06");
    return { answer, how: [...how, ...steps] };
  },
  right: sameLetter,
};
