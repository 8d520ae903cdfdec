import {
  type AnswerKind,
  type Corruption,
  type Need,
  type Picture,
  type Random,
  type Skip,
  type Task,
  UserError,
} from "@ssl4rl/core";
import type { z } from "zod";

/** A task before its options are chosen: what the registry holds. */
export interface TaskFactory<Answer = unknown> {
  readonly name: string;
  /** One sentence for people: the question the task asks. */
  readonly about: string;
  /** Options with their defaults, as a schema: validator, types and help in one. */
  readonly options: z.ZodObject;
  /** The task with these options; anything unknown or out of range is a UserError that names it. */
  create(options?: Readonly<Record<string, unknown>>): Task<Answer>;
}

/** What a task file writes: see CONTRIBUTING.md for a walk through one. */
export function defineTask<Answer, Schema extends z.ZodObject>(spec: {
  readonly name: string;
  readonly version: number;
  readonly about: string;
  readonly options: Schema;
  readonly answers: (options: z.output<Schema>) => AnswerKind<Answer>;
  readonly prompt: (options: z.output<Schema>, answers: AnswerKind<Answer>) => string;
  readonly needs?: Need;
  readonly others?: number;
  readonly corrupt: (posed: {
    readonly picture: Picture;
    readonly answer: Answer;
    readonly random: Random;
    readonly others: readonly Picture[];
    readonly options: z.output<Schema>;
    readonly answers: AnswerKind<Answer>;
  }) => Corruption | Skip;
}): TaskFactory<Answer> {
  return {
    name: spec.name,
    about: spec.about,
    options: spec.options,
    create(given = {}) {
      const parsed = spec.options.safeParse(given);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        const where = issue.path.join(".");
        const value = given[where];
        const got = where ? `, got ${typeof value === "number" ? value : JSON.stringify(value)}` : "";
        throw new UserError(`Task ${spec.name}: ${where ? `${where}: ` : ""}${issue.message}${got}.`, 2);
      }
      const options = parsed.data;
      const answers = spec.answers(options);
      return {
        id: `${spec.name}@${spec.version}`,
        options: options as Task["options"],
        answers,
        prompt: spec.prompt(options, answers),
        needs: spec.needs ?? null,
        others: spec.others ?? 0,
        corrupt: (picture, answer, random, others) =>
          spec.corrupt({ picture, answer, random, others, options, answers }),
      };
    },
  };
}
