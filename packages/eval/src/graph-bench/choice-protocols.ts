import { answerOnly, orList, type Protocol, thinkAnswer } from "@ssl4rl/core";
import { finalText } from "../extract/final-text.js";
import type { Extraction } from "../graded.js";
import { choiceLines, type EvalProtocol, sameText } from "../protocol.js";
import type { Question } from "../question.js";

/** Up to so many choices have letters; more are chosen by name. */
const LETTERS = 26;

/** What a question of these benchmarks chooses from: names by letters, or by themselves where they are too many. */
export function choicesOf(names: readonly string[]): Readonly<Record<string, string>> {
  const lettered = names.length <= LETTERS;
  return Object.fromEntries(names.map((name, i) => [lettered ? String.fromCharCode(65 + i) : name, name]));
}

/** The keys of the choices that have one of these names: what a question accepts. */
export function keysOf(choices: Readonly<Record<string, string>>, names: readonly string[]): string[] {
  return Object.keys(choices).filter((key) => names.includes(choices[key]));
}

/**
 * Our wording, as the self-supervised graph tasks have it. After the thinking the answer tag or the box must hold a letter, a name, or
 * both, and nothing else: nothing is searched for, least of all in the reasoning.
 */
const choiceProtocol = ({ name, instruction }: Protocol): EvalProtocol => ({
  name,
  source: "our wording; the answer is a letter or a name of the list, nothing else",
  ask: (question) => `${question.text}\n${answerLines(question)}\n${instruction}`,
  extract: (response, { choices = {} }) => readChoice(response, choices),
  right: sameText,
});

export const choiceProtocols: readonly EvalProtocol[] = [thinkAnswer, answerOnly].map(choiceProtocol);

function answerLines({ choices = {} }: Question): string {
  const keys = Object.keys(choices);
  if (keys.some((key) => choices[key] !== key)) return `${choiceLines({ choices })}\nAnswer with ${orList(keys)}.`;
  return keys.length <= 2 ? `Answer with ${orList(keys)}.` : `Answer with one of these:\n${keys.join("\n")}`;
}

function readChoice(response: string, choices: Readonly<Record<string, string>>): Extraction {
  const { text, how } = finalText(response);
  const said = plain(text);
  const entries = Object.entries(choices).map(([key, name]) => ({ key, letter: plain(key), name: plain(name) }));
  const byLetter = entries.find(({ letter }) => said === letter);
  const byBoth = entries.find(({ letter, name }) => said === `${letter} ${name}`);
  const byName = entries.filter(({ name }) => said === name);
  // Two choices of one name in plain letters can be told by their letters alone.
  const found = byLetter ?? byBoth ?? (byName.length === 1 ? byName[0] : undefined);
  return { answer: found?.key ?? null, how: [...how, byLetter ? "letter" : byBoth ? "letter and name" : "name"] };
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
