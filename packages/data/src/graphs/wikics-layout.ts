import { UserError } from "@ssl4rl/core";
import type { GraphFile } from "./graph-files.js";
import { readJson } from "./graph-files.js";
import type { GraphLayout } from "./graph-layout.js";

/**
 * WikiCS (Mernyei and Cangea 2020): `data.json` with links, labels and masks, `metadata.json` with titles and tokens. Nodes are split
 * by the first of its twenty masks, as TAGLAS does. The texts are tokens joined by blanks: upstream keeps no running text.
 */
export const wikicsLayout: GraphLayout = {
  about: "WikiCS's data.json and metadata.json",
  matches: (files) => files.find("data.json") !== null && files.find("metadata.json") !== null,
  async read(files, graph) {
    const [dataFile, metaFile] = [files.find("data.json") as GraphFile, files.find("metadata.json") as GraphFile];
    const data = (await readJson(dataFile)) as unknown as WikicsData;
    const { nodes, labels } = (await readJson(metaFile)) as unknown as WikicsMetadata;
    if (!Array.isArray(data.links) || !Array.isArray(data.labels))
      throw new UserError(`${dataFile.name} has no links and labels. Is it WikiCS's?`);
    if (!Array.isArray(nodes) || nodes.length !== data.links.length) {
      throw new UserError(
        `${metaFile.name} has ${nodes?.length ?? "no"} nodes, ${dataFile.name} ${data.links.length}. They must be of one version.`,
      );
    }
    for (const [i, { title, tokens }] of nodes.entries()) {
      const label = data.labels[i];
      const split = data.test_mask?.[i]
        ? "test"
        : data.train_masks?.[0]?.[i]
          ? "train"
          : data.val_masks?.[0]?.[i]
            ? "validation"
            : null;
      graph.describe(graph.node(String(i)), {
        title,
        body: tokens?.join(" "),
        class: labels?.[label] ?? String(label),
        split,
      });
    }
    for (const [from, links] of data.links.entries()) {
      if (!Array.isArray(links)) throw new UserError(`${dataFile.name}: the links of node ${from} are no list.`);
      for (const to of links) {
        if (Number.isInteger(to) && to >= 0 && to < nodes.length) graph.addEdge(from, to, null, "train");
        else graph.leaveOut("edges to nodes that are not listed", String(to));
      }
    }
    return {
      about: "Encyclopedia pages on computer science; an edge is a link from one page to another.",
      noun: "page",
      directed: true,
    };
  },
};

interface WikicsData {
  readonly links: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly train_masks?: readonly (readonly boolean[])[];
  readonly val_masks?: readonly (readonly boolean[])[];
  readonly test_mask?: readonly boolean[];
}

interface WikicsMetadata {
  readonly nodes: readonly { readonly title?: string; readonly tokens?: readonly string[] }[];
  readonly labels?: Readonly<Record<string, string>>;
}
