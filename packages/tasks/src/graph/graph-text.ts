/** A part of a graph in words. Names of nodes (`N7`) are made anew for every question. */
export interface GraphText {
  readonly about: string;
  readonly nodes: readonly { readonly alias: string; readonly text: string }[];
  readonly edges: readonly AliasEdge[];
}

export interface AliasEdge {
  readonly from: string;
  readonly to: string;
  /** In words; null where edges have no relations. */
  readonly relation: string | null;
  readonly directed: boolean;
}

/** Each edge on a line of its own, or the edges of a node in one. */
export type EdgeForm = "list" | "incident";

/**
 *     Papers that cite each other.
 *     Nodes:
 *     [N7] text
 *     Edges:
 *     N3 - N7        directed N3 -> N7, with a relation N3 --[relation]--> N7; as incident lists N3 - N7, N9
 */
export function printGraph({ about, nodes, edges }: GraphText, form: EdgeForm): string {
  const lines = form === "list" ? edges.map((edge) => `${edge.from} ${arrow(edge)} ${edge.to}`) : incidentLists(edges);
  return [
    about,
    "Nodes:",
    ...nodes.map(({ alias, text }) => (text ? `[${alias}] ${text}` : `[${alias}]`)),
    "Edges:",
    ...(lines.length > 0 ? lines : ["none"]),
  ].join("\n");
}

/** How an edge stands between its ends: `-`, `->`, `--[relation]-->` */
export function arrow({ relation, directed }: Pick<AliasEdge, "relation" | "directed">): string {
  if (relation === null) return directed ? "->" : "-";
  return directed ? `--[${relation}]-->` : `--[${relation}]--`;
}

function incidentLists(edges: readonly AliasEdge[]): string[] {
  const ends = new Map<string, string[]>();
  const add = (start: string, end: string) => ends.set(start, [...(ends.get(start) ?? []), end]);
  for (const edge of edges) {
    add(`${edge.from} ${arrow(edge)}`, edge.to);
    if (!edge.directed) add(`${edge.to} ${arrow(edge)}`, edge.from);
  }
  return [...ends].map(([start, all]) => `${start} ${all.join(", ")}`);
}

const NODE = /^\[(N[0-9]+)\](?: (.*))?$/;
const EDGE = /^(N[0-9]+) (-|->|--\[(.*)\]--(>?)) (N[0-9]+(?:, N[0-9]+)*)$/;

/** The graph that a prompt begins with, out of its words: what {@link printGraph} printed. Null where there is none. */
export function readGraph(prompt: string): GraphText | null {
  const lines = prompt.split("\n");
  if (lines[1] !== "Nodes:") return null;
  const border = lines.indexOf("Edges:");
  const nodes = lines.slice(2, border).map((line) => NODE.exec(line));
  if (border < 0 || nodes.includes(null)) return null;
  const edges = new Map<string, AliasEdge>();
  for (const line of lines.slice(border + 1)) {
    const [, start, sign, relation = null, tip, ends] = EDGE.exec(line) ?? [];
    if (start === undefined) break;
    const directed = sign === "->" || tip === ">";
    for (const end of ends.split(", ")) {
      // Incident lists name an edge without direction at both of its ends.
      const back = JSON.stringify([end, relation, start]);
      if (!directed && edges.has(back)) continue;
      edges.set(JSON.stringify([start, relation, end]), { from: start, to: end, relation, directed });
    }
  }
  return {
    about: lines[0],
    nodes: nodes.map((match) => ({ alias: match![1], text: match![2] ?? "" })),
    edges: [...edges.values()],
  };
}

/** `A. text`, a line each. */
export function printOptions(letters: readonly string[], texts: readonly string[]): string {
  return texts.map((text, i) => `${letters[i]}. ${text}`).join("\n");
}

/** The lettered options of a prompt, in their order. */
export function readOptions(prompt: string): { readonly letter: string; readonly text: string }[] {
  return [...prompt.matchAll(/^([A-Z])\. (.*)$/gm)].map(([, letter, text]) => ({ letter, text }));
}

/** A, B, C … */
export function letters(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String.fromCharCode(65 + i));
}

/** N1, N2, N3 … */
export function aliases(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `N${i + 1}`);
}
