import { UserError } from "@ssl4rl/core";
import { withoutTags } from "./clean-text.js";
import type { GraphLayout } from "./graph-layout.js";
import { readObjects } from "./text-lines.js";

const META = /(^|\/)meta_[^/]*\.jsonl?$/;

/** The two lists of other products that a record holds, and what they mean. */
const LINKS = { also_buy: "also bought with", also_view: "also viewed with" } as const;

/** Product metadata of Amazon reviews (Ni, Li and McAuley 2019): JSON lines with the products bought and viewed together. */
export const amazonLayout: GraphLayout = {
  about: "Amazon's meta_NAME.json",
  matches: (files) => files.matching(META).length > 0,
  async read(files, graph) {
    const links: [number, string, string[]][] = [];
    for (const file of files.matching(META)) {
      await readObjects(file, (product, line) => {
        if (typeof product.asin !== "string")
          throw new UserError(`${file.name}, line ${line}: a product without an asin.`);
        if (graph.find(product.asin) !== undefined) return graph.leaveOut("nodes listed more than once", product.asin);
        const node = graph.node(product.asin);
        const body = withoutTags([...listOf(product.description), ...listOf(product.feature)].join(" "));
        graph.describe(node, { title: typeof product.title === "string" ? product.title : null, body });
        for (const relation of Object.keys(LINKS)) links.push([node, relation, listOf(product[relation])]);
      });
    }
    for (const [node, relation, others] of links) {
      for (const other of others) {
        const to = graph.find(other);
        if (to === undefined) graph.leaveOut("edges to nodes that are not listed", other);
        else graph.addEdge(node, to, relation, "train");
      }
    }
    for (const [relation, text] of Object.entries(LINKS)) graph.describeRelation(relation, text);
    return { about: "Products that are bought or viewed together.", noun: "product", directed: false };
  },
};

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
