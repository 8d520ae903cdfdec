import { type Graph, type Random, wordF1, wordsOf } from "@ssl4rl/core";
import { NEAR_DUPLICATE } from "./matched-nodes.js";
import { longText, OPTION_CHARACTERS } from "./node-text.js";
import { TextIndex } from "./text-index.js";
import { VisibleGraph } from "./visible-graph.js";

/** Where wrong texts come from: anywhere, two or three steps away, or among the texts of nearly the same words. */
export const distractorSources = ["random", "nearby", "similar"] as const;

/** The nearest texts that are drawn from. */
const NEAREST = 60;
const TRIES = 200;
/** Lengths of options differ from the right one's by this share at most. */
const LENGTH = 0.3;

/** Nodes whose texts are wrong options beside that of `node`: not shown in the graph, of like length, no near duplicates. */
export function distractorNodes(
  graph: Graph,
  node: number,
  shown: ReadonlySet<number>,
  source: (typeof distractorSources)[number],
  count: number,
  random: Random,
): number[] {
  const own = longText(graph, node, OPTION_CHARACTERS)!;
  const chosen: number[] = [];
  const texts = [own];
  const add = (other: number | null) => {
    if (other === null || other === node || shown.has(other) || chosen.includes(other)) return;
    const text = longText(graph, other, OPTION_CHARACTERS);
    if (text === null || Math.abs(text.length - own.length) > LENGTH * own.length) return;
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
