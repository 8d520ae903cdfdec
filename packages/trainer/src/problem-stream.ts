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

/** Which pictures a task is posed on: those with a depth, say, for a task that needs one. */
export type SourceOf = (task: Task) => Source;

/**
 * Problem 0, 1, 2, … of a run: tasks take turns, every epoch goes through all pictures in a new order, answers are
 * balanced per task. Problem `index` is a function of the names alone, so a run resumes at any index and nothing has to be
 * saved. A picture that a task cannot use is noted in `skipped`, and the next one of the epoch takes its place.
 */
export class ProblemStream {
  readonly skipped = new Map<string, SkippedPicture>();
  private readonly answers: ((index: number) => number)[];
  private readonly sources: readonly Source[];
  private readonly orders = new Map<Source, { epoch: number; pictures: number[] }>();

  constructor(
    sourceOf: SourceOf,
    private readonly tasks: readonly Task[],
    private readonly protocol: Protocol,
    private readonly seed: number,
  ) {
    this.sources = tasks.map(sourceOf);
    const empty = this.sources.find(({ length }) => length === 0);
    if (empty) throw new UserError(`No pictures to pose problems on: ${empty.name} is empty.`);
    this.answers = tasks.map((task) => balancedAnswers(task.answers.size, "answers", seed, task.id));
  }

  async get(index: number): Promise<Problem> {
    const slot = index % this.tasks.length;
    const task = this.tasks[slot];
    const source = this.sources[slot];
    const turn = Math.floor(index / this.tasks.length);
    for (let attempt = 0; attempt < source.length; attempt++) {
      const place = this.picture(turn + attempt, slot);
      const picture = await source.get(place);
      const name = picture.name ?? `number ${place} of ${source.name}`;
      const problem = isSkip(picture) ? picture : await this.pose(picture, slot, turn, attempt);
      if (!isSkip(problem)) return problem;
      this.skipped.set(`${task.id}:${name}`, { picture: name, task: task.id, reason: problem.skip });
    }
    const [first] = this.skipped.values();
    throw new UserError(
      `None of the ${source.length} pictures of ${source.name} can be used for ${task.id}, ` +
        `e.g. ${first.picture}: ${first.reason}. Use larger or more varied pictures, or a smaller size.`,
    );
  }

  private async pose(picture: Picture, slot: number, turn: number, attempt: number): Promise<Problem | Skip> {
    const task = this.tasks[slot];
    const answer = this.answers[slot](turn);
    const source = this.sources[slot];
    // A picture that stands in for another has its own turn as well, and is then drawn otherwise.
    const variant = Math.floor(turn / source.length) + attempt * 2 ** 32;
    const others = await companions(source, picture, task.others, task.id, answer, variant);
    return isSkip(others) ? others : pose(picture, task, this.protocol, answer, variant, others);
  }

  /** Problems from `start` on, `count` of them. */
  async slice(start: number, count: number): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (let i = start; i < start + count; i++) problems.push(await this.get(i));
    return problems;
  }

  private picture(turn: number, slot: number): number {
    const source = this.sources[slot];
    const n = source.length;
    const epoch = Math.floor(turn / n);
    let order = this.orders.get(source);
    if (order?.epoch !== epoch) {
      const pictures = Random.from("order", this.seed, epoch).shuffle(Array.from({ length: n }, (_, i) => i));
      order = { epoch, pictures };
      this.orders.set(source, order);
    }
    // Each task walks the same epoch from another place, so that a picture does not meet all tasks in one step.
    return order.pictures[(turn + Math.floor((slot * n) / this.tasks.length)) % n];
  }
}
