import type { Graph } from "./graph.js";
import type { Random } from "./random.js";

/** The part of a graph around its targets that a question shows. */
export interface Neighbourhood {
  /** The targets, then the nodes of each hop as they were drawn. Shuffle before showing: the order tells the distance. */
  readonly nodes: readonly number[];
  /** How many hops from a target each of `nodes` was drawn. */
  readonly hops: readonly number[];
  /** All visible edges among `nodes`, ascending. */
  readonly edges: readonly number[];
}

/**
 * Draws around `targets` hop by hop: `fanOut[h]` neighbours of each node of hop h that are not drawn yet, or all if they are
 * fewer. So (8, 3) gives 33 nodes at most around one target. Only visible edges count: those of the train split that are not
 * `hidden`, and no self-loops. Neighbours are drawn by edge: who is tied twice is twice as likely.
 */
export function sampleNeighbourhood(
  graph: Graph,
  targets: readonly number[],
  fanOut: readonly number[],
  hidden: ReadonlySet<number>,
  random: Random,
): Neighbourhood {
  const hopOf = new Map(targets.map((target) => [target, 0]));
  let frontier = [...hopOf.keys()];
  for (const [hop, count] of fanOut.entries()) {
    const reached: number[] = [];
    for (const node of frontier) {
      sampleArcs(graph, node, count, random, (edge, neighbour) => {
        if (hopOf.has(neighbour) || !graph.isTrain(edge) || hidden.has(edge)) return false;
        hopOf.set(neighbour, hop + 1);
        reached.push(neighbour);
        return true;
      });
    }
    frontier = reached;
  }
  const nodes = [...hopOf.keys()];
  return { nodes, hops: [...hopOf.values()], edges: visibleEdges(graph, nodes, hidden) };
}

/**
 * Goes through the arcs of a node in random order until `accept` has taken `count` of them; returns these edges. Nothing is
 * listed first: the time grows with the arcs tried, not with the degree (a shuffle that keeps only what it moved; unlike
 * Floyd's sampling it can go on where an arc is refused).
 */
export function sampleArcs(
  graph: Graph,
  node: number,
  count: number,
  random: Random,
  accept: (edge: number, neighbour: number) => boolean,
): number[] {
  const chosen: number[] = [];
  const moved = new Map<number, number>();
  for (let left = graph.degree(node); left > 0 && chosen.length < count; left--) {
    const place = random.int(left);
    const arc = moved.get(place) ?? place;
    moved.set(place, moved.get(left - 1) ?? left - 1);
    const edge = graph.arcEdge(node, arc);
    if (accept(edge, graph.arcNeighbour(node, arc))) chosen.push(edge);
  }
  return chosen;
}

/** Edges of the train split among `nodes`, without self-loops and those in `hidden`, ascending. */
export function visibleEdges(graph: Graph, nodes: readonly number[], hidden: ReadonlySet<number>): number[] {
  const { tails } = graph.data.adjacency;
  const chosen = new Set(nodes);
  // Most tails are ruled out by their last bits alone, which costs less than asking the set.
  const lastBits = new Uint8Array(FILTER);
  for (const node of chosen) lastBits[node % FILTER] = 1;
  const edges: number[] = [];
  const add = (edge: number, head: number) => {
    if (tails[edge] !== head && graph.isTrain(edge) && !hidden.has(edge)) edges.push(edge);
  };
  for (const head of chosen) {
    const [start, end] = graph.edgesFrom(head);
    // Every edge stands once in the row of its head. Hubs' long rows are searched, not read.
    if (end - start > SEARCHED * chosen.size) {
      for (const tail of chosen) for (const edge of graph.edgesFromTo(head, tail)) add(edge, head);
    } else {
      for (let edge = start; edge < end; edge++) {
        if (lastBits[tails[edge] % FILTER] === 1 && chosen.has(tails[edge])) add(edge, head);
      }
    }
  }
  return edges.sort((a, b) => a - b);
}

const FILTER = 2 ** 10;

/** A search costs about as much as reading so many entries. */
const SEARCHED = 16;
