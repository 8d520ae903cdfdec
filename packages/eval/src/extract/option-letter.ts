import type { Extraction } from "../graded.js";
import { blank, lengthOf } from "./python-text.js";

/** Choices by their letters, in the order of the letters. */
export type Choices = Readonly<Record<string, string>>;

const REFUSALS = [
  "Sorry, I can't help with images of people yet.",
  "I can't process this file.",
  "I'm sorry, but without the image provided",
  "Cannot determine the answer",
];

const BETWEEN = new RegExp(`[${blank}.()[\\],:;!*#{}]+`);

/** `answer is **B**` as Python's re finds it without regard to case: ı and İ are an i, ſ is an s. */
const ANSWER_IS = new RegExp(`an[sſ]wer[${blank}]+[iıİ][sſ][${blank}]+\\**([ABCD])\\**`, "i");

/**
 * The choice that a response names, by VLMEvalKit's rules without a judge (open-compass/VLMEvalKit:
 * vlmeval/utils/matching_util.py, `can_infer`; multiple_choice.py takes what it cannot infer for wrong). The answer is a
 * letter, or `Z` for a refusal.
 *
 * - One option letter among the words, and first met among the last four: that letter. An article "A" is a letter, too.
 * - No option letter, but the word `Z`: a refusal.
 * - `release` "2026-06" and later: what follows "answer is".
 * - The one option whose text stands in the response, unless the response is over twice as long as all options together.
 *
 * Angle brackets and backslashes part no words: `<answer>B</answer>` names no letter.
 */
export function optionLetter(response: string, choices: Choices, release: "2025-08" | "2026-06"): Extraction {
  const letter = namedLetter(response, choices, release);
  if (letter) return letter;
  const text = response.toLowerCase();
  const options = Object.entries(choices);
  const longest = 2 * options.reduce((sum, [, option]) => sum + lengthOf(option), 0);
  const found = lengthOf(text) > longest ? [] : options.filter(([, option]) => text.includes(option.toLowerCase()));
  if (found.length === 1) return { answer: found[0][0], how: ["option text"] };
  return { answer: null, how: [found.length > 1 ? "several options" : "no option"] };
}

function namedLetter(response: string, choices: Choices, release: string): Extraction | null {
  if (response.includes("Failed to obtain answer via API")) return null;
  if (REFUSALS.some((refusal) => response.includes(refusal))) return { answer: "Z", how: ["refusal"] };
  const tokens = response.split(BETWEEN).filter((token) => token !== "");
  const named = Object.keys(choices).filter((letter) => tokens.includes(letter));
  if (named.length === 1 && tokens.indexOf(named[0]) > tokens.length - 5) {
    return { answer: named[0], how: ["option letter"] };
  }
  if (named.length === 0 && tokens.includes("Z")) return { answer: "Z", how: ["refusal"] };
  const said = release === "2026-06" ? ANSWER_IS.exec(response)?.[1].toUpperCase() : undefined;
  return said !== undefined && said in choices ? { answer: said, how: ["answer is"] } : null;
}
