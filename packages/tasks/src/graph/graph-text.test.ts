import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AliasEdge, printGraph, printOptions, readGraph, readOptions } from "./graph-text.js";

const alias = fc.integer({ min: 1, max: 40 }).map((n) => `N${n}`);
const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\n\r\u2028\u2029]/g, " ").trim());
const relation = fc.option(line.filter((text) => text !== ""));

const graphs = fc.record({
  about: line.filter((text) => text !== ""),
  nodes: fc.uniqueArray(fc.record({ alias, text: line }), { selector: (node) => node.alias }),
  edges: fc.tuple(fc.boolean(), fc.array(fc.record({ from: alias, to: alias, relation }))).map(([directed, edges]) => {
    const seen = new Set<string>();
    return edges.flatMap((edge): AliasEdge[] => {
      const ends = directed ? [edge.from, edge.to] : [edge.from, edge.to].sort();
      const key = JSON.stringify([ends, edge.relation]);
      if (edge.from === edge.to || seen.has(key)) return [];
      seen.add(key);
      return [{ ...edge, directed }];
    });
  }),
});

/** Edges as sets are compared: order, and which end of one without direction comes first, mean nothing. */
function normal(edges: readonly AliasEdge[]): string[] {
  return edges
    .map(({ from, to, relation, directed }) =>
      JSON.stringify([directed ? [from, to] : [from, to].sort(), relation, directed]),
    )
    .sort();
}

describe("a graph in words", () => {
  it("is read back as it was, from lists of edges and of neighbours, whatever the texts hold", () => {
    fc.assert(
      fc.property(graphs, fc.constantFrom("list" as const, "incident" as const), (graph, form) => {
        const read = readGraph(`${printGraph(graph, form)}\nWhich one?\nA. N1 - N2\nB. none`)!;
        expect(read.about).toBe(graph.about);
        expect(read.nodes).toEqual(graph.nodes);
        expect(normal(read.edges)).toEqual(normal(graph.edges));
      }),
    );
  });

  it("stands as its header shows", () => {
    const nodes = [
      { alias: "N7", text: "Paris" },
      { alias: "N3", text: "" },
    ];
    const edges = [
      { from: "N3", to: "N7", relation: "capital of", directed: true },
      { from: "N3", to: "N9", relation: "capital of", directed: true },
    ];
    expect(printGraph({ about: "Places.", nodes, edges }, "list")).toBe(
      "Places.\nNodes:\n[N7] Paris\n[N3]\nEdges:\nN3 --[capital of]--> N7\nN3 --[capital of]--> N9",
    );
    expect(printGraph({ about: "Places.", nodes, edges }, "incident")).toMatch(
      /Edges:\nN3 --\[capital of\]--> N7, N9$/,
    );
  });

  it("says that there is no edge, and is null where there is no graph", () => {
    expect(printGraph({ about: "A.", nodes: [], edges: [] }, "list")).toBe("A.\nNodes:\nEdges:\nnone");
    expect(readGraph("A question.\nWhich?")).toBeNull();
  });
});

it("options are read back by their letters", () => {
  const texts = ["one: 1", "B. two", "N3 - N4"];
  expect(readOptions(`Q?\n${printOptions(["A", "B", "C"], texts)}\nAnswer.`)).toEqual([
    { letter: "A", text: texts[0] },
    { letter: "B", text: texts[1] },
    { letter: "C", text: texts[2] },
  ]);
});
