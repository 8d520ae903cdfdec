import { isSkip, oneOf } from "@ssl4rl/core";
import { z } from "zod";
import { defineGraphTask } from "../define.js";
import { contextOptions } from "./context.js";
import { aliases } from "./graph-text.js";
import { hideNeighbours } from "./hidden-neighbours.js";
import { neighborQuestion } from "./neighbor-question.js";

/** Neighbour prediction with one right candidate. */
export const neighborChoice = defineGraphTask({
  name: "neighbor-choice",
  version: 1,
  about: "Which one of several nodes is a neighbour of another by a hidden edge?",
  options: contextOptions("6x1").extend({ candidates: z.int().min(2).max(20).default(4) }),
  answers: ({ candidates }) => oneOf(aliases(candidates)),
  prompt: (_, answers) => `Some edges are not shown. Which candidate is a neighbour: ${answers.form}?`,
  corrupt({ graph, node, answer, random, options, answers }) {
    const { candidates } = options;
    const drawn = hideNeighbours(graph, node, { count: 1, wrong: candidates - 1 }, random);
    if (isSkip(drawn)) return drawn;
    const words = (edge: string) =>
      `Some edges are not shown. Which node stands at the ? of the hidden edge ${edge}\nAnswer with ${answers.form}.`;
    return neighborQuestion(graph, node, drawn, { all: candidates, chosen: [answer] }, words, options, random);
  },
});
