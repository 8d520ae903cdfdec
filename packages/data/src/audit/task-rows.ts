import type { GraphFacts } from "./graph-facts.js";
import type { PictureFacts } from "./picture-facts.js";
import type { Example } from "./predict.js";
import { sequenceOf, type TaskKind } from "./task-kind.js";

/** A row once its pictures were measured and thrown away. */
export interface SeenRow {
  readonly task: string;
  readonly split: string;
  readonly target: string;
  readonly pictures: readonly PictureFacts[];
  /** Of a question on a graph. */
  readonly graph: GraphFacts | null;
  /** Its number in the set, and in its task and split. */
  readonly number: number;
  readonly place: number;
  /** Rows of one group are made of one picture. */
  readonly group: number;
  /** Rows of one look show nearly the same picture, whatever the set calls them. */
  readonly look: number;
}

/** All rows of a task. */
export interface TaskRows {
  readonly task: string;
  readonly kind: TaskKind;
  readonly rows: readonly SeenRow[];
  /** All answers that occur, sorted. */
  readonly answers: readonly string[];
}

/** Places of a long sequence that are predicted: a leak shows in the first as well as in all. */
const PLACES = 9;

/** Examples to predict the answers of `rows`: one list, or one for each place of a sequence. */
export function answerParts(
  { kind }: TaskRows,
  rows: readonly SeenRow[],
  features: (row: SeenRow) => readonly number[],
): Example[][] {
  const example = (row: SeenRow, label: string) => ({
    features: features(row),
    label,
    row: row.number,
    group: row.group,
  });
  if (kind.name !== "sequence") return [rows.map((row) => example(row, row.target))];
  return Array.from({ length: Math.min(PLACES, kind.places) }, (_, place) =>
    rows.map((row) => example(row, String(sequenceOf(row.target)?.[place] ?? "none"))),
  );
}
