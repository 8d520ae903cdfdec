import { type Graph, isSkip, type Random, type Skip, wordsOf } from "@ssl4rl/core";
import { Context, type ContextOptions } from "./context.js";
import { longText, MASK, namesOf, TARGET_CHARACTERS } from "./node-text.js";

/** Words that another text may not share in a row with the masked one. */
const GRAM = 5;

/**
 * The graph around a node whose text is masked: title and body, and in all other texts its names. A Skip for a node that has
 * no text or no visible neighbour, or of whose text another one shows five words in a row.
 */
export function maskedNode(graph: Graph, node: number, options: ContextOptions, random: Random): Context | Skip {
  const own = longText(graph, node, TARGET_CHARACTERS);
  if (own === null) return { skip: "has no text to mask" };
  const wanted = { graph, targets: [node], hidden: new Set<number>(), textless: true, unspoken: namesOf(graph, node) };
  const context = Context.draw(wanted, options, random);
  if (isSkip(context)) return context;
  if (context.edges.length === 0) return { skip: "has no visible neighbour" };
  // Where no text is shown, this node's is no exception.
  context.texts.set(node, MASK);
  const grams = gramsOf(own);
  for (const [other, text] of context.texts) {
    if (other === node) continue;
    for (const gram of gramsOf(text)) if (grams.has(gram)) return { skip: "another text shows five words of its own" };
  }
  return context;
}

function gramsOf(text: string): Set<string> {
  const words = wordsOf(text);
  return new Set(words.slice(GRAM - 1).map((_, i) => words.slice(i, i + GRAM).join(" ")));
}
