// Random graphs of 10^6, 10^7 and 6x10^7 edges in memory: seconds to build, bytes an edge, neighbourhoods of two hops (8, 3)
// with the edges among them, and hasEdge on random pairs, on one thread.
//   npm run bench -- graphs [EDGES NODES]
// Edges are drawn anew in both passes of the build (so that no list of them counts as memory), squares of uniform numbers
// as ends: the most frequent of 2,449,029 nodes has some 77,000 edges. The largest takes 2 GB of memory and about a minute.

import { spawnSync } from "node:child_process";
import { buildAdjacency, Graph, makeGraph, Random, sampleNeighbourhood } from "@ssl4rl/core";

/** Edges and nodes; the last has the size of ogbn-products. */
const SIZES = [
  [1e6, 2e5],
  [1e7, 2e6],
  [6e7, 2_449_029],
] as const;

export default async function bench(): Promise<void> {
  const [edges, nodes] = process.argv.slice(3).map(Number);
  if (edges) return console.log(JSON.stringify(measure(edges, nodes)));
  const rows: Record<string, unknown> = {};
  for (const [edges, nodes] of SIZES) {
    // A process each: the memory of one must not count for the next.
    const args = [...process.execArgv, process.argv[1], "graphs", String(edges), String(nodes)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (!stdout) throw new Error(stderr);
    rows[`${edges.toExponential(0)} edges`] = JSON.parse(stdout);
  }
  console.table(rows);
}

function measure(edges: number, nodes: number): Record<string, number> {
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const { repeated: _, ...adjacency } = buildAdjacency(nodes, (visit) => skewedEdges(edges, nodes, visit), {
    directed: false,
    typed: false,
  });
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024 - before;
  const graph = withoutTexts(adjacency, nodes);
  const bytes = Object.values(adjacency).reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
  const draw = Random.from("bench");
  let size = 0;
  const egos = perSecond((i) => {
    size += sampleNeighbourhood(graph, [draw.int(nodes)], [8, 3], new Set(), Random.from("ego", i)).edges.length;
  });
  // Drawn before: a draw costs nearly as much as a test.
  const pairs = Uint32Array.from({ length: 2 ** 20 }, () => draw.int(nodes));
  const tests = perSecond((i) => graph.hasEdge(pairs[(2 * i) % pairs.length], pairs[(2 * i + 1) % pairs.length]));
  return {
    "kept edges": graph.edges,
    "build, s": round(seconds),
    "bytes an edge": round(bytes / graph.edges),
    "peak, MiB": Math.round(peak / 2 ** 20),
    "neighbourhoods/s": Math.round(egos.rate),
    "edges in one": round(size / egos.calls),
    "hasEdge, M/s": round(tests.rate / 1e6),
  };
}

/** Pairs of nodes, low numbers the more often; the same in each call. */
function skewedEdges(edges: number, nodes: number, visit: (a: number, b: number, r: number, s: number) => void): void {
  // Marsaglia's xorshift with 32 bits, for it costs next to nothing beside the build.
  let state = 2463534242;
  const end = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const uniform = (state >>> 0) / 2 ** 32;
    return Math.floor(nodes * uniform * uniform);
  };
  for (let i = 0; i < edges; i++) visit(end(), end(), 0, 0);
}

function withoutTexts(adjacency: Graph["data"]["adjacency"], nodes: number): Graph {
  const small = makeGraph({ name: "random", nodes: [], edges: [] });
  return new Graph({ ...small.data, nodes, adjacency });
}

/** Calls a second over about three seconds, after one of warming up. */
function perSecond(work: (i: number) => void): { readonly rate: number; readonly calls: number } {
  let calls = 0;
  const until = (seconds: number) => {
    const start = performance.now();
    const first = calls;
    while (performance.now() - start < 1000 * seconds) for (let i = 0; i < 100; i++) work(calls++);
    return ((calls - first) / (performance.now() - start)) * 1000;
  };
  until(1);
  return { rate: until(3), calls };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
