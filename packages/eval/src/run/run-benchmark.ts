import { join } from "node:path";
import type { OpenBenchmark } from "../benchmark.js";
import { type Asked, answeredItem, failedItem, type ItemResult, pictureOf } from "../item-result.js";
import { contentOf, type EvalProtocol, grade } from "../protocol.js";
import type { Question } from "../question.js";
import { type AnswerCache, answerKey, contentOfTurn, type TurnContent } from "./answer-cache.js";
import type { Answer, Answerer, Turn } from "./answerer.js";
import { ItemFile } from "./item-file.js";
import { describeLimits, type Limits } from "./limits.js";
import { type Scores, scoresOf } from "./scores.js";
import { wholeGroups } from "./whole-groups.js";

export interface RunOptions {
  readonly protocol: EvalProtocol;
  readonly answerer: Answerer;
  readonly limits: Limits;
  readonly answers: AnswerCache;
  /** The folder of the evaluation; the benchmark's own is made in it. */
  readonly out: string;
  /** Questions at most, in whole groups. */
  readonly limit?: number;
  /** Asks those questions again whose calls failed for good in an earlier run. */
  readonly retryFailed?: boolean;
  readonly versions: Readonly<Record<string, string>>;
  /** Stops the run; what was answered stays. */
  readonly signal: AbortSignal;
  progress(done: Done): void;
}

export interface Done {
  /** Answered or failed, in earlier runs too. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

/**
 * Asks a model the questions of a benchmark, grades its answers, and writes each to `items.jsonl` as it comes. What stands there
 * already, in the words in which it would be asked, is not asked again. Null if it was stopped.
 */
export async function runBenchmark(open: OpenBenchmark, options: RunOptions): Promise<Scores | null> {
  const { protocol, answerer, limits, signal, limit, versions } = options;
  const id = open.benchmark.id;
  const model = { ...answerer.settings, ...describeLimits(limits) };
  const settings = { benchmark: id, protocol: protocol.name, ...open.settings, ...model };
  const items = ItemFile.open(join(options.out, id), settings);
  const questions = limit === undefined ? open.questions : wholeGroups(open.questions, limit);
  const before = done(items, options.retryFailed ?? false);
  const known = (question: Question) => before.get(question.id)?.prompt === protocol.ask(question);
  const kept = questions.filter(known);
  const left = questions.filter((question) => !known(question));
  const state = { done: kept.length, failed: kept.filter(({ id }) => before.get(id)!.failed).length };
  const report = () => options.progress({ ...state, total: questions.length });
  report();
  const note = (item: ItemResult) => {
    items.append(item);
    state.done++;
    if (item.accuracy === null) state.failed++;
    report();
  };
  await askAll(left, id, options, note);
  if (signal.aborted) return null;
  const scores = scoresOf(open, questions, protocol, settings, items.read(), versions);
  items.writeScores(scores);
  return scores;
}

/** What needs no asking, by id. */
function done(items: ItemFile, retryFailed: boolean) {
  const found = new Map<string, { readonly prompt: string; readonly failed: boolean }>();
  for (const { id, prompt, accuracy } of items.read()) {
    const failed = accuracy === null;
    if (failed && retryFailed) found.delete(id);
    else found.set(id, { prompt, failed });
  }
  return found;
}

/** As many calls at once as the model takes. The first error that concerns all of them ends them all. */
async function askAll(
  questions: readonly Question[],
  benchmark: string,
  { protocol, answerer, limits, answers, signal }: RunOptions,
  note: (item: ItemResult) => void,
): Promise<void> {
  const model = { ...answerer.settings, ...describeLimits(limits) };
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  const queue = questions.values();
  const work = async () => {
    while (!stop.signal.aborted) {
      const batch = [...take(queue, answerer.batch)];
      if (batch.length === 0) return;
      for (const { asked, answer } of await askBatch(batch)) {
        if ("failure" in answer) note(failedItem(asked, answer.failure));
        else note(answeredItem(asked, await grade(asked.question, answer.response, protocol)));
      }
    }
  };
  const askBatch = async (batch: readonly Question[]): Promise<Answered[]> => {
    const read = await Promise.all(batch.map((question) => readTurn(benchmark, question, protocol.ask(question))));
    const turns = read.map(({ asked, turn }) => {
      if ("failure" in turn) return { asked, answer: turn };
      const content = contentOfTurn(turn);
      const key = answerKey(model, content);
      const response = answers.get(key);
      return {
        asked: { ...asked, content: firstPicture(content) },
        turn,
        key,
        answer: response === null ? null : { response },
      };
    });
    const open = turns.filter((each) => each.answer === null);
    const given =
      open.length === 0
        ? []
        : await answerer.answer(
            open.map(({ turn }) => turn!),
            limits,
            stop.signal,
          );
    for (const [i, { key }] of open.entries()) {
      const answer = given[i];
      if ("response" in answer) answers.set(key!, answer.response);
    }
    const fresh = given.values();
    return turns.map(({ asked, answer }) => ({ asked, answer: answer ?? fresh.next().value! }));
  };
  try {
    const workers = Array.from({ length: answerer.concurrency }, () =>
      work().catch((error: unknown) => {
        // Of those that end because another did, or because all were stopped, there is nothing to tell.
        if (stop.signal.aborted) return null;
        stop.abort();
        return error;
      }),
    );
    const error = (await Promise.all(workers)).find((each) => each);
    if (error) throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

interface Answered {
  readonly asked: Asked;
  readonly answer: Answer;
}

/** The first picture by the beginning of its hash, which is enough to tell a benchmark's pictures apart. */
function firstPicture(content: TurnContent): string | undefined {
  return content.flatMap((part) => (typeof part === "string" ? [] : [part.picture.slice(0, 16)]))[0];
}

/** A question as the model is asked it. A picture that cannot be read is a failed call, not the end of the run. */
async function readTurn(benchmark: string, question: Question, prompt: string) {
  const what = { benchmark, question, prompt };
  try {
    const parts = contentOf(prompt, question.images).map((part) => (typeof part === "string" ? part : part.bytes()));
    // All at once: pictures that are made of one are then made together.
    const [picture, ...read] = await Promise.all([pictureOf(question), ...parts]);
    return { asked: { ...what, picture }, turn: read satisfies Turn };
  } catch (error) {
    return { asked: { ...what, picture: question.group }, turn: { failure: (error as Error).message } };
  }
}

/** The next `count` of an iterator, or what is left of it. Unlike a loop that ends early, it leaves the iterator open. */
function* take<Item>(items: Iterator<Item>, count: number): Generator<Item> {
  for (let i = 0; i < count; i++) {
    const next = items.next();
    if (next.done) return;
    yield next.value;
  }
}
