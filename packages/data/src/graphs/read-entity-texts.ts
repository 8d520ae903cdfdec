import { UserError } from "@ssl4rl/core";
import type { GraphBuilder } from "./graph-builder.js";
import { type GraphFiles, readJson } from "./graph-files.js";
import { readLines } from "./text-lines.js";

/**
 * Names and descriptions of entities as published beside FB15k-237 and WN18RR. Names come from KG-BERT's `entity2text.txt`
 * (`lemma, gloss` in WordNet: the first comma ends the lemma); descriptions and other names from Wikidata's dump where there is one
 * (`entity2wikidata.json`), then from StAR's `name -- sentence`. What is told of entities that no triple names is counted.
 */
export async function readEntityTexts(files: GraphFiles, graph: GraphBuilder, wordNet: boolean): Promise<void> {
  const node = (key: string) => {
    const number = graph.find(key.trim());
    if (number === undefined) graph.leaveOut("texts of entities that no triple names", key.trim());
    return number;
  };
  const names = new Map<number, string>();
  await readTexts(files, "entity2text.txt", (key, text) => {
    const number = node(key);
    if (number === undefined) return;
    names.set(number, text.trim());
    const comma = wordNet ? text.indexOf(", ") : -1;
    graph.describe(number, comma < 0 ? { title: text } : { title: text.slice(0, comma), body: text.slice(comma + 2) });
  });
  const wikidata = files.find("entity2wikidata.json");
  if (wikidata) {
    const entries = Object.entries((await readJson(wikidata)) as Record<string, WikidataEntry | null>);
    for (const [key, entry] of entries) {
      const { label, description, alternatives } = entry ?? {};
      const number = graph.find(key);
      if (number === undefined) continue;
      const aliases = (alternatives ?? []).concat(label ?? []).filter((name) => name !== (names.get(number) ?? label));
      graph.describe(number, { title: label, body: description, aliases });
    }
  }
  await readTexts(files, "fb-entity2text-new.txt", (key, text) => {
    const number = graph.find(key);
    const dashes = text.indexOf(" -- ");
    // The file escapes quotes.
    if (number !== undefined && dashes >= 0)
      graph.describe(number, { body: text.slice(dashes + 4).replaceAll('\\"', '"') });
  });
  await readTexts(files, "entity2textlong.txt", (key, text) => {
    const number = graph.find(key);
    if (number !== undefined) graph.describe(number, { body: text });
  });
}

interface WikidataEntry {
  readonly label?: string | null;
  readonly description?: string | null;
  readonly alternatives?: readonly string[] | null;
}

/** Lines `id text` with a tab between, where there is such a file. */
async function readTexts(files: GraphFiles, name: string, visit: (key: string, text: string) => void): Promise<void> {
  const file = files.find(name);
  if (!file) return;
  await readLines(file, (line, number) => {
    if (line === "") return;
    const tab = line.indexOf("\t");
    if (tab < 0)
      throw new UserError(
        `${file.name}, line ${number}: "${line.slice(0, 60)}" is not an id and a text with a tab between.`,
      );
    visit(line.slice(0, tab), line.slice(tab + 1));
  });
}
