import type { Adjacency } from "./graph.js";

/** Calls `visit` for each edge, the same edges in the same order each time. */
export type EachEdge = (visit: (head: number, tail: number, relation: number, split: number) => void) => void;

/**
 * Compressed sparse rows out of edges in any order, which are gone through twice: to count and to place them. Two transpositions
 * sort the rows, so the time grows with the number of edges alone. Edges between the same two nodes of the same relation are
 * merged: the first split in the order train, validation, test stands; `repeated` says how many were merged. Where the graph is
 * not directed the smaller node becomes the head.
 */
export function buildAdjacency(
  nodes: number,
  edges: EachEdge,
  kind: { readonly directed: boolean; readonly typed: boolean },
): Adjacency & { readonly repeated: number } {
  const { outStart, tails, labels, repeated } = sortEdges(nodes, edges, kind);
  const inEdges = shared(Uint32Array, tails.length);
  const { start: inStart, rows: inHeads } = transpose(nodes, outStart, tails, (from, to) => {
    inEdges[to] = from;
  });
  const relationOf = kind.typed ? shared(Uint16Array, tails.length) : null;
  const splitOf = shared(Uint8Array, tails.length);
  if (labels) {
    for (let edge = 0; edge < tails.length; edge++) {
      if (relationOf) relationOf[edge] = labels[edge] >>> 2;
      splitOf[edge] = labels[edge] & 3;
    }
  }
  return { outStart, tails, inStart, inHeads, inEdges, relationOf, splitOf, repeated };
}

/** The edges by head, tail and relation, each once. `labels` hold relation and split in one number that sorts by both. */
function sortEdges(
  nodes: number,
  edges: EachEdge,
  { directed, typed }: { readonly directed: boolean; readonly typed: boolean },
) {
  const flips = (head: number, tail: number) => !directed && head > tail;
  const tailStart = new Uint32Array(nodes + 1);
  let labelled = typed;
  edges((head, tail, _, split) => {
    tailStart[(flips(head, tail) ? head : tail) + 1]++;
    labelled ||= split > 0;
  });
  sumUp(tailStart);

  const heads = new Uint32Array(tailStart[nodes]);
  const labelsByTail = labelled ? new Uint32Array(heads.length) : null;
  const next = tailStart.slice();
  edges((head, tail, relation, split) => {
    const flipped = flips(head, tail);
    const place = next[flipped ? head : tail]++;
    heads[place] = flipped ? tail : head;
    if (labelsByTail) labelsByTail[place] = 4 * relation + split;
  });

  const labels = labelsByTail && new Uint32Array(heads.length);
  const { start: outStart, rows } = transpose(nodes, tailStart, heads, (from, to) => {
    if (labels && labelsByTail) labels[to] = labelsByTail[from];
  });
  const kept = mergeRepeated(outStart, rows, labels);
  const tails = kept === rows.length ? rows : shared(Uint32Array, kept, rows);
  return { outStart, tails, labels, repeated: heads.length - kept };
}

/** Rows listed the other way round: row c holds the rows in which c stood, in ascending order. `move` tells where each entry went. */
function transpose(
  nodes: number,
  start: Uint32Array,
  columns: Uint32Array,
  move: (from: number, to: number) => void,
): { readonly start: Uint32Array; readonly rows: Uint32Array } {
  const columnStart = shared(Uint32Array, nodes + 1);
  for (let i = 0; i < columns.length; i++) columnStart[columns[i] + 1]++;
  sumUp(columnStart);
  const next = columnStart.slice();
  const rows = shared(Uint32Array, columns.length);
  for (let row = 0; row < nodes; row++) {
    for (let from = start[row]; from < start[row + 1]; from++) {
      const to = next[columns[from]]++;
      rows[to] = row;
      move(from, to);
    }
  }
  return { start: columnStart, rows };
}

/** Keeps one of equal entries of a row, moves all to the front and mends `start`. Returns how many are left. */
function mergeRepeated(start: Uint32Array, columns: Uint32Array, labels: Uint32Array | null): number {
  let kept = 0;
  for (let row = 0, from = 0; row + 1 < start.length; row++) {
    const end = start[row + 1];
    start[row] = kept;
    while (from < end) {
      let next = from + 1;
      while (next < end && columns[next] === columns[from]) next++;
      if (labels && next - from > 1) labels.subarray(from, next).sort();
      for (let i = from; i < next; i++) {
        const repeats = i > from && (!labels || labels[i] >>> 2 === labels[kept - 1] >>> 2);
        if (repeats) continue;
        columns[kept] = columns[i];
        if (labels) labels[kept] = labels[i];
        kept++;
      }
      from = next;
    }
  }
  start[start.length - 1] = kept;
  return kept;
}

/** Counts at places 1.. become the sums of all counts before. */
function sumUp(counts: Uint32Array): void {
  for (let i = 1; i < counts.length; i++) counts[i] += counts[i - 1];
}

/** A typed array in memory that workers can share, with the first elements of another. */
function shared<T extends Uint8Array | Uint16Array | Uint32Array>(
  type: { new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
  length: number,
  source?: T,
): T {
  const array = new type(new SharedArrayBuffer(type.BYTES_PER_ELEMENT * length));
  if (source) array.set(source.subarray(0, length));
  return array;
}
