import { isSkip, oneOf } from "@ssl4rl/core";
import { z } from "zod";
import { defineGraphTask } from "../define.js";
import { Context, contextOptions } from "./context.js";
import { letters, printOptions } from "./graph-text.js";
import { longText, OTHER_CHARACTERS } from "./node-text.js";
import { drawTies, pairWithWrong, printTie } from "./ties.js";

/**
 * Link prediction by choice: which of several texts is of the node at the other end of a hidden edge? The graph is shown around
 * the one end alone; none of the options is in it. Wrong options are nodes of as many edges and common neighbours, which in a
 * knowledge graph the relation may lead to.
 */
export const linkTail = defineGraphTask({
  name: "link-tail",
  version: 1,
  about: "Which of several texts is at the other end of a hidden edge?",
  options: contextOptions("8x3").extend({ options: z.int().min(2).max(20).default(4) }),
  answers: ({ options }) => oneOf(letters(options)),
  prompt: (_, answers) => `Some edges are not shown. Which text stands at the other end of one: ${answers.form}?`,
  corrupt({ graph, node, answer, random, options, answers }) {
    const pair = pairWithWrong(graph, node, drawTies(graph, node, 6, random), options.options - 1, random);
    if (isSkip(pair)) return pair;
    const { tie, wrong, hidden } = pair;
    const place = letters(options.options).indexOf(answer);
    const candidates = wrong.toSpliced(place, 0, tie.other);
    const texts = candidates.map((candidate) => longText(graph, candidate, OTHER_CHARACTERS));
    if (new Set(texts).size < texts.length || texts.includes(null)) return { skip: "an option has no text of its own" };
    const context = Context.draw({ graph, targets: [node], absent: candidates, hidden }, options, random);
    if (isSkip(context)) return context;
    const edge = printTie(graph, context.alias(node), "?", tie);
    return {
      images: [],
      prompt:
        `${context.print(random)}\nSome edges are not shown. Which node stands at the ? of the edge ${edge}\n` +
        `${printOptions(letters(options.options), texts as string[])}\nAnswer with ${answers.form}.`,
      drawn: { ...context.drawn, targets: [node], hidden: [...hidden], options: candidates, answer: tie.other },
    };
  },
});
