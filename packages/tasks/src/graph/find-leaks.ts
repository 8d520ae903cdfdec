import { type Graph, type Problem, wordsOf } from "@ssl4rl/core";
import { readGraph } from "./graph-text.js";
import { namesOf } from "./node-text.js";

/** What graph tasks record of a question, in the graph's own numbers. */
interface Drawn {
  readonly nodes: readonly number[];
  readonly visible: readonly number[];
  readonly targets: readonly number[];
  readonly hidden?: readonly number[];
  readonly options?: readonly number[];
  readonly candidates?: readonly number[];
  readonly words?: readonly string[];
}

/** A node's id of fewer characters would be found in any text. */
const LEAST_KEY = 4;

/**
 * What a question on a graph gives away, in words; empty for a sound one. Looks at the printed prompt and at the record beside
 * it: edges of validation and test, edges between what is asked about, the masked text or its names outside the options, and
 * ids of the data set.
 */
export function findLeaks(graph: Graph, { prompt, drawn, task }: Problem): string[] {
  const { nodes, visible, targets, hidden = [], candidates = [], options = [], words = [] } = drawn as unknown as Drawn;
  const shown = readGraph(prompt);
  if (!shown) return ["the prompt holds no graph that can be read back"];
  const leaks: string[] = [];
  const name = task.id.split("@")[0];
  if (shown.nodes.length !== nodes.length || shown.edges.length !== visible.length) {
    leaks.push("the prompt shows other nodes or edges than its record");
  }
  if (visible.some((edge) => !graph.isTrain(edge))) leaks.push("an edge of validation or test is shown");
  const asked = name === "link-tail" ? options : name.startsWith("link") ? targets.slice(1) : candidates;
  const between = new Set([...hidden, ...asked.flatMap((node) => graph.edgesBetween(targets[0], node))]);
  if (visible.some((edge) => between.has(edge))) leaks.push("an edge between a pair that is asked about is shown");

  const texts = shown.nodes.map(({ text }) => text);
  if (name === "attribute-mask" || name === "attribute-text") {
    const own = namesOf(graph, targets[0]).map((title) => ` ${wordsOf(title).join(" ")} `);
    const spoken = texts.map((text) => ` ${wordsOf(text).join(" ")} `);
    if (spoken.some((text) => own.some((title) => text.includes(title)))) leaks.push("the masked node is named");
  }
  const spoken = new Set(texts.flatMap(wordsOf));
  if (words.some((word) => spoken.has(word))) leaks.push("a blanked word is shown");

  const textual = new Set(
    [...nodes, ...options].flatMap((node) => tokensOf(`${graph.title(node)} ${graph.body(node)}`)),
  );
  const tokens = new Set(tokensOf(prompt));
  const keys = [...nodes, ...(name === "link-relation" ? [] : options)].map((node) => graph.key(node));
  if (keys.some((key) => key.length >= LEAST_KEY && tokens.has(key) && !textual.has(key))) leaks.push("an id is shown");
  return leaks;
}

function tokensOf(text: string): string[] {
  return text.split(/[\s[\](),.:;"'!?…]+/);
}
