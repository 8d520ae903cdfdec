import { firstCharacter, firstLetter, wholeText } from "../extract/visual-jigsaw.js";
import { type EvalProtocol, type Generation, sameLetter } from "../protocol.js";
import type { Question } from "../question.js";

type Ask = EvalProtocol["ask"];

/** The pictures of a question share the upper limit (eval/*.py). */
export const visualJigsawGeneration: Generation = {
  maxTokens: 1024,
  minPixels: 3136,
  maxPixels: 12_845_056,
  maxPixelsOf: "prompt",
};

/** Visual Jigsaw's scripts ask for a short answer without reasoning. SSL-R1 evaluates as they do (Sec 4.1). */
const script = (name: string) => ({
  name: "visual-jigsaw",
  source: `penghao-wu/visual_jigsaw b3224c6: eval/${name}`,
  generation: visualJigsawGeneration,
});

/** The letter is the first of the alphabet in the response. */
export const vjFirstLetter = (file: string, ask: Ask): EvalProtocol => ({
  ...script(file),
  ask,
  extract: firstLetter,
  right: sameLetter,
});

/** The letter is the response's first character. */
export const vjFirstCharacter = (file: string, ask: Ask): EvalProtocol => ({
  ...script(file),
  ask,
  extract: firstCharacter,
  right: sameLetter,
});

/** The response is the answer, and nothing else. */
export const vjWholeText = (file: string, ask: Ask): EvalProtocol => ({
  ...script(file),
  ask,
  extract: wholeText,
  right: (answer, { target }) =>
    target.kind === "text" && target.accepted.some((text) => text.toLowerCase() === answer),
});

/** The pictures, a line each, and the text below them. */
export function belowImages({ images }: Question, text: string): string {
  return `${"<image>\n".repeat(images.length)}${text}`;
}
