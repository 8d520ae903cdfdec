import { buildAdjacency } from "./build-adjacency.js";
import { Graph, NO_CLASS, NO_SPLIT, type Split, splits } from "./graph.js";
import { TextPacker } from "./packed-texts.js";

/** A node in words; what is not given is missing. */
export interface NodeRecord {
  readonly key?: string;
  readonly title?: string | null;
  readonly body?: string | null;
  readonly aliases?: readonly string[];
  /** The name of its class. */
  readonly class?: string | null;
  readonly split?: Split | null;
}

/** An edge between two places in the list of nodes; `relation` is a place in the list of relations. */
export interface EdgeRecord {
  readonly head: number;
  readonly tail: number;
  readonly relation?: number;
  readonly split?: Split;
}

/** A small graph out of lists, for tests and programs; files are read by `openGraph` of @ssl4rl/data. `id` is its name. */
export function makeGraph(record: {
  readonly name: string;
  readonly nodes: readonly NodeRecord[];
  readonly edges: readonly EdgeRecord[];
  readonly relations?: readonly string[];
  readonly about?: string;
  readonly noun?: string;
  readonly directed?: boolean;
}): Graph {
  const { name, nodes, edges, relations = [], about = "", noun = "node", directed = false } = record;
  const [keys, titles, bodies, aliases] = Array.from({ length: 4 }, () => new TextPacker());
  for (const [i, node] of nodes.entries()) {
    keys.add(node.key ?? String(i));
    titles.add(node.title ?? null);
    bodies.add(node.body ?? null);
    aliases.add(node.aliases?.join("\n") ?? null);
  }
  const classes = [...new Set(nodes.flatMap((node) => node.class ?? []))].sort();
  const adjacency = buildAdjacency(
    nodes.length,
    (visit) => {
      for (const { head, tail, relation = 0, split = "train" } of edges)
        visit(head, tail, relation, splits.indexOf(split));
    },
    { directed, typed: relations.length > 0 },
  );
  return new Graph({
    name,
    id: name,
    about,
    noun,
    directed,
    nodes: nodes.length,
    adjacency,
    relations,
    keys: keys.finish(),
    titles: titles.finish(),
    bodies: bodies.finish(),
    aliases: aliases.finish(),
    classes,
    classOf:
      classes.length > 0
        ? Uint16Array.from(nodes, (node) => (node.class ? classes.indexOf(node.class) : NO_CLASS))
        : null,
    nodeSplitOf: nodes.some((node) => node.split)
      ? Uint8Array.from(nodes, (node) => (node.split ? splits.indexOf(node.split) : NO_SPLIT))
      : null,
    leftOut: [],
  });
}
