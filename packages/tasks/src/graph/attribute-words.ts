import { freeWords, isSkip, type Random, selection, wordsOf } from "@ssl4rl/core";
import { z } from "zod";
import { defineGraphTask } from "../define.js";
import { Context, contextOptions } from "./context.js";
import { letters, printOptions } from "./graph-text.js";
import { longText, mentions, TARGET_CHARACTERS } from "./node-text.js";
import { TextIndex } from "./text-index.js";

/**
 * Attribute mask by words: content words of a node's text are blanked, to be found from the rest and from the neighbours. Each
 * stands once in the text and nowhere else in the prompt, and in 5 % of all texts at most. With a bank the words are lettered
 * among as many others of like frequency; without one they have to be written.
 */
export const attributeWords = defineGraphTask({
  name: "attribute-words",
  version: 1,
  about: "Which words are blanked in a node's text?",
  options: contextOptions("8x3").extend({
    blanks: z.int().min(1).max(5).default(2),
    bank: z.boolean({ error: "bank must be true or false" }).default(true),
  }),
  answers: ({ blanks, bank }) => (bank ? selection(letters(2 * blanks), blanks) : freeWords(blanks)),
  prompt: (_, answers) => `Which words stand in the blanks: ${answers.form}?`,
  corrupt({ graph, node, answer, random, options, answers }) {
    const { blanks, bank } = options;
    const text = longText(graph, node, TARGET_CHARACTERS);
    if (text === null) return { skip: "has no text" };
    const context = Context.draw({ graph, targets: [node], hidden: new Set() }, options, random);
    if (isSkip(context)) return context;
    const index = TextIndex.of(graph);
    const elsewhere = new Set([...context.texts].flatMap(([other, shown]) => (other === node ? [] : wordsOf(shown))));
    const hidden = random.shuffle(blankable(text, index, elsewhere)).slice(0, blanks);
    if (hidden.length < blanks) return { skip: `has no ${blanks} words that stand in it alone` };
    const inOrder = hidden.sort((a, b) => text.toLowerCase().indexOf(a) - text.toLowerCase().indexOf(b));
    const blanked = inOrder.reduce((left, word, i) => left.replace(mentions([word], left)!, `[BLANK ${i + 1}]`), text);
    context.texts.set(node, blanked);
    const drawn = { ...context.drawn, targets: [node], words: inOrder };
    const question = `${context.print(random)}\nWhich words stand in the blanks of ${context.alias(node)}`;
    if (!bank) {
      const own = { answer: inOrder, answers };
      return { images: [], prompt: `${question}? Answer with ${answers.form}.`, drawn, own };
    }
    const taken = new Set([...wordsOf(text), ...elsewhere]);
    const others = likeWords(inOrder, index, taken, random);
    if (others.length < blanks) return { skip: "no other words of like frequency were found" };
    const names = letters(2 * blanks);
    const rest = random.shuffle(others);
    const words = names.map((name) => (answer.includes(name) ? inOrder[answer.indexOf(name)] : rest.pop()!));
    return {
      images: [],
      prompt: `${question}, in the order of their numbers?\n${printOptions(names, words)}\nAnswer with ${answers.form}.`,
      drawn,
    };
  },
});

const PLAIN = /^[a-z]{4,20}$/;

/** Words of plain letters that stand once in the text, in few others, and not elsewhere in the prompt; none that marks a blank. */
function blankable(text: string, index: TextIndex, elsewhere: ReadonlySet<string>): string[] {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].flatMap(([word, count]) =>
    count === 1 && word !== "blank" && PLAIN.test(word) && !index.isCommon(word) && !elsewhere.has(word) ? [word] : [],
  );
}

/** Places in the list of words by frequency that are looked at around each word. */
const SPREAD = 40;

/** For each word another of about its frequency, none of `taken`. */
function likeWords(words: readonly string[], index: TextIndex, taken: Set<string>, random: Random): string[] {
  const ranked = index.rankedWords;
  const chosen: string[] = [];
  for (const word of words) {
    const [first, behind] = index.ranksOf(word);
    const start = Math.max(0, first - SPREAD);
    const end = Math.max(start + SPREAD, behind);
    for (let attempt = 0; attempt < SPREAD; attempt++) {
      const other = ranked[start + random.int(Math.min(end + SPREAD, ranked.length) - start)];
      if (taken.has(other) || !PLAIN.test(other)) continue;
      chosen.push(other);
      taken.add(other);
      break;
    }
  }
  return chosen;
}
