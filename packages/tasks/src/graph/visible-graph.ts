import type { Graph, Random } from "@ssl4rl/core";

/**
 * What of a graph questions may show: the edges of the train split, without self-loops. Holds the degrees by these edges (two
 * nodes that several edges join count once for each other), the nodes by their degree, and the edges and ends of each relation.
 * Made once for each graph, in one pass over its edges.
 */
export class VisibleGraph {
  private readonly degrees: Uint32Array;
  /** Nodes sorted by the bucket of their degree; bucket b has the places from `starts[b]` on. */
  private readonly byBucket: Uint32Array;
  private readonly starts: Uint32Array;
  private relationIndex: RelationIndex | null = null;
  private quarters: { readonly low: number; readonly high: number } | null = null;

  private constructor(readonly graph: Graph) {
    this.degrees = new Uint32Array(graph.nodes);
    const several = graph.directed || graph.relations.length > 0;
    eachVisibleEdge(graph, (edge, head, tail) => {
      if (several && graph.edgesBetween(head, tail).some((one) => one < edge && graph.isTrain(one))) return;
      this.degrees[head]++;
      this.degrees[tail]++;
    });
    this.starts = new Uint32Array(BUCKETS + 1);
    for (const degree of this.degrees) this.starts[bucketOf(degree) + 1]++;
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.starts[bucket + 1] += this.starts[bucket];
    const next = this.starts.slice();
    this.byBucket = new Uint32Array(graph.nodes);
    for (const [node, degree] of this.degrees.entries()) this.byBucket[next[bucketOf(degree)]++] = node;
  }

  static of(graph: Graph): VisibleGraph {
    const known = made.get(graph) ?? new VisibleGraph(graph);
    made.set(graph, known);
    return known;
  }

  get relations(): RelationIndex {
    this.relationIndex ??= new RelationIndex(this.graph);
    return this.relationIndex;
  }

  /** Nodes that a node is visibly tied to, without those that it is tied to by `hidden` edges. */
  degree(node: number, hidden: ReadonlySet<number> = NONE): number {
    const away = new Set<number>();
    for (const edge of hidden) {
      const [head, tail] = [this.graph.head(edge), this.graph.tail(edge)];
      if ((head === node || tail === node) && this.isVisible(edge)) away.add(head === node ? tail : head);
    }
    return this.degrees[node] - away.size;
  }

  /** A random node whose degree falls into the bucket; null where there is none. */
  nodeOfBucket(bucket: number, random: Random): number | null {
    if (bucket < 0 || bucket >= BUCKETS) return null;
    const [start, end] = [this.starts[bucket], this.starts[bucket + 1]];
    return start === end ? null : this.byBucket[start + random.int(end - start)];
  }

  /** Is the node among the quarter of those with a visible edge that have the most neighbours, or the fewest? Ties count in. */
  hasDegree(node: number, wanted: "any" | "high" | "low"): boolean {
    if (wanted === "any") return true;
    if (this.quarters === null) {
      const sorted = this.degrees.filter((degree) => degree > 0).sort();
      this.quarters = { low: sorted[sorted.length >> 2], high: sorted[sorted.length - 1 - (sorted.length >> 2)] };
    }
    const { low, high } = this.quarters;
    return wanted === "high" ? this.degrees[node] >= high : this.degrees[node] <= low;
  }

  isVisible(edge: number): boolean {
    return this.graph.isTrain(edge) && this.graph.head(edge) !== this.graph.tail(edge);
  }

  /** A neighbour of `node` by a random visible edge that is not hidden; null where some tries found none. */
  neighbour(node: number, hidden: ReadonlySet<number>, random: Random): number | null {
    const degree = this.graph.degree(node);
    for (let attempt = 0; degree > 0 && attempt < 8; attempt++) {
      const arc = random.int(degree);
      const edge = this.graph.arcEdge(node, arc);
      const other = this.graph.arcNeighbour(node, arc);
      if (other !== node && this.graph.isTrain(edge) && !hidden.has(edge)) return other;
    }
    return null;
  }

  /** How many nodes both are visibly tied to; of a hub's neighbours only the first thousands are looked at. */
  commonNeighbours(a: number, b: number, hidden: ReadonlySet<number>): number {
    const { graph } = this;
    const [few, many] = graph.degree(a) <= graph.degree(b) ? [a, b] : [b, a];
    const found = new Set<number>();
    const arcs = Math.min(graph.degree(few), LOOKED_AT);
    for (let arc = 0; arc < arcs; arc++) {
      const edge = graph.arcEdge(few, arc);
      const other = graph.arcNeighbour(few, arc);
      if (other === few || other === many || found.has(other) || !graph.isTrain(edge) || hidden.has(edge)) continue;
      if (this.tied(other, many, hidden)) found.add(other);
    }
    return found.size;
  }

  private tied(a: number, b: number, hidden: ReadonlySet<number>): boolean {
    if (!this.graph.hasEdge(a, b)) return false;
    return this.graph.edgesBetween(a, b).some((edge) => this.graph.isTrain(edge) && !hidden.has(edge));
  }
}

const made = new WeakMap<Graph, VisibleGraph>();
const NONE: ReadonlySet<number> = new Set();
const LOOKED_AT = 4096;
const BUCKETS = 33;

/** Numbers that a question cannot tell apart at a glance share a bucket: 0, 1, 2-3, 4-7, 8-15 … */
export function bucketOf(count: number): number {
  return 32 - Math.clz32(count);
}

function eachVisibleEdge(graph: Graph, visit: (edge: number, head: number, tail: number) => void): void {
  for (let head = 0; head < graph.nodes; head++) {
    const [start, end] = graph.edgesFrom(head);
    for (let edge = start; edge < end; edge++) {
      const tail = graph.tail(edge);
      if (tail !== head && graph.isTrain(edge)) visit(edge, head, tail);
    }
  }
}

/** Which end of an edge. */
export type End = "head" | "tail";

/** The visible edges of each relation, and which nodes stand at which end of them. */
export class RelationIndex {
  private readonly edges: readonly number[][];
  private readonly nodes: Readonly<Record<End, readonly Set<number>[]>>;
  private readonly kin = new Map<number, ReadonlySet<number>>();

  constructor(private readonly graph: Graph) {
    const count = Math.max(1, graph.relations.length);
    const each = <T>(make: () => T) => Array.from({ length: count }, make);
    this.edges = each(() => []);
    this.nodes = { head: each(() => new Set()), tail: each(() => new Set()) };
    eachVisibleEdge(graph, (edge, head, tail) => {
      const relation = graph.relation(edge);
      this.edges[relation].push(edge);
      this.nodes.head[relation].add(head);
      this.nodes.tail[relation].add(tail);
    });
  }

  count(relation: number): number {
    return this.edges[relation].length;
  }

  /** A node at that end of a random edge of the relation. */
  node(relation: number, end: End, random: Random): number {
    const edge = random.pick(this.edges[relation]);
    return this.graph[end](edge);
  }

  has(relation: number, end: End, node: number): boolean {
    return this.nodes[end][relation].has(node);
  }

  /** Other relations that join nodes of the same kinds: they share heads with this one, and tails too. */
  alike(relation: number): ReadonlySet<number> {
    const known = this.kin.get(relation);
    if (known) return known;
    const shares = (end: End, other: number) => {
      const [a, b] = [this.nodes[end][relation], this.nodes[end][other]];
      const [few, many] = a.size < b.size ? [a, b] : [b, a];
      for (const node of few) if (many.has(node)) return true;
      return false;
    };
    const others = this.edges.map((_, other) => other).filter((other) => other !== relation);
    const kin = new Set(others.filter((other) => shares("head", other) && shares("tail", other)));
    this.kin.set(relation, kin);
    return kin;
  }
}
