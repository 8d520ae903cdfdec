import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeGraph } from "./make-graph.js";

const triples = fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.nat(2)), { maxLength: 60 });

describe("a graph", () => {
  it("holds each edge once, sorted, with both its arcs", () => {
    fc.assert(
      fc.property(triples, fc.boolean(), (list, directed) => {
        const canonical = list.map(([h, t, r]) => (directed || h <= t ? [h, t, r] : [t, h, r]));
        const expected = [...new Set(canonical.map((edge) => edge.join(" ")))].sort();
        const graph = makeGraph({
          name: "random",
          nodes: Array.from({ length: 8 }, () => ({})),
          edges: list.map(([head, tail, relation]) => ({ head, tail, relation })),
          relations: ["a", "b", "c"],
          directed,
        });
        const edges = Array.from({ length: graph.edges }, (_, e) => [graph.head(e), graph.tail(e), graph.relation(e)]);
        expect(edges.map((edge) => edge.join(" "))).toEqual(expected);
        const arcs = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((node) =>
          Array.from({ length: graph.degree(node) }, (_, k) => {
            const edge = graph.arcEdge(node, k);
            const ends = [graph.head(edge), graph.tail(edge)];
            expect(ends.sort()).toEqual([node, graph.arcNeighbour(node, k)].sort());
            return edge;
          }),
        );
        expect(arcs.sort((a, b) => a - b)).toEqual(edges.flatMap((_, e) => [e, e]));
      }),
    );
  });

  it("finds all edges between two nodes in both directions, and none where there is none", () => {
    fc.assert(
      fc.property(triples, fc.nat(7), fc.nat(7), (list, a, b) => {
        const graph = makeGraph({
          name: "random",
          nodes: Array.from({ length: 8 }, () => ({})),
          edges: list.map(([head, tail, relation]) => ({ head, tail, relation })),
          relations: ["a", "b", "c"],
          directed: true,
        });
        const expected = Array.from({ length: graph.edges }, (_, e) => e).filter(
          (e) => (graph.head(e) === a && graph.tail(e) === b) || (graph.head(e) === b && graph.tail(e) === a),
        );
        expect([...graph.edgesBetween(a, b)].sort((x, y) => x - y)).toEqual(expected);
        expect(graph.hasEdge(a, b)).toBe(expected.length > 0);
      }),
    );
  });

  it("keeps the first split of an edge that stands in two", () => {
    const graph = makeGraph({
      name: "twice",
      nodes: [{}, {}],
      edges: [
        { head: 0, tail: 1, split: "test" },
        { head: 1, tail: 0, split: "train" },
      ],
    });
    expect(graph.edges).toBe(1);
    expect(graph.splitOf(0)).toBe("train");
  });

  it("has texts, aliases, classes and splits of nodes, and null where they are missing", () => {
    const graph = makeGraph({
      name: "words",
      nodes: [{ title: "Ähre", body: "日本", aliases: ["a", "b"], class: "y", split: "test" }, { class: "x" }, {}],
      edges: [{ head: 0, tail: 1 }],
    });
    expect([graph.title(0), graph.body(0), graph.aliases(0)]).toEqual(["Ähre", "日本", ["a", "b"]]);
    expect([graph.title(1), graph.body(2), graph.aliases(2)]).toEqual([null, null, []]);
    expect(graph.classes).toEqual(["x", "y"]);
    expect([0, 1, 2].map((node) => graph.classOf(node))).toEqual([1, 0, null]);
    expect([0, 1].map((node) => graph.nodeSplitOf(node))).toEqual(["test", null]);
  });

  it("goes to a worker without a copy", () => {
    const graph = makeGraph({ name: "pair", nodes: [{ title: "a" }, { title: "b" }], edges: [{ head: 0, tail: 1 }] });
    const { adjacency, titles } = structuredClone(graph.data);
    expect(adjacency.tails.buffer).toBeInstanceOf(SharedArrayBuffer);
    titles.bytes[0] = "c".charCodeAt(0);
    expect(graph.title(0)).toBe("c");
  });
});
