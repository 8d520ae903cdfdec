import type { ItemResult } from "../item-result.js";
import { meanOfShares, type WeightedShare } from "../statistics/mean-of-shares.js";
import { type Cell, noFigure, type Table, type TableRow } from "../table/table.js";
import { type Column, type Leaf, type Reading, type Rule, ruleOf, type TableDefinition } from "./definition.js";
import { signed } from "./rounding.js";
import { type Figure, type LeafScore, rowFigures } from "./row.js";
import { type Counted, countUnits, type Unit } from "./units.js";

/** One model's results. */
export interface Run {
  readonly label: string;
  readonly results: readonly ItemResult[];
  /** Figures that benchmarks work out of all their items together, in percent, by benchmark: average precision. */
  readonly figures?: Readonly<Record<string, number>>;
}

/**
 * A paper's table with one's own models in it; the first run is the base. Runs with a label of the paper's stand in its
 * place, others below. Cells know their 95% interval where they are shares or means of shares.
 */
export function paperTable(definition: TableDefinition, runs: readonly Run[], reading: Reading): Table {
  const scored = runs.map((run) => scoreRun(definition, run, reading));
  const [base, ...trained] = scored;
  const rows: TableRow[] = [];
  const chance = definition.leaves.some((leaf) => leaf.chance !== undefined) ? chanceRow(definition, reading) : null;
  if (chance) rows.push(chance);
  const best = definition.columns.map((_, i) => (trained.length > 0 ? highest(scored, i) : Number.NaN));
  const lastBlock = definition.blocks.at(-1)!;
  for (const block of definition.blocks) {
    const own = trained.filter(
      ({ run }) => (definition.blocks.find((other) => other.rows.includes(run.label)) ?? lastBlock) === block,
    );
    const placed = (row: Omit<TableRow, "block">): TableRow => (block.label ? { ...row, block: block.label } : row);
    if (block === definition.blocks[0]) rows.push(placed(modelRow(definition, base, "base", best, null)));
    for (const row of inPaperOrder(own, block.rows)) {
      rows.push(placed(modelRow(definition, row, "run", best, definition.gains === "in brackets" ? base : null)));
      if (definition.gains === "each run") rows.push(placed(gainRow("against the base", base, [row])));
    }
    if (definition.gains === "best of block" && own.length > 0) {
      rows.push(placed(gainRow("Maximal improvement", base, own)));
    }
  }
  return {
    title: definition.title,
    corner: "Model",
    columns: definition.columns.map(({ label, group }) => (group ? { label, group } : { label })),
    rows,
    notes: [
      ...(reading === "printed" ? [asPrinted] : []),
      ...definition.remarks,
      ...scored.flatMap(({ notes }) => notes),
      ...belowChance(rows),
    ],
  };
}

const asPrinted = "Columns are made and shortened as the paper made them, known errors included.";

interface ScoredRun {
  readonly run: Run;
  readonly figures: readonly Figure[];
  readonly intervals: readonly ({ readonly low: number; readonly high: number } | null)[];
  readonly notes: readonly string[];
}

function scoreRun(definition: TableDefinition, run: Run, reading: Reading): ScoredRun {
  const counted = countUnits(definition.leaves, run.results);
  const leaves = new Map<string, LeafScore>();
  for (const leaf of definition.leaves) {
    const score = scoreLeaf(leaf, counted.units, run);
    if (score) leaves.set(leaf.code, score);
  }
  return {
    run,
    figures: rowFigures(definition, run.label, leaves, reading),
    intervals: definition.columns.map((column) => interval(definition, column, run.label, reading, counted.units)),
    notes: runNotes(definition, run, counted, leaves),
  };
}

function scoreLeaf({ code, benchmark, counting }: Leaf, units: readonly Unit[], run: Run): LeafScore | null {
  if (counting.of === "figure") {
    const value = run.figures?.[benchmark];
    return value === undefined ? null : { value };
  }
  const own = units.filter(({ leaf }) => leaf === code);
  const shares = [...new Set(own.map(({ part }) => part))].map((part) => {
    const units = own.filter((unit) => unit.part === part);
    return { hits: units.reduce((sum, { accuracy }) => sum + accuracy, 0), n: units.length };
  });
  return own.length === 0 ? null : leafScore(shares);
}

/** A leaf from the shares of its parts: their unweighted mean. Parts without units do not count. */
export function leafScore(parts: readonly { readonly hits: number; readonly n: number }[]): LeafScore {
  const [first, ...more] = parts;
  if (more.length === 0) return { value: (100 * first.hits) / first.n, hits: first.hits, n: first.n };
  return { value: parts.reduce((sum, { hits, n }) => sum + (100 * hits) / n, 0) / parts.length };
}

/** The 95% interval of a column in percent, units of one cluster taken together; null where one of its parts has no units. */
function interval(
  definition: TableDefinition,
  column: Column,
  row: string,
  reading: Reading,
  units: readonly Unit[],
): { low: number; high: number } | null {
  const shares = sharesOf(definition, ruleOf(column, row, reading), row, reading, units);
  if (!shares) return null;
  const { low, high } = meanOfShares(shares);
  return { low: 100 * low, high: 100 * high };
}

/** A rule's figure as a weighted mean of shares. Null where it is none: a part without units, or a benchmark's own figure. */
function sharesOf(
  definition: TableDefinition,
  { by, of }: Rule,
  row: string,
  reading: Reading,
  units: readonly Unit[],
): WeightedShare[] | null {
  if (by === "mean") {
    const parts = of.map((code) => {
      const column = definition.columns.find((other) => other.code === code);
      const rule: Rule = column ? ruleOf(column, row, reading) : { by: "leaf", of: [code] };
      return sharesOf(definition, rule, row, reading, units);
    });
    if (parts.includes(null)) return null;
    return parts.flatMap((shares) => shares!.map((share) => ({ ...share, weight: share.weight / of.length })));
  }
  const own = units.filter(({ leaf }) => of.includes(leaf));
  const parts = [...new Set(own.map(({ part }) => part))];
  if (parts.length === 0) return null;
  return parts.map((part) => ({ weight: 1 / parts.length, units: own.filter((unit) => unit.part === part) }));
}

function modelRow(
  definition: TableDefinition,
  { run, figures, intervals }: ScoredRun,
  kind: "base" | "run",
  best: readonly number[],
  against: ScoredRun | null,
): Omit<TableRow, "block"> {
  return {
    label: run.label,
    kind,
    cells: figures.map((figure, i): Cell => {
      if (!Number.isFinite(figure.value)) return noFigure;
      const chance = chanceOf(definition, definition.columns[i]);
      const gain = against ? shown(figure) - shown(against.figures[i]) : Number.NaN;
      return {
        text: `${figure.text}${chance !== undefined && figure.value < chance ? "†" : ""}${Number.isFinite(gain) ? ` (${signed(gain)})` : ""}`,
        value: figure.value,
        ...intervals[i],
        ...(shown(figure) === best[i] ? { best: true } : {}),
      };
    }),
  };
}

/** The best printed cell of these runs minus the base's, column by column. */
function gainRow(label: string, base: ScoredRun, runs: readonly ScoredRun[]): Omit<TableRow, "block"> {
  return {
    label,
    kind: "change",
    cells: base.figures.map((figure, i): Cell => {
      const gain = highest(runs, i) - shown(figure);
      return Number.isFinite(gain) ? { text: signed(gain), value: gain } : noFigure;
    }),
  };
}

function chanceRow(definition: TableDefinition, reading: Reading): TableRow {
  const leaves = new Map(
    definition.leaves.flatMap(({ code, chance }) => (chance === undefined ? [] : [[code, { value: chance }] as const])),
  );
  const figures = rowFigures(definition, "chance", leaves, reading);
  const cells = figures.map(({ value, text }): Cell => (Number.isFinite(value) ? { text, value } : noFigure));
  return { label: "chance", kind: "chance", cells };
}

function chanceOf(definition: TableDefinition, column: Column): number | undefined {
  return definition.leaves.find(({ code }) => column.rule.by === "leaf" && code === column.rule.of[0])?.chance;
}

function belowChance(rows: readonly TableRow[]): string[] {
  return rows.some(({ cells }) => cells.some(({ text }) => text.includes("†"))) ? ["† below chance."] : [];
}

/** The highest printed cell of a column; runs without one do not count. */
function highest(runs: readonly ScoredRun[], column: number): number {
  return Math.max(...runs.map(({ figures }) => shown(figures[column])).filter(Number.isFinite));
}

/** What the printed cell says, as a number. */
function shown({ text }: Figure): number {
  return text === noFigure.text ? Number.NaN : Number(text);
}

function inPaperOrder(rows: readonly ScoredRun[], order: readonly string[]): ScoredRun[] {
  const place = ({ run }: ScoredRun) => (order.includes(run.label) ? order.indexOf(run.label) : order.length);
  return [...rows].sort((a, b) => place(a) - place(b));
}

/** What is missing in a run: failed calls, categories nobody counts, fewer units than the benchmark has. */
function runNotes(
  definition: TableDefinition,
  run: Run,
  counted: Counted,
  leaves: ReadonlyMap<string, LeafScore>,
): string[] {
  const notes: string[] = [];
  if (counted.failed > 0) {
    const what =
      counted.failed === 1 ? "1 call failed; its item is" : `${counted.failed} calls failed; their items are`;
    notes.push(`${run.label}: ${what} left out, not counted as wrong.`);
  }
  for (const [value, n] of counted.unplaced) notes.push(`${run.label}: ${n} items with ${value} belong to no column.`);
  const absent = definition.leaves.filter(({ code }) => !leaves.has(code)).map(({ code }) => code);
  if (absent.length > 0) notes.push(`${run.label}: no results for ${absent.join(", ")}.`);
  const other = definition.leaves.filter(
    ({ code, n }) => n !== undefined && leaves.has(code) && leaves.get(code)!.n !== n,
  );
  if (other.length > 0) {
    const sizes = other.map(({ code, n }) => [code, `${leaves.get(code)!.n} of ${n}`] as const);
    const alike =
      other.length > 1 &&
      other.length === definition.leaves.length &&
      new Set(sizes.map(([, size]) => size)).size === 1;
    const words = alike ? `${sizes[0][1]} in every column` : sizes.map((parts) => parts.join(" ")).join(", ");
    notes.push(`${run.label}: counted are ${words}.`);
  }
  return notes;
}
