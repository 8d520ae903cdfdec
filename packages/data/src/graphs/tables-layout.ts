import { UserError } from "@ssl4rl/core";
import type { GraphLayout } from "./graph-layout.js";
import { readEdges } from "./read-edges.js";
import { readNodes } from "./read-nodes.js";
import { readRelations } from "./read-relations.js";

const NODES = ["nodes.jsonl", "nodes.tsv"];
const EDGES = /(^|\/)(edges\.(tsv|txt|csv)|[^/]*\.cites)$/;

/**
 * A table of nodes beside a list of edges, or a list of edges alone: our own layout, and Cora, PubMed and Products as published or
 * derived. LINQS's `.cites` names papers by `paper_id`.
 */
export const tablesLayout: GraphLayout = {
  about: "nodes.tsv or nodes.jsonl with edges.tsv; one file of edges",
  matches: (files) =>
    files.matching(EDGES).length > 0 || (files.names.length === 1 && /\.(tsv|txt|csv|cites)$/.test(files.names[0])),
  async read(files, graph) {
    const [edges = files.matching(/./)[0], ...more] = files.matching(EDGES);
    if (more.length > 0) {
      const names = [edges, ...more].map(({ name }) => name).join(", ");
      throw new UserError(`Several files of edges: ${names}. Name the one to read, or put them together.`);
    }
    const nodes = files.find(...NODES);
    const papers = /\.cites(\.gz)?$/.test(edges.name);
    if (nodes) {
      await readNodes(nodes, papers ? ["paper_id"] : ["id", "node"], graph);
      if (graph.nodes === 0) throw new UserError(`${nodes.name} lists no nodes.`);
    }
    await readEdges(edges, graph, { known: nodes !== null, split: "train" });
    await readRelations(files, graph);
    if (!nodes) graph.nameByKeys();
    const typed = [...graph.relationKeys].length > 0;
    if (papers)
      return { about: "Papers; an edge joins two of which one cites the other.", noun: "paper", directed: typed };
    const about = typed
      ? "Facts that relate entities to each other."
      : "A graph; an edge joins two nodes that are related.";
    return { about, noun: typed ? "entity" : "node", directed: typed };
  },
};
