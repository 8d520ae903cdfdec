import { isSkip, oneOf } from "@ssl4rl/core";
import { defineGraphTask } from "../define.js";
import { Context, contextOptions } from "./context.js";
import { drawTies, pairWithWrong, printTie } from "./ties.js";

/**
 * SSL4RL link prediction: is there an edge between two nodes? All edges between the pair are hidden, in both directions. The
 * wrong pair is made of a true one: one end is replaced by a node of as many edges and common neighbours, in a knowledge graph
 * by one that the relation may lead to; a node is asked about only if both pairs can be made, so neither the kind of node nor
 * its degree tells the answer.
 */
export const linkPrediction = defineGraphTask({
  name: "link-prediction",
  version: 1,
  about: "Is there a hidden edge between two nodes?",
  options: contextOptions("6x1"),
  answers: () => oneOf(["yes", "no"]),
  prompt: (_, answers) => `Some edges are not shown. Is there this one: ${answers.form}?`,
  corrupt({ graph, node, answer, random, options, answers }) {
    const pair = pairWithWrong(graph, node, drawTies(graph, node, 6, random), 1, random);
    if (isSkip(pair)) return pair;
    const { tie, wrong, hidden } = pair;
    const other = answer === "yes" ? tie.other : wrong[0];
    const context = Context.draw({ graph, targets: [node, other], hidden }, options, random);
    if (isSkip(context)) return context;
    const names = [node, other].map((end) => context.alias(end));
    const [own, far] = graph.directed ? names : random.shuffle(names);
    const edge = printTie(graph, own, far, tie);
    return {
      images: [],
      prompt: `${context.print(random)}\nSome edges are not shown. Is there the edge ${edge}: ${answers.form}?`,
      drawn: { ...context.drawn, targets: [node, other], hidden: [...hidden], like: tie.other },
    };
  },
});
