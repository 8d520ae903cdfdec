import { isSkip, oneOf } from "@ssl4rl/core";
import { z } from "zod";
import { defineGraphTask } from "../define.js";
import { contextOptions } from "./context.js";
import { distractorNodes, distractorSources } from "./distractor-nodes.js";
import { letters, printOptions } from "./graph-text.js";
import { maskedNode } from "./masked-node.js";
import { longText, MASK, OPTION_CHARACTERS, shortText } from "./node-text.js";

/**
 * SSL4RL attribute mask by choice: which text belongs to the node whose text is masked? Title and body are masked together, its
 * names in all other texts too. Wrong texts are of nodes that are not shown, of like length, by default near the right one in
 * their words.
 */
export const attributeMask = defineGraphTask({
  name: "attribute-mask",
  version: 1,
  about: "Which of several texts belongs to the node whose text is masked?",
  options: contextOptions("8x3").extend({
    options: z.int().min(2).max(20).default(4),
    distractors: z.enum(distractorSources).default("similar"),
  }),
  answers: ({ options }) => oneOf(letters(options)),
  prompt: (_, answers) => `Which text stands under ${MASK}: ${answers.form}?`,
  corrupt({ graph, node, answer, random, options, answers }) {
    const context = maskedNode(graph, node, options, random);
    if (isSkip(context)) return context;
    const shown = new Set(context.nodes);
    const count = options.options - 1;
    const text = (one: number) =>
      options.text === "title" ? shortText(graph, one) : longText(graph, one, OPTION_CHARACTERS);
    const wrong = distractorNodes(graph, node, shown, options.distractors, count, text, random);
    if (wrong.length < count) return { skip: `no ${count} other texts of its length were found` };
    const names = letters(options.options);
    const candidates = random.shuffle(wrong).toSpliced(names.indexOf(answer), 0, node);
    const texts = candidates.map((candidate) => text(candidate)!);
    return {
      images: [],
      prompt:
        `${context.print(random)}\nWhich text stands under ${MASK} at ${context.alias(node)}?\n` +
        `${printOptions(names, texts)}\nAnswer with ${answers.form}.`,
      drawn: { ...context.drawn, targets: [node], options: candidates },
    };
  },
});
