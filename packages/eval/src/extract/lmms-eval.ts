import type { Extraction } from "../graded.js";
import type { Choices } from "./option-letter.js";
import { blank, strip, words } from "./python-text.js";

// How lmms-eval reads the letter of a choice (EvolvingLMMs-Lab/lmms-eval: lmms_eval/tasks), a rule a benchmark.

/**
 * MMBench (mmbench/mmbench_evals.py, `can_infer`; task `mmbench_en_dev_static` uses nothing else): the one letter among
 * the words, or among the words with one kind of marks around it, or the one option whose text stands in the response.
 */
export function mmbenchLetter(response: string, choices: Choices): Extraction {
  const tokens = response.includes("Failed to obtain answer via API") ? [] : words(response);
  const letters = ["A", "B", "C", "D", "E"];
  for (const [before, after] of AFFIXES) {
    const named = letters.filter((letter) => tokens.includes(before + letter + after));
    const article = before + after === "" && tokens.includes("A") && tokens.length > 3;
    if (named.length === 1 && !article) return { answer: named[0], how: ["option letter"] };
  }
  const text = response.toLowerCase();
  const found = Object.entries(choices).filter(([, option]) => text.includes(option.toLowerCase()));
  if (found.length === 1) return { answer: found[0][0], how: ["option text"] };
  return { answer: null, how: [found.length > 1 ? "several options" : "no option"] };
}

const AFFIXES = [
  ["", ""],
  ["", "."],
  ["", ","],
  ["", ":"],
  ["", ")"],
  ["", ")."],
  ["(", ")"],
  ["(", ")."],
  [":", ""],
  [":", ","],
  [":", "."],
  [":", ")"],
  [":", ")."],
] as const;

/** MMStar (mmstar/utils.py, 2025): the first character, or the one after `(`, `option ` or `the answer is `. */
export function mmstarLetter(response: string): Extraction {
  const text = strip(response.toLowerCase()).replaceAll("\n", " ");
  const lead = ["(", "option ", "the answer is "].find((start) => text.startsWith(start)) ?? "";
  const letter = text[lead.length]?.toUpperCase();
  if (letter === undefined) return { answer: null, how: ["empty"] };
  return { answer: letter, how: [lead === "" ? "first character" : `after ${lead.trim()}`] };
}

/** V* (vstar_bench/utils.py): five patterns in turn, then the only letter A to D of the response. */
export function vstarLetter(response: string): Extraction {
  const text = strip(response).toUpperCase();
  for (const [pattern, step] of VSTAR) {
    const found = pattern.exec(text);
    if (found) return { answer: found[1], how: [step] };
  }
  const letters = text.match(/[A-D]/g) ?? [];
  return letters.length === 1 ? { answer: letters[0], how: ["only letter"] } : { answer: null, how: ["no option"] };
}

const VSTAR: readonly (readonly [RegExp, string])[] = [
  [/^([A-D])/, "first character"],
  // İ is what Python's re takes for an I, too.
  [new RegExp(`(?:ANSWER|CHO[Iİ]CE|OPT[Iİ]ON)(?:[${blank}]+[Iİ]S)?[${blank}:]+([A-D])`), "answer is"],
  [/\(([A-D])\)/, "in brackets"],
  [new RegExp(`([A-D])[${blank}]*[.)\\]]`), "before a mark"],
  [new RegExp(`(?:^|[${blank}])([A-D])(?:[${blank}]|$)`), "option letter"],
];

/**
 * MME-RealWorld (mme_realworld/utils.py): the first capital A to E once lead-ins are gone. Without one, the first choice
 * whose mark holds the whole text: "c" is C, and nothing at all is A.
 */
export function mmeRealWorldLetter(response: string): Extraction {
  let text = strip(response);
  for (const lead of LEADS) text = text.replaceAll(lead, "");
  const capital = /[ABCDE]/.exec(text)?.[0];
  if (capital !== undefined) return { answer: capital, how: ["first capital A to E"] };
  if (words(text).length > 10) return { answer: null, how: ["no option"] };
  const mark = ["(A)", "(B)", "(C)", "(D)", "(E)"].find((choice) => choice.toLowerCase().includes(text.toLowerCase()));
  if (mark === undefined) return { answer: null, how: ["no option"] };
  return { answer: mark[1], how: [text === "" ? "empty, A upstream" : "part of a choice's mark"] };
}

const LEADS = [
  "The best answer is",
  "The correct answer is",
  "The answer is",
  "The answer",
  "The best option is",
  "The correct option is",
  "Best answer:",
  "Best option:",
];

/** CV-Bench (cv_bench/utils.py): a letter at the start, after brackets or blanks. */
export function cvBenchLetter(response: string): Extraction {
  const found = new RegExp(`^[(${blank}]*([A-Z])`, "i").exec(strip(response));
  if (!found) return { answer: null, how: ["no option"] };
  return { answer: found[1].toUpperCase(), how: ["first letter"] };
}
