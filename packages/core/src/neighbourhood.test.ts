import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EdgeRecord, makeGraph } from "./make-graph.js";
import { sampleArcs, sampleNeighbourhood } from "./neighbourhood.js";
import { Random } from "./random.js";

/** Any small multigraph with self-loops, parallel edges and splits. */
const graphs = fc.integer({ min: 1, max: 12 }).chain((nodes) =>
  fc.record({
    directed: fc.boolean(),
    nodes: fc.constant(nodes),
    edges: fc.array(
      fc.record({
        head: fc.nat(nodes - 1),
        tail: fc.nat(nodes - 1),
        relation: fc.nat(2),
        split: fc.constantFrom("train" as const, "train" as const, "validation" as const, "test" as const),
      }),
      { maxLength: 40 },
    ),
  }),
);

function graphOf({ nodes, edges, directed }: { nodes: number; edges: readonly EdgeRecord[]; directed: boolean }) {
  const records = Array.from({ length: nodes }, (_, i) => ({ title: `node ${i}` }));
  return makeGraph({ name: "test", nodes: records, edges, relations: ["r0", "r1", "r2"], directed });
}

describe("a sampled neighbourhood", () => {
  it("holds all visible edges among its nodes, each once, and none else", () => {
    fc.assert(
      fc.property(graphs, fc.nat(), fc.nat(), (record, seed, target) => {
        const graph = graphOf(record);
        const random = Random.from(seed);
        const hidden = new Set(Array.from({ length: graph.edges }, (_, edge) => edge).filter(() => random.chance(0.2)));
        const { nodes, hops, edges } = sampleNeighbourhood(graph, [target % graph.nodes], [3, 2], hidden, random);
        const expected = Array.from({ length: graph.edges }, (_, edge) => edge).filter(
          (edge) =>
            graph.splitOf(edge) === "train" &&
            !hidden.has(edge) &&
            graph.head(edge) !== graph.tail(edge) &&
            nodes.includes(graph.head(edge)) &&
            nodes.includes(graph.tail(edge)),
        );
        expect(edges).toEqual(expected);
        expect(new Set(nodes).size).toBe(nodes.length);
        expect(nodes[0]).toBe(target % graph.nodes);
        expect(hops[0]).toBe(0);
        expect(nodes.length).toBeLessThanOrEqual(1 + 3 + 6);
      }),
    );
  });

  it("takes every neighbour where there are no more than asked for", () => {
    const star = makeGraph({
      name: "star",
      nodes: Array.from({ length: 6 }, () => ({})),
      edges: [1, 2, 3, 4, 5].map((tail) => ({ head: 0, tail })),
    });
    const { nodes } = sampleNeighbourhood(star, [0], [5], new Set(), Random.from(1));
    expect([...nodes].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("is the same for the same stream, and draws each neighbour as often as the others", () => {
    const star = makeGraph({
      name: "star",
      nodes: Array.from({ length: 11 }, () => ({})),
      edges: Array.from({ length: 10 }, (_, i) => ({ head: 0, tail: i + 1 })),
    });
    const counts = new Array<number>(11).fill(0);
    for (let i = 0; i < 4000; i++) {
      const draw = () => sampleNeighbourhood(star, [0], [3], new Set(), Random.from("draw", i));
      expect(draw()).toEqual(draw());
      for (const node of draw().nodes) counts[node]++;
    }
    // 1200 expected of each, standard deviation 29.
    for (const count of counts.slice(1)) expect(Math.abs(count - 1200)).toBeLessThan(150);
  });

  it("tries a few arcs of a hub, not all", () => {
    const leaves = 100_000;
    const hub = makeGraph({
      name: "hub",
      nodes: Array.from({ length: leaves + 1 }, () => ({})),
      edges: Array.from({ length: leaves }, (_, i) => ({ head: 0, tail: i + 1 })),
    });
    let tried = 0;
    const edges = sampleArcs(hub, 0, 8, Random.from(1), () => ++tried > 2);
    expect(edges).toHaveLength(8);
    expect(tried).toBe(10);
  });
});
