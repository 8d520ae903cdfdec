/** A table of results, ready to print: every printer shows the same cells. */
export interface Table {
  readonly title: string;
  /** What the first column holds: `Model`, `Category`. */
  readonly corner: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** What a reader must know beside the figures: definitions, sizes, failed calls, errors of the paper. */
  readonly notes: readonly string[];
}

export interface TableColumn {
  readonly label: string;
  /** A heading over neighbouring columns. */
  readonly group?: string;
}

export interface TableRow {
  readonly label: string;
  /** A heading over neighbouring rows. */
  readonly block?: string;
  readonly kind: "chance" | "base" | "run" | "change";
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly text: string;
  /** The figure before it was shortened, in percent where it is a share; null where there is none. */
  readonly value: number | null;
  /** 95% interval of the figure, in its unit. */
  readonly low?: number;
  readonly high?: number;
  /** The highest of its column among the models. */
  readonly best?: boolean;
}

export const noFigure: Cell = { text: "–", value: null };

/** Runs of neighbours with one heading, in order. */
export function spans<Item>(items: readonly Item[], heading: (item: Item) => string | undefined): Span[] {
  const found: { heading: string | undefined; size: number }[] = [];
  for (const item of items) {
    const last = found.at(-1);
    if (last && last.heading === heading(item)) last.size++;
    else found.push({ heading: heading(item), size: 1 });
  }
  return found;
}

export interface Span {
  readonly heading: string | undefined;
  readonly size: number;
}
