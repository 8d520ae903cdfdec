import type { OpenBenchmark } from "../benchmark.js";
import { clusterNames, type ItemResult } from "../item-result.js";
import { chanceOf, type Scored } from "../metric.js";
import type { EvalProtocol } from "../protocol.js";
import type { Question } from "../question.js";
import { clustersOf } from "../statistics/clusters.js";
import type { Settings } from "./item-file.js";

/** `scores.json`: what an evaluation came to, and all that is needed to judge it. */
export interface Scores {
  readonly benchmark: string;
  readonly title: string;
  readonly protocol: { readonly name: string; readonly source: string };
  readonly settings: Settings;
  /** Questions that were to be asked; the benchmark's file may have more (`--limit`). */
  readonly questions: number;
  readonly answered: number;
  /** Calls that failed for good: counted apart, never as wrong. */
  readonly failed: number;
  /** Answered, but left out, because a call of the same group failed. */
  readonly leftOut: number;
  /** Share of the answers that nothing could be read from: they count as wrong. */
  readonly unparsable: number;
  readonly metrics: readonly MetricScore[];
  /** What always giving the commonest answer of these questions would score. */
  readonly majority?: { readonly answer: string; readonly share: number };
  /** What a judge decides upstream and rules decide here. */
  readonly judge?: string;
  /** What the benchmark's file has and could not be asked. */
  readonly skipped: OpenBenchmark["skipped"];
  readonly versions: Readonly<Record<string, string>>;
}

export interface MetricScore {
  readonly name: string;
  /** In 0..1; null where nothing was counted. */
  readonly value: number | null;
  /** 95% interval, where the value is a share or a mean of shares. */
  readonly low?: number;
  readonly high?: number;
  readonly n: number;
  readonly hits?: number;
  /** What blind guesses would score on the same questions; null where they have no meaning. */
  readonly chance: number | null;
}

/** Works out the scores of `questions` from the items that `items.jsonl` has of them. */
export function scoresOf(
  { benchmark, skipped }: OpenBenchmark,
  questions: readonly Question[],
  protocol: EvalProtocol,
  settings: Settings,
  items: Iterable<ItemResult>,
  versions: Readonly<Record<string, string>>,
): Scores {
  const asked = new Map(questions.map((question) => [question.id, question]));
  const scored = new Map<string, Scored & { readonly names: readonly string[] }>();
  const failed = new Set<string>();
  for (const item of items) {
    const { id, given, how, accuracy } = item;
    const question = asked.get(id);
    if (!question) continue;
    scored.delete(id);
    failed.delete(id);
    if (accuracy === null) failed.add(id);
    else scored.set(id, { question, extraction: { answer: given, how }, accuracy, names: clusterNames(item) });
  }
  const torn = new Set([...failed].map((id) => asked.get(id)!.group));
  // In the questions' order: sums in that of their coming would differ in the last bit from run to run.
  const answered = questions.flatMap(({ id }) => scored.get(id) ?? []);
  const counted = answered.filter(({ question }) => !torn.has(question.group));
  const clusters = clustersOf(counted.map(({ names }) => names));
  const clustered = counted.map((each, i): Scored => ({ ...each, cluster: clusters[i] }));
  const unread = answered.filter(({ extraction }) => extraction!.answer === null);
  return {
    benchmark: benchmark.id,
    title: benchmark.title,
    protocol: { name: protocol.name, source: protocol.source },
    settings,
    questions: questions.length,
    answered: scored.size,
    failed: failed.size,
    leftOut: scored.size - counted.length,
    unparsable: scored.size === 0 ? 0 : unread.length / scored.size,
    metrics: benchmark.metrics.map((metric) => {
      const measured = metric.measure(clustered);
      const chance = chanceOf(
        metric,
        counted.map(({ question }) => question),
      );
      return { name: metric.name, ...measured, value: finite(measured.value), chance: finite(chance) };
    }),
    ...(benchmark.majority === undefined ? {} : { majority: majorityOf(questions, benchmark.majority) }),
    ...(benchmark.judge === undefined ? {} : { judge: benchmark.judge }),
    skipped,
    versions,
  };
}

/** The commonest value of a label, and its share. */
export function majorityOf(
  questions: readonly Pick<Question, "labels">[],
  label: string,
): { answer: string; share: number } {
  const counts = new Map<string, number>();
  for (const { labels } of questions) counts.set(labels[label], (counts.get(labels[label]) ?? 0) + 1);
  const [answer, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
  return { answer, share: count / questions.length };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
