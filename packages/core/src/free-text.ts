import type { AnswerKind } from "./answer.js";
import { Random } from "./random.js";

/**
 * `count` words that no list names, in their order, separated by commas. Each is letters and digits alone, compared in NFKC
 * and lower case. The true words belong to the item, so nothing is drawn from outside: `at` gives words without meaning.
 */
export function freeWords(count: number): AnswerKind<readonly string[]> {
  return {
    size: Number.POSITIVE_INFINITY,
    parts: count,
    form: count === 1 ? "one word" : `${count} words in their order, separated by commas`,
    at: (index) => nonsense(count, index),
    print: (some) => some.join(", "),
    parse(text) {
      if (text.length > LONGEST * count) return null;
      const some = text.split(/[ \t]*,[ \t]*/).map((word) => word.normalize("NFKC").toLowerCase());
      return some.length === count && some.every((word) => /^[\p{L}\p{N}]+$/u.test(word)) ? some : null;
    },
    compare: (given, truth) => given.filter((word, place) => word === truth[place]).length / count,
    spec: { kind: "words", count },
  };
}

/** Characters for each word, with what may stand around its comma. */
const LONGEST = 80;

/**
 * A text in the model's own words, compared by the multisets of content words: what is left of its words without those in
 * `ignored`. F = 2 · common words / all words; earned is max(0, (F − base) / (1 − base)), where `base` is the best F that is
 * had without understanding. A text with more than twice the words of the truth earns nothing.
 */
export function freeText(ignored: readonly string[], base: number): AnswerKind<readonly string[]> {
  const dull = new Set(ignored);
  const content = (text: readonly string[]) => text.filter((word) => !dull.has(word));
  return {
    size: Number.POSITIVE_INFINITY,
    parts: 1,
    form: "a text of your own words",
    at: (index) => nonsense(4, index),
    print: (text) => text.join(" "),
    parse(text) {
      const some = wordsOf(text);
      return some.length > 0 ? some : null;
    },
    compare(given, truth) {
      if (given.length > 2 * truth.length) return 0;
      return Math.max(0, (wordF1(content(given), content(truth)) - base) / (1 - base));
    },
    spec: { kind: "text", ignored, base },
  };
}

/** Runs of letters and digits, in NFKC and lower case. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** F1 of two multisets of words: 2 · common / all; 0 where there are none. */
export function wordF1(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of b) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of a) {
    const count = left.get(word) ?? 0;
    if (count > 0) common++;
    left.set(word, count - 1);
  }
  return common === 0 ? 0 : (2 * common) / (a.length + b.length);
}

function nonsense(count: number, index: number): string[] {
  const random = Random.from("nonsense", index);
  return Array.from({ length: count }, () =>
    Array.from({ length: 6 }, () => String.fromCharCode(97 + random.int(26))).join(""),
  );
}
