import { classSplitOf, type Graph, isSkip, Random } from "@ssl4rl/core";
import { Context, contextOptions } from "@ssl4rl/tasks";
import type { Contents } from "../benchmark.js";
import type { Question } from "../question.js";
import { choicesOf, keysOf } from "./choice-protocols.js";
import { drawStratified } from "./draw-stratified.js";

const CONTEXT = contextOptions("8x3").parse({});

/** Names that name nothing, as two of ogbn-products' classes have. */
const NAMELESS = /^(label \d+|#\d+)$/;

/**
 * Which class is a node of? Of the test nodes that have a text, `most` at most, by classes in proportion. The graph around the node is
 * shown, by train edges, with the neighbours' titles and never their classes; names of classes stand in an order of each question's own.
 */
export function nodeQuestions(graph: Graph, most: number): Contents {
  const skipped: { where: string; reason: string }[] = [];
  const nodes: number[] = [];
  for (let node = 0; node < graph.nodes; node++) {
    if (graph.classOf(node) === null || classSplitOf(graph, node) !== "test") continue;
    const where = `node ${graph.key(node)}`;
    if (NAMELESS.test(className(node))) skipped.push({ where, reason: `its class ${className(node)} has no name` });
    else if (graph.title(node) === null && graph.body(node) === null) skipped.push({ where, reason: "has no text" });
    else nodes.push(node);
  }
  const names = graph.classes.filter((name) => !NAMELESS.test(name));
  const drawn = drawStratified(nodes, className, most, Random.from("node-class", graph.id));
  return { questions: drawn.flatMap(ask), skipped };

  function className(node: number): string {
    return graph.classes[graph.classOf(node)!];
  }

  function ask(node: number): Question[] {
    const random = Random.from("node-class", graph.id, node);
    const context = Context.draw({ graph, targets: [node], hidden: new Set() }, CONTEXT, random);
    if (isSkip(context)) {
      skipped.push({ where: `node ${graph.key(node)}`, reason: context.skip });
      return [];
    }
    const choices = choicesOf(random.shuffle([...names]));
    const id = graph.key(node);
    return [
      {
        id,
        text: `${context.print(random)}\nWhat is the most likely category of the ${graph.noun} ${context.alias(node)}?`,
        images: [],
        choices,
        target: { kind: "text", accepted: keysOf(choices, [className(node)]) },
        group: id,
        labels: { class: className(node) },
      },
    ];
  }
}
