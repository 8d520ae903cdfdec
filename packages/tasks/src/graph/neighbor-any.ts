import { anySubset, isSkip } from "@ssl4rl/core";
import { z } from "zod";
import { defineGraphTask } from "../define.js";
import { contextOptions } from "./context.js";
import { aliases } from "./graph-text.js";
import { hideNeighbours } from "./hidden-neighbours.js";
import { neighborQuestion } from "./neighbor-question.js";

/**
 * Neighbour prediction when it is not told how many candidates are right: 1 to `most`. The edges of `most` neighbours are
 * hidden in any case, so that the target's visible degree does not tell the number; only the right ones of them are candidates.
 */
export const neighborAny = defineGraphTask({
  name: "neighbor-any",
  version: 1,
  about: "Which candidates are neighbours of a node by hidden edges, when their number is not told?",
  options: contextOptions("6x1").extend({
    candidates: z.int().min(3).max(20).default(8),
    most: z.int().min(1).max(5).default(3),
  }),
  answers: ({ candidates, most }) => anySubset(aliases(candidates), Math.min(most, candidates - 1)),
  prompt: (_, answers) => `Some edges are not shown. Which candidates are neighbours: ${answers.form}?`,
  corrupt({ graph, node, answer, random, options, answers }) {
    const { candidates } = options;
    const most = Math.min(options.most, candidates - 1);
    const drawn = hideNeighbours(graph, node, { count: most, wrong: candidates - 1 }, random);
    if (isSkip(drawn)) return drawn;
    const words = (edge: string) =>
      `Some edges are not shown. Which nodes, 1 to ${most} of the candidates N1 to N${candidates}, stand at the ? of ` +
      `hidden edges ${edge}\nAnswer with ${answers.form}.`;
    return neighborQuestion(graph, node, drawn, { all: candidates, chosen: answer }, words, options, random);
  },
});
