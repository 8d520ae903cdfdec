import { freeText, isSkip, wordF1, wordsOf } from "@ssl4rl/core";
import { defineGraphTask } from "../define.js";
import { contextOptions } from "./context.js";
import { maskedNode } from "./masked-node.js";
import { MASK } from "./node-text.js";
import { TextIndex } from "./text-index.js";

/** Where copying earns more than this there is nothing left to learn. */
const MOST_BASE = 0.6;
/** Frequent words that make a text worth trying without reading. */
const FREQUENT = 10;

/**
 * Attribute mask in free text: what is the title of the node whose text is masked? Scored by the words that title and answer
 * have in common, common words left out, above what the best trivial answer earns: any text that is shown, or the graph's most
 * frequent words.
 */
export const attributeText = defineGraphTask({
  name: "attribute-text",
  version: 1,
  about: "What is the title of the node whose text is masked?",
  options: contextOptions("8x3"),
  answers: () => freeText([], 0),
  prompt: () => `What is the title under ${MASK}? Answer with the title alone.`,
  corrupt({ graph, node, random, options }) {
    const title = wordsOf(graph.title(node) ?? "");
    const index = TextIndex.of(graph);
    const content = (words: readonly string[]) => words.filter((word) => !index.isCommon(word));
    if (content(title).length === 0) return { skip: "has no title of content words" };
    const context = maskedNode(graph, node, options, random);
    if (isSkip(context)) return context;
    const trivial = [...context.texts.values()].map((text) => wordsOf(text));
    trivial.push([...index.rankedWords.slice(0, FREQUENT)]);
    const base = Math.max(...trivial.map((words) => wordF1(content(words), content(title))));
    if (base > MOST_BASE) return { skip: "a text beside it has nearly the same words" };
    return {
      images: [],
      prompt: `${context.print(random)}\nWhat is the title under ${MASK} at ${context.alias(node)}? Answer with the title alone.`,
      own: { answer: title, answers: freeText(index.commonWords, base) },
      drawn: { ...context.drawn, targets: [node], base },
    };
  },
});
