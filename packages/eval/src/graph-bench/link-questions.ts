import { type Graph, isSkip, Random } from "@ssl4rl/core";
import { Context, contextOptions, matchedNodes, printTie, VisibleGraph } from "@ssl4rl/tasks";
import type { Contents } from "../benchmark.js";
import type { Question } from "../question.js";
import { testEdges } from "./test-edges.js";

const CONTEXT = contextOptions("6x1").parse({});
const YES_NO = { yes: "yes", no: "no" };

/**
 * Is there an edge between two nodes? `most` questions at most: pairs of a test edge and a wrong one, in which one end is replaced by a
 * node of as many visible edges and common neighbours (see matched-nodes.ts). What is shown are train edges around both ends.
 */
export function linkQuestions(graph: Graph, most: number): Contents {
  const { edges, skipped } = testEdges(graph, Random.from("link", graph.id));
  const questions: Question[] = [];
  for (const edge of edges) {
    if (questions.length + 2 > most) break;
    const pair = ask(edge);
    if (typeof pair === "string") skipped.push({ where: `edge ${nameOf(edge)}`, reason: pair });
    else questions.push(...pair);
  }
  return { questions, skipped };

  function nameOf(edge: number): string {
    return `${graph.key(graph.head(edge))} - ${graph.key(graph.tail(edge))}`;
  }

  function ask(edge: number): Question[] | string {
    const random = Random.from("link", graph.id, edge);
    const [node, like] = random.shuffle([graph.head(edge), graph.tail(edge)]);
    const hidden = new Set(graph.edgesBetween(node, like));
    const match = { node, like, count: 1, taken: new Set<number>(), hidden, relation: null };
    const [wrong] = matchedNodes(VisibleGraph.of(graph), match, random);
    if (wrong === undefined) return "no wrong node like one of its ends was found";
    const pair: Question[] = [];
    for (const answer of ["yes", "no"]) {
      const other = answer === "yes" ? like : wrong;
      const context = Context.draw({ graph, targets: [node, other], hidden }, CONTEXT, random);
      if (isSkip(context)) return context.skip;
      const [from, to] = random.shuffle([node, other].map((end) => context.alias(end)));
      const asked = printTie(graph, from, to, { other, relation: 0, end: "tail" });
      pair.push({
        id: `${nameOf(edge)} ${answer}`,
        text: `${context.print(random)}\nSome edges are not shown. Is there the edge ${asked}?`,
        images: [],
        choices: YES_NO,
        target: { kind: "text", accepted: [answer] },
        group: nameOf(edge),
        labels: { edge: answer },
      });
    }
    return pair;
  }
}
