import { type Split, splits, UserError } from "@ssl4rl/core";
import type { GraphBuilder } from "./graph-builder.js";
import type { GraphFile } from "./graph-files.js";
import { readLines } from "./text-lines.js";

/** The names that a header may give to head, relation, tail and split. */
const HEADER: Readonly<Record<string, "head" | "relation" | "tail" | "split">> = {
  head: "head",
  source: "head",
  from: "head",
  relation: "relation",
  tail: "tail",
  target: "tail",
  to: "tail",
  split: "split",
};

export interface EdgeReading {
  /** Nodes must be known before; edges that name others are counted and left out. Else each id that comes is a node. */
  readonly known: boolean;
  /** The split of edges whose line names none. */
  readonly split: Split;
}

/**
 * A list of edges: lines `head tail`, or `head relation tail`, with tabs, commas or blanks between; lines that begin with `#` and
 * blank ones are passed over. A first line may name the columns (source or head, relation, target or tail, split), in any order.
 */
export async function readEdges(file: GraphFile, graph: GraphBuilder, { known, split }: EdgeReading): Promise<void> {
  let columns: Columns | null = null;
  await readLines(file, (line, number) => {
    if (line === "" || line.startsWith("#") || line.trim() === "") return;
    if (!columns) {
      columns = columnsOf(line);
      if (!columns) throw wrongWidth(file.name, number, line, line.split(separatorOf(line)).length);
      if (columns.named) return;
    }
    const cells = line.split(columns.separator);
    if (cells.length !== columns.width) throw wrongWidth(file.name, number, line, cells.length);
    const [head, tail] = [cells[columns.head].trim(), cells[columns.tail].trim()];
    const relation = columns.relation < 0 ? null : cells[columns.relation].trim();
    const missing = head === "" ? "head" : tail === "" ? "tail" : relation === "" ? "relation" : null;
    if (missing) throw new UserError(`${file.name}, line ${number}: an edge without a ${missing}.`);
    const part = columns.split < 0 ? split : (cells[columns.split].trim() as Split);
    if (!splits.includes(part))
      throw new UserError(`${file.name}, line ${number}: split "${part}". There are ${splits.join(", ")}.`);
    addEdge(graph, known, head, relation, tail, part);
  });
}

/** How the lines of a file are cut, and where in a line each part stands; -1 where it does not. */
interface Columns {
  readonly separator: string | RegExp;
  readonly width: number;
  /** The first line names the columns. */
  readonly named: boolean;
  readonly head: number;
  readonly relation: number;
  readonly tail: number;
  readonly split: number;
}

/** The columns by the first line; null where it has neither names nor two or three cells. */
function columnsOf(line: string): Columns | null {
  const separator = separatorOf(line);
  const cells = line.split(separator).map((cell) => cell.trim().toLowerCase());
  const width = cells.length;
  const places = { head: -1, relation: -1, tail: -1, split: -1 };
  for (const [place, cell] of cells.entries()) if (Object.hasOwn(HEADER, cell)) places[HEADER[cell]] = place;
  const named = places.head >= 0 && places.tail >= 0 && cells.every((cell) => Object.hasOwn(HEADER, cell));
  if (named) return { separator, width, named, ...places };
  if (width === 2) return { separator, width, named, head: 0, relation: -1, tail: 1, split: -1 };
  return width === 3 ? { separator, width, named, head: 0, relation: 1, tail: 2, split: -1 } : null;
}

/** What stands between the cells of a line. */
function separatorOf(line: string): string | RegExp {
  return line.includes("\t") ? "\t" : line.includes(",") ? "," : / +/;
}

/** Adds an edge between ids; where nodes must be `known` and one is not, it is counted and left out. */
export function addEdge(
  graph: GraphBuilder,
  known: boolean,
  head: string,
  relation: string | null,
  tail: string,
  split: Split,
): void {
  const from = known ? graph.find(head) : graph.node(head);
  const to = known ? graph.find(tail) : graph.node(tail);
  if (from !== undefined && to !== undefined) graph.addEdge(from, to, relation, split);
  else graph.leaveOut("edges to nodes that are not listed", from === undefined ? head : tail);
}

function wrongWidth(name: string, number: number, line: string, width: number): UserError {
  return new UserError(
    `${name}, line ${number}: "${line.slice(0, 60)}" has ${width} cells. An edge is "head tail" or "head relation tail" on every line.`,
  );
}
