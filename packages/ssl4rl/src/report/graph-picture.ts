import { Random } from "@ssl4rl/core";
import { type GraphText, readGraph } from "@ssl4rl/tasks";
import { foreign, type Html, html } from "./page.js";

const WIDTH = 560;
const HEIGHT = 400;
const MARGIN = 24;
const ROUNDS = 200;

/** The graph that a prompt holds as an SVG, the nodes that its question names filled; null where there is none. */
export function graphPicture(prompt: string, what: string): Html | null {
  const graph = readGraph(prompt);
  if (!graph || graph.nodes.length === 0) return null;
  const places = layOut(graph);
  const asked = new Set(prompt.slice(prompt.lastIndexOf("Some edges")).match(/\bN[0-9]+\b/g) ?? []);
  for (const { alias, text } of graph.nodes) if (/\[(MASKED|BLANK 1)\]/.test(text)) asked.add(alias);
  return html`<svg class="graph" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="The graph of ${what}">
<defs><marker id="tip" viewBox="0 0 8 8" refX="20" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
${graph.edges.map(({ from, to, relation, directed }) => {
  const [a, b] = [places.get(from), places.get(to)];
  if (!a || !b) return null;
  const title = relation === null ? null : html`<title>${foreign(`${from} ${relation} ${to}`)}</title>`;
  return html`<line x1="${round(a.x)}" y1="${round(a.y)}" x2="${round(b.x)}" y2="${round(b.y)}"${directed ? html` marker-end="url(#tip)"` : null}>${title}</line>`;
})}
${graph.nodes.map(({ alias, text }) => {
  const { x, y } = places.get(alias)!;
  return html`<g class="${asked.has(alias) ? "asked" : "node"}"><circle cx="${round(x)}" cy="${round(y)}" r="13"/><text x="${round(x)}" y="${round(y + 4)}">${alias}</text><title>${foreign(text || alias)}</title></g>`;
})}
</svg>`;
}

const round = (value: number) => value.toFixed(1);

/** Springs along edges, repulsion between all nodes (after Fruchterman and Reingold, 1991), from places drawn by the names. */
function layOut({ nodes, edges }: GraphText): Map<string, { x: number; y: number }> {
  const random = Random.from("layout", nodes.length, edges.length);
  const places = new Map(nodes.map(({ alias }) => [alias, { x: random.float(), y: random.float() }]));
  const ideal = 0.7 / Math.sqrt(nodes.length);
  for (let round = 0; round < ROUNDS; round++) {
    const moves = new Map(nodes.map(({ alias }) => [alias, { x: 0, y: 0 }]));
    const pull = (one: string, other: string, force: (distance: number) => number) => {
      const [a, b, move] = [places.get(one), places.get(other), moves.get(one)];
      if (!a || !b || !move) return;
      const distance = Math.max(1e-3, Math.hypot(b.x - a.x, b.y - a.y));
      move.x += ((b.x - a.x) / distance) * force(distance);
      move.y += ((b.y - a.y) / distance) * force(distance);
    };
    for (const a of nodes) for (const b of nodes) if (a !== b) pull(a.alias, b.alias, (d) => -(ideal * ideal) / d);
    for (const { from, to } of edges) {
      pull(from, to, (d) => (d * d) / ideal);
      pull(to, from, (d) => (d * d) / ideal);
    }
    const step = 0.1 * (1 - round / ROUNDS);
    for (const [alias, move] of moves) {
      const length = Math.max(1e-9, Math.hypot(move.x, move.y));
      const place = places.get(alias)!;
      place.x += (move.x / length) * Math.min(length, step);
      place.y += (move.y / length) * Math.min(length, step);
    }
  }
  return fitted(places);
}

/** Stretched over the picture. */
function fitted(places: ReadonlyMap<string, { x: number; y: number }>): Map<string, { x: number; y: number }> {
  const spread = (values: readonly number[], size: number) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (value: number) => (high > low ? MARGIN + ((value - low) / (high - low)) * (size - 2 * MARGIN) : size / 2);
  };
  const all = [...places.values()];
  const across = spread(
    all.map(({ x }) => x),
    WIDTH,
  );
  const down = spread(
    all.map(({ y }) => y),
    HEIGHT,
  );
  return new Map([...places].map(([alias, { x, y }]) => [alias, { x: across(x), y: down(y) }]));
}
