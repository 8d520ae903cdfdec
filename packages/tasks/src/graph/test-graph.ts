import { type Graph, type GraphNode, makeGraph, Random } from "@ssl4rl/core";

/** Words of two syllables that stand for a topic's own. */
const SYLLABLES = ["ba", "do", "fi", "gu", "ke", "lo", "mi", "nu", "pa", "ri", "so", "tu", "va", "we", "zo", "xi"];

/** Made-up words, each with its number. */
function word(number: number): string {
  const [a, b, c] = [number, Math.floor(number / 16), Math.floor(number / 256)].map((n) => SYLLABLES[n % 16]);
  return `${c}${b}${a}`;
}

/**
 * A graph of `nodes` papers in communities of 20: mostly tied within, with titles and abstracts of their community's words. With
 * relations it is directed, and each relation leads from the nodes of one remainder to those of the next. A share of `textless` nodes
 * have neither title nor abstract.
 */
export function testGraph(nodes: number, { relations = 0, seed = 0, textless = 0 } = {}): Graph {
  const random = Random.from("test-graph", nodes, relations, seed);
  const community = (node: number) => Math.floor(node / 20);
  const text = (node: number, count: number) =>
    Array.from({ length: count }, () => word(30 * community(node) + random.int(60) + 16)).join(" ");
  const edges = Array.from({ length: 5 * nodes }, (_, i) => {
    const head = Math.floor(i / 5);
    const near = 20 * community(head) + random.int(Math.min(20, nodes - 20 * community(head)));
    const tail = random.chance(0.8) ? near : random.int(nodes);
    const split = random.chance(0.9) ? "train" : random.chance(0.5) ? "test" : "validation";
    return { head, tail, relation: relations > 0 ? (head + tail) % relations : 0, split } as const;
  });
  return makeGraph({
    name: `test-${nodes}-${relations}-${seed}`,
    nodes: Array.from({ length: nodes }, (_, node) => {
      const key = `key-${node}-${seed}`;
      if (textless > 0 && random.chance(textless)) return { key, title: null, body: null };
      const title = `${word(4000 + node)} ${text(node, 4)}`;
      return { key, title, body: random.chance(0.9) ? text(node, 40) : null };
    }),
    edges,
    relations: Array.from({ length: relations }, (_, i) => `is ${word(3000 + i)} of`),
    directed: relations > 0,
    about: relations > 0 ? "Things and how they are related." : "Papers that cite each other.",
    noun: relations > 0 ? "thing" : "paper",
  });
}

export function nodeOf(graph: Graph, node: number): GraphNode {
  return { id: `${graph.id}:${node}`, name: `${graph.name} ${node}`, graph, node };
}
