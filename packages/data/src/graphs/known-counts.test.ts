import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Graph } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { openGraph } from "./open-graph.js";

// The counts of the data's own descriptions: what the papers and benchmarks name, or what was counted in the files.
const shared = fileURLToPath(new URL("../../../../../shared/data/graphs/", import.meta.url));

describe.skipIf(!existsSync(shared))("published graphs (needs ../shared/data/graphs)", () => {
  const open = (name: string) => openGraph(`${shared}${name}`, { cache: null });

  it("FB15k-237 has its 14,541 entities, 237 relations and three splits", async () => {
    const graph = await open("fb15k237");
    expect([graph.nodes, graph.relations.length, graph.edges, graph.directed]).toEqual([14_541, 237, 310_116, true]);
    expect(splitCounts(graph)).toEqual({ train: 272_115, validation: 17_535, test: 20_466 });
    expect(loops(graph)).toBe(1806);
    const degrees = trainDegrees(graph);
    expect(Math.max(...degrees)).toBe(7614);
    expect(degrees.filter((degree) => degree > 0).length).toBe(14_505);
    expect(unseen(graph, degrees)).toBe(28);
    expect(sharedTitles(graph)).toBe(499);
    expect(graph.leftOut).toMatchObject([{ reason: "texts of entities that no triple names", count: 410 }]);
    const denton = nodeOf(graph, "/m/010016");
    expect([graph.title(denton), graph.body(denton)]).toEqual(["Denton", "city in Texas, United States"]);
    expect(graph.aliases(denton)).toContain("Denton, Texas");
    expect(graph.relations).toContain("music artist origin");
  });

  it("WN18RR has its 40,943 words with glosses, 11 relations and three splits", async () => {
    const graph = await open("wn18rr");
    expect([graph.nodes, graph.relations.length, graph.edges]).toEqual([40_943, 11, 93_003]);
    expect(splitCounts(graph)).toEqual({ train: 86_835, validation: 3034, test: 3134 });
    expect(loops(graph)).toBe(9);
    const degrees = trainDegrees(graph);
    expect(Math.max(...degrees)).toBe(482);
    expect(unseen(graph, degrees)).toBe(210);
    expect(sharedTitles(graph)).toBe(12_873);
    const hypernym = graph.relations.indexOf("hypernym");
    expect(edgesWhere(graph, (edge) => graph.splitOf(edge) === "test" && graph.relation(edge) === hypernym)).toBe(1251);
    const opener = nodeOf(graph, "03848348");
    expect(graph.title(opener)).toBe("opener");
    expect(graph.body(opener)).toBe("a hand tool used for opening sealed containers (bottles or cans)");
  });

  it("Cora has 5,278 edges, 151 of them listed in both directions, and homophily 0.810", async () => {
    const graph = await open("cora");
    expect([graph.nodes, graph.edges, graph.directed, graph.noun]).toEqual([2708, 5278, false, "paper"]);
    expect(graph.leftOut).toMatchObject([{ count: 151 }]);
    expect(homophily(graph)).toBeCloseTo(0.81, 3);
    const degrees = Array.from({ length: graph.nodes }, (_, node) => graph.degree(node)).sort((a, b) => a - b);
    expect([degrees[0], degrees[1354], degrees[2707]]).toEqual([1, 3, 168]);
    expect(classCounts(graph)).toMatchObject({ "Neural Networks": 818, Theory: 351, "Rule Learning": 180 });
    // Eight titles are just "Abstract".
    expect(
      Array.from({ length: graph.nodes }, (_, node) => graph.title(node)).filter((title) => title === null),
    ).toHaveLength(8);
    expect(graph.title(nodeOf(graph, "109323"))).toMatch(/^Estimating Bayes Factors/);
  });

  it("PubMed has 44,324 edges, homophily 0.802 and planetoid's split", async () => {
    const graph = await open("pubmed");
    expect([graph.nodes, graph.edges]).toEqual([19_717, 44_324]);
    expect(homophily(graph)).toBeCloseTo(0.802, 3);
    expect(classCounts(graph)).toEqual({
      "Experimentally induced diabetes": 4103,
      "Type 1 diabetes": 7875,
      "Type 2 diabetes": 7739,
    });
    const test = Array.from({ length: graph.nodes }, (_, node) => node).filter(
      (node) => graph.nodeSplitOf(node) === "test",
    );
    expect(test).toHaveLength(1000);
    // Labels are joined by name, not by planetoid's numbers: 2 is its type 1.
    const ofType2 = Array.from({ length: graph.nodes }, (_, node) => node).filter((node) => {
      const title = graph.title(node) ?? "";
      return /type 2/i.test(title) && !/type 1/i.test(title);
    });
    const right = ofType2.filter((node) => graph.classes[graph.classOf(node) ?? 0] === "Type 2 diabetes");
    expect(right.length / ofType2.length).toBeGreaterThan(0.95);
  });

  it("the sample of ogbn-products has 37,332 edges and 5,356 titles that are missing", async () => {
    const graph = await open("products");
    expect([graph.nodes, graph.edges, graph.classes.length]).toEqual([48_218, 37_332, 32]);
    const titles = Array.from({ length: graph.nodes }, (_, node) => graph.title(node));
    expect(titles.filter((title) => title === null)).toHaveLength(5356);
    expect(titles.filter((title) => title && /&(amp|quot|#\d+);/.test(title))).toEqual([]);
    expect(classCounts(graph).Books).toBe(814);
  });

  it("gift cards have 5,286 pairs bought and 6,055 viewed together", async () => {
    const graph = await open("amazon-giftcards");
    expect([graph.nodes, graph.edges, graph.relations]).toEqual([
      1547,
      11_341,
      ["also bought with", "also viewed with"],
    ]);
    expect([0, 1].map((relation) => edgesWhere(graph, (edge) => graph.relation(edge) === relation))).toEqual([
      5286, 6055,
    ]);
    const linked = Array.from({ length: graph.nodes }, (_, node) => graph.degree(node)).filter((degree) => degree > 0);
    expect(linked).toHaveLength(700);
  });

  it("Wikispeedia has 119,879 links, 110 of them to the page itself, and no subject in its texts", async () => {
    const graph = await open("wikispeedia");
    expect([graph.nodes, graph.edges, graph.directed]).toEqual([4598, 119_879, true]);
    expect(loops(graph)).toBe(110);
    const pairs = new Set(
      Array.from({ length: graph.edges }, (_, edge) =>
        [graph.head(edge), graph.tail(edge)].sort((a, b) => a - b).join(" "),
      ),
    );
    expect(pairs.size).toBe(106_644);
    expect(
      Array.from({ length: graph.nodes }, (_, node) => graph.degree(node)).filter((degree) => degree === 0),
    ).toHaveLength(9);
    expect(
      Array.from({ length: graph.nodes }, (_, node) => graph.body(node)).some((body) =>
        body?.includes("Wikipedia Selection"),
      ),
    ).toBe(false);
  });
});

function nodeOf(graph: Graph, key: string): number {
  return Array.from({ length: graph.nodes }, (_, node) => graph.key(node)).indexOf(key);
}

function edgesWhere(graph: Graph, holds: (edge: number) => boolean): number {
  let count = 0;
  for (let edge = 0; edge < graph.edges; edge++) if (holds(edge)) count++;
  return count;
}

function splitCounts(graph: Graph): Record<string, number> {
  return {
    train: edgesWhere(graph, (edge) => graph.splitOf(edge) === "train"),
    validation: edgesWhere(graph, (edge) => graph.splitOf(edge) === "validation"),
    test: edgesWhere(graph, (edge) => graph.splitOf(edge) === "test"),
  };
}

function loops(graph: Graph): number {
  return edgesWhere(graph, (edge) => graph.head(edge) === graph.tail(edge));
}

/** Arcs of the train split at each node. */
function trainDegrees(graph: Graph): number[] {
  const degrees = new Array<number>(graph.nodes).fill(0);
  for (let edge = 0; edge < graph.edges; edge++) {
    if (!graph.isTrain(edge)) continue;
    degrees[graph.head(edge)]++;
    degrees[graph.tail(edge)]++;
  }
  return degrees;
}

/** Test edges that touch a node without train edges. */
function unseen(graph: Graph, degrees: readonly number[]): number {
  return edgesWhere(
    graph,
    (edge) => graph.splitOf(edge) === "test" && (degrees[graph.head(edge)] === 0 || degrees[graph.tail(edge)] === 0),
  );
}

/** Nodes whose title another node has too. */
function sharedTitles(graph: Graph): number {
  const counts = new Map<string | null, number>();
  const titles = Array.from({ length: graph.nodes }, (_, node) => graph.title(node));
  for (const title of titles) counts.set(title, (counts.get(title) ?? 0) + 1);
  return titles.filter((title) => (counts.get(title) ?? 0) > 1).length;
}

/** The share of edges whose ends are of one class. */
function homophily(graph: Graph): number {
  return edgesWhere(graph, (edge) => graph.classOf(graph.head(edge)) === graph.classOf(graph.tail(edge))) / graph.edges;
}

function classCounts(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let node = 0; node < graph.nodes; node++) {
    const place = graph.classOf(node);
    if (place !== null) counts[graph.classes[place]] = (counts[graph.classes[place]] ?? 0) + 1;
  }
  return counts;
}
