import { mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Graph, Random, sampleNeighbourhood } from "@ssl4rl/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openGraph } from "./open-graph.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "graphs-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

const open = (name = "") => openGraph(join(folder, name), { cache: null });

function edgesOf(graph: Graph): string[] {
  return Array.from({ length: graph.edges }, (_, edge) => {
    const relation = graph.relations.length > 0 ? ` ${graph.relations[graph.relation(edge)]}` : "";
    return `${graph.key(graph.head(edge))}${relation} ${graph.key(graph.tail(edge))}`;
  });
}

describe("a graph written by hand", () => {
  it("is a table of nodes beside a list of edges", async () => {
    await write({
      "nodes.tsv":
        "id\ttitle\ttext\tclass\tsplit\na\tApple\tA fruit.\tfood\ttrain\nb\tBench\t\tthing\ttest\nc\tNA\t\t\tnone\n",
      "edges.tsv": "# who lies beside whom\na\tb\nc\tb\n",
      "graph.json": '{"name": "still life", "about": "Things on a table.", "noun": "thing"}',
    });
    const graph = await open();
    expect([graph.name, graph.about, graph.noun, graph.directed]).toEqual([
      "still life",
      "Things on a table.",
      "thing",
      false,
    ]);
    expect(edgesOf(graph)).toEqual(["a b", "b c"]);
    expect([graph.title(0), graph.body(0), graph.title(2), graph.body(1)]).toEqual(["Apple", "A fruit.", null, null]);
    expect([graph.classes, graph.classOf(1), graph.classOf(2)]).toEqual([["food", "thing"], 1, null]);
    expect([0, 1, 2].map((node) => graph.nodeSplitOf(node))).toEqual(["train", "test", null]);
  });

  it("may be JSON lines, zipped, with a header over its edges in any order of columns", async () => {
    await write({
      "nodes.jsonl.gz": gzipSync(
        '{"id": 7, "title": "Tom &amp; Jerry\\r\\n  (film)", "aliases": ["T&J"]}\n{"id": 8, "title": "Film"}\n',
      ),
      "edges.csv": "target,relation,source,split\n8,is_a,7,train\n7,has,8,test\n",
      "relations.tsv": "is_a\tis a kind of\n",
    });
    const graph = await open();
    expect(edgesOf(graph)).toEqual(["7 is a kind of 8", "8 has 7"]);
    expect([graph.title(0), graph.aliases(0), graph.directed]).toEqual(["Tom & Jerry (film)", ["T&J"], true]);
    expect([graph.splitOf(0), graph.splitOf(1)]).toEqual(["train", "test"]);
  });

  it("may be triples alone, whose ids are then its words", async () => {
    await write({ "facts.tsv": "New_York\tlies_in\tUSA\nUSA\tborders\tMexico\n" });
    const graph = await open("facts.tsv");
    expect(edgesOf(graph)).toEqual(["New_York lies in USA", "USA borders Mexico"]);
    expect([graph.name, graph.title(0), graph.directed]).toEqual(["facts", "New York", true]);
    expect([graph.about, graph.noun]).toEqual(["Facts that relate entities to each other.", "entity"]);
  });

  it("may have its triples in three files with the nodes beside them", async () => {
    await write({
      "nodes.tsv": "id\ttitle\nx\tX-ray\ny\tYak\n",
      "train.tsv": "x\tsees\ty\n",
      "valid.tsv": "y\tsees\tx\n",
      "test.tsv": "y\thears\tx\ny\thears\tz\n",
    });
    const graph = await open();
    expect(edgesOf(graph)).toEqual(["x sees y", "y sees x", "y hears x"]);
    expect([0, 1, 2].map((edge) => graph.splitOf(edge))).toEqual(["train", "validation", "test"]);
    expect(graph.leftOut).toEqual([{ reason: "edges to nodes that are not listed", count: 1, first: ["z"] }]);
  });

  it("keeps parallel edges of several relations, and the direction that the file gives", async () => {
    await write({ "edges.tsv": "b\tr\ta\nb\ts\ta\na\tr\tb\nb\tr\ta\n" });
    const graph = await open();
    expect(edgesOf(graph)).toEqual(["b r a", "b s a", "a r b"]);
    expect(graph.leftOut).toEqual([{ reason: "edges listed more than once", count: 1, first: [] }]);
  });
});

describe("published layouts", () => {
  it("OGB's CSV with names of nodes and classes, a split of nodes, and texts beside it", async () => {
    await write({
      "raw/edge.csv.gz": gzipSync("0,2\n2,1\n1,0\n"),
      "raw/num-node-list.csv.gz": gzipSync("3\n"),
      "raw/node-label.csv.gz": gzipSync("1\n0\nnan\n"),
      "mapping/nodeidx2asin.csv.gz": gzipSync("node idx,asin\n0,A0\n1,A1\n2,A2\n"),
      "mapping/labelidx2productcategory.csv.gz": gzipSync('label idx,product category\n0,Toys\n1,"Home, Garden"\n'),
      "split/sales_ranking/train.csv.gz": gzipSync("1\n"),
      "split/sales_ranking/valid.csv.gz": gzipSync("0\n"),
      "split/sales_ranking/test.csv.gz": gzipSync("2\n"),
      "trn.json": '{"uid": "A1", "title": "Ball", "content": "<b>Round</b>"}\n{"uid": "A9", "title": "Other"}\n',
    });
    const graph = await open();
    expect(edgesOf(graph)).toEqual(["A0 A1", "A0 A2", "A1 A2"]);
    expect([graph.classes, graph.classOf(0), graph.classOf(1), graph.classOf(2)]).toEqual([
      ["Home, Garden", "Toys"],
      0,
      1,
      null,
    ]);
    expect([0, 1, 2].map((node) => graph.nodeSplitOf(node))).toEqual(["validation", "train", "test"]);
    expect([graph.title(1), graph.body(1), graph.title(0)]).toEqual(["Ball", "Round", null]);
    expect(graph.leftOut).toMatchObject([{ reason: "texts of nodes that are not listed", count: 1 }]);
  });

  it("WikiCS's two files", async () => {
    await write({
      "data.json": JSON.stringify({
        links: [[1], [0, 2], []],
        labels: [1, 0, 1],
        train_masks: [[true, false, false]],
        val_masks: [[false, true, false]],
        test_mask: [false, false, true],
      }),
      "metadata.json": JSON.stringify({
        labels: { 0: "Databases", 1: "Security" },
        nodes: [{ title: "RSA", tokens: ["public", "key"] }, { title: "SQL", tokens: [] }, { title: "TLS" }],
      }),
    });
    const graph = await open();
    expect(edgesOf(graph)).toEqual(["0 1", "1 0", "1 2"]);
    expect([graph.title(0), graph.body(0), graph.classes[graph.classOf(0) ?? 0]]).toEqual([
      "RSA",
      "public key",
      "Security",
    ]);
    expect([0, 1, 2].map((node) => graph.nodeSplitOf(node))).toEqual(["train", "validation", "test"]);
  });
});

describe("the split of edges that the files do not split", () => {
  const ring = (nodes: number) => Array.from({ length: nodes }, (_, i) => `n${i}\tn${(i * 7 + 1) % nodes}\n`);

  it("is about 85, 5 and 10 in a hundred, and stays when edges join or lines change places", async () => {
    await write({ "edges.tsv": ring(4000).join(""), "more/edges.tsv": `${ring(4000).reverse().join("")}n5\tn9\n` });
    const [graph, more] = [await open("edges.tsv"), await open("more")];
    const sideOf = (one: Graph) =>
      new Map(
        Array.from({ length: one.edges }, (_, edge) => [
          [one.key(one.head(edge)), one.key(one.tail(edge))].sort().join(" "),
          one.splitOf(edge),
        ]),
      );
    const sides = sideOf(graph);
    const count = (split: string) => [...sides.values()].filter((side) => side === split).length / sides.size;
    // Standard deviations: 0.006, 0.003, 0.005.
    expect(count("train")).toBeCloseTo(0.85, 1);
    expect(Math.abs(count("validation") - 0.05)).toBeLessThan(0.015);
    expect(Math.abs(count("test") - 0.1)).toBeLessThan(0.02);
    const later = sideOf(more);
    expect([...sides].every(([pair, side]) => later.get(pair) === side)).toBe(true);
    const other = sideOf(await openGraph(join(folder, "edges.tsv"), { cache: null, splitSeed: 1 }));
    expect([...sides].some(([pair, side]) => other.get(pair) !== side)).toBe(true);
  });

  it("puts all edges between two nodes on one side, and leaves self-loops in train", async () => {
    const lines = ring(500).flatMap((line) => {
      const [a, b] = line.trim().split("\t");
      return [`${a}\tr\t${b}`, `${b}\tr\t${a}`, `${a}\ts\t${b}`, `${a}\tr\t${a}`];
    });
    await write({ "edges.tsv": lines.join("\n") });
    const graph = await open();
    for (let edge = 0; edge < graph.edges; edge++) {
      const [head, tail] = [graph.head(edge), graph.tail(edge)];
      const sides = new Set(graph.edgesBetween(head, tail).map((one) => graph.splitOf(one)));
      expect(sides.size).toBe(1);
      if (head === tail) expect(graph.splitOf(edge)).toBe("train");
    }
  });
});

describe("the cache", () => {
  it("gives the same graph, in shared memory, until a file changes", async () => {
    await write({ "nodes.tsv": "id\ttitle\na\tÄhre\nb\tBär\n", "edges.tsv": "a\tb\n" });
    const cache = join(folder, "..", `cache-${Date.now()}`);
    try {
      const made = await openGraph(folder, { cache });
      // What is on the disk now is not looked at: only size and time are.
      const read = await openGraph(folder, { cache });
      expect(read.data).toEqual(made.data);
      expect(read.data.adjacency.tails.buffer).toBeInstanceOf(SharedArrayBuffer);
      await writeFile(join(folder, "edges.tsv"), "b\ta\n");
      await utimes(join(folder, "edges.tsv"), 1, 1);
      expect((await openGraph(folder, { cache })).id).toBe(made.id);
      await writeFile(join(folder, "nodes.tsv"), "id\ttitle\na\tÄhre\nb\tBar\n");
      expect((await openGraph(folder, { cache })).title(1)).toBe("Bar");
    } finally {
      await rm(cache, { recursive: true });
    }
  });

  it("is made anew where it was cut short, and done without where it cannot be written", async () => {
    await write({ "edges.tsv": "a\tb\nb\tc\n", "no-folder": "" });
    const cache = join(folder, "..", `cache-${Date.now()}`);
    try {
      const { id } = await openGraph(join(folder, "edges.tsv"), { cache });
      const [file] = await readdir(cache);
      await truncate(join(cache, file), (await stat(join(cache, file))).size - 8);
      expect((await openGraph(join(folder, "edges.tsv"), { cache })).id).toBe(id);
      await truncate(join(cache, file), 20);
      expect((await openGraph(join(folder, "edges.tsv"), { cache })).id).toBe(id);
      expect(await readdir(cache)).toEqual([file]);
      expect((await openGraph(join(folder, "edges.tsv"), { cache: join(folder, "no-folder") })).id).toBe(id);
    } finally {
      await rm(cache, { recursive: true });
    }
  });
});

describe("a star with a million leaves", () => {
  it("is read, and sampled around its centre without listing it", async () => {
    const lines: string[] = [];
    for (let i = 1; i <= 1_000_000; i++) lines.push(`0\t${i}`);
    await write({ "edges.tsv": lines.join("\n") });
    const said: string[] = [];
    const graph = await openGraph(folder, { cache: null, reading: (state) => said.push(state) });
    expect(said.at(-1)).toBe(`Reading edges.tsv: ${Math.round(lines.join("\n").length / 1e6)} MB`);
    expect([graph.nodes, graph.edges, graph.degree(0)]).toEqual([1_000_001, 1_000_000, 1_000_000]);
    const { nodes, edges } = sampleNeighbourhood(graph, [0], [8, 3], new Set(), Random.from(1));
    expect([nodes.length, edges.length]).toEqual([9, 8]);
    expect(graph.hasEdge(999_999, 0)).toBe(true);
    expect(graph.hasEdge(999_999, 1)).toBe(false);
  });
});
