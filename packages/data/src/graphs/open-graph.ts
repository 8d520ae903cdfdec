import { basename, resolve } from "node:path";
import { Graph, UserError } from "@ssl4rl/core";
import { amazonLayout } from "./amazon-layout.js";
import { GraphBuilder, type GraphWords } from "./graph-builder.js";
import { cacheFile, defaultGraphCache, inputsOf, readGraphCache, writeGraphCache } from "./graph-cache.js";
import { type GraphFiles, graphFiles, graphPaths, type Reading, readJson } from "./graph-files.js";
import type { GraphLayout } from "./graph-layout.js";
import { knownGraphs } from "./known-graphs.js";
import { ogbLayout } from "./ogb-layout.js";
import { tablesLayout } from "./tables-layout.js";
import { triplesLayout } from "./triples-layout.js";
import { wikicsLayout } from "./wikics-layout.js";
import { wikispeediaLayout } from "./wikispeedia-layout.js";

/** Looked through in this order; what is peculiar comes first. */
const LAYOUTS: readonly GraphLayout[] = [
  ogbLayout,
  wikispeediaLayout,
  wikicsLayout,
  amazonLayout,
  triplesLayout,
  tablesLayout,
];

/**
 * Reads a graph from a folder or a file, in any of the layouts of docs/graphs.md, gzipped or not. What was read is cached, and read
 * from there as long as no file has changed (by size and time). Throws a UserError where the files are in no known layout or are
 * damaged.
 */
export async function openGraph(
  path: string,
  {
    splitSeed = 0,
    cache = defaultGraphCache(),
    reading = () => {},
  }: {
    /** Edges that the files do not split are split by it. */
    readonly splitSeed?: number;
    /** The folder of cached graphs; null for none. */
    readonly cache?: string | null;
    /** Is told what is being read and how far, some times for each MB. */
    readonly reading?: Reading;
  } = {},
): Promise<Graph> {
  const paths = await graphPaths(path);
  const cached = cache === null ? null : cacheFile(cache, path, splitSeed);
  const inputs = await inputsOf([...paths.values()], splitSeed);
  const known = cached && (await readGraphCache(cached, inputs));
  if (known) return new Graph(known);
  const graph = await readGraph(path, await graphFiles(paths, reading), splitSeed);
  // A cache that cannot be written only costs time.
  if (cached) await writeGraphCache(cached, graph.data, inputs).catch(() => {});
  return graph;
}

async function readGraph(path: string, files: GraphFiles, splitSeed: number): Promise<Graph> {
  const layoutOf = (files: GraphFiles) => LAYOUTS.find((one) => one.matches(files));
  // One file alone may be anything, such as a table beside a graph.
  const graphs = [...files.folders].flatMap(([name, own]) => (own.names.length > 1 && layoutOf(own) ? [name] : []));
  if (graphs.length > 1) throw new UserError(`${path} holds several graphs: ${graphs.join(", ")}. Name one of them.`);
  const layout = layoutOf(files);
  if (!layout) {
    const known = LAYOUTS.map(({ about }) => `- ${about}`).join("\n");
    throw new UserError(`${path} holds no graph of a known layout. It needs one of:\n${known}`);
  }
  const name = basename(resolve(path)).replace(/\.(gz|tsv|txt|csv|cites|json|jsonl)/g, "");
  const builder = new GraphBuilder();
  const words = await layout.read(files, builder);
  const own = await ownWords(files);
  const known = knownGraphs[name.toLowerCase().replace(/[^a-z0-9]/g, "")];
  return builder.finish({ name, ...words, ...known, ...own }, splitSeed);
}

/** What `graph.json` says of the graph. */
async function ownWords(files: GraphFiles): Promise<Partial<GraphWords>> {
  const file = files.find("graph.json");
  if (!file) return {};
  const words = await readJson(file);
  for (const [key, value] of Object.entries(words)) {
    const expected = key === "directed" ? "boolean" : "string";
    if (!["name", "about", "noun", "directed"].includes(key))
      throw new UserError(`${file.name}: no setting "${key}". There are about, directed, name, noun.`);
    if (typeof value !== expected)
      throw new UserError(`${file.name}: ${key} must be a ${expected}, got ${JSON.stringify(value)}.`);
  }
  return words;
}
