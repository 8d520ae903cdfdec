import type { Split } from "@ssl4rl/core";
import type { GraphBuilder } from "./graph-builder.js";
import type { GraphLayout } from "./graph-layout.js";
import { readEdges } from "./read-edges.js";
import { readEntityTexts } from "./read-entity-texts.js";
import { readNodes } from "./read-nodes.js";
import { readRelations } from "./read-relations.js";

const PARTS: readonly (readonly [Split, readonly string[]])[] = [
  ["train", ["train.tsv", "train.txt"]],
  ["validation", ["valid.tsv", "valid.txt", "validation.tsv", "dev.tsv", "dev.txt"]],
  ["test", ["test.tsv", "test.txt"]],
];

/** Knowledge graphs: triples in files for train, validation and test, as ConvE and KG-BERT keep FB15k-237 and WN18RR. */
export const triplesLayout: GraphLayout = {
  about: "train, valid and test (.txt or .tsv, also in a .tar.gz) with lines head, relation, tail",
  matches: (files) => files.find(...PARTS[0][1]) !== null,
  async read(files, graph) {
    const nodes = files.find("nodes.jsonl", "nodes.tsv");
    if (nodes) await readNodes(nodes, ["id", "node"], graph);
    for (const [split, names] of PARTS) {
      const file = files.find(...names);
      if (file) await readEdges(file, graph, { known: nodes !== null, split });
    }
    await readRelations(files, graph);
    const words = isWordNet(graph);
    if (!nodes) {
      await readEntityTexts(files, graph, words);
      if (!files.find("entity2text.txt", "entity2wikidata.json")) graph.nameByKeys();
    }
    return words
      ? { about: "Words of a dictionary and how their meanings are related.", noun: "word", directed: true }
      : { about: "Facts that relate entities to each other.", noun: "entity", directed: true };
  },
};

/** WordNet names its relations so; its texts are `lemma, gloss`. */
function isWordNet(graph: GraphBuilder): boolean {
  return [...graph.relationKeys].includes("_hypernym");
}
