import type { Graph, Random, Skip } from "@ssl4rl/core";
import { matchedNodes } from "./matched-nodes.js";
import { drawTies, edgesTo, nameEachOther, rangeOf, type Tie } from "./ties.js";
import { VisibleGraph } from "./visible-graph.js";

/** Neighbours whose edges to the target are hidden, and wrong nodes that look like them. */
export interface HiddenNeighbours {
  /** How the target is tied to each: they share relation and direction where these mean something. */
  readonly ties: readonly Tie[];
  readonly wrong: readonly number[];
  /** All edges between the target and the hidden neighbours, and among these. */
  readonly hidden: ReadonlySet<number>;
}

/** Edges of a target that are looked at. */
const LOOKED_AT = 64;

/**
 * Hides `count` neighbours of a node and finds `wrong` others that match them: as many edges and common neighbours, in a
 * knowledge graph in the range of the relation. The node keeps one visible edge or more.
 */
export function hideNeighbours(
  graph: Graph,
  node: number,
  { count, wrong }: { readonly count: number; readonly wrong: number },
  random: Random,
): HiddenNeighbours | Skip {
  const visible = VisibleGraph.of(graph);
  const drawn = drawTies(graph, node, LOOKED_AT, random);
  if (drawn.length <= count) return { skip: `has too few neighbours (${drawn.length}) to hide ${count}` };
  const groups = sameKind(graph, drawn)
    .map((ties) => ties.filter(({ other }) => !nameEachOther(graph, node, other)))
    .filter((ties) => ties.length >= count);
  if (groups.length === 0) return { skip: `has not ${count} neighbours of one kind that its text does not name` };
  const ties = random.pick(groups).slice(0, count);
  const right = ties.map(({ other }) => other);
  // Those between the neighbours too: shown they would name them by each other, and counted they would not be matched.
  const hidden = new Set([node, ...right].flatMap((one, i) => [...edgesTo(graph, one, right.slice(i))]));
  const others: number[] = [];
  for (const [i, tie] of ties.entries()) {
    const share = Math.floor(((i + 1) * wrong) / count) - Math.floor((i * wrong) / count);
    const taken = new Set([...right, ...others]);
    const match = { node, like: tie.other, count: share, taken, hidden, relation: rangeOf(graph, tie) };
    others.push(...matchedNodes(visible, match, random).filter((other) => !nameEachOther(graph, node, other)));
  }
  if (others.length < wrong) return { skip: "too few wrong nodes like its neighbours were found" };
  return { ties, wrong: random.shuffle(others), hidden };
}

/** Ties of one relation and direction each, as far as these mean something. */
function sameKind(graph: Graph, ties: readonly Tie[]): Tie[][] {
  if (!graph.directed) return [[...ties]];
  const groups = new Map<string, Tie[]>();
  for (const tie of ties) {
    const kind = `${tie.relation} ${tie.end}`;
    groups.set(kind, [...(groups.get(kind) ?? []), tie]);
  }
  return [...groups.values()];
}
