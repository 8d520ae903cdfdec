import { type Graph, isSkip, oneOf, type Random, type Skip } from "@ssl4rl/core";
import { z } from "zod";
import { defineGraphTask } from "../define.js";
import { Context, contextOptions } from "./context.js";
import { letters, printOptions } from "./graph-text.js";
import { pairWithWrong, type TiedPair } from "./ties.js";
import { drawRelations, drawWrongRelations } from "./wrong-relations.js";

/**
 * Link prediction in a knowledge graph: which relation leads from one node to another, or none of them? All edges between the
 * two are hidden, and all others at either of them whose relation is offered. Wrong options are true of the pair in no split. Where
 * `none` is right the pair is a wrong one as in link-prediction, under the same options.
 */
export const linkRelation = defineGraphTask({
  name: "link-relation",
  version: 2,
  about: "Which relation leads from one node to another, if any?",
  options: contextOptions("6x1").extend({
    /** Relations to choose from, beside "none of these". */
    relations: z.int().min(2).max(20).default(4),
  }),
  answers: ({ relations }) => oneOf(letters(relations + 1)),
  prompt: (_, answers) => `Some edges are not shown. Which relation leads from one node to the other: ${answers.form}?`,
  corrupt({ graph, node, answer, random, options, answers }) {
    const { relations } = options;
    if (graph.relations.length < relations) {
      return { skip: `the graph has ${graph.relations.length} relations, fewer than ${relations}` };
    }
    const drawn = drawQuestion(graph, node, relations - 1, random);
    if (isSkip(drawn)) return drawn;
    const { tie, wrong, hidden, others } = drawn;

    const place = letters(relations + 1).indexOf(answer);
    const none = place === relations;
    const asked = others.toSpliced(none ? random.int(relations) : place, 0, tie.relation);
    const other = none ? wrong[0] : tie.other;
    const shut = new Set([...hidden, ...[node, other].flatMap((end) => edgesOfRelations(graph, end, asked))]);
    const context = Context.draw({ graph, targets: [node, other], hidden: shut }, options, random);
    if (isSkip(context)) return context;
    const [head, tail] = (tie.end === "tail" ? [node, other] : [other, node]).map((end) => context.alias(end));
    const texts = [...asked.map((relation) => graph.relations[relation]), "none of these"];
    return {
      images: [],
      prompt:
        `${context.print(random)}\nSome edges are not shown. Which relation leads from ${head} to ${tail}?\n` +
        `${printOptions(letters(relations + 1), texts)}\nAnswer with ${answers.form}.`,
      drawn: { ...context.drawn, targets: [node, other], hidden: [...hidden], like: tie.other, options: asked },
    };
  },
});

/** The first of a node's ties for which wrong relations and a wrong node are found. */
function drawQuestion(
  graph: Graph,
  node: number,
  count: number,
  random: Random,
): (TiedPair & { readonly others: readonly number[] }) | Skip {
  for (const tie of drawRelations(graph, node, random)) {
    const [from, to] = tie.end === "tail" ? [node, tie.other] : [tie.other, node];
    const truths = graph.edgesFromTo(from, to).map((edge) => graph.relation(edge));
    const others = drawWrongRelations(graph, tie.relation, truths, count, random);
    const pair = others && pairWithWrong(graph, node, [tie], 1, random);
    if (pair && !isSkip(pair)) return { ...pair, others };
  }
  return { skip: "none of its edges has wrong relations and a wrong node" };
}

function edgesOfRelations(graph: Graph, node: number, relations: readonly number[]): number[] {
  const edges = Array.from({ length: graph.degree(node) }, (_, arc) => graph.arcEdge(node, arc));
  return edges.filter((edge) => relations.includes(graph.relation(edge)));
}
