import {
  balancedAnswers,
  companions,
  isSkip,
  type Picture,
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

/** A picture a task could not use, and why. */
export interface SkippedPicture {
  readonly picture: string;
  readonly task: string;
  readonly reason: string;
}

/** What a model is given of a problem. */
export function promptOf({ prompt, images, labels }: Problem): PromptInput {
  return { text: prompt, images, labels };
}

/**
 * Problem 0, 1, 2, … of a run: tasks take turns, every epoch goes through all pictures in a new order, answers are
 * balanced per task. Problem `index` is a function of the names alone, so a run resumes at any index and nothing has to be
 * saved. A picture that a task cannot use is noted in `skipped`, and the next one of the epoch takes its place.
 */
export class ProblemStream {
  readonly skipped = new Map<string, SkippedPicture>();
  private readonly answers: ((index: number) => number)[];
  private order: { epoch: number; pictures: number[] } = { epoch: -1, pictures: [] };

  constructor(
    private readonly source: Source,
    private readonly tasks: readonly Task[],
    private readonly protocol: Protocol,
    private readonly seed: number,
  ) {
    if (source.length === 0) throw new UserError(`No pictures to pose problems on: ${source.name} is empty.`);
    this.answers = tasks.map((task) => balancedAnswers(task.answers.size, "answers", seed, task.id));
  }

  async get(index: number): Promise<Problem> {
    const slot = index % this.tasks.length;
    const task = this.tasks[slot];
    const turn = Math.floor(index / this.tasks.length);
    for (let attempt = 0; attempt < this.source.length; attempt++) {
      const picture = await this.source.get(this.picture(turn + attempt, slot));
      const name = isSkip(picture) ? `picture ${turn + attempt} of ${this.source.name}` : picture.name;
      const problem = isSkip(picture) ? picture : await this.pose(picture, slot, turn);
      if (!isSkip(problem)) return problem;
      this.skipped.set(`${task.id}:${name}`, { picture: name, task: task.id, reason: problem.skip });
    }
    const [first] = this.skipped.values();
    throw new UserError(
      `None of the ${this.source.length} pictures of ${this.source.name} can be used for ${task.id}, ` +
        `e.g. ${first.picture}: ${first.reason}. Use larger or more varied pictures, or a smaller size.`,
    );
  }

  private async pose(picture: Picture, slot: number, turn: number): Promise<Problem | Skip> {
    const task = this.tasks[slot];
    const answer = this.answers[slot](turn);
    const variant = Math.floor(turn / this.source.length);
    const others = await companions(this.source, picture, task.others, task.id, answer, variant);
    return isSkip(others) ? others : pose(picture, task, this.protocol, answer, variant, others);
  }

  /** Problems from `start` on, `count` of them. */
  async slice(start: number, count: number): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (let i = start; i < start + count; i++) problems.push(await this.get(i));
    return problems;
  }

  private picture(turn: number, slot: number): number {
    const n = this.source.length;
    const epoch = Math.floor(turn / n);
    if (this.order.epoch !== epoch) {
      this.order = {
        epoch,
        pictures: Random.from("order", this.seed, epoch).shuffle(Array.from({ length: n }, (_, i) => i)),
      };
    }
    // Each task walks the same epoch from another place, so that a picture does not meet all tasks in one step.
    return this.order.pictures[(turn + Math.floor((slot * n) / this.tasks.length)) % n];
  }
}
