import { type AnswerSpec, wordF1, wordsOf } from "@ssl4rl/core";
import { type GraphText, readGraph, readOptions } from "@ssl4rl/tasks";

/** What can be told of a candidate without understanding a word; NaN where there is nothing to tell. */
export interface CandidateFacts {
  /** Characters of its text. */
  readonly length: number;
  /** Visible edges at its node. */
  readonly degree: number;
  /** The number in its node's name. */
  readonly alias: number;
  /** Visible neighbours that it shares with the target. */
  readonly common: number;
  /** F1 of its words and those of the target's text, or of the target's neighbours where that is masked: the largest. */
  readonly overlap: number;
  /** Visible edges of the relation that it names. */
  readonly relation: number;
}

/** A question on a graph, as the audit remembers it. */
export interface GraphFacts {
  /** The words that answers are made of, each with its facts; none where the answer is yes or no. */
  readonly candidates: readonly { readonly word: string; readonly facts: CandidateFacts }[];
  /** Of the pair that a yes or no is about. */
  readonly pair: CandidateFacts | null;
}

/** Reads a prompt of a graph task; null for any other, and where answers are free text. */
export function graphFacts(prompt: string, answer: AnswerSpec): GraphFacts | null {
  const graph = readGraph(prompt);
  if (!graph || !("words" in answer)) return null;
  const question = questionOf(prompt);
  const view = new View(graph, question, question.includes("Which relation"));
  const options = new Map(readOptions(prompt).map(({ letter, text }) => [letter, text]));
  const targets = view.named.filter((alias) => !answer.words.includes(alias));
  if (answer.words.join() === "yes,no") {
    return targets.length === 2 ? { candidates: [], pair: view.pair(targets[0], targets[1]) } : null;
  }
  const facts = (word: string) => {
    const text = options.get(word);
    return text === undefined ? view.node(word, targets[0]) : view.option(text, targets[0]);
  };
  return { candidates: answer.words.map((word) => ({ word, facts: facts(word) })), pair: null };
}

/** What stands behind the edges, up to the options. */
function questionOf(prompt: string): string {
  const lines = prompt.slice(prompt.indexOf("\nEdges:\n") + 8).split("\n");
  const first = lines.findIndex((line) => line !== "none" && !/^N[0-9]+ -.*N[0-9]+$/.test(line));
  return lines[first] ?? "";
}

class View {
  readonly named: readonly string[];
  private readonly texts: ReadonlyMap<string, string>;
  private readonly neighbours = new Map<string, Set<string>>();

  constructor(
    private readonly graph: GraphText,
    question: string,
    /** Do options name relations? */
    private readonly typed: boolean,
  ) {
    this.named = [...new Set(question.match(/\bN[0-9]+\b/g) ?? [])];
    this.texts = new Map(graph.nodes.map(({ alias, text }) => [alias, text]));
    for (const { from, to } of graph.edges) {
      this.of(from).add(to);
      this.of(to).add(from);
    }
  }

  pair(a: string, b: string): CandidateFacts {
    const [small, large] = [this.degree(a), this.degree(b)].sort((x, y) => x - y);
    const lengths = [a, b].map((alias) => this.texts.get(alias)!.length);
    return {
      length: lengths[0] + lengths[1],
      degree: 1000 * Math.min(small, 999) + large,
      alias: Math.abs(number(a) - number(b)),
      common: this.common(a, b),
      overlap: overlap(this.texts.get(a)!, [this.texts.get(b)!]),
      relation: Number.NaN,
    };
  }

  node(alias: string, target: string | undefined): CandidateFacts {
    const text = this.texts.get(alias) ?? "";
    return {
      length: text.length,
      degree: this.degree(alias),
      alias: number(alias),
      common: target === undefined ? Number.NaN : this.common(alias, target),
      overlap: overlap(text, this.textsOf(target)),
      relation: Number.NaN,
    };
  }

  option(text: string, target: string | undefined): CandidateFacts {
    const relations = this.typed ? this.graph.edges.filter(({ relation }) => relation === text).length : Number.NaN;
    const nothing = { degree: Number.NaN, alias: Number.NaN, common: Number.NaN };
    return { ...nothing, length: text.length, overlap: overlap(text, this.textsOf(target)), relation: relations };
  }

  private of(alias: string): Set<string> {
    const known = this.neighbours.get(alias) ?? new Set();
    this.neighbours.set(alias, known);
    return known;
  }

  private degree(alias: string): number {
    return this.of(alias).size;
  }

  private common(a: string, b: string): number {
    return [...this.of(a)].filter((one) => this.of(b).has(one)).length;
  }

  /** The target's own text, or those around it where it is masked. */
  private textsOf(target: string | undefined): string[] {
    if (target === undefined) return [];
    const own = this.texts.get(target) ?? "";
    return own !== "[MASKED]" ? [own] : [...this.of(target)].map((alias) => this.texts.get(alias)!);
  }
}

const number = (alias: string) => Number(alias.slice(1));

function overlap(text: string, others: readonly string[]): number {
  return Math.max(0, ...others.map((other) => wordF1(wordsOf(text), wordsOf(other))));
}
