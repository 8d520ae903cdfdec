import {
  balancedAnswers,
  companions,
  type Item,
  isSkip,
  type Problem,
  type Protocol,
  pose,
  Random,
  type Skip,
  type Source,
  type Task,
  UserError,
} from "@ssl4rl/core";
import type { PromptInput } from "@ssl4rl/models";
import type { Arm } from "./arm.js";
import { Mixture } from "./mixture.js";

/** A picture (or a node of a graph) that a task could not use, and why. */
export interface SkippedPicture {
  readonly picture: string;
  readonly task: string;
  readonly reason: string;
}

/** Problem number `turn` of the arm at a place of a list. */
export interface Turn {
  readonly arm: number;
  readonly turn: number;
}

export interface ArmProblem extends Problem {
  readonly arm: Arm;
}

/** What a model is given of a problem. */
export function promptOf({ prompt, images, labels }: Problem): PromptInput {
  return { text: prompt, images, labels };
}

/** What a task is posed on: pictures with a depth, say, for a task that needs one. */
export type SourceOf = (task: Task) => Source<Item>;

/**
 * Problems of the arms. Every epoch of an arm goes through all pictures in a new order, and answers are balanced per arm.
 * Problem `turn` of an arm is a function of the names alone, so it can be asked for in any order and nothing has to be saved.
 * A picture that a task cannot use is noted in `skipped`, and the next one of the epoch takes its place.
 */
export class ProblemStream {
  readonly skipped = new Map<string, SkippedPicture>();
  private readonly answers: ((index: number) => number)[];
  private readonly sources: readonly Source<Item>[];
  /** The order that each arm went through last; arms of one source share it. */
  private readonly orders: ({ source: Source<Item>; epoch: number; pictures: number[] } | undefined)[] = [];
  private mixed: { readonly mixture: Mixture; readonly turns: number[]; index: number } | null = null;

  constructor(
    sourceOf: SourceOf,
    private readonly arms: readonly Arm[],
    private readonly protocol: Protocol,
    private readonly seed: number,
  ) {
    this.sources = arms.map(({ task }) => sourceOf(task));
    const empty = this.sources.find(({ length }) => length === 0);
    if (empty) throw new UserError(`Nothing to pose problems on: ${empty.name} is empty.`);
    this.answers = arms.map(({ task, label }) => balancedAnswers(task.answers.size, "answers", seed, label));
  }

  /** The true answer of a problem, which is known before the problem is made. */
  target({ arm: slot, turn }: Turn): string {
    const { answers } = this.arms[slot].task;
    return answers.print(answers.at(this.answers[slot](turn)));
  }

  async pose({ arm: slot, turn }: Turn): Promise<ArmProblem> {
    const arm = this.arms[slot];
    const source = this.sources[slot];
    for (let attempt = 0; attempt < source.length; attempt++) {
      const place = this.picture(turn + attempt, slot);
      const picture = await source.get(place);
      const name = picture.name ?? `number ${place} of ${source.name}`;
      const problem = isSkip(picture) ? picture : await this.poseOn(picture, slot, turn, attempt);
      if (!isSkip(problem)) return { ...problem, arm };
      this.skipped.set(`${arm.label}:${name}`, { picture: name, task: arm.label, reason: problem.skip });
    }
    const [first] = this.skipped.values();
    const [items, remedy] =
      arm.task.needs === "graph"
        ? ["nodes", "Use another graph, or other options of the task"]
        : ["pictures", "Use larger or more varied pictures, or a smaller size"];
    throw new UserError(
      `None of the ${source.length} ${items} of ${source.name} can be used for ${arm.label}, ` +
        `e.g. ${first.picture}: ${first.reason}. ${remedy}.`,
    );
  }

  async poseAll(turns: readonly Turn[]): Promise<ArmProblem[]> {
    const problems: ArmProblem[] = [];
    for (const turn of turns) problems.push(await this.pose(turn));
    return problems;
  }

  /** The first `count` problems of every arm; arms take turns. */
  each(count: number): Promise<ArmProblem[]> {
    const { length } = this.arms;
    return this.poseAll(
      Array.from({ length: count * length }, (_, i) => ({ arm: i % length, turn: Math.floor(i / length) })),
    );
  }

  /** Problem `index` of the mixture of all arms by their shares; arms of equal shares take turns. */
  get(index: number): Promise<ArmProblem> {
    return this.pose(this.turn(index));
  }

  /** Problems of the mixture from `start` on, `count` of them. */
  slice(start: number, count: number): Promise<ArmProblem[]> {
    return this.poseAll(Array.from({ length: count }, (_, i) => this.turn(start + i)));
  }

  /** Deals out on from the last index asked for, or anew for an earlier one. */
  private turn(index: number): Turn {
    if (this.mixed === null || index < this.mixed.index) {
      this.mixed = { mixture: Mixture.of(this.arms.length), turns: this.arms.map(() => 0), index: 0 };
    }
    const shares = this.arms.map(({ share }) => share);
    for (;;) {
      const arm = this.mixed.mixture.next(shares);
      const turn = this.mixed.turns[arm]++;
      if (this.mixed.index++ === index) return { arm, turn };
    }
  }

  private async poseOn(item: Item, slot: number, turn: number, attempt: number): Promise<Problem | Skip> {
    const { task } = this.arms[slot];
    const answer = this.answers[slot](turn);
    const source = this.sources[slot];
    // A picture that stands in for another has its own turn as well, and is then drawn otherwise.
    const variant = Math.floor(turn / source.length) + attempt * 2 ** 32;
    const others = await companions(source, item, task.others, task.id, answer, variant);
    return isSkip(others) ? others : pose(item, task, this.protocol, answer, variant, others);
  }

  private picture(turn: number, slot: number): number {
    const source = this.sources[slot];
    const n = source.length;
    const epoch = Math.floor(turn / n);
    const fits = (order: { source: Source<Item>; epoch: number } | undefined) =>
      order?.source === source && order.epoch === epoch;
    if (!fits(this.orders[slot])) {
      const pictures = () => Random.from("order", this.seed, epoch).shuffle(Array.from({ length: n }, (_, i) => i));
      this.orders[slot] = this.orders.find(fits) ?? { source, epoch, pictures: pictures() };
    }
    // Each arm walks the same epoch from another place, so that a picture does not meet all tasks in one step.
    return this.orders[slot]!.pictures[(turn + Math.floor((slot * n) / this.arms.length)) % n];
  }
}
