import { binomialTail } from "./binomial.js";
import { FEWEST, predictLabels, type Score } from "./predict.js";
import { sequenceOf } from "./task-kind.js";
import { answerParts, type SeenRow, type TaskRows } from "./task-rows.js";

/** One constant answer against an even share of all answers that occur; of a sequence, one number at one place. */
export function answerBalance({ kind, rows, answers }: TaskRows): Score | null {
  if (answers.length < 2 || rows.length < FEWEST) return null;
  const lists =
    kind.name === "sequence"
      ? Array.from({ length: kind.places }, (_, place) => rows.map(({ target }) => String(sequenceOf(target)?.[place])))
      : [rows.map(({ target }) => target)];
  const scores = lists.map((list) => {
    const counts = countOf(list);
    const most = Math.max(...counts.values());
    const chance = 1 / counts.size;
    return {
      accuracy: most / list.length,
      chance,
      trials: list.length,
      p: binomialTail(most, list.length, chance) * counts.size,
    };
  });
  return firstOf(scores);
}

/**
 * Does the place in the set tell the answer? Sorted sets (all of one answer first) show to a tree that sees the row number;
 * generators that are reset for every batch show as an answer that comes again after a fixed number of rows.
 */
export function rowOrder(task: TaskRows): Score | null {
  const byPlace = predictLabels(answerParts(task, task.rows, ({ place, split }) => [place, splitCode(task, split)]));
  const splits = [...new Set(task.rows.map(({ split }) => split))];
  const again = splits.map((split) => repeats(task.rows.filter((row) => row.split === split)));
  return firstOf([byPlace, ...again]);
}

function splitCode({ rows }: TaskRows, split: string): number {
  return rows.findIndex((row) => row.split === split);
}

/** Lags beyond this are longer than any batch. */
const LAGS = 4096;

/** The lag after which answers repeat most surely. */
function repeats(rows: readonly SeenRow[]): Score | null {
  const codes = new Map<string, number>();
  const answers = Int32Array.from(rows, ({ target }) => {
    if (!codes.has(target)) codes.set(target, codes.size);
    return codes.get(target)!;
  });
  const shares = [...countOf(rows.map(({ target }) => target)).values()].map((count) => count / rows.length);
  const chance = shares.reduce((sum, share) => sum + share * share, 0);
  const lags = Math.min(LAGS, rows.length - FEWEST);
  const scores: Score[] = [];
  for (let lag = 1; lag <= lags; lag++) {
    let equal = 0;
    for (let i = lag; i < answers.length; i++) if (answers[i] === answers[i - lag]) equal++;
    const trials = answers.length - lag;
    // Most lags are no better than chance; the tail is worth computing for the few that are.
    if (equal > chance * trials + 2) {
      scores.push({
        accuracy: equal / trials,
        chance,
        trials,
        // Where answers are mixed in blocks, those of a block come again together: two rows are one trial.
        p: Math.min(1, binomialTail(Math.floor(equal / 2), Math.floor(trials / 2), chance) * lags),
      });
    }
  }
  return firstOf(scores, 1) ?? (lags > 0 ? { accuracy: chance, chance, trials: rows.length, p: 1 } : null);
}

/** Do two lists of rows have the same answers in the same order? */
export function sameDraws(a: readonly SeenRow[], b: readonly SeenRow[]): Score | null {
  const trials = Math.min(a.length, b.length);
  if (trials < FEWEST) return null;
  const [first, second] = [a.slice(0, trials), b.slice(0, trials)].map((rows) =>
    countOf(rows.map(({ target }) => target)),
  );
  let chance = 0;
  for (const [answer, count] of first) chance += (count / trials) * ((second.get(answer) ?? 0) / trials);
  const equal = a.slice(0, trials).filter(({ target }, i) => target === b[i].target).length;
  return { accuracy: equal / trials, chance, trials, p: binomialTail(equal, trials, chance) };
}

/** Does the answer of `known` tell that of `wanted`, for rows of the same picture or of the same place in the set? */
export function tellsOther(known: TaskRows, wanted: TaskRows): Score | null {
  const joins = [(row: SeenRow) => row.group, (row: SeenRow) => `${row.split}:${row.place}`];
  return firstOf(
    joins.map((join) => {
      const answer = new Map(known.rows.map((row) => [join(row), row.target]));
      const rows = wanted.rows.filter((row) => answer.has(join(row)));
      if (rows.length < FEWEST) return null;
      return predictLabels(answerParts(wanted, rows, (row) => asNumbers(answer.get(join(row))!, known)));
    }),
  );
}

/** Answers beyond this many are told apart by their order alone. */
const NAMED = 64;

function asNumbers(answer: string, { kind, answers }: TaskRows): number[] {
  if (kind.name === "sequence") return sequenceOf(answer) ?? [];
  const index = answers.indexOf(answer);
  return answers.length > NAMED ? [index] : answers.map((_, i) => (i === index ? 1 : 0));
}

function countOf(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of list) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The likeliest leak of several, its probability corrected for their number. */
function firstOf(scores: readonly (Score | null)[], looks?: number): Score | null {
  const asked = scores.filter((score) => score !== null);
  if (asked.length === 0) return null;
  const best = asked.reduce((a, b) => (b.p < a.p ? b : a));
  return { ...best, p: Math.min(1, best.p * (looks ?? asked.length)) };
}
