import type { Extraction, Graded } from "./graded.js";
import type { Question, QuestionImage } from "./question.js";

/** How far a protocol's project lets Qwen2.5-VL look and write, as far as it says. */
export interface Generation {
  /** Tokens of a response. */
  readonly maxTokens?: number;
  /** Area of a picture as the model sees it, in pixels. */
  readonly minPixels?: number;
  readonly maxPixels?: number;
  /** Whose area `maxPixels` is: each picture's unless the pictures of a prompt share it. */
  readonly maxPixelsOf?: "picture" | "prompt";
}

/** How a benchmark is asked, and how an answer is judged. */
export interface EvalProtocol {
  readonly name: string;
  /** Where its wording and its rules come from. */
  readonly source: string;
  readonly generation?: Generation;
  /** The prompt. `<image>` marks where a picture goes; without marks all pictures come first. */
  ask(question: Question): string;
  extract(response: string, question: Question): Extraction;
  /** Whether what was extracted is right. */
  right(answer: string, question: Question): boolean | Promise<boolean>;
}

/** Judges one response. */
export async function grade(question: Question, response: string, protocol: EvalProtocol): Promise<Graded> {
  const extraction = protocol.extract(response, question);
  const right = extraction.answer !== null && (await protocol.right(extraction.answer, question));
  return { question, response, extraction, accuracy: right ? 1 : 0 };
}

/** A prompt as a chat message has it: its texts and pictures in their order. */
export function contentOf(prompt: string, images: readonly QuestionImage[]): (string | QuestionImage)[] {
  const texts = prompt.split("<image>");
  if (texts.length === 1) return [...images, prompt];
  if (texts.length - 1 !== images.length) {
    throw new Error(`The prompt marks ${texts.length - 1} pictures, but there are ${images.length}: ${prompt}`);
  }
  return texts.flatMap((text, i) => [...(i > 0 ? [images[i - 1]] : []), ...(text === "" ? [] : [text])]);
}

/** The target's letter is the answer. */
export function sameLetter(answer: string, { target }: Question): boolean {
  return target.kind === "letter" && answer === target.letter;
}

/** The answer is one of the accepted texts. */
export function sameText(answer: string, { target }: Question): boolean {
  return target.kind === "text" && target.accepted.includes(answer);
}

/** `A. cat`, a line for each choice. */
export function choiceLines({ choices = {} }: Pick<Question, "choices">): string {
  return Object.entries(choices)
    .map(([letter, text]) => `${letter}. ${text}`)
    .join("\n");
}
