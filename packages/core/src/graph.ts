import { type PackedTexts, textAt } from "./packed-texts.js";

export type Split = "train" | "validation" | "test";

/** The numbers that stand for splits in arrays. */
export const splits: readonly Split[] = ["train", "validation", "test"];

/** Stands for "none" where an array holds the split or the class of a node. */
export const NO_SPLIT = 0xff;
export const NO_CLASS = 0xffff;

/** What of a graph's files was not used and why, with the first few by name. */
export interface LeftOut {
  readonly reason: string;
  readonly count: number;
  readonly first: readonly string[];
}

/**
 * Edges in compressed sparse rows, in both directions. They are sorted by head, tail and relation, and an edge's number is its
 * place in this order: those of head h are `outStart[h]` to `outStart[h + 1] - 1`. Row t of the other direction lists the same
 * edges by their tail, sorted by head. 13 bytes an edge, 2 more with relations, and 8 a node.
 */
export interface Adjacency {
  readonly outStart: Uint32Array;
  readonly tails: Uint32Array;
  readonly inStart: Uint32Array;
  readonly inHeads: Uint32Array;
  readonly inEdges: Uint32Array;
  /** Place in `relations`, for each edge; null where edges have no relations. */
  readonly relationOf: Uint16Array | null;
  /** Place in `splits`, for each edge. */
  readonly splitOf: Uint8Array;
}

/** All that a graph is, as plain data: typed arrays that workers can share, and words. */
export interface GraphData {
  readonly name: string;
  readonly id: string;
  readonly about: string;
  readonly noun: string;
  readonly directed: boolean;
  readonly nodes: number;
  readonly adjacency: Adjacency;
  readonly relations: readonly string[];
  readonly keys: PackedTexts;
  readonly titles: PackedTexts;
  readonly bodies: PackedTexts;
  /** Other names of each node, one a line. */
  readonly aliases: PackedTexts;
  readonly classes: readonly string[];
  /** Place in `classes`, for each node, or NO_CLASS; null where no node has a class. */
  readonly classOf: Uint16Array | null;
  /** Place in `splits`, for each node, or NO_SPLIT; null where the files split no nodes. */
  readonly nodeSplitOf: Uint8Array | null;
  readonly leftOut: readonly LeftOut[];
}

/**
 * A graph whose nodes carry text; the edges of a knowledge graph carry relations. Nodes are numbered 0..nodes-1, edges 0..edges-1.
 * Every edge is stored once, from head to tail; where direction means nothing the smaller node number is the head. Parallel
 * edges of different relations are kept, and self-loops too.
 */
export class Graph {
  constructor(readonly data: GraphData) {}

  /** For people. */
  get name(): string {
    return this.data.name;
  }

  /** A hash of all that the graph holds: it names randomness. */
  get id(): string {
    return this.data.id;
  }

  /** The sentence that opens every question, such as "Papers that cite each other." */
  get about(): string {
    return this.data.about;
  }

  /** What a node is: "paper", "entity", "word". */
  get noun(): string {
    return this.data.noun;
  }

  /** Does the direction of an edge mean something? */
  get directed(): boolean {
    return this.data.directed;
  }

  get nodes(): number {
    return this.data.nodes;
  }

  get edges(): number {
    return this.data.adjacency.tails.length;
  }

  /** The relations in words; empty where edges have none. */
  get relations(): readonly string[] {
    return this.data.relations;
  }

  get classes(): readonly string[] {
    return this.data.classes;
  }

  get leftOut(): readonly LeftOut[] {
    return this.data.leftOut;
  }

  /** The node's id in the files, for reports; never for prompts. */
  key(node: number): string {
    return textAt(this.data.keys, node) ?? "";
  }

  /** The node's title or name, cleaned; null where it is missing. */
  title(node: number): string | null {
    return textAt(this.data.titles, node);
  }

  /** The node's abstract, gloss or description, cleaned; null where it is missing. */
  body(node: number): string | null {
    return textAt(this.data.bodies, node);
  }

  /** Other names of the node. */
  aliases(node: number): readonly string[] {
    return textAt(this.data.aliases, node)?.split("\n") ?? [];
  }

  /** The node's place in `classes`; null where it has no class, or more than one. */
  classOf(node: number): number | null {
    const place = this.data.classOf?.[node] ?? NO_CLASS;
    return place === NO_CLASS ? null : place;
  }

  /** The part of a published split of nodes that the node belongs to, where there is one. */
  nodeSplitOf(node: number): Split | null {
    return splits[this.data.nodeSplitOf?.[node] ?? NO_SPLIT] ?? null;
  }

  head(edge: number): number {
    const { outStart } = this.data.adjacency;
    let [low, high] = [0, this.nodes];
    // The last node whose row begins at or before the edge.
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (outStart[middle] <= edge) low = middle;
      else high = middle;
    }
    return low;
  }

  tail(edge: number): number {
    return this.data.adjacency.tails[edge];
  }

  /** The edge's place in `relations`; 0 where edges have none. */
  relation(edge: number): number {
    return this.data.adjacency.relationOf?.[edge] ?? 0;
  }

  splitOf(edge: number): Split {
    return splits[this.data.adjacency.splitOf[edge]];
  }

  isTrain(edge: number): boolean {
    return this.data.adjacency.splitOf[edge] === 0;
  }

  /** The number of arcs at a node: edges of all splits in both directions; a self-loop counts twice. */
  degree(node: number): number {
    const { outStart, inStart } = this.data.adjacency;
    return outStart[node + 1] - outStart[node] + inStart[node + 1] - inStart[node];
  }

  /** The edge of arc `k` at a node, 0..degree-1: first those that leave it, by tail, then those that reach it, by head. */
  arcEdge(node: number, k: number): number {
    const { outStart, inStart, inEdges } = this.data.adjacency;
    const out = outStart[node + 1] - outStart[node];
    return k < out ? outStart[node] + k : inEdges[inStart[node] + k - out];
  }

  /** The node at the other end of arc `k`. */
  arcNeighbour(node: number, k: number): number {
    const { outStart, tails, inStart, inHeads } = this.data.adjacency;
    const out = outStart[node + 1] - outStart[node];
    return k < out ? tails[outStart[node] + k] : inHeads[inStart[node] + k - out];
  }

  /** The edges whose head is `node`: from the first number to before the second. */
  edgesFrom(node: number): readonly [number, number] {
    const { outStart } = this.data.adjacency;
    return [outStart[node], outStart[node + 1]];
  }

  /** All edges from head to tail, of any split and relation. */
  edgesFromTo(head: number, tail: number): number[] {
    const { tails } = this.data.adjacency;
    const [start, end] = this.edgesFrom(head);
    const edges: number[] = [];
    for (let edge = firstAtLeast(tails, start, end, tail); edge < end && tails[edge] === tail; edge++) edges.push(edge);
    return edges;
  }

  /** All edges between two nodes, of any split and relation, in both directions. */
  edgesBetween(a: number, b: number): number[] {
    if (!this.directed) return a < b ? this.edgesFromTo(a, b) : this.edgesFromTo(b, a);
    const edges = this.edgesFromTo(a, b);
    return a === b ? edges : edges.concat(this.edgesFromTo(b, a));
  }

  /** Is there an edge between two nodes, of any split, in any direction? Time grows with the logarithm of the smaller degree. */
  hasEdge(a: number, b: number): boolean {
    if (!this.directed) return a < b ? this.#hasEdgeFromTo(a, b) : this.#hasEdgeFromTo(b, a);
    return this.#hasEdgeFromTo(a, b) || (a !== b && this.#hasEdgeFromTo(b, a));
  }

  #hasEdgeFromTo(head: number, tail: number): boolean {
    const { outStart, tails, inStart, inHeads } = this.data.adjacency;
    const [start, end, back, backEnd] = [outStart[head], outStart[head + 1], inStart[tail], inStart[tail + 1]];
    // The pair stands in both rows: the shorter one tells.
    return end - start <= backEnd - back ? holds(tails, start, end, tail) : holds(inHeads, back, backEnd, head);
  }
}

function holds(sorted: Uint32Array, start: number, end: number, value: number): boolean {
  const place = firstAtLeast(sorted, start, end, value);
  return place < end && sorted[place] === value;
}

/** The first place from `start` on whose value is at least `value`; `end` where there is none. */
function firstAtLeast(sorted: Uint32Array, start: number, end: number, value: number): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
