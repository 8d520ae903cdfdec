import { Random, UserError } from "@ssl4rl/core";
import { alike, variance } from "./advantage.js";
import { type Arm, chanceOf } from "./arm.js";
import { drawLevel, ladderStep } from "./ladder.js";
import { adjustedRate, cappedShares, learnability, learnableShares } from "./learnability.js";
import { Mixture } from "./mixture.js";
import type { Turn } from "./problem-stream.js";

export interface Curriculum {
  /** Shares follow how much there is to learn of each task. */
  readonly learnability: boolean;
  /** Each task is drawn at the level that its pass rate has earned. Without it levels are drawn like tasks of their own. */
  readonly ladder: boolean;
}

/** What the rollouts of one problem earned. */
export interface Earned {
  readonly arm: Arm;
  readonly responses: readonly { readonly reward: number; readonly verdict: { readonly accuracy: number } }[];
}

interface ArmState {
  readonly label: string;
  /** Problems drawn so far. */
  turns: number;
  /** Running means over the batches that touched the arm: of accuracy, and of the share of groups that earned all the same. */
  passRate: number | null;
  alike: number | null;
}

interface EntryState {
  /** Place on the ladder. */
  level: number;
  /** Running mean of the variance of rewards within groups; null until one differs from 0. */
  variance: number | null;
  /** Since the last step on the ladder: batches that touched the entry, groups at its place, sum of their rates above guessing. */
  batches: number;
  groups: number;
  above: number;
}

/** All that decides which problems come next, as JSON holds it. */
export interface ScheduleState {
  readonly batches: number;
  readonly credits: readonly number[];
  readonly arms: readonly ArmState[];
  readonly entries: readonly EntryState[];
}

/** What a batch is drawn by: shares of tasks (or levels), places on ladders, pass rates so far. */
export interface ScheduleMetrics {
  readonly shares: Readonly<Record<string, number>>;
  readonly ladder: Readonly<Record<string, number>>;
  readonly passRates: Readonly<Record<string, number>>;
}

/** Batches before shares follow what was learnt; batches of an entry between two steps on its ladder; weight of the past. */
const UNIFORM_BATCHES = 20;
const LADDER_BATCHES = 4;
const DECAY = 0.9;

/**
 * Decides which arm each problem of a batch is of, and learns from what they earned. Without a curriculum the shares are
 * those of the recipe, and tasks of equal weight take turns. Nothing is drawn by lot but levels, by names alone; so the
 * state and the recipe say all that is to come.
 */
export class TaskScheduler {
  private batches = 0;
  private mixture: Mixture;
  private readonly arms: ArmState[];
  private readonly entries: EntryState[];
  /** What the mixture deals out to: entries where there is a ladder, else arms. Numbers of arms, the easiest first. */
  private readonly slots: readonly (readonly number[])[];
  private readonly fixedShares: readonly number[];

  constructor(
    private readonly facts: readonly Arm[],
    private readonly seed: number,
    private readonly curriculum: Curriculum = { learnability: false, ladder: false },
  ) {
    const count = facts.at(-1)!.entry + 1;
    const ofEntry = Array.from({ length: count }, (_, entry) =>
      facts.flatMap((arm, index) => (arm.entry === entry ? [index] : [])),
    );
    this.slots = curriculum.ladder ? ofEntry : facts.map((_, index) => [index]);
    this.fixedShares = this.slots.map((arms) => arms.reduce((sum, arm) => sum + facts[arm].share, 0));
    this.mixture = Mixture.of(this.slots.length);
    this.arms = facts.map(({ label }) => ({ label, turns: 0, passRate: null, alike: null }));
    this.entries = ofEntry.map(() => ({ level: 0, variance: null, batches: 0, groups: 0, above: 0 }));
  }

  /** The next batch. */
  next(count: number): Turn[] {
    const shares = this.shares();
    this.batches++;
    return Array.from({ length: count }, () => this.draw(this.mixture.next(shares)));
  }

  /** One more problem of the same task, beside its share. */
  again({ arm }: Turn): Turn {
    return this.draw(this.slots.findIndex((arms) => arms.includes(arm)));
  }

  /** Takes in what a batch earned. */
  observe(batch: readonly Earned[]): void {
    for (const [index, state] of this.arms.entries()) {
      const groups = batch.filter(({ arm }) => arm === this.facts[index]);
      if (groups.length === 0) continue;
      state.passRate = moved(state.passRate, mean(groups.map(accuracyOf)));
      state.alike = moved(state.alike, mean(groups.map((group) => (alike(rewardsOf(group)) ? 1 : 0))));
    }
    for (const [index, state] of this.entries.entries()) {
      const groups = batch.filter(({ arm }) => arm.entry === index);
      if (groups.length === 0) continue;
      const spread = mean(groups.map(rewardsOf).map((rewards) => (alike(rewards) ? 0 : variance(rewards))));
      // A task that has earned nothing yet has no scale: its first success must not be divided by next to none.
      if (state.variance !== null || spread > 0) state.variance = moved(state.variance, spread);
      if (this.curriculum.ladder) this.climb(index, groups);
    }
  }

  /** Variance of rewards within the groups of an arm's task: the scale of its advantages. */
  variance({ entry }: Arm): number {
    return this.entries[entry].variance ?? 0;
  }

  /** What the next batch will be drawn by; null without a curriculum. */
  metrics(): ScheduleMetrics | null {
    const { learnability, ladder } = this.curriculum;
    if (!learnability && !ladder) return null;
    const shares = this.shares();
    const names = this.slots.map((slot) => this.nameOf(slot));
    return {
      shares: Object.fromEntries(names.map((name, i) => [name, shares[i]])),
      ladder: Object.fromEntries(
        names.flatMap((name, i) => (this.slots[i].length > 1 ? [[name, this.entries[i].level]] : [])),
      ),
      passRates: Object.fromEntries(
        this.arms.flatMap(({ label, passRate }) => (passRate === null ? [] : [[label, passRate]])),
      ),
    };
  }

  state(): ScheduleState {
    const { batches, mixture, arms, entries } = this;
    return structuredClone({ batches, credits: mixture.credits, arms, entries });
  }

  /** Goes on from a state; `origin` names it in the error for one of other tasks. */
  load(state: ScheduleState, origin: string): void {
    const [saved, own] = [state.arms, this.arms].map((arms) => arms.map(({ label }) => label).join(", "));
    if (saved !== own || state.credits.length !== this.slots.length) {
      throw new UserError(`${origin} is of the tasks ${saved}, the recipe has ${own}. A resumed run keeps its recipe.`);
    }
    const { batches, credits, arms, entries } = structuredClone(state);
    this.batches = batches;
    this.mixture = new Mixture([...credits]);
    this.arms.splice(0, arms.length, ...arms);
    this.entries.splice(0, entries.length, ...entries);
  }

  private draw(slot: number): Turn {
    const arms = this.slots[slot];
    const drawn = arms.reduce((sum, arm) => sum + this.arms[arm].turns, 0);
    const level =
      arms.length > 1 ? drawLevel(this.entries[slot].level, Random.from("level", this.seed, slot, drawn)) : 0;
    const arm = arms[level];
    return { arm, turn: this.arms[arm].turns++ };
  }

  private climb(entry: number, groups: readonly Earned[]): void {
    const state = this.entries[entry];
    state.batches++;
    for (const group of groups) {
      const { arm } = group;
      // An easier level, drawn against forgetting, says nothing of this one.
      if (arm.level < Math.floor(state.level)) continue;
      const chance = chanceOf(arm);
      state.groups++;
      state.above += (accuracyOf(group) - chance) / (1 - chance);
    }
    if (state.batches < LADDER_BATCHES || state.groups === 0) return;
    state.level = ladderStep(state.level, adjustedRate(state.above / state.groups, 0), this.slots[entry].length - 1);
    Object.assign(state, { batches: 0, groups: 0, above: 0 });
  }

  private shares(): readonly number[] {
    if (!this.curriculum.learnability || this.batches < UNIFORM_BATCHES) return this.fixedShares;
    return cappedShares(
      learnableShares(
        this.slots.map((_, slot) => this.learnability(slot)),
        this.fixedShares,
      ),
    );
  }

  /** Of a slot at its level; between two levels the mean of both by its fraction. What was never asked may be all to learn. */
  private learnability(slot: number): number {
    const arms = this.slots[slot];
    const place = arms.length > 1 ? this.entries[slot].level : 0;
    let [sum, weights] = [0, 0];
    for (const [level, arm] of arms.entries()) {
      const weight = 1 - Math.abs(level - place);
      const { passRate, alike } = this.arms[arm];
      if (weight <= 0 || passRate === null || alike === null) continue;
      sum += weight * learnability(passRate, chanceOf(this.facts[arm]), alike);
      weights += weight;
    }
    return weights > 0 ? sum / weights : 1;
  }

  /** The arm's label, or of a ladder the task's id, where no other entry has it. */
  private nameOf(slot: readonly number[]): string {
    const { label, task, entry } = this.facts[slot[0]];
    if (slot.length === 1) return label;
    const alone = this.facts.every((arm) => arm.task.id !== task.id || arm.entry === entry);
    return alone ? task.id : `${label} and up`;
  }
}

function rewardsOf({ responses }: Earned): number[] {
  return responses.map(({ reward }) => reward);
}

function accuracyOf({ responses }: Earned): number {
  return mean(responses.map(({ verdict }) => verdict.accuracy));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function moved(past: number | null, now: number): number {
  return past === null ? now : DECAY * past + (1 - DECAY) * now;
}
