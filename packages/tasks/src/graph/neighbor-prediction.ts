import { isSkip, subset } from "@ssl4rl/core";
import { z } from "zod";
import { defineGraphTask } from "../define.js";
import { contextOptions } from "./context.js";
import { aliases } from "./graph-text.js";
import { hideNeighbours } from "./hidden-neighbours.js";
import { neighborQuestion } from "./neighbor-question.js";

/**
 * SSL4RL neighbour prediction: which `neighbours` of the `candidates` are tied to the target by hidden edges? Their number is
 * told, so that naming all earns nothing; a wrong answer earns its share of right ones above that of a blind guess.
 */
export const neighborPrediction = defineGraphTask({
  name: "neighbor-prediction",
  version: 1,
  about: "Which candidates are neighbours of a node by hidden edges, when their number is told?",
  options: contextOptions("6x1").extend({
    candidates: z.int().min(2).max(20).default(8),
    neighbours: z.int().min(1).max(5).default(2),
  }),
  answers: ({ candidates, neighbours }) => subset(aliases(candidates), Math.min(neighbours, candidates - 1)),
  prompt: (_, answers) => `Some edges are not shown. Which candidates are neighbours: ${answers.form}?`,
  corrupt({ graph, node, answer, random, options, answers }) {
    const { candidates } = options;
    const count = answer.length;
    const drawn = hideNeighbours(graph, node, { count, wrong: candidates - count }, random);
    if (isSkip(drawn)) return drawn;
    const words = (edge: string) =>
      `Some edges are not shown. Which nodes stand at the ? of hidden edges ${edge}\nAnswer with ${answers.form}.`;
    return neighborQuestion(graph, node, drawn, { all: candidates, chosen: answer }, words, options, random);
  },
});
