import { Random } from "@ssl4rl/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Arm, recipeArms } from "./arm.js";
import type { Turn } from "./problem-stream.js";
import { type Curriculum, type Earned, type ScheduleState, TaskScheduler } from "./task-scheduler.js";

const LEVELS = [
  { rows: 2, columns: 1 },
  { rows: 2, columns: 2 },
  { rows: 3, columns: 3 },
];
const mixed = recipeArms({
  tasks: [{ task: "rotation" }, { task: "position" }, { task: "jigsaw", levels: LEVELS }],
  size: 56,
});
const whole: Curriculum = { learnability: true, ladder: true };

/** A group of eight rollouts, right at a rate, drawn by name. */
function group(arm: Arm, rate: number, ...names: (string | number)[]): Earned {
  const random = Random.from(arm.label, ...names);
  return {
    arm,
    responses: Array.from({ length: 8 }, () => {
      const accuracy = random.chance(rate) ? 1 : 0;
      return { reward: accuracy, verdict: { accuracy } };
    }),
  };
}

/** Batches drawn and answered at each arm's rate; what was drawn. */
function go(schedule: TaskScheduler, arms: readonly Arm[], batches: number, rate: (arm: Arm) => number): Turn[][] {
  return Array.from({ length: batches }, (_, batch) => {
    const turns = schedule.next(12);
    schedule.observe(turns.map(({ arm, turn }) => group(arms[arm], rate(arms[arm]), turn, batch)));
    return turns;
  });
}

describe("TaskScheduler without a curriculum", () => {
  it("lets arms of equal shares take turns through all batches, whatever they earn", () => {
    const arms = recipeArms({ tasks: [{ task: "rotation" }, { task: "position" }, { task: "jigsaw" }], size: 56 });
    const schedule = new TaskScheduler(arms, 0);
    const turns = go(schedule, arms, 7, ({ entry }) => entry / 2).flat();
    expect(turns).toEqual(turns.map((_, i) => ({ arm: i % 3, turn: Math.floor(i / 3) })));
    expect(schedule.metrics()).toBeNull();
  });

  it("draws tasks by weight and levels evenly", () => {
    const tasks = [
      { task: "rotation", weight: 3 },
      { task: "jigsaw", levels: LEVELS },
    ];
    const counts = [0, 0, 0, 0];
    for (const { arm } of new TaskScheduler(recipeArms({ tasks, size: 56 }), 0).next(120)) counts[arm]++;
    expect(counts).toEqual([90, 10, 10, 10]);
  });

  it("takes further problems of the same task beside its share", () => {
    const schedule = new TaskScheduler(mixed, 0);
    const undisturbed = new TaskScheduler(mixed, 0);
    const first = schedule.next(6);
    const again = first.filter(({ arm }) => arm === 1).map((turn) => schedule.again(turn));
    expect(again).toEqual([
      { arm: 1, turn: 2 },
      { arm: 1, turn: 3 },
    ]);
    undisturbed.next(6);
    expect(schedule.next(9).map(({ arm }) => arm)).toEqual(undisturbed.next(9).map(({ arm }) => arm));
  });
});

describe("learnability", () => {
  const rates = [0.25, 0.6, 1, 0.5, 0.02, 0];

  it("leaves the first 20 batches as they are, then gives most to what can be learnt, and never more than 0.6", () => {
    const arms = recipeArms({ tasks: [{ task: "rotation" }, { task: "position" }, { task: "similarity" }], size: 56 });
    const schedule = new TaskScheduler(arms, 0, { learnability: true, ladder: false });
    // At chance, half-way, and solved.
    const batches = go(schedule, arms, 60, ({ entry }) => rates[entry]);
    const count = (from: number, to: number) =>
      arms.map(
        (_, k) =>
          batches
            .slice(from, to)
            .flat()
            .filter(({ arm }) => arm === k).length,
      );
    expect(count(0, 20)).toEqual([80, 80, 80]);
    const [guessed, half, solved] = count(20, 60).map((n) => n / 480);
    expect(half).toBeGreaterThan(0.55);
    expect(half).toBeLessThan(0.602);
    expect(Math.min(guessed, solved)).toBeGreaterThan(0.06);
    const { shares, passRates } = schedule.metrics()!;
    expect(Object.values(shares).reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(passRates["similarity@1"]).toBe(1);
  });

  it("deals every batch out to within one problem of its shares", () => {
    const schedule = new TaskScheduler(mixed, 0, { learnability: true, ladder: false });
    const owed = mixed.map(() => 0);
    for (let batch = 0; batch < 80; batch++) {
      const shares = Object.values(schedule.metrics()!.shares);
      const turns = schedule.next(16);
      for (const { arm } of turns) owed[arm]--;
      for (const [arm, share] of shares.entries()) owed[arm] += 16 * share;
      for (const one of owed) expect(Math.abs(one)).toBeLessThan(1);
      schedule.observe(turns.map(({ arm, turn }) => group(mixed[arm], rates[arm], turn)));
    }
  });
});

describe("the scale of a task", () => {
  it("is the running mean of the variance within its groups", () => {
    // Golden numbers: `task_var_update` of `curriculum.design`.
    const rewards = [
      [1, 0, 0.5, 1],
      [0, 0.25, 0, 0],
    ];
    const arms = recipeArms({ tasks: [{ task: "rotation" }], size: 56 });
    const batch = rewards.map((group) => ({
      arm: arms[0],
      responses: group.map((reward) => ({ reward, verdict: { accuracy: 0 } })),
    }));
    const schedule = new TaskScheduler(arms, 0);
    const idle = { arm: arms[0], responses: [0, 0, 0, 0].map((reward) => ({ reward, verdict: { accuracy: 0 } })) };
    schedule.observe([idle]);
    expect(schedule.variance(arms[0])).toBe(0);
    schedule.observe(batch);
    expect(schedule.variance(arms[0])).toBeCloseTo(0.122396, 6);
    const state = schedule.state();
    schedule.load({ ...state, entries: [{ ...state.entries[0], variance: 0.1 }] }, "here");
    schedule.observe(batch);
    expect(schedule.variance(arms[0])).toBeCloseTo(0.10224, 6);
  });
});

describe("the state of a schedule", () => {
  it("goes to JSON and back, and goes on alike", () => {
    const curricula = fc.record({ learnability: fc.boolean(), ladder: fc.boolean() });
    const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(
        curricula,
        rates,
        fc.integer({ min: 0, max: 40 }),
        fc.integer(),
        (curriculum, some, batches, seed) => {
          const rate = (arm: Arm) => some[mixed.indexOf(arm)];
          const schedule = new TaskScheduler(mixed, seed, curriculum);
          go(schedule, mixed, batches, rate);
          const resumed = new TaskScheduler(mixed, seed, curriculum);
          resumed.load(JSON.parse(JSON.stringify(schedule.state())) as ScheduleState, "here");
          expect(resumed.metrics()).toEqual(schedule.metrics());
          expect(go(resumed, mixed, 10, rate)).toEqual(go(schedule, mixed, 10, rate));
          expect(resumed.state()).toEqual(schedule.state());
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is refused by other tasks", () => {
    const state = new TaskScheduler(mixed.slice(0, 2), 0).state();
    expect(() => new TaskScheduler(mixed, 0).load(state, "step-000002")).toThrow(
      /step-000002 is of the tasks rotation@1, position@2, the recipe has rotation@1, position@2, jigsaw@1 rows=2/,
    );
  });
});

describe("a learner whose skill grows by what teaches it", () => {
  const arms = recipeArms({
    tasks: [
      { task: "rotation" },
      { task: "position", grid: 3 },
      {
        task: "jigsaw",
        levels: [
          { rows: 2, columns: 1 },
          { rows: 3, columns: 1 },
          { rows: 2, columns: 2 },
        ],
      },
    ],
    size: 56,
  });
  const difficulty = [0, 3, 0, 2.5, 5];

  /** Rates above guessing after `batches` batches: a logistic curve of a task's skill against an arm's difficulty. */
  function learn(curriculum: Curriculum | undefined, batches: number) {
    const schedule = new TaskScheduler(arms, 0, curriculum);
    const skill = [0, 0, 0];
    const q = (k: number) => 1 / (1 + Math.exp(difficulty[k] - skill[arms[k].entry]));
    for (let batch = 0; batch < batches; batch++) {
      const turns = schedule.next(16);
      schedule.observe(
        turns.map(({ arm, turn }) => {
          const chance = 1 / arms[arm].task.answers.size;
          return group(arms[arm], chance + (1 - chance) * q(arm), turn);
        }),
      );
      // As much as the variance of the pass rate, which is what a policy gradient has to go on.
      for (const { arm } of turns) skill[arms[arm].entry] += 0.02 * 4 * q(arm) * (1 - q(arm));
    }
    return { rates: arms.map((_, k) => q(k)), level: schedule.state().entries[2].level };
  }

  it("climbs its ladder, and leaves its weakest less weak than an even mixture does", () => {
    const even = learn(undefined, 120);
    const adaptive = learn(whole, 120);
    expect(adaptive.level).toBe(2);
    expect(Math.min(...adaptive.rates)).toBeGreaterThan(Math.min(...even.rates) + 0.1);
  });

  it("stands between levels of which it has half, until it has learnt more", () => {
    const { level, rates } = learn(whole, 24);
    expect(level).toBeGreaterThan(0.3);
    expect(level).toBeLessThan(1);
    expect(rates[3]).toBeLessThan(0.5);
  });
});
