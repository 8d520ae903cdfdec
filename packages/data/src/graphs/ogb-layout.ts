import { type Split, UserError } from "@ssl4rl/core";
import { cellText, withoutTags } from "./clean-text.js";
import type { GraphBuilder } from "./graph-builder.js";
import type { GraphFile, GraphFiles } from "./graph-files.js";
import type { GraphLayout } from "./graph-layout.js";
import { readLines, readObjects } from "./text-lines.js";

/**
 * Open Graph Benchmark's CSV (Hu et al. 2020) as `ogbn-products` and `ogbn-arxiv` come: `raw/edge.csv`, `raw/num-node-list.csv`,
 * `raw/node-label.csv`, the split of nodes in `split/NAME/{train,valid,test}.csv`, and names in `mapping/`: of nodes in
 * `nodeidx2….csv`, of classes in `labelidx2….csv`. OGB holds no texts: they are read from files beside it by the
 * names of the mapping, ogbn-arxiv's `titleabs.tsv` (id, title, abstract) or, for ogbn-products, Amazon-3M's `trn.json` and
 * `tst.json` (uid, title, content).
 */
export const ogbLayout: GraphLayout = {
  about: "OGB's raw/edge.csv and raw/num-node-list.csv",
  matches: (files) => files.find("edge.csv") !== null && files.find("num-node-list.csv") !== null,
  async read(files, graph) {
    const [count, list] = ["num-node-list.csv", "edge.csv"].map((name) => files.find(name) as GraphFile);
    let nodes = 0;
    await readLines(count, (line, number) => {
      if (number > 1 && line !== "") throw new UserError(`${count.name} counts several graphs; only one is read.`);
      if (line !== "") nodes = integer(count, number, line, 2 ** 32);
    });
    await addNodes(files, graph, nodes);
    await readLines(list, (line, number) => {
      if (line === "") return;
      const comma = line.indexOf(",");
      const head = integer(list, number, line.slice(0, comma), nodes);
      graph.addEdge(head, integer(list, number, line.slice(comma + 1), nodes), null, "train");
    });
    await readClasses(files, graph, nodes);
    await readSplit(files, graph, nodes);
    await readTexts(files, graph);
    return { about: "A graph; an edge joins two nodes that are related.", noun: "node", directed: false };
  },
};

/** Nodes by the names of the mapping, in the order of their numbers. */
async function addNodes(files: GraphFiles, graph: GraphBuilder, nodes: number): Promise<void> {
  const mapping = files.matching(/(^|\/)nodeidx2[^/]*\.csv$/)[0];
  if (!mapping) {
    for (let node = 0; node < nodes; node++) graph.node(String(node));
    return;
  }
  await readLines(mapping, (line, number) => {
    if (number === 1 || line === "") return;
    const comma = line.indexOf(",");
    const name = line.slice(comma + 1);
    if (Number(line.slice(0, comma)) !== graph.nodes || graph.find(name) !== undefined) {
      throw new UserError(
        `${mapping.name}, line ${number}: node ${graph.nodes} with a name of its own was expected, got "${line.slice(0, 60)}".`,
      );
    }
    graph.node(name);
  });
  if (graph.nodes !== nodes)
    throw new UserError(`${mapping.name} names ${graph.nodes} nodes of ${nodes}. Fetch it again.`);
}

async function readClasses(files: GraphFiles, graph: GraphBuilder, nodes: number): Promise<void> {
  const file = files.find("node-label.csv");
  if (!file) return;
  const names = new Map<string, string>();
  const mapping = files.matching(/(^|\/)labelidx2[^/]*\.csv$/)[0];
  if (mapping) {
    await readLines(mapping, (line, number) => {
      const comma = line.indexOf(",");
      if (number > 1 && comma > 0)
        names.set(
          line.slice(0, comma),
          line
            .slice(comma + 1)
            .trim()
            .replace(/^"(.*)"$/, "$1"),
        );
    });
  }
  let node = 0;
  await readLines(file, (line, number) => {
    if (line === "") return;
    if (node === nodes) throw new UserError(`${file.name}, line ${number}: more labels than nodes (${nodes}).`);
    const label = line.trim();
    graph.describe(node++, { class: label === "nan" ? null : (names.get(label) ?? label) });
  });
  if (node !== nodes)
    throw new UserError(`${file.name} has ${node} labels, but there are ${nodes} nodes. Fetch it again.`);
}

async function readSplit(files: GraphFiles, graph: GraphBuilder, nodes: number): Promise<void> {
  const parts: readonly (readonly [Split, string])[] = [
    ["train", "train"],
    ["validation", "valid"],
    ["test", "test"],
  ];
  for (const [split, name] of parts) {
    const file = files.matching(new RegExp(`(^|/)split/[^/]+/${name}\\.csv$`))[0];
    if (!file) continue;
    await readLines(file, (line, number) => {
      if (line !== "") graph.describe(integer(file, number, line, nodes), { split });
    });
  }
}

async function readTexts(files: GraphFiles, graph: GraphBuilder): Promise<void> {
  const describe = (name: string, title: string, body: string) => {
    const node = graph.find(name);
    if (node === undefined) graph.leaveOut("texts of nodes that are not listed", name);
    else graph.describe(node, { title: cellText(title), body: cellText(body) });
  };
  const papers = files.find("titleabs.tsv");
  if (papers) {
    await readLines(papers, (line) => {
      const [name, title = "", body = ""] = line.split("\t");
      if (line !== "") describe(name, title, body);
    });
  }
  for (const file of files.matching(/(^|\/)(trn|tst)\.json$/)) {
    await readObjects(file, ({ uid, title, content }) =>
      describe(String(uid), String(title ?? ""), withoutTags(String(content ?? ""))),
    );
  }
}

/** A number from 0 to below `limit`. */
function integer(file: GraphFile, line: number, text: string, limit: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 0 && value < limit) return value;
  throw new UserError(`${file.name}, line ${line}: "${text.slice(0, 60)}" is no number from 0 to ${limit - 1}.`);
}
