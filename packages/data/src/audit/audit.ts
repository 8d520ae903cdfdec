import { UserError } from "@ssl4rl/core";
import { answerBalance, rowOrder, sameDraws, tellsOther } from "./answer-probes.js";
import { holm } from "./binomial.js";
import { featureProbes, runFeatureProbe } from "./feature-probes.js";
import { groupByPicture } from "./fingerprint.js";
import { type GraphFacts, graphFacts } from "./graph-facts.js";
import { graphProbes, runGraphProbe } from "./graph-probes.js";
import { type PictureFacts, pictureFacts } from "./picture-facts.js";
import type { AuditRow } from "./row.js";
import { kindOf, type TaskKind } from "./task-kind.js";
import type { SeenRow, TaskRows } from "./task-rows.js";

/** What one probe found on one task (or between two, or between splits). */
export interface Finding {
  readonly task: string;
  readonly probe: string;
  /** What the guess was made from. */
  readonly sees: string;
  readonly leak: boolean;
  readonly accuracy: number;
  readonly chance: number;
  /** Independent questions that were guessed. */
  readonly trials: number;
  readonly p: number;
  /** p as it counts among all probes of the audit (Holm). */
  readonly corrected: number;
  readonly remedy: string;
}

export interface AuditReport {
  readonly rows: number;
  readonly tasks: readonly {
    readonly task: string;
    readonly kind: TaskKind["name"];
    readonly rows: number;
    readonly splits: readonly string[];
    /** Rows whose pictures were shown before in the same split. */
    readonly repeated: number;
    readonly unasked: readonly { readonly probe: string; readonly reason: string }[];
  }[];
  readonly findings: readonly Finding[];
  readonly leaks: readonly Finding[];
}

/** A clean set is called leaky about once in a hundred audits. */
const ALPHA = 0.01;
/** A guess that beats chance by less is no leak, however sure: in large sets the faintest trace of content is sure. */
const LEAST_GAIN = 0.02;

/**
 * Looks for ways to answer a set's questions without looking at what the pictures show. Every probe guesses answers
 * from one kind of artefact; its accuracy on pictures it has not learned from is tested against chance. Of a row, only
 * measurements are kept.
 */
export async function audit(rows: AsyncIterable<AuditRow>): Promise<AuditReport> {
  const seen = await look(rows);
  const tasks = byTask(seen);
  const asked = tasks.map(probe);
  const tests = [...asked.flatMap(({ tests }) => tests), ...tasks.flatMap(betweenSplits), ...betweenTasks(tasks)];
  const corrected = holm(tests.map(({ p }) => p));
  const findings = [
    ...tests.map((test, i) => ({
      ...test,
      corrected: corrected[i],
      leak: corrected[i] < ALPHA && test.accuracy - test.chance >= LEAST_GAIN && !content.has(test.probe),
    })),
    ...sharedPictures(seen),
  ];
  return {
    rows: seen.length,
    tasks: tasks.map(({ task, kind, rows }, i) => ({
      task,
      kind: kind.name,
      rows: rows.length,
      splits: splitsOf(rows),
      repeated: rows.length - new Set(rows.map(({ split, look }) => `${split}:${look}`)).size,
      unasked: asked[i].unasked,
    })),
    findings,
    leaks: findings.filter(({ leak }) => leak),
  };
}

/** Measures every picture; a row with one that cannot be read is an error that names it. */
async function look(rows: AsyncIterable<AuditRow>): Promise<SeenRow[]> {
  const measured: { row: Omit<AuditRow, "pictures" | "words">; pictures: PictureFacts[]; graph: GraphFacts | null }[] =
    [];
  for await (const { pictures, words, ...row } of rows) {
    const facts: PictureFacts[] = [];
    for (const [i, picture] of pictures.entries()) {
      facts.push(
        await pictureFacts(picture).catch((error: Error) => {
          throw new UserError(
            `${row.where}: picture ${i + 1} cannot be read (${error.message}). Repair or drop the row.`,
          );
        }),
      );
    }
    measured.push({ row, pictures: facts, graph: words ? graphFacts(words.prompt, words.answer) : null });
  }
  const kinds = new Map(
    [...new Set(measured.map(({ row }) => row.task))].map((task) => [
      task,
      kindOf(
        measured
          .filter(({ row }) => row.task === task)
          .map(({ row, pictures }) => ({ target: row.target, pictures: pictures.length })),
      ),
    ]),
  );
  const looks = groupByPicture(
    measured.map(({ row, pictures }) => subjectOf(kinds.get(row.task)!, pictures).map(({ print }) => print)),
  );
  const places = new Map<string, number>();
  const sources = new Map<string, number>();
  return measured.map(({ row: { task, split, source, target }, pictures, graph }, number) => {
    const key = JSON.stringify([task, split]);
    const place = places.get(key) ?? 0;
    places.set(key, place + 1);
    if (source !== undefined && !sources.has(source)) sources.set(source, -1 - sources.size);
    const group = source === undefined ? looks[number] : sources.get(source)!;
    return { task, split, target, pictures, graph, number, place, group, look: looks[number] };
  });
}

/** The pictures that show what a question is about. */
function subjectOf(kind: TaskKind, pictures: readonly PictureFacts[]): readonly PictureFacts[] {
  if (kind.name === "choice" && kind.first > 0) return pictures.slice(0, kind.first);
  return kind.name === "turn" || kind.name === "other" ? pictures.slice(0, 1) : pictures;
}

function byTask(seen: readonly SeenRow[]): TaskRows[] {
  return [...new Set(seen.map(({ task }) => task))].map((task) => {
    const rows = seen.filter((row) => row.task === task);
    return {
      task,
      rows,
      kind: kindOf(rows.map(({ target, pictures }) => ({ target, pictures: pictures.length }))),
      answers: [...new Set(rows.map(({ target }) => target))].sort(),
    };
  });
}

const content = new Set(graphProbes.flatMap(({ name, content }) => (content ? [name] : [])));

type Test = Omit<Finding, "leak" | "corrected">;

function probe(task: TaskRows): { tests: Test[]; unasked: { probe: string; reason: string }[] } {
  const results = [
    {
      name: "answer balance",
      sees: "the commonest answer alone",
      remedy: "Draw the answer first and the picture's corruption to it, every answer equally often.",
      result: freeText(task) ?? answerBalance(task) ?? { unasked: "too few questions" },
    },
    {
      name: "row order",
      sees: "the place in the set",
      remedy: "Mix the answers, and name each row's randomness by its picture; never reset one generator per batch.",
      result: freeText(task) ?? rowOrder(task) ?? { unasked: "too few questions" },
    },
    ...(task.rows.every(({ pictures }) => pictures.length > 0)
      ? featureProbes.map((probe) => ({ ...probe, result: runFeatureProbe(probe, task) }))
      : graphProbes.map((probe) => ({ ...probe, result: runGraphProbe(probe, task) }))),
  ];
  const tests: Test[] = [];
  const unasked: { probe: string; reason: string }[] = [];
  for (const { name, sees, remedy, result } of results) {
    if ("unasked" in result) unasked.push({ probe: name, reason: result.unasked });
    else tests.push({ task: task.task, probe: name, sees, remedy, ...result });
  }
  return { tests, unasked };
}

/** Where there is nothing to choose from, the answer follows from what is asked about, and repeats with it. */
function freeText({ rows }: TaskRows): { readonly unasked: string } | null {
  const closed = rows.some(({ graph, pictures }) => graph !== null || pictures.length > 0);
  return closed ? null : { unasked: "answers are free text" };
}

/** Do two splits draw the same answers in the same order? */
function betweenSplits({ task, rows }: TaskRows): Test[] {
  return pairsOf(splitsOf(rows)).flatMap(([a, b]) => {
    const score = sameDraws(
      rows.filter(({ split }) => split === a),
      rows.filter(({ split }) => split === b),
    );
    if (!score) return [];
    return {
      task: `${task} (${a}, ${b})`,
      probe: "draws between splits",
      sees: "the answer at the same place in the other split",
      remedy: "Make the split part of the name of each row's randomness.",
      ...score,
    };
  });
}

/** Does one task's answer tell another's? */
function betweenTasks(tasks: readonly TaskRows[]): Test[] {
  return pairsOf(tasks).flatMap(([a, b]) => {
    const score = tellsOther(a, b);
    if (!score) return [];
    return {
      task: `${a.task} and ${b.task}`,
      probe: "answers between tasks",
      sees: "the other task's answer for the same picture or row number",
      remedy: "Make the task part of the name of each row's randomness.",
      ...score,
    };
  });
}

/** Splits that show the same pictures: whatever is measured on the one was trained on with the other. */
function sharedPictures(seen: readonly SeenRow[]): Finding[] {
  const shown = new Map(
    splitsOf(seen).map((split) => [split, new Set(seen.filter((row) => row.split === split).map(({ look }) => look))]),
  );
  return pairsOf([...shown]).map(([[a, first], [b, second]]) => {
    const [small, large] = first.size < second.size ? [first, second] : [second, first];
    const shared = [...small].filter((picture) => large.has(picture)).length;
    return {
      task: `${a}, ${b}`,
      probe: "pictures in both splits",
      sees: "pictures of the other split",
      remedy: "Split by a hash of the picture, so that copies and all of its rows fall on one side.",
      leak: shared > 0,
      accuracy: shared / small.size,
      chance: 0,
      trials: small.size,
      p: shared > 0 ? 0 : 1,
      corrected: shared > 0 ? 0 : 1,
    };
  });
}

function splitsOf(rows: readonly { readonly split: string }[]): string[] {
  return [...new Set(rows.map(({ split }) => split))];
}

function pairsOf<Item>(items: readonly Item[]): [Item, Item][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [Item, Item] => [a, b]));
}
