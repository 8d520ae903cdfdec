import { type Graph, type Random, wordF1, wordsOf } from "@ssl4rl/core";
import { NEAR_DUPLICATE } from "./matched-nodes.js";
import { TextIndex } from "./text-index.js";
import { VisibleGraph } from "./visible-graph.js";

/** Where wrong texts come from: anywhere, two or three steps away, or among the texts of nearly the same words. */
export const distractorSources = ["random", "nearby", "similar"] as const;

/** The nearest texts that are drawn from. */
const NEAREST = 60;
const TRIES = 400;
/** Lengths of one class differ by less than a tenth. */
const lengthClass = (text: string) => Math.floor(Math.log(text.length) / Math.log(1.1));

/**
 * Nodes whose texts, as `textOf` prints them, are wrong options beside that of `node`: not shown in the graph, no near duplicates,
 * and of its length. Within a wider range the right one would stand out: there are more short texts than long ones.
 */
export function distractorNodes(
  graph: Graph,
  node: number,
  shown: ReadonlySet<number>,
  source: (typeof distractorSources)[number],
  count: number,
  textOf: (node: number) => string | null,
  random: Random,
): number[] {
  const own = textOf(node)!;
  const chosen: number[] = [];
  const texts = [own];
  const add = (other: number | null) => {
    if (other === null || other === node || shown.has(other) || chosen.includes(other)) return;
    const text = textOf(other);
    if (text === null || lengthClass(text) !== lengthClass(own)) return;
    if (texts.some((one) => wordF1(wordsOf(one), wordsOf(text)) > NEAR_DUPLICATE)) return;
    chosen.push(other);
    texts.push(text);
  };
  const near = source === "similar" ? random.shuffle(TextIndex.of(graph).near(node, NEAREST)) : [];
  for (const other of near) if (chosen.length < count) add(other);
  for (let attempt = 0; attempt < TRIES && chosen.length < count; attempt++) {
    add(source === "nearby" && attempt < TRIES / 2 ? walk(graph, node, random) : random.int(graph.nodes));
  }
  return chosen;
}

/** Where two or three random steps lead. */
function walk(graph: Graph, node: number, random: Random): number | null {
  const visible = VisibleGraph.of(graph);
  let at: number | null = node;
  for (let steps = 2 + random.int(2); steps > 0 && at !== null; steps--) at = visible.neighbour(at, new Set(), random);
  return at;
}
