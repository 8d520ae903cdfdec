import { type Graph, isSkip, Random } from "@ssl4rl/core";
import { Context, contextOptions, VisibleGraph } from "@ssl4rl/tasks";
import type { Contents } from "../benchmark.js";
import type { Question } from "../question.js";
import { choicesOf, keysOf } from "./choice-protocols.js";
import { drawStratified } from "./draw-stratified.js";
import { testEdges } from "./test-edges.js";

const CONTEXT = contextOptions("6x1").parse({});

/**
 * Which relation leads from one node to another? Of the test edges `most` at most, by relations in proportion. All edges between the two
 * are hidden, in both directions. `names`: the true one and others drawn evenly of those that are not true of the pair in any split; or
 * all, of which every true one is right.
 */
export function relationQuestions(graph: Graph, most: number, names: number | "all"): Contents {
  const { edges, skipped } = testEdges(graph, Random.from("relation", graph.id));
  const visible = VisibleGraph.of(graph);
  const nothing: ReadonlySet<number> = new Set();
  const onePerPair = [...new Map(edges.map((edge) => [`${graph.head(edge)} ${graph.tail(edge)}`, edge])).values()];
  const drawn = drawStratified(onePerPair, (edge) => graph.relation(edge), most, Random.from("relations", graph.id));
  return { questions: drawn.flatMap(ask), skipped };

  function ask(edge: number): Question[] {
    const random = Random.from("relation", graph.id, edge);
    const [head, tail] = [graph.head(edge), graph.tail(edge)];
    const between = graph.edgesBetween(head, tail);
    const id = `${graph.key(head)} ${graph.relations[graph.relation(edge)]} ${graph.key(tail)}`;
    const context = Context.draw({ graph, targets: [head, tail], hidden: new Set(between) }, CONTEXT, random);
    if (isSkip(context)) {
      skipped.push({ where: id, reason: context.skip });
      return [];
    }
    const truths = graph.edgesFromTo(head, tail).map((true_) => graph.relations[graph.relation(true_)]);
    const own = graph.relations[graph.relation(edge)];
    const untrue = random.shuffle(graph.relations.filter((name) => !truths.includes(name)));
    const shown = names === "all" ? [...graph.relations] : [own, ...untrue.slice(0, names - 1)];
    const choices = choicesOf(random.shuffle(shown));
    return [
      {
        id,
        text:
          `${context.print(random)}\nSome edges are not shown. ` +
          `Which relation leads from ${context.alias(head)} to ${context.alias(tail)}?`,
        images: [],
        choices,
        target: { kind: "text", accepted: keysOf(choices, truths) },
        group: id,
        labels: {
          relation: own,
          linked: between.some((other) => graph.isTrain(other)) ? "yes" : "no",
          seen: [head, tail].every((end) => visible.degree(end, nothing) > 0) ? "yes" : "no",
        },
      },
    ];
  }
}
