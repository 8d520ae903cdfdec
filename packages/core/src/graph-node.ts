import type { Graph, Split } from "./graph.js";
import { Random } from "./random.js";
import type { Item, Source } from "./source.js";

/** A node with the graph around it: what graph tasks are posed on. */
export interface GraphNode extends Item {
  readonly graph: Graph;
  readonly node: number;
}

/**
 * The part of the split of nodes that asks for their classes: the published one; where the files split no nodes, a fifth of those
 * that have a class are test nodes, by a hash of their ids.
 */
export function classSplitOf(graph: Graph, node: number): Split | null {
  if (graph.data.nodeSplitOf) return graph.nodeSplitOf(node);
  if (graph.classOf(node) === null) return null;
  return Random.from("class-split", graph.key(node)).float() < TEST_SHARE ? "test" : "train";
}

const TEST_SHARE = 0.2;

/**
 * The nodes of a graph, in their order. Validation and test nodes (see {@link classSplitOf}) are left out, for benchmarks ask
 * about them; `transductive` takes them all the same.
 */
export function graphNodes(graph: Graph, { transductive = false } = {}): Source<GraphNode> {
  const kept: number[] = [];
  for (let node = 0; node < graph.nodes; node++) {
    const split = classSplitOf(graph, node);
    if (transductive || split === null || split === "train") kept.push(node);
  }
  return {
    name: graph.name,
    length: kept.length,
    async get(index) {
      const node = kept[index];
      const title = graph.title(node);
      return {
        id: `${graph.id}:${node}`,
        name: `${graph.name} ${node}${title ? `: ${title.slice(0, 80)}` : ""}`,
        graph,
        node,
      };
    },
  };
}
