import { type McNemar, mcnemar } from "../statistics/mcnemar.js";
import { type BootstrapOptions, type Change, pairedChanges, type Share } from "../statistics/paired-bootstrap.js";
import type { Column, Reading, TableDefinition } from "./definition.js";
import { leafScore, type Run } from "./paper-table.js";
import { type LeafScore, leavesUnder, rowFigures } from "./row.js";
import { countUnits, type Unit } from "./units.js";

export interface CompareOptions extends BootstrapOptions {
  readonly reading: Reading;
}

export interface ColumnChange extends Change {
  readonly column: Column;
  /** On the units (rows, or groups of rows) below the column. */
  readonly test: McNemar;
}

export interface Comparison {
  readonly changes: readonly ColumnChange[];
  /** Compared units, and the pictures that they are on (turns of one question count as one). */
  readonly units: number;
  readonly pictures: number;
  /** Units that only one of the two answered: they are left out. */
  readonly alone: number;
}

/** How one run's figures differ from another's in every column of a table, on the units that both answered. */
export function compareRuns(
  definition: TableDefinition,
  base: Run,
  trained: Run,
  { reading, ...bootstrap }: CompareOptions,
): Comparison {
  const [before, after] = [base, trained].map(({ results }) => countUnits(definition.leaves, results).units);
  const pairs = pairUp(before, after);
  const cells = [...new Map(pairs.map(({ unit }) => [cellOf(unit), unit])).values()];
  const number = new Map(cells.map((unit, i) => [cellOf(unit), i]));
  const score = (shares: readonly Share[]) => {
    const parts = new Map<string, Share[]>();
    for (const [i, { leaf }] of cells.entries()) {
      if (shares[i].n > 0) parts.set(leaf, [...(parts.get(leaf) ?? []), shares[i]]);
    }
    const leaves = new Map<string, LeafScore>([...parts].map(([leaf, own]) => [leaf, leafScore(own)]));
    return rowFigures(definition, trained.label, leaves, reading).map(({ value }) => value);
  };
  const changes = pairedChanges(
    pairs.map(({ unit, ...scores }) => ({ cluster: unit.cluster, cell: number.get(cellOf(unit))!, ...scores })),
    cells.length,
    score,
    bootstrap,
  );
  return {
    changes: definition.columns.map((column, i) => {
      const under = new Set(leavesUnder(definition, column, trained.label, reading));
      const own = pairs.filter(({ unit }) => under.has(unit.leaf));
      const lost = own.filter((pair) => pair.base === 1 && pair.trained < 1).length;
      const won = own.filter((pair) => pair.base < 1 && pair.trained === 1).length;
      return { column, ...changes[i], test: mcnemar(lost, won) };
    }),
    units: pairs.length,
    pictures: new Set(pairs.map(({ unit }) => unit.cluster)).size,
    alone: before.length + after.length - 2 * pairs.length,
  };
}

interface PairedUnit {
  readonly unit: Unit;
  readonly base: number;
  readonly trained: number;
}

function pairUp(base: readonly Unit[], trained: readonly Unit[]): PairedUnit[] {
  const name = ({ leaf, id }: Unit) => JSON.stringify([leaf, id]);
  const answered = new Map(base.map((unit) => [name(unit), unit]));
  return trained.flatMap((unit): PairedUnit[] => {
    const before = answered.get(name(unit));
    return before ? [{ unit, base: before.accuracy, trained: unit.accuracy }] : [];
  });
}

function cellOf({ leaf, part }: Unit): string {
  return JSON.stringify([leaf, part]);
}
