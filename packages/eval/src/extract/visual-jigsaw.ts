import type { Extraction } from "../graded.js";
import { type FinalText, visualJigsawText } from "./final-text.js";

// Each of Visual Jigsaw's scripts cleans a response in one way (visualJigsawText) and then reads it in one of three.

/** The first letter of the alphabet, as a capital: "The answer is (a)" is T. */
export function firstLetter(response: string): Extraction {
  const text = visualJigsawText(response);
  return read(text, /[A-Za-z]/.exec(text.text)?.[0].toUpperCase(), "first letter");
}

/** The first character, as a capital. */
export function firstCharacter(response: string): Extraction {
  const text = visualJigsawText(response);
  return read(text, text.text[0]?.toUpperCase(), "first character");
}

/** All of it, in lower case: "Yes, it is" is not "yes". */
export function wholeText(response: string): Extraction {
  const text = visualJigsawText(response);
  return read(text, text.text.toLowerCase() || undefined, "whole text");
}

function read({ how }: FinalText, answer: string | undefined, step: string): Extraction {
  return answer === undefined ? { answer: null, how: [...how, "empty"] } : { answer, how: [...how, step] };
}
