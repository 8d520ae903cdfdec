import { type Graph, type Random, type Skip, sampleArcs, sampleNeighbourhood, visibleEdges } from "@ssl4rl/core";
import { z } from "zod";
import { type AliasEdge, type EdgeForm, printGraph } from "./graph-text.js";
import { longText, MASK, mentions, shortText, TARGET_CHARACTERS } from "./node-text.js";
import { VisibleGraph } from "./visible-graph.js";

const SAMPLE = "must be neighbours of each node by hop, such as 8x3";

/** How many neighbours are drawn of each node, hop after hop: `8x3` is two hops. */
const sample = (drawn: string) =>
  z
    .string({ error: SAMPLE })
    .regex(/^[1-9][0-9]?(x[1-9][0-9]?){0,2}$/, SAMPLE)
    .default(drawn);

/** The options of all graph tasks: what is shown around their targets. */
export function contextOptions(drawn: string) {
  return z.strictObject({
    sample: sample(drawn),
    /** What is shown of the targets: title and body, the title alone, or no text of any node. */
    text: z.enum(["full", "title", "none"]).default("full"),
    /** Share of the other nodes whose text is masked. */
    masked: z.number().min(0).max(0.75).default(0),
    /** Share of the targets' edges in the context that are left out. */
    hidden: z.number().min(0).max(0.9).default(0),
    /** Which nodes are asked about: all, or the quarter with the most or the fewest visible neighbours. */
    degree: z.enum(["any", "high", "low"]).default("any"),
    edges: z.enum(["list", "incident"]).default("list"),
    /** Characters of the graph's text; the farthest nodes are left out until it fits. */
    budget: z.int().min(500).max(20000).default(6000),
  });
}

export type ContextOptions = z.output<ReturnType<typeof contextOptions>>;

export interface Wanted {
  readonly graph: Graph;
  /** What the question is about. */
  readonly targets: readonly number[];
  /** Nodes to choose from: they are called N1, N2 … in this order. */
  readonly candidates?: readonly number[];
  /**
   * Edges shown of each candidate, drawn from all that it has but those to targets and candidates; no others are shown of it, or
   * what else the graph shows would tell true neighbours by their degree.
   */
  readonly edgesOfCandidate?: number;
  /** Nodes that must not be shown. */
  readonly absent?: readonly number[];
  /** Edges that must not be shown. */
  readonly hidden: ReadonlySet<number>;
  /** Targets whose text is what is asked for. */
  readonly textless?: boolean;
  /** Names that no text may hold: masked where they stand. */
  readonly unspoken?: readonly string[];
}

/** The graph around a question's targets, before it is printed. */
export class Context {
  /** What is shown of each node; tasks may change it. */
  readonly texts = new Map<number, string>();
  private readonly names = new Map<number, string>();

  private constructor(
    private readonly graph: Graph,
    readonly nodes: readonly number[],
    readonly edges: readonly number[],
    private readonly options: ContextOptions,
    readonly left: number,
  ) {}

  /** Draws a context of visible edges alone; a Skip where the targets' own texts do not fit, or their degree is not asked for. */
  static draw(wanted: Wanted, options: ContextOptions, random: Random): Context | Skip {
    const { graph, targets, candidates = [], hidden } = wanted;
    if (!VisibleGraph.of(graph).hasDegree(targets[0], options.degree)) {
      return { skip: `its number of edges is not "${options.degree}"` };
    }
    const pinned = [...targets, ...candidates];
    const { nodes: drawn, ofCandidates } = drawNodes(wanted, options, random);
    const shut = new Set(hidden);
    const texts = new Map(drawn.map((node) => [node, textOf(node)]));
    let nodes = drawn;
    let edges = shownEdges();
    while (charactersOf() > options.budget) {
      if (nodes.length === pinned.length) return { skip: `takes more than ${options.budget} characters by itself` };
      nodes = nodes.slice(0, -1);
      edges = shownEdges();
    }
    const context = new Context(graph, random.shuffle(nodes), edges, options, drawn.length - nodes.length);
    for (const node of nodes) context.texts.set(node, texts.get(node)!);
    const others = context.nodes.filter((node) => !candidates.includes(node));
    for (const [i, node] of [...candidates, ...others].entries()) context.names.set(node, `N${i + 1}`);
    if (targets.includes(context.nodes[0]) && nodes.length > targets.length) context.moveBack(targets, random);
    return context;

    function textOf(node: number): string {
      if (options.text === "none") return "";
      const target = targets.includes(node);
      if (target && wanted.textless) return MASK;
      const long = target && options.text === "full";
      const text = (long ? longText(graph, node, TARGET_CHARACTERS) : shortText(graph, node)) ?? "(no text)";
      if (!pinned.includes(node) && options.masked > 0 && random.chance(options.masked)) return MASK;
      const names = mentions(wanted.unspoken ?? [], text);
      return names ? text.replace(names, MASK) : text;
    }

    function shownEdges(): number[] {
      const shown = visibleEdges(graph, nodes, shut).filter((edge) => {
        const ofCandidate = candidates.includes(graph.head(edge)) || candidates.includes(graph.tail(edge));
        return !ofCandidate || ofCandidates.has(edge);
      });
      if (options.hidden === 0) return shown;
      for (const edge of shown) {
        const own = targets.includes(graph.head(edge)) || targets.includes(graph.tail(edge));
        if (own && random.chance(options.hidden)) shut.add(edge);
      }
      return shown.filter((edge) => !shut.has(edge));
    }

    /** About what is printed; names of nodes count as four characters. */
    function charactersOf(): number {
      const words = nodes.reduce((sum, node) => sum + texts.get(node)!.length + 8, 0);
      const lines = edges.reduce((sum, edge) => sum + 12 + (graph.relations[graph.relation(edge)]?.length ?? 0), 0);
      return words + lines;
    }
  }

  alias(node: number): string {
    return this.names.get(node)!;
  }

  print(random: Random): string {
    const { graph } = this;
    const edges = this.edges.map((edge): AliasEdge => {
      const ends = [graph.head(edge), graph.tail(edge)].map((node) => this.alias(node));
      const [from, to] = graph.directed ? ends : random.shuffle(ends);
      return { from, to, relation: graph.relations[graph.relation(edge)] ?? null, directed: graph.directed };
    });
    const nodes = this.nodes.map((node) => ({ alias: this.alias(node), text: this.texts.get(node)! }));
    const form: EdgeForm = this.options.edges;
    return printGraph({ about: graph.about, nodes, edges: random.shuffle(edges) }, form);
  }

  /** What was drawn, in the graph's own numbers: never in a prompt. */
  get drawn() {
    const byName = [...this.names].sort(([, a], [, b]) => Number(a.slice(1)) - Number(b.slice(1)));
    const cut = [...this.texts.values()].filter((text) => text.endsWith("…")).length;
    return { nodes: byName.map(([node]) => node), visible: this.edges, nodesLeftOut: this.left, textsCut: cut };
  }

  /** The first line must not be a target's. */
  private moveBack(targets: readonly number[], random: Random): void {
    const nodes = this.nodes as number[];
    const others = nodes.flatMap((node, place) => (targets.includes(node) ? [] : [place]));
    const place = random.pick(others);
    [nodes[0], nodes[place]] = [nodes[place], nodes[0]];
  }
}

/** Targets, candidates, then the rest from near to far; and the edges of candidates that may be shown. */
function drawNodes(
  wanted: Wanted,
  { sample }: ContextOptions,
  random: Random,
): { readonly nodes: number[]; readonly ofCandidates: ReadonlySet<number> } {
  const { graph, targets, candidates = [], edgesOfCandidate = 0, absent = [], hidden } = wanted;
  const gone = new Set([...absent, ...targets, ...candidates]);
  const around = sampleNeighbourhood(graph, targets, sample.split("x").map(Number), hidden, random);
  const hopOf = new Map(around.nodes.map((node, i) => [node, around.hops[i]]));
  const ofCandidates = new Set<number>();
  for (const candidate of candidates) {
    const others = new Set<number>();
    sampleArcs(graph, candidate, edgesOfCandidate, random, (edge, other) => {
      if (gone.has(other) || others.has(other) || !graph.isTrain(edge) || hidden.has(edge)) return false;
      others.add(other);
      ofCandidates.add(edge);
      hopOf.set(other, Math.min(1, hopOf.get(other) ?? 1));
      return true;
    });
  }
  const rest = [...hopOf].filter(([node]) => !gone.has(node)).sort(([, a], [, b]) => a - b);
  return { nodes: [...targets, ...candidates, ...rest.map(([node]) => node)], ofCandidates };
}
