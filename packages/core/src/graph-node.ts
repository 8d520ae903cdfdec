import type { Graph } from "./graph.js";
import type { Item, Source } from "./source.js";

/** A node with the graph around it: what graph tasks are posed on. */
export interface GraphNode extends Item {
  readonly graph: Graph;
  readonly node: number;
}

/**
 * The nodes of a graph, in their order. Nodes of a published validation or test split are left out, for benchmarks ask about
 * them; `transductive` takes them all the same.
 */
export function graphNodes(graph: Graph, { transductive = false } = {}): Source<GraphNode> {
  const kept: number[] = [];
  for (let node = 0; node < graph.nodes; node++) {
    const split = graph.nodeSplitOf(node);
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
