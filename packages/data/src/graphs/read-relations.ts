import { UserError } from "@ssl4rl/core";
import type { GraphBuilder } from "./graph-builder.js";
import type { GraphFiles } from "./graph-files.js";
import { readLines } from "./text-lines.js";

/** Relations in words: `relations.tsv`, or KG-BERT's `relation2text.txt`; lines `id text` with a tab between. */
export async function readRelations(files: GraphFiles, graph: GraphBuilder): Promise<void> {
  const file = files.find("relations.tsv", "relation2text.txt");
  if (!file) return;
  await readLines(file, (line, number) => {
    if (line === "") return;
    const [key, text, ...more] = line.split("\t");
    if (text === undefined || more.length > 0) {
      throw new UserError(
        `${file.name}, line ${number}: "${line.slice(0, 60)}" is not a relation's id and its words with a tab between.`,
      );
    }
    graph.describeRelation(key.trim(), text);
  });
}
