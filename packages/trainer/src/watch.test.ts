import { Random } from "@ssl4rl/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StepMetrics } from "./grpo.js";
import { type Warning, Watch } from "./watch.js";

const TASK = "rotation@1";
const watched = {
  reward: { accuracy: 1, format: 0, partial: 0 },
  maxNewTokens: 64,
  chance: new Map([[TASK, 0.25]]),
};

/** A step on which nothing is to be said, but for what a test changes. */
function step(number: number, change: Partial<StepMetrics> = {}): StepMetrics {
  const { accuracy = 0.6, reward = accuracy } = change;
  return {
    step: number,
    reward,
    accuracy,
    formatError: 0.05,
    truncated: 0,
    length: 9,
    entropy: 0.5,
    kl: 0.01,
    clipped: 0,
    zeroVariance: 0.3,
    loss: 0,
    gradNorm: 1,
    learningRate: 1e-6,
    machine: { seconds: 1, phases: {}, tokensPerSecond: 1, peakBytes: 1 },
    curriculum: null,
    tasks: { [TASK]: { accuracy, reward, n: 320 } },
    ...change,
  };
}

function warnings(
  count: number,
  change: (number: number) => Partial<StepMetrics>,
  about: Partial<ConstructorParameters<typeof Watch>[0]> = {},
): Warning[] {
  const watch = new Watch({ ...watched, ...about });
  return Array.from({ length: count }, (_, i) => step(i, change(i))).flatMap((metrics) => watch.next(metrics));
}

const kinds = (list: readonly Warning[]) => list.map(({ kind }) => kind);

/** Share of `n` answers that are right when each is with probability `p`. */
function share(p: number, n: number, ...names: (string | number)[]): number {
  const random = Random.from("answers", ...names);
  return Array.from({ length: n }, () => random.chance(p)).filter(Boolean).length / n;
}

describe("a run that learns", () => {
  it("is not warned of", () => {
    const learning = (i: number) => {
      const accuracy = 0.3 + 0.65 * (1 - Math.exp(-i / 60));
      return { accuracy, entropy: 0.7 * (1 - accuracy), kl: 0.0005 * i, zeroVariance: 0.2 + 0.5 * accuracy };
    };
    expect(warnings(300, learning)).toEqual([]);
  });

  it("that learns the form of answers first is not warned of", () => {
    const both = (i: number) => {
      const formatError = 0.95 * Math.exp(-i / 15);
      const accuracy = (1 - formatError) * (0.25 + Math.min(0.5, i / 200));
      return { formatError, accuracy, reward: accuracy + 0.2 * (1 - formatError) };
    };
    expect(warnings(200, both, { reward: { accuracy: 1, format: 0.2, partial: 0 } })).toEqual([]);
  });
});

describe("entropy", () => {
  const collapse = (i: number) => ({ entropy: i < 20 ? 0.5 : 0.01 });

  it("that collapses is said once, with the figures and what to do", () => {
    const [warning, ...rest] = warnings(100, collapse);
    expect(rest).toEqual([]);
    expect(warning).toMatchObject({ kind: "entropy", task: null });
    expect(warning.step).toBeLessThan(30);
    expect(warning.text).toMatch(/fell from 0\.5 to 0\.0\d+ nats per token.*beta/);
  });

  it("is no trouble where the reward is near the highest, or where it was low from the start", () => {
    expect(warnings(100, (i) => ({ ...collapse(i), accuracy: i < 20 ? 0.6 : 0.95 }))).toEqual([]);
    expect(warnings(100, () => ({ entropy: 0.01 }))).toEqual([]);
    expect(warnings(100, (i) => ({ entropy: i < 20 ? 0.5 : 0.1 }))).toEqual([]);
  });

  it("has not collapsed in steps that had nothing to learn from, and none to tell of", () => {
    const idle = { entropy: null, kl: null, clipped: null, accuracy: 0.25, zeroVariance: 1 };
    expect(kinds(warnings(60, (i) => (i < 20 ? {} : idle)))).not.toContain("entropy");
    // One that learns now and then is judged by those steps.
    expect(kinds(warnings(60, (i) => (i < 20 ? {} : i % 3 ? idle : { entropy: 0.01 })))).toContain("entropy");
  });

  it("is said again when it collapses again after it had recovered, but not for a short break", () => {
    const twice = (pause: number) => (i: number) => ({ entropy: i < 40 || (i >= 60 && i < 60 + pause) ? 0.5 : 0.001 });
    expect(kinds(warnings(200, twice(60)))).toEqual(["entropy", "entropy"]);
    expect(kinds(warnings(200, twice(5)))).toEqual(["entropy"]);
  });
});

describe("a task at chance", () => {
  const guesser = (n: number, seed: number) => (i: number) => {
    const accuracy = share(0.25, n, seed, i);
    return { accuracy, tasks: { [TASK]: { accuracy, reward: accuracy, n } } };
  };

  it("is called flat where answers are fair guesses, after enough of them", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(64, 160), (seed, n) => {
        const said = warnings(400, guesser(n, seed));
        expect(kinds(said)).toContain("flat");
        expect(said[0].step + 1).toBeGreaterThanOrEqual(Math.max(100, Math.floor(4800 / n)));
        expect(said[0].task).toBe(TASK);
        expect(said[0].text).toMatch(
          /rotation@1 is right in 2\d\.\d% of the last \d+ answers, where guessing gives 25\.0%/,
        );
      }),
      { numRuns: 10 },
    );
  });

  it("is called flat where all rollouts of a problem guess alike", () => {
    const said = warnings(400, (i) => {
      const accuracy = share(0.25, 40, i);
      return { accuracy, tasks: { [TASK]: { accuracy, reward: accuracy, n: 640 } } };
    });
    expect(kinds(said)).toContain("flat");
  });

  it("is not called flat where it learns slowly", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(64, 160), (seed, n) => {
        // 8 points over the steps that are looked at.
        const rise = 0.08 / Math.max(100, 4800 / n);
        const said = warnings(300, (i) => {
          const accuracy = share(0.25 + rise * i, n, seed, i);
          return { accuracy, tasks: { [TASK]: { accuracy, reward: accuracy, n } } };
        });
        expect(said).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  it("is not called flat before there are answers enough, nor while partial rewards rise", () => {
    expect(warnings(200, guesser(8, 1))).toEqual([]);
    const partial = (i: number) => {
      const reward = 0.3 + i / 1000;
      return { accuracy: 0, reward, tasks: { [TASK]: { accuracy: 0, reward, n: 320 } } };
    };
    const permutation = { chance: new Map([[TASK, 1 / 362_880]]), reward: { accuracy: 1, format: 0, partial: 1 } };
    expect(warnings(200, partial, permutation)).toEqual([]);
    expect(kinds(warnings(200, () => partial(0), permutation))).toEqual(["flat"]);
  });

  it("is told apart from a task that learns", () => {
    const two = (i: number) => {
      const [flat, rising] = [share(0.25, 160, "flat", i), share(0.3 + i / 500, 160, "rising", i)];
      return {
        tasks: { a: { accuracy: flat, reward: flat, n: 160 }, b: { accuracy: rising, reward: rising, n: 160 } },
      };
    };
    const chance = new Map([
      ["a", 0.25],
      ["b", 0.25],
    ]);
    expect([...new Set(warnings(200, two, { chance }).map(({ task }) => task))]).toEqual(["a"]);
  });
});

describe("groups that earn all the same", () => {
  it.each([
    [0.97, /too easy.*harder/],
    [0.02, /too hard.*supervised/],
    [0.5, /always right or never/],
  ])("with accuracy %f are said to be so", (accuracy, text) => {
    const said = warnings(100, () => ({ accuracy, zeroVariance: 0.9 }), { chance: new Map() });
    expect(kinds(said)).toEqual(["alike"]);
    expect(said[0].step).toBe(29);
    expect(said[0].text).toMatch(text);
  });

  it("are no trouble for a few steps, or where most differ", () => {
    expect(warnings(100, (i) => ({ zeroVariance: i % 40 < 20 ? 0.9 : 0.3 }))).toEqual([]);
    expect(warnings(100, () => ({ zeroVariance: 0.7 }))).toEqual([]);
  });
});

describe("KL", () => {
  it("that explodes is said, by its level or by its rise", () => {
    expect(kinds(warnings(60, (i) => ({ kl: i < 30 ? 0.02 : 2 })))).toEqual(["kl"]);
    const said = warnings(60, (i) => ({ kl: i < 30 ? 0.02 : 0.4 }));
    expect(kinds(said)).toEqual(["kl"]);
    expect(said[0].text).toMatch(/is 0\.4 nats per token, and was 0\.02/);
  });

  it("that drifts, starts from nothing, or has one wild step is no trouble", () => {
    expect(warnings(300, (i) => ({ kl: 0.003 * i }))).toEqual([]);
    expect(warnings(300, (i) => ({ kl: i < 20 ? 0 : 0.28 }))).toEqual([]);
    expect(warnings(300, (i) => ({ kl: i === 100 ? 4e8 : 0.02 }))).toEqual([]);
    expect(warnings(300, () => ({ kl: 0 }))).toEqual([]);
  });
});

describe("truncation", () => {
  it("of many responses is said with the limit; of few it is not", () => {
    const said = warnings(50, () => ({ truncated: 0.4 }));
    expect(kinds(said)).toEqual(["truncated"]);
    expect(said[0]).toMatchObject({ step: 9 });
    expect(said[0].text).toMatch(/40\.0% .* maxNewTokens \(64\).*Raise maxNewTokens/);
    expect(warnings(50, () => ({ truncated: 0.1 }))).toEqual([]);
    expect(warnings(50, (i) => ({ truncated: i === 25 ? 1 : 0 }))).toEqual([]);
  });
});

describe("a reward that rises by form alone", () => {
  const reward = { accuracy: 1, format: 0.5, partial: 0 };
  const gaming = (accuracy: (i: number) => number) => (i: number) => {
    const formatError = 0.6 * Math.exp(-i / 40);
    const own = accuracy(i);
    return { formatError, accuracy: own, reward: own + 0.5 * (1 - formatError) };
  };

  it("is said", () => {
    const said = warnings(
      200,
      gaming(() => 0.3),
      { reward },
    );
    expect(kinds(said)).toEqual(["form alone"]);
    expect(said[0].text).toMatch(/the reward rose from .* accuracy was 0\.3 and is 0\.3/);
  });

  it("is no trouble where accuracy rises too, or where form earns nothing", () => {
    expect(
      warnings(
        200,
        gaming((i) => 0.3 + i / 800),
        { reward },
      ),
    ).toEqual([]);
    expect(warnings(200, (i) => ({ formatError: 0.6 * Math.exp(-i / 40) }))).toEqual([]);
  });
});

describe("format errors", () => {
  it("that stay are said; those that go, or come of the limit, are not", () => {
    const stay = { formatError: 0.97, accuracy: 0.01 };
    const said = warnings(100, () => stay);
    expect(kinds(said)).toEqual(["format"]);
    expect(said[0].text).toMatch(/97\.0% .*protocol.*supervised/);
    expect(warnings(100, (i) => ({ formatError: 0.97 * Math.exp(-i / 60) }))).toEqual([]);
    expect(kinds(warnings(100, () => ({ ...stay, truncated: 0.9 })))).toEqual(["truncated"]);
  });
});

it("says the same of metrics that were written and read again", () => {
  const troubled = (i: number) => ({ entropy: i < 20 ? 0.5 : 0.01, truncated: i > 60 ? 0.5 : 0 });
  const all = warnings(120, troubled);
  expect(kinds(all)).toEqual(["entropy", "truncated"]);
  const resumed = new Watch(watched);
  const again = Array.from({ length: 120 }, (_, i) => JSON.parse(JSON.stringify(step(i, troubled(i)))) as StepMetrics);
  expect(again.flatMap((metrics) => resumed.next(metrics))).toEqual(all);
});
