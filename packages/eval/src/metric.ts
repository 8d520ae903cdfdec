import { answerKind, estimate } from "@ssl4rl/core";
import type { Graded } from "./graded.js";
import type { Question } from "./question.js";
import { meanOfShares } from "./statistics/mean-of-shares.js";

/** A question and what was earned on it: 1 or 0; or the chance of a blind guess, which has no answer. */
export interface Scored extends Pick<Graded, "question" | "accuracy">, Partial<Pick<Graded, "extraction">> {
  /** Answers of one cluster are not independent; unless given, those on one picture. */
  readonly cluster?: string;
}

/** What a metric says of a set of answers. */
export interface Measured {
  /** In 0..1; NaN of no answers. */
  readonly value: number;
  /** How many things were counted: answers, groups, or categories. */
  readonly n: number;
  /** How many of them were right, where the value is a share. */
  readonly hits?: number;
  /** 95% interval of a share (Wilson's) or a mean of shares, answers of one cluster taken together. */
  readonly low?: number;
  readonly high?: number;
}

/** A number over the answers of a benchmark. Give it whole groups: a pair of which one call failed is no pair. */
export interface Metric {
  readonly name: string;
  measure(scored: readonly Scored[]): Measured;
}

/** Share of right answers, of those that `only` lets through. */
export function accuracy(name = "accuracy", only: (question: Question) => boolean = () => true): Metric {
  return {
    name,
    measure: (scored) => share(scored.filter(({ question }) => only(question)).map(unit)),
  };
}

/** Share of groups of which every answer is right; `groupOf` names a question's group, null for none. */
export function allRight(name: string, groupOf: (question: Question) => string | null = ({ group }) => group): Metric {
  return {
    name,
    measure(scored) {
      const groups = new Map<string, Unit>();
      for (const each of scored) {
        const group = groupOf(each.question);
        if (group === null) continue;
        const { cluster, accuracy } = groups.get(group) ?? { ...unit(each), accuracy: 1 };
        groups.set(group, { cluster, accuracy: accuracy * each.accuracy });
      }
      return share([...groups.values()]);
    },
  };
}

/** Mean of the accuracies of each value of a label, all of one weight. */
export function meanOver(name: string, label: string, only: (question: Question) => boolean = () => true): Metric {
  return {
    name,
    measure(scored) {
      const parts = unitsBy(
        scored.filter(({ question }) => only(question)),
        label,
      );
      const shares = [...parts.values()].map((units) => ({ weight: 1 / parts.size, units }));
      return parts.size === 0 ? { value: Number.NaN, n: 0 } : { ...meanOfShares(shares), n: parts.size };
    },
  };
}

/** Mean of the accuracies of some values of a label, by weights that add up to 1; NaN where a value is missing. */
export function weightedMean(name: string, label: string, weights: Readonly<Record<string, number>>): Metric {
  return {
    name,
    measure(scored) {
      const parts = unitsBy(scored, label);
      const shares = Object.entries(weights).map(([value, weight]) => ({ weight, units: parts.get(value) ?? [] }));
      return { ...meanOfShares(shares), n: parts.size };
    },
  };
}

/** Accuracy for each value of a label, in the order of their first coming. */
export function accuracyBy(scored: readonly Scored[], label: string): Map<string, Measured> {
  return new Map([...unitsBy(scored, label)].map(([value, units]) => [value, share(units)]));
}

function unitsBy(scored: readonly Scored[], label: string): Map<string, Unit[]> {
  const parts = new Map<string, Unit[]>();
  for (const each of scored) {
    const value = each.question.labels[label];
    if (value === undefined) continue;
    const part = parts.get(value) ?? [];
    part.push(unit(each));
    parts.set(value, part);
  }
  return parts;
}

/**
 * What blind guesses score: one choice of those shown, one answer of a task's kind, nothing where anything may be said. NaN for
 * metrics that weigh answers themselves.
 */
export function chanceOf(metric: Metric, questions: readonly Question[]): number {
  const guess = ({ choices, target }: Question) => {
    if (target.kind === "answer") return 1 / answerKind(target.spec).size;
    return choices ? 1 / Object.keys(choices).length : 0;
  };
  return metric.measure(questions.map((question) => ({ question, accuracy: guess(question) }))).value;
}

/** What a share counts; units of one cluster are not independent. */
interface Unit {
  readonly cluster: string;
  readonly accuracy: number;
}

function unit({ question, accuracy, cluster }: Scored): Unit {
  return { cluster: cluster ?? question.images[0]?.name ?? question.group, accuracy };
}

function share(units: readonly Unit[]): Measured {
  const hits = units.reduce((sum, { accuracy }) => sum + accuracy, 0);
  const { accuracy: value, low, high, n } = estimate(units);
  return { value, n, hits, low, high };
}
