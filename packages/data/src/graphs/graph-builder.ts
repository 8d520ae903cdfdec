import { createHash } from "node:crypto";
import {
  buildAdjacency,
  Graph,
  type GraphData,
  type LeftOut,
  NO_CLASS,
  NO_SPLIT,
  type NodeRecord,
  type PackedTexts,
  type Split,
  splits,
  TextPacker,
  UserError,
} from "@ssl4rl/core";
import { cleanText } from "./clean-text.js";
import { splitEdges } from "./split-edges.js";

/** What a graph is about, in words that questions use. */
export interface GraphWords {
  readonly name: string;
  readonly about: string;
  readonly noun: string;
  readonly directed: boolean;
}

const LISTED = 10;

/** Edges are kept as triples of numbers (head, tail, relation and split), so many triples an array. */
const CHUNK = 3 * 2 ** 18;

/** Takes what is read of a graph's files, in any order, and makes the graph. No object is kept for an edge. */
export class GraphBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #keys = new TextPacker();
  readonly #relationNumbers = new Map<string, number>();
  readonly #relationTexts = new Map<string, string>();
  readonly #texts = { titles: new NodeTexts(), bodies: new NodeTexts(), aliases: new NodeTexts() };
  readonly #classNumbers = new Map<string, number>();
  readonly #classOf: number[] = [];
  readonly #splitOf: number[] = [];
  readonly #leftOut = new Map<string, { count: number; first: string[] }>();
  readonly #chunks: Uint32Array[] = [];
  #filled = CHUNK;

  /** The number of the node with this id, which is added where it is new. */
  node(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#keys.add(key);
    this.#numbers.set(key, number);
    return number;
  }

  /** The number of the node with this id, if there is one. */
  find(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  get nodes(): number {
    return this.#numbers.size;
  }

  /** Adds to what is known of a node; what is already known stands. Texts are cleaned. */
  describe(node: number, { title, body, aliases, class: name, split }: NodeRecord): void {
    this.#texts.titles.set(node, title ? cleanText(title) : null);
    this.#texts.bodies.set(node, body ? cleanText(body) : null);
    if (aliases) this.#texts.aliases.set(node, aliases.flatMap((alias) => cleanText(alias) ?? []).join("\n"));
    if (name) this.#classOf[node] ??= numberOf(this.#classNumbers, name);
    if (split) this.#splitOf[node] ??= splits.indexOf(split);
  }

  /** Ids serve as titles, for files that hold nothing else; not if they are but numbers. */
  nameByKeys(): void {
    const keys = [...this.#numbers.keys()];
    if (keys.every((key) => /^\d+$/.test(key))) return;
    for (const [node, key] of keys.entries()) this.describe(node, { title: key.replaceAll("_", " ") });
  }

  addEdge(head: number, tail: number, relation: string | null, split: Split): void {
    if (this.#filled === CHUNK) {
      this.#chunks.push(new Uint32Array(CHUNK));
      this.#filled = 0;
    }
    const number = relation === null ? 0 : numberOf(this.#relationNumbers, relation);
    const chunk = this.#chunks[this.#chunks.length - 1];
    chunk[this.#filled++] = head;
    chunk[this.#filled++] = tail;
    chunk[this.#filled++] = 4 * number + splits.indexOf(split);
  }

  /** A relation in words. */
  describeRelation(key: string, text: string): void {
    const clean = cleanText(text);
    if (clean) this.#relationTexts.set(key, clean);
  }

  get relationKeys(): Iterable<string> {
    return this.#relationNumbers.keys();
  }

  /** Counts what could not be used. */
  leaveOut(reason: string, name: string, count = 1): void {
    const entry = this.#leftOut.get(reason) ?? { count: 0, first: [] };
    entry.count += count;
    if (entry.first.length < LISTED && name) entry.first.push(name.slice(0, 100));
    this.#leftOut.set(reason, entry);
  }

  /** `splitSeed`: edges that the files do not split are split by it. Throws a UserError where there is no edge. */
  finish({ name, about, noun, directed }: GraphWords, splitSeed: number): Graph {
    if (this.#chunks.length === 0) {
      throw new UserError(
        `${name} has ${this.nodes} nodes and no edge between them. ${this.#reasons()}Check that its edges name these nodes.`,
      );
    }
    const relations = [...this.#relationNumbers.keys()].map((key) => this.#relationTexts.get(key) ?? wordsOf(key));
    const keys = this.#keys.finish();
    const nodes = this.nodes;
    this.#numbers.clear();
    const { repeated, ...adjacency } = buildAdjacency(nodes, (visit) => this.#eachEdge(visit), {
      directed,
      typed: relations.length > 0,
    });
    this.#chunks.length = 0;
    if (repeated > 0) {
      this.leaveOut(`edges listed more than once${directed ? "" : ", in one direction or both"}`, "", repeated);
    }
    if (adjacency.splitOf.every((split) => split === 0)) splitEdges(adjacency, keys, splitSeed);
    // Names in alphabetical order, so that the order of the nodes does not show in the numbers of the classes.
    const classes = [...this.#classNumbers.keys()].sort();
    const data: Omit<GraphData, "id"> = {
      name,
      about,
      noun,
      directed,
      nodes,
      adjacency,
      relations,
      keys,
      titles: this.#texts.titles.finish(nodes),
      bodies: this.#texts.bodies.finish(nodes),
      aliases: this.#texts.aliases.finish(nodes),
      classes,
      classOf: this.#classes(nodes, classes),
      nodeSplitOf: this.#nodeSplits(nodes),
      leftOut: this.#leftOutList(),
    };
    return new Graph({ ...data, id: contentHash(data) });
  }

  #eachEdge(visit: (head: number, tail: number, relation: number, split: number) => void): void {
    for (const [i, chunk] of this.#chunks.entries()) {
      const end = i === this.#chunks.length - 1 ? this.#filled : CHUNK;
      for (let at = 0; at < end; at += 3) visit(chunk[at], chunk[at + 1], chunk[at + 2] >>> 2, chunk[at + 2] & 3);
    }
  }

  #classes(nodes: number, classes: readonly string[]): Uint16Array | null {
    if (classes.length === 0) return null;
    if (classes.length > NO_CLASS)
      throw new UserError(`${classes.length} classes of nodes; there can be ${NO_CLASS}. Is this column a class?`);
    const places = [...this.#classNumbers.keys()].map((name) => classes.indexOf(name));
    const classOf = new Uint16Array(new SharedArrayBuffer(2 * nodes));
    for (let node = 0; node < nodes; node++) classOf[node] = places[this.#classOf[node]] ?? NO_CLASS;
    return classOf;
  }

  #nodeSplits(nodes: number): Uint8Array | null {
    if (this.#splitOf.length === 0) return null;
    const splitOf = new Uint8Array(new SharedArrayBuffer(nodes));
    for (let node = 0; node < nodes; node++) splitOf[node] = this.#splitOf[node] ?? NO_SPLIT;
    return splitOf;
  }

  #leftOutList(): readonly LeftOut[] {
    return [...this.#leftOut].map(([reason, { count, first }]) => ({ reason, count, first }));
  }

  #reasons(): string {
    return this.#leftOutList()
      .map(({ reason, count, first }) => `Left out: ${count} ${reason} (${first[0]}). `)
      .join("");
  }
}

/** Texts of nodes, in the order in which they come. */
class NodeTexts {
  readonly #packer = new TextPacker();
  readonly #placeOf: number[] = [];

  constructor() {
    this.#packer.add(null);
  }

  /** The first text of a node stands. */
  set(node: number, text: string | null): void {
    if (text && !this.#placeOf[node]) this.#placeOf[node] = this.#packer.add(text);
  }

  finish(nodes: number): PackedTexts {
    return this.#packer.finish(Uint32Array.from({ length: nodes }, (_, node) => this.#placeOf[node] ?? 0));
  }
}

function numberOf(numbers: Map<string, number>, key: string): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  if (numbers.size === 2 ** 16 - 1)
    throw new UserError(`More than ${2 ** 16 - 1} relations or classes ("${key}"). Is this the right column?`);
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}

/** `/people/person/place_of_birth` in words: `people person place of birth`. */
function wordsOf(key: string): string {
  return key.replace(/[/_.\s]+/g, " ").trim() || key;
}

/** SHA-256 of all that questions are made of. */
function contentHash({
  adjacency,
  keys,
  titles,
  bodies,
  aliases,
  classOf,
  nodeSplitOf,
  ...words
}: Omit<GraphData, "id">): string {
  const { about, noun, directed, relations, classes } = words;
  const hash = createHash("sha256").update(JSON.stringify({ about, noun, directed, relations, classes }));
  const { outStart, tails, relationOf, splitOf } = adjacency;
  for (const array of [outStart, tails, relationOf, splitOf, classOf, nodeSplitOf]) if (array) hash.update(array);
  for (const { bytes, starts } of [keys, titles, bodies, aliases]) hash.update(starts).update(bytes);
  return hash.digest("hex");
}
