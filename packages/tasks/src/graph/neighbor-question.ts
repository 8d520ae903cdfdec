import { type Corruption, type Graph, isSkip, type Random, type Skip } from "@ssl4rl/core";
import { Context, type ContextOptions } from "./context.js";
import { aliases } from "./graph-text.js";
import type { HiddenNeighbours } from "./hidden-neighbours.js";
import { printTie } from "./ties.js";

/** Edges shown of each candidate. */
const SHOWN = 2;

/**
 * A question of which candidates are tied to the target. Those called as in `chosen` are hidden neighbours, the others wrong
 * nodes; all are shown in the graph, each with visible edges of its own.
 */
export function neighborQuestion(
  graph: Graph,
  node: number,
  { ties, wrong, hidden }: HiddenNeighbours,
  names: { readonly all: number; readonly chosen: readonly string[] },
  words: (edge: string) => string,
  options: ContextOptions,
  random: Random,
): Corruption<never> | Skip {
  const [right, others] = [ties.map(({ other }) => other), [...wrong]];
  const candidates = aliases(names.all).map((name) => (names.chosen.includes(name) ? right : others).shift()!);
  const wanted = { graph, targets: [node], candidates, edgesOfCandidate: SHOWN, absent: right, hidden };
  const context = Context.draw(wanted, options, random);
  if (isSkip(context)) return context;
  const edge = printTie(graph, context.alias(node), "?", ties[0]);
  return {
    images: [],
    prompt: `${context.print(random)}\n${words(edge)}`,
    drawn: { ...context.drawn, targets: [node], hidden: [...hidden], candidates },
  };
}
