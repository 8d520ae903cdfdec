import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { Graph, UserError } from "@ssl4rl/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openGraph } from "./open-graph.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "graphs-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function open(files: Readonly<Record<string, string | Buffer>>) {
  await rm(folder, { recursive: true });
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return openGraph(folder, { cache: null });
}

/** Reading these files says what is wrong. */
async function expectRefusal(files: Readonly<Record<string, string | Buffer>>, ...says: readonly RegExp[]) {
  const error = await open(files).then(
    () => null,
    (one: unknown) => one,
  );
  expect(error).toBeInstanceOf(UserError);
  for (const pattern of says) expect((error as Error).message).toMatch(pattern);
}

const nodes = "id\ttitle\na\tA\nb\tB\n";

describe("files that are refused", () => {
  it("no graph at all: the layouts are named", () =>
    expectRefusal({ "photo.jpg": "" }, /no graph of a known layout/, /nodes\.tsv/));

  it("no such folder", async () => {
    await expect(openGraph(join(folder, "none"), { cache: null })).rejects.toThrow(/No file or folder .*none/);
  });

  it("an empty file of edges", () => expectRefusal({ "edges.tsv": "" }, /no edge/));

  it("nodes without edges", () =>
    expectRefusal({ "nodes.tsv": nodes, "edges.tsv": "# none\n" }, /2 nodes and no edge/));

  it("an empty table of nodes", () =>
    expectRefusal({ "nodes.tsv": "id\ttitle\n", "edges.tsv": "a\tb\n" }, /lists no nodes/));

  it("edges that all dangle: some are named", () =>
    expectRefusal(
      { "nodes.tsv": nodes, "edges.tsv": "1\t2\n3\t4\n" },
      /no edge/,
      /2 edges to nodes that are not listed \(1\)/,
    ));

  it("a line with too few or too many cells", async () => {
    await expectRefusal({ "edges.tsv": "a\tb\na\n" }, /edges\.tsv, line 2: "a" has 1 cells/);
    await expectRefusal({ "edges.tsv": "a\tb\tc\td\te\n" }, /line 1: .* has 5 cells/);
    await expectRefusal({ "edges.tsv": "a\tb\n", "nodes.tsv": "id\ttitle\na\tA\tX\n" }, /nodes\.tsv, line 2: 3 cells/);
  });

  it("an edge without an end or its relation, and a split of another name", async () => {
    await expectRefusal({ "edges.tsv": "a\tb\n\tb\n" }, /line 2: an edge without a head/);
    await expectRefusal({ "edges.tsv": "a\t\tb\n" }, /line 1: an edge without a relation/);
    await expectRefusal({ "edges.tsv": "source\ttarget\tsplit\na\tb\tdevel\n" }, /line 2: split "devel"/, /validation/);
  });

  it("two files of edges", () =>
    expectRefusal(
      { "edges.tsv": "a\tb\n", "more/edges.csv": "a,b\n" },
      /Several files of edges: .*edges\.tsv, .*more\/edges\.csv/,
    ));

  it("a folder of several graphs: they are named", () =>
    expectRefusal(
      { "cora/cora.cites": "1\t2", "cora/nodes.jsonl": "", "facts/train.txt": "a\tr\tb", "facts/test.txt": "" },
      /several graphs: cora, facts/,
    ));

  it("a table of nodes without ids", async () => {
    await expectRefusal({ "nodes.tsv": "name\ttext\nA\tB\n", "edges.tsv": "A\tB\n" }, /no column id/);
    await expectRefusal({ "nodes.jsonl": '{"title": "A"}\n', "edges.tsv": "A\tB\n" }, /line 1: no id/);
    await expectRefusal({ "nodes.tsv": "id\ttitle\n\tA\n", "edges.tsv": "A\tB\n" }, /line 2: no id/);
  });

  it("JSON lines that are none", async () => {
    await expectRefusal(
      { "nodes.jsonl": '{"id": 1}\n{"id": 2\n', "edges.tsv": "1\t2\n" },
      /nodes\.jsonl, line 2: no JSON/,
    );
    await expectRefusal({ "nodes.jsonl": "[1]\n", "edges.tsv": "1\t2\n" }, /line 1: \[1\] is no JSON object/);
    await expectRefusal({ "graph.json": '{"direct": true}', "edges.tsv": "1\t2\n" }, /no setting "direct"/);
    await expectRefusal(
      { "graph.json": '{"directed": "yes"}', "edges.tsv": "1\t2\n" },
      /directed must be a boolean, got "yes"/,
    );
  });

  it("Latin-1: the line and the byte are named", () =>
    expectRefusal(
      {
        "nodes.tsv": Buffer.concat([Buffer.from("id\ttitle\na\tA\nb\tB"), Buffer.from([0xe4]), Buffer.from("r\n")]),
        "edges.tsv": "a\tb\n",
      },
      /nodes\.tsv, line 3: byte 0xe4 is not UTF-8/,
      /iconv/,
    ));

  it("UTF-16, with and without a mark", async () => {
    await expectRefusal({ "edges.tsv": Buffer.from("\ufeffa\tb\n", "utf16le") }, /UTF-16/);
    await expectRefusal({ "edges.tsv": Buffer.from("a\tb\n", "utf16le") }, /UTF-16/);
  });

  it("what is no text: a picture, a zip file", async () => {
    await expectRefusal(
      { "edges.tsv": Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 0x1a, 10, 0, 0, 0, 13]) },
      /edges\.tsv/,
    );
    await expectRefusal({ "edges.tsv": Buffer.from("PK\u0003\u0004ab\0\0\0") }, /zero byte/);
  });

  it("a gzip file that is none, is cut short or damaged", async () => {
    const zipped = gzipSync(Array.from({ length: 2000 }, (_, i) => `${i}\t${i * i}\n`).join(""));
    await expectRefusal({ "edges.tsv.gz": "a\tb\n" }, /edges\.tsv\.gz is no gzip file, although its name says so/);
    await expectRefusal({ "edges.tsv.gz": zipped.subarray(0, zipped.length / 2) }, /ends too early/);
    const damaged = Buffer.from(zipped);
    damaged.fill(0xff, 100, 400);
    await expectRefusal({ "edges.tsv.gz": damaged }, /damaged gzip file/);
  });

  it("files of JSON that hold something else", async () => {
    const triples = { "train.txt": "a\tr\tb\n" };
    await expectRefusal({ ...triples, "entity2wikidata.json": "[]" }, /entity2wikidata\.json holds no JSON object/);
    await expectRefusal({ ...triples, "entity2wikidata.json": "{" }, /entity2wikidata\.json is no JSON/);
    await expectRefusal(
      { ...triples, "entity2text.txt": "a b\n" },
      /entity2text\.txt, line 1: "a b" is not an id and a text/,
    );
    await expectRefusal({ ...triples, "relation2text.txt": "r\n" }, /relation2text\.txt, line 1/);
    await expectRefusal(
      { "data.json": '{"links": [3], "labels": [0]}', "metadata.json": '{"nodes": [{}]}' },
      /links of node 0 are no list/,
    );
  });

  it("an archive that is none or cut short", async () => {
    await open({ "train.txt": "a\tr\tb\n".repeat(500) });
    const whole = execFileSync("tar", ["-C", folder, "-c", "train.txt"]);
    await expectRefusal(
      { "kg.tar": whole.subarray(0, 1000) },
      /kg\.tar is no whole tar archive: "train\.txt" is cut short/,
    );
    await expectRefusal({ "kg.tar.gz": gzipSync("hello, this is no archive") }, /kg\.tar\.gz is no whole tar archive/);
  });

  it("OGB's files when their counts differ, or a number is no node", async () => {
    const raw = { "raw/num-node-list.csv": "2\n", "raw/edge.csv": "0,1\n" };
    await expectRefusal({ ...raw, "raw/edge.csv": "0,2\n" }, /edge\.csv, line 1: "2" is no number from 0 to 1/);
    await expectRefusal({ ...raw, "raw/node-label.csv": "1\n" }, /1 labels, but there are 2 nodes/);
    await expectRefusal({ ...raw, "raw/num-node-list.csv": "2\n2\n" }, /several graphs/);
    await expectRefusal(
      { ...raw, "mapping/nodeidx2asin.csv": "node idx,asin\n0,A\n1,A\n" },
      /line 3: node 1 with a name of its own/,
    );
  });

  it("WikiCS's files of two versions", () =>
    expectRefusal(
      { "data.json": '{"links": [[0]], "labels": [0]}', "metadata.json": '{"nodes": []}' },
      /metadata\.json has 0 nodes, .*data\.json 1/,
    ));
});

describe("any bytes", () => {
  it("make a graph or are refused with a reason, never anything else", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
      fc.stringMatching(/^[ab{}":,\t\n#]{0,60}$/).map((text) => Buffer.from(text)),
    );
    const name = fc.constantFrom(
      "edges.tsv",
      "train.txt",
      "nodes.jsonl",
      "nodes.tsv",
      "graph.json",
      "relations.tsv",
      "edges.tsv.gz",
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, bytes, { minKeys: 1, maxKeys: 4 }), async (files) => {
        const outcome = await open(files).catch((error: unknown) => error);
        if (outcome instanceof Graph) expect(outcome.edges).toBeGreaterThan(0);
        else expect(outcome).toBeInstanceOf(UserError);
      }),
    );
  });
});

describe("what is left out and counted", () => {
  it("edges that dangle, edges and nodes that come twice; self-loops stay", async () => {
    const graph = await open({ "nodes.tsv": `${nodes}a\tAgain\n`, "edges.tsv": "a\tb\nb\ta\na\tzebra\na\ta\na\tb\n" });
    expect([graph.nodes, graph.edges, graph.title(0)]).toEqual([2, 2, "A"]);
    expect(graph.leftOut).toEqual([
      { reason: "nodes listed more than once", count: 1, first: ["a"] },
      { reason: "edges to nodes that are not listed", count: 1, first: ["zebra"] },
      { reason: "edges listed more than once, in one direction or both", count: 2, first: [] },
    ]);
  });
});

describe("what is read all the same", () => {
  it("a byte order mark, CRLF, blank lines, no newline at the end, and gzip under another name", async () => {
    const graph = await open({
      "nodes.tsv": "\ufeffid\ttitle\r\na\tA\r\n\r\nb\tB\r\n",
      "edges.tsv": gzipSync("\ufeffa\tb\r\n\r\nb\tb"),
    });
    expect([graph.title(0), graph.title(1), graph.edges]).toEqual(["A", "B", 2]);
  });

  it("nodes without any text", async () => {
    const graph = await open({ "nodes.tsv": "id\ttitle\n1\t\n2\tNA\n", "edges.tsv": "1\t2\n" });
    expect([graph.title(0), graph.title(1), graph.body(0)]).toEqual([null, null, null]);
  });

  it("a text of a megabyte", async () => {
    const text = "wörter ".repeat(150_000).trim();
    const graph = await open({ "nodes.jsonl": `{"id": 1, "text": "${text}"}\n{"id": 2}\n`, "edges.tsv": "1 2\n" });
    expect(graph.body(0)).toBe(text);
  });

  it("a directory of archives beside pictures: other files are not opened", async () => {
    const graph = await open({ "edges.tsv": "a\tb\n", "photo.gz": "no gzip", "deep/other.bin": Buffer.from([0xff]) });
    expect(graph.edges).toBe(1);
  });
});
