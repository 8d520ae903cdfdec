import { type Graph, isSkip, Random } from "@ssl4rl/core";
import {
  Context,
  contextOptions,
  longText,
  matchedNodes,
  OTHER_CHARACTERS,
  printTie,
  VisibleGraph,
} from "@ssl4rl/tasks";
import type { Contents } from "../benchmark.js";
import type { Question } from "../question.js";
import { choicesOf } from "./choice-protocols.js";
import { drawStratified } from "./draw-stratified.js";
import { testEdges } from "./test-edges.js";

const CONTEXT = contextOptions("8x3").parse({});
const CANDIDATES = 10;
const TRIES = 500;

/**
 * Which node does an edge lead to, of ten? Of the test edges `most` at most, by relations in proportion. The wrong ones are tied to the
 * head in no split. They stand at the same end of other edges of the relation, of as many edges and common neighbours while there are
 * such, then of any number, then any nodes.
 */
export function tailQuestions(graph: Graph, most: number): Contents {
  const { edges, skipped } = testEdges(graph, Random.from("tail", graph.id));
  const visible = VisibleGraph.of(graph);
  const drawn = drawStratified(edges, (edge) => graph.relation(edge), most, Random.from("tails", graph.id));
  return { questions: drawn.flatMap(ask), skipped };

  function ask(edge: number): Question[] {
    const random = Random.from("tail", graph.id, edge);
    const [head, tail, relation] = [graph.head(edge), graph.tail(edge), graph.relation(edge)];
    const id = `${graph.key(head)} ${graph.relations[relation]} ${graph.key(tail)}`;
    const hidden = new Set(graph.edgesBetween(head, tail));
    const candidates = wrongTails(head, tail, relation, hidden, random);
    const right = random.int(CANDIDATES);
    const absent = candidates.toSpliced(right, 0, tail);
    const context = Context.draw({ graph, targets: [head], absent, hidden }, CONTEXT, random);
    const reason = candidates.length < CANDIDATES - 1 ? "too few other nodes" : isSkip(context) ? context.skip : null;
    if (reason !== null || isSkip(context)) {
      skipped.push({ where: id, reason: reason! });
      return [];
    }
    const choices = choicesOf(absent.map((node) => longText(graph, node, OTHER_CHARACTERS)!));
    const asked = printTie(graph, context.alias(head), "?", { other: tail, relation, end: "tail" });
    return [
      {
        id,
        text: `${context.print(random)}\nSome edges are not shown. Which node stands at the ? of the edge ${asked}`,
        images: [],
        choices,
        target: { kind: "text", accepted: [Object.keys(choices)[right]] },
        group: id,
        labels: { relation: graph.relations[relation] },
      },
    ];
  }

  /** Nine nodes of different texts. */
  function wrongTails(
    head: number,
    tail: number,
    relation: number,
    hidden: ReadonlySet<number>,
    random: Random,
  ): number[] {
    const texts = new Set([longText(graph, tail, OTHER_CHARACTERS)]);
    const chosen: number[] = [];
    const add = (node: number) => {
      const text = longText(graph, node, OTHER_CHARACTERS);
      if (chosen.length === CANDIDATES - 1 || text === null || texts.has(text)) return;
      if (node === head || graph.hasEdge(head, node)) return;
      texts.add(text);
      chosen.push(node);
    };
    const known = visible.relations.count(relation) > 0;
    const range = { number: relation, end: "tail" as const };
    const match = { node: head, like: tail, count: CANDIDATES, taken: new Set<number>(), hidden, relation: range };
    if (known) for (const node of matchedNodes(visible, match, random)) add(node);
    for (let i = 0; known && i < TRIES; i++) add(visible.relations.node(relation, "tail", random));
    for (let i = 0; i < TRIES; i++) add(random.int(graph.nodes));
    return chosen;
  }
}
