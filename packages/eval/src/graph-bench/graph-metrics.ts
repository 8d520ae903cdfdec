import type { Metric, Scored } from "../metric.js";

/** The mean over classes of the harmonic mean of precision and recall. `label` holds the name of the true class. */
export function macroF1(label: string): Metric {
  return {
    name: "macro-F1",
    measure(scored) {
      const counts = new Map<string, { hits: number; said: number; meant: number }>();
      const of = (name: string) => {
        const own = counts.get(name) ?? { hits: 0, said: 0, meant: 0 };
        counts.set(name, own);
        return own;
      };
      for (const each of scored) {
        const said = saidName(each);
        // Blind guesses have no answers to be counted.
        if (said === undefined) return { value: Number.NaN, n: scored.length };
        const meant = each.question.labels[label];
        of(meant).meant++;
        // Where several answers are right, the one that was given is taken for the one that was meant.
        const counted = said !== null && each.accuracy === 1 ? meant : said;
        if (counted !== null) of(counted).said++;
        if (each.accuracy === 1) of(meant).hits++;
      }
      const f1 = [...counts.values()]
        .filter(({ meant }) => meant > 0)
        .map(({ hits, said, meant }) => (2 * hits) / (said + meant));
      return { value: f1.reduce((sum, value) => sum + value, 0) / f1.length, n: f1.length };
    },
  };
}

/** Share of the answers that are this choice, of the questions that `label` says this of. */
export function answerRate(name: string, answer: string, label: string, is: string): Metric {
  return {
    name,
    measure(scored) {
      const own = scored.filter(({ question }) => question.labels[label] === is);
      const said = own.map(saidName);
      if (said.includes(undefined)) return { value: Number.NaN, n: own.length };
      const hits = said.filter((each) => each === answer).length;
      return { value: hits / own.length, n: own.length, hits };
    },
  };
}

/** The name of the choice that was answered; null where nothing could be read, undefined of a blind guess. */
function saidName({ question, extraction }: Scored): string | null | undefined {
  if (!extraction) return undefined;
  return extraction.answer === null ? null : (question.choices?.[extraction.answer] ?? null);
}
