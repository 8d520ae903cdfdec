import type { Extraction } from "../graded.js";
import type { Choices } from "./option-letter.js";
import { pythonFloat, pythonRound } from "./python-number.js";
import { lengthOf, strip, words } from "./python-text.js";

// MMMU's own parsers (MMMU-Benchmark/MMMU: eval/eval_utils.py). Where the one for choices finds nothing it guesses a letter at
// random; here that is no answer.

/** The letter in brackets, or bare, or before a full stop; in longer responses the choice whose text stands there. The last wins. */
export function mmmuLetter(response: string, choices: Choices): Extraction {
  let text = response;
  for (const mark of [",", ".", "!", "?", ";", ":", "'"]) text = strip(text, mark);
  text = ` ${text} `;
  const letters = Object.keys(choices);
  const forms: readonly (readonly [string, (letter: string) => string, (letter: string) => string])[] = [
    ["in brackets", (letter) => `(${letter})`, (letter) => `(${letter})`],
    ["option letter", (letter) => `${letter} `, (letter) => ` ${letter} `],
    ["before a full stop", (letter) => `${letter}.`, (letter) => ` ${letter} `],
  ];
  for (const [step, form, place] of forms) {
    const found = letters.filter((letter) => text.includes(form(letter)));
    if (found.length > 0) return { answer: lastOf(found, (letter) => text.lastIndexOf(place(letter))), how: [step] };
  }
  if (words(text).length > 5) {
    const lower = text.toLowerCase();
    const found = letters.filter((letter) => lower.includes(choices[letter].toLowerCase()));
    const place = (letter: string) => lower.lastIndexOf(choices[letter].toLowerCase());
    if (found.length > 0) return { answer: lastOf(found, place), how: ["option text"] };
  }
  return { answer: null, how: ["no option"] };
}

/** The first of those whose place is greatest. */
function lastOf(letters: readonly string[], place: (letter: string) => number): string {
  return letters.reduce((best, letter) => (place(letter) > place(best) ? letter : best));
}

/**
 * All that an open response could mean, as the JSON of a list: what follows words like "is" and "answer" in each of its
 * sentences, and the numbers in there.
 */
export function mmmuOpen(response: string): Extraction {
  const found = keyParts(response);
  const candidates = [...found, ...found.flatMap(numbersIn)].flatMap(mmmuNormal);
  return { answer: JSON.stringify([...new Set(candidates)]), how: ["key phrases"] };
}

/** Whether one of the candidates of {@link mmmuOpen} is one of the accepted answers: an equal number, or holds its text. */
export function mmmuOpenRight(answer: string, accepted: readonly string[]): boolean {
  const gold = accepted.flatMap(mmmuNormal);
  return (JSON.parse(answer) as (string | number)[]).some((candidate) =>
    typeof candidate === "number"
      ? gold.includes(candidate)
      : gold.some((text) => typeof text === "string" && candidate.includes(text)),
  );
}

const KEYS = ["could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result "];

function keyParts(response: string): string[] {
  const whole = strip(strip(response), ".").toLowerCase();
  // Upstream also parts at a full stop before a capital, but all is in lower case by then.
  const sentences = whole.split("\n");
  const parts: string[] = [];
  for (const [i, sentence] of sentences.entries()) {
    const keys = i === sentences.length - 1 ? [...KEYS, "="] : KEYS;
    const tails = keys.filter((key) => sentence.includes(key)).map((key) => strip(sentence.split(key).at(-1)!));
    // Upstream takes an empty tail for none found yet.
    const tail = tails.reduce((best, next) => (best === "" || lengthOf(next) < lengthOf(best) ? next : best), "");
    if (tail !== "" && ![":", ",", ".", "!", "?", ";", "'"].includes(tail)) parts.push(tail);
  }
  return parts.length > 0 ? parts : [whole];
}

/**
 * Numbers with commas, with exponents, and plain ones. A letter of any script right before or after a number makes it part of a word.
 * None begins inside a run of digits: what fails at its start fails there, too, and long runs would take for ever.
 */
function numbersIn(text: string): string[] {
  const patterns = [
    /-?(?<![\p{L}\p{N}_])\d{1,3}(?:,\d{3})+(?![\p{L}\p{N}_])/gu,
    /-?(?<!\d)\d+(?:\.\d+)?[eE][+-]?\d+/g,
    /-?(?:(?<!\d)\d+\.\d+|\.\d+|(?<!\d)\d+(?![\p{L}\p{N}_]))(?![eE][+-]?\d+)(?![,\d])/gu,
  ];
  return patterns.flatMap((pattern) => text.match(pattern) ?? []);
}

/** A number rounded to two decimals, or a text in lower case; a single character only where a blank stands beside it. */
function mmmuNormal(text: string): (string | number)[] {
  const bare = strip(text);
  const value = pythonFloat(bare.replaceAll(",", ""));
  if (value !== null) return [pythonRound(value, 2)];
  const lower = bare.toLowerCase();
  return lengthOf(lower) === 1 ? [` ${lower}`, `${lower} `] : [lower];
}
