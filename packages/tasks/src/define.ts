import {
  type AnswerKind,
  type Corruption,
  type Graph,
  type GraphNode,
  type Item,
  type Need,
  type Picture,
  type Random,
  type Skip,
  type Task,
  UserError,
} from "@ssl4rl/core";
import type { z } from "zod";

/** A task before its options are chosen: what the registry holds. */
export interface TaskFactory<Answer = unknown, Posed extends Item = Item> {
  readonly name: string;
  /** One sentence for people: the question the task asks. */
  readonly about: string;
  /** Options with their defaults, as a schema: validator, types and help in one. */
  readonly options: z.ZodObject;
  /** The task with these options; anything unknown or out of range is a UserError that names it. */
  create(options?: Readonly<Record<string, unknown>>): Task<Answer, Posed>;
}

/** What every task file says. */
interface TaskSpec<Answer, Schema extends z.ZodObject> {
  readonly name: string;
  readonly version: number;
  readonly about: string;
  readonly options: Schema;
  readonly answers: (options: z.output<Schema>) => AnswerKind<Answer>;
  readonly prompt: (options: z.output<Schema>, answers: AnswerKind<Answer>) => string;
  readonly others?: number;
}

/** What its `corrupt` is given, besides the item. */
interface Posing<Answer, Schema extends z.ZodObject> {
  readonly answer: Answer;
  readonly random: Random;
  readonly options: z.output<Schema>;
  readonly answers: AnswerKind<Answer>;
}

/** What a task file writes: see CONTRIBUTING.md for a walk through one. */
export function defineTask<Answer, Schema extends z.ZodObject>(
  spec: TaskSpec<Answer, Schema> & {
    readonly needs?: "depth" | "frames";
    readonly corrupt: (
      posed: Posing<Answer, Schema> & { readonly picture: Picture; readonly others: readonly Picture[] },
    ) => Corruption<Answer> | Skip;
  },
): TaskFactory<Answer, Picture> {
  return factory(spec, spec.needs ?? null, (picture, others, posing) => spec.corrupt({ ...posing, picture, others }));
}

/** The same for a task that is posed on a node of a graph. */
export function defineGraphTask<Answer, Schema extends z.ZodObject>(
  spec: Omit<TaskSpec<Answer, Schema>, "others"> & {
    readonly corrupt: (
      posed: Posing<Answer, Schema> & { readonly graph: Graph; readonly node: number },
    ) => Corruption<Answer> | Skip;
  },
): TaskFactory<Answer, GraphNode> {
  return factory(spec, "graph", ({ graph, node }, _, posing) => spec.corrupt({ ...posing, graph, node }));
}

function factory<Answer, Schema extends z.ZodObject, Posed extends Item>(
  spec: TaskSpec<Answer, Schema>,
  needs: Need | null,
  corrupt: (item: Posed, others: readonly Posed[], posing: Posing<Answer, Schema>) => Corruption<Answer> | Skip,
): TaskFactory<Answer, Posed> {
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
        needs,
        others: spec.others ?? 0,
        corrupt: (item, answer, random, others) => corrupt(item, others, { answer, random, options, answers }),
      };
    },
  };
}
