import { type Graph, type Random, type Skip, sampleArcs } from "@ssl4rl/core";
import { arrow } from "./graph-text.js";
import { matchedNodes } from "./matched-nodes.js";
import { longText, mentions, namesOf, TARGET_CHARACTERS } from "./node-text.js";
import { type End, VisibleGraph } from "./visible-graph.js";

/** A visible edge as one of its nodes sees it. */
export interface Tie {
  /** The node at the other end. */
  readonly other: number;
  readonly relation: number;
  /** Which end of the edge the other node is. */
  readonly end: End;
}

/** Up to `most` random visible edges of a node, each neighbour once. */
export function drawTies(graph: Graph, node: number, most: number, random: Random): Tie[] {
  const ties = new Map<number, Tie>();
  sampleArcs(graph, node, most, random, (edge, other) => {
    if (other === node || !graph.isTrain(edge) || ties.has(other)) return false;
    ties.set(other, { other, relation: graph.relation(edge), end: graph.tail(edge) === other ? "tail" : "head" });
    return true;
  });
  return [...ties.values()];
}

/** All edges between a node and some others, of any split, in both directions: what a question about them must hide. */
export function edgesTo(graph: Graph, node: number, others: readonly number[]): Set<number> {
  return new Set(others.flatMap((other) => graph.edgesBetween(node, other)));
}

/** Does the text of one of the two name the other? Such a pair would be told by its words. */
export function nameEachOther(graph: Graph, a: number, b: number): boolean {
  const names = (node: number, text: string | null) =>
    text !== null && (mentions(namesOf(graph, node), text)?.test(text) ?? false);
  return names(a, longText(graph, b, TARGET_CHARACTERS)) || names(b, longText(graph, a, TARGET_CHARACTERS));
}

/** A true neighbour and wrong ones that look like it, with the edges to be hidden. */
export interface TiedPair {
  readonly tie: Tie;
  readonly wrong: readonly number[];
  readonly hidden: ReadonlySet<number>;
}

/** Edges tried before a node is given up. */
const TRIES = 6;

/** One of the ties with `count` wrong nodes for its other end; ties that are named in a text or cannot be matched are passed over. */
export function pairWithWrong(
  graph: Graph,
  node: number,
  ties: readonly Tie[],
  count: number,
  random: Random,
): TiedPair | Skip {
  if (ties.length === 0) return { skip: "has no visible edge" };
  const visible = VisibleGraph.of(graph);
  for (const tie of ties.slice(0, TRIES)) {
    if (nameEachOther(graph, node, tie.other)) continue;
    const hidden = edgesTo(graph, node, [tie.other]);
    const match = { node, like: tie.other, count, taken: new Set<number>(), hidden, relation: rangeOf(graph, tie) };
    const wrong = matchedNodes(visible, match, random).filter((other) => !nameEachOther(graph, node, other));
    if (wrong.length === count) return { tie, wrong, hidden };
  }
  return { skip: "no wrong node like one of its neighbours was found" };
}

/** What a wrong node must have in common with the right one in a knowledge graph. */
export function rangeOf(graph: Graph, { relation, end }: Tie) {
  return graph.relations.length > 0 ? { number: relation, end } : null;
}

/** The edge of a tie in words: `N3 --[relation]--> N7`, in its own direction; from `own` on where that means nothing. */
export function printTie(graph: Graph, own: string, other: string, { relation, end }: Tie): string {
  const sign = arrow({ relation: graph.relations[relation] ?? null, directed: graph.directed });
  const [from, to] = graph.directed && end === "head" ? [other, own] : [own, other];
  return `${from} ${sign} ${to}`;
}
