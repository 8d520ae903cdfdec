import { type Graph, isSkip, oneOf, type Random } from "@ssl4rl/core";
import { z } from "zod";
import { defineGraphTask } from "../define.js";
import { Context, contextOptions } from "./context.js";
import { letters, printOptions } from "./graph-text.js";
import { drawTies, pairWithWrong } from "./ties.js";
import { VisibleGraph } from "./visible-graph.js";

/**
 * Link prediction in a knowledge graph: which relation leads from one node to another, or none of them? All edges between the
 * two are hidden. Wrong options are relations that join nodes of the same kinds, drawn by their frequency, and true of the pair
 * in no split. Where `none` is right the pair is a wrong one as in link-prediction, under the same options.
 */
export const linkRelation = defineGraphTask({
  name: "link-relation",
  version: 1,
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
    // A node's relations are told from each other first: the commonest would be asked about all the time.
    const ties = [...new Map(drawTies(graph, node, 12, random).map((tie) => [tie.relation, tie])).values()];
    const pair = pairWithWrong(graph, node, random.shuffle(ties), 1, random);
    if (isSkip(pair)) return pair;
    const { tie, wrong, hidden } = pair;
    const [from, to] = tie.end === "tail" ? [node, tie.other] : [tie.other, node];
    const others = wrongRelations(graph, from, to, tie.relation, relations - 1, random);
    if (others.length < relations - 1) return { skip: `no ${relations - 1} relations are untrue of its edge` };

    const place = letters(relations + 1).indexOf(answer);
    const none = place === relations;
    const asked = others.toSpliced(none ? random.int(relations) : place, 0, tie.relation);
    const other = none ? wrong[0] : tie.other;
    const context = Context.draw({ graph, targets: [node, other], hidden }, options, random);
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

/** Relations that do not lead from one node to the other, in any split: of the same kinds of nodes first, frequent ones likelier. */
function wrongRelations(graph: Graph, from: number, to: number, own: number, count: number, random: Random): number[] {
  const index = VisibleGraph.of(graph).relations;
  const truths = graph.edgesFromTo(from, to).map((edge) => graph.relation(edge));
  const texts = new Set([own, ...truths].map((relation) => graph.relations[relation]));
  const fits = (relation: number) => index.count(relation) > 0 && !texts.has(graph.relations[relation]);
  const chosen: number[] = [];
  for (const pool of [index.alike(own), graph.relations.map((_, relation) => relation)]) {
    for (const relation of byLot(pool.filter(fits), (one) => index.count(one), random)) {
      if (chosen.length === count) break;
      if (!fits(relation)) continue;
      chosen.push(relation);
      texts.add(graph.relations[relation]);
    }
  }
  return random.shuffle(chosen);
}

/** In random order, heavy ones earlier: the first is drawn in proportion to its weight, then the next of the rest. */
function byLot(items: readonly number[], weight: (item: number) => number, random: Random): number[] {
  return items
    .map((item) => ({ item, time: -Math.log(1 - random.float()) / weight(item) }))
    .sort((a, b) => a.time - b.time)
    .map(({ item }) => item);
}
