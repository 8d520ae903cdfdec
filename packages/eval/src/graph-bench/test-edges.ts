import type { Graph, Random } from "@ssl4rl/core";

/**
 * The test edges that can be asked about, in random order, one of each pair of nodes: no self-loops, and both ends have a text. The
 * others are counted.
 */
export function testEdges(graph: Graph, random: Random) {
  const skipped: { where: string; reason: string }[] = [];
  const edges: number[] = [];
  const hasText = (node: number) => graph.title(node) !== null || graph.body(node) !== null;
  for (let head = 0; head < graph.nodes; head++) {
    const [start, end] = graph.edgesFrom(head);
    for (let edge = start; edge < end; edge++) {
      if (graph.splitOf(edge) !== "test") continue;
      const tail = graph.tail(edge);
      const where = `edge ${graph.key(head)} - ${graph.key(tail)}`;
      if (tail === head) skipped.push({ where, reason: "leads from a node to itself" });
      else if (!hasText(head) || !hasText(tail)) skipped.push({ where, reason: "an end has no text" });
      else edges.push(edge);
    }
  }
  return { edges: random.shuffle(edges), skipped };
}
