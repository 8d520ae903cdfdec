import { type Random, wordF1, wordsOf } from "@ssl4rl/core";
import { shortText } from "./node-text.js";
import { bucketOf, type End, type VisibleGraph } from "./visible-graph.js";

export interface Match {
  /** The wrong nodes stand in no relation to this one, in any split. */
  readonly node: number;
  /** They look like this one, which is right. */
  readonly like: number;
  readonly count: number;
  /** Nodes that are taken already; none may be adjacent to them. */
  readonly taken: ReadonlySet<number>;
  /** Edges that the question hides. */
  readonly hidden: ReadonlySet<number>;
  /** In a knowledge graph they stand at the same end of other edges of this relation, so that the kind of node does not tell. */
  readonly relation: { readonly number: number; readonly end: End } | null;
}

/** Nodes tried before the buckets are widened by one, and again after. */
const TRIES = 150;

/**
 * Wrong nodes that cannot be told from the right one by their degree or by neighbours in common with `node`: both fall into
 * the same power of two, the question's hidden edges taken away; and have a text if that one has. None is adjacent to `node` by an edge
 * of any split, nor to each other, nor reads almost as either of the two. Fewer than asked where some tries found no more.
 */
export function matchedNodes(visible: VisibleGraph, match: Match, random: Random): number[] {
  const { node, like, hidden, relation } = match;
  const { graph } = visible;
  const degree = bucketOf(visible.degree(like, hidden));
  const common = visible.commonNeighbours(node, like, hidden);
  const texts = [node, like].map((own) => wordsOf(shortText(graph, own) ?? ""));
  const chosen: number[] = [];
  const refused = new Set([node, like, ...match.taken]);
  for (const slack of [0, 1]) {
    for (let attempt = 0; attempt < TRIES && chosen.length < match.count; attempt++) {
      const other = propose(slack);
      if (other === null || refused.has(other) || !fits(other, slack)) continue;
      refused.add(other);
      chosen.push(other);
    }
  }
  return chosen;

  function propose(slack: number): number | null {
    // Two steps away there is a neighbour in common; among all nodes there is mostly none.
    if (common > 0 && (relation === null || random.chance(0.5))) {
      const between = visible.neighbour(node, hidden, random);
      return between === null ? null : visible.neighbour(between, hidden, random);
    }
    if (relation) return visible.relations.node(relation.number, relation.end, random);
    return visible.nodeOfBucket(degree + (slack === 0 ? 0 : random.int(3) - 1), random);
  }

  function fits(other: number, slack: number): boolean {
    const near = (a: number, b: number) => Math.abs(a - b) <= slack;
    const own = bucketOf(visible.degree(other, hidden));
    // No edge, one and more than one are told apart at once.
    if (!near(own, degree) || (own !== degree && Math.min(own, degree) < 2)) return false;
    if (relation && !visible.relations.has(relation.number, relation.end, other)) return false;
    if ([node, ...match.taken, ...chosen].some((one) => graph.hasEdge(one, other))) return false;
    if (!near(bucketOf(visible.commonNeighbours(node, other, hidden)), bucketOf(common))) return false;
    const text = shortText(graph, other);
    if ((text === null) !== (shortText(graph, like) === null)) return false;
    if (text === null) return true;
    return texts.every((own) => wordF1(wordsOf(text), own) <= NEAR_DUPLICATE);
  }
}

/** Texts with a larger F1 of their words are taken for one. */
export const NEAR_DUPLICATE = 0.8;
