import { type Graph, Random } from "@ssl4rl/core";
import { drawTies, type Tie } from "./ties.js";
import { VisibleGraph } from "./visible-graph.js";

/** How likely two relations that join nodes of other kinds are options of one question, against two that join the same kinds. */
const UNALIKE = 0.02;

/**
 * `count` relations to stand beside a true one, none of them among `truths`: frequent ones likelier, and those that join nodes of the
 * same kinds. Each option must be as often the right one as any other it stands with: a frequent relation would be a good guess, and
 * with it the length of its words. Drawn one by one the options depend on their order only through what was left to draw from; so
 * a draw is kept as often as the least likely of its rotations, and null otherwise. Null too where there are not enough.
 */
export function drawWrongRelations(
  graph: Graph,
  own: number,
  truths: readonly number[],
  count: number,
  random: Random,
): number[] | null {
  const index = VisibleGraph.of(graph).relations;
  const votes = votesOf(graph);
  const weight = (relation: number, drawn: readonly number[]) =>
    drawn.reduce((product, one) => {
      if (graph.relations[one] === graph.relations[relation]) return 0;
      return product * (index.alike(one).has(relation) ? 1 : UNALIKE);
    }, votes[relation]);
  const untrue = graph.relations.map((_, relation) => relation).filter((relation) => !truths.includes(relation));

  const options = [own];
  while (options.length <= count) {
    const weights = untrue.map((relation) => weight(relation, options));
    const place = placeOf(weights, random);
    if (place === null) return null;
    options.push(untrue[place]);
  }
  const pool = [own, ...untrue];
  const likelihoods = options.map((_, first) => {
    const order = [...options.slice(first), ...options.slice(0, first)];
    return order.slice(1).reduce((product, _, i) => {
      const before = order.slice(0, i + 1);
      return product / sum(pool.map((relation) => weight(relation, before)));
    }, 1);
  });
  return random.float() * likelihoods[0] < Math.min(...likelihoods) ? random.shuffle(options.slice(1)) : null;
}

const counted = new WeakMap<Graph, Float64Array>();

/** How often each relation is asked about: every node has one vote, shared evenly by the relations that are drawn at it. */
function votesOf(graph: Graph): Float64Array {
  const known = counted.get(graph);
  if (known) return known;
  const votes = new Float64Array(graph.relations.length);
  for (let node = 0; node < graph.nodes; node++) {
    const relations = drawRelations(graph, node, Random.from("votes", node));
    for (const { relation } of relations) votes[relation] += 1 / relations.length;
  }
  counted.set(graph, votes);
  return votes;
}

/** Ties drawn of a node before one is chosen. */
const DRAWN = 12;

/** Random ties of a node, in random order, one of each relation: the commonest would be asked about all the time. */
export function drawRelations(graph: Graph, node: number, random: Random): Tie[] {
  const ties = drawTies(graph, node, DRAWN, random);
  return random.shuffle([...new Map(ties.map((tie) => [tie.relation, tie])).values()]);
}

/** A place in proportion to its weight; null where all are 0. */
function placeOf(weights: readonly number[], random: Random): number | null {
  let left = random.float() * sum(weights);
  const place = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return place < 0 ? null : place;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
