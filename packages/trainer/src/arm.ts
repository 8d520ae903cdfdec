import { type Task, UserError } from "@ssl4rl/core";
import { type TaskFactory, taskNamed } from "@ssl4rl/tasks";
import type { Recipe } from "./recipe.js";

/** What problems are drawn of: a task at one level of difficulty. Tasks without levels are one arm each. */
export interface Arm {
  readonly task: Task;
  /** Names it in metrics, scores and draws: the task's id, with the options that tell it from others of that id. */
  readonly label: string;
  /** Number of the recipe's entry it belongs to, and its level there, 0 for the easiest. */
  readonly entry: number;
  readonly level: number;
  /** Share of the mixture as long as nothing is learnt of it; those of all arms add up to 1. */
  readonly share: number;
}

/** Accuracy of a blind guess. */
export function chanceOf({ task }: Arm): number {
  return 1 / task.answers.size;
}

/** An entry of a recipe's `tasks`: the task at each of its levels. */
export interface TaskEntry {
  readonly levels: readonly Task[];
  readonly weight: number;
}

/** The arms of a recipe, entry after entry, level after level; unknown tasks and options are a UserError. */
export function recipeArms({ tasks, size }: Pick<Recipe, "tasks" | "size">): Arm[] {
  return armsOf(
    tasks.map(({ task, weight = 1, levels = [{}], ...options }) => ({
      levels: levels.map((level) => created(taskNamed(task), { ...options, ...level }, size)),
      weight,
    })),
  );
}

/** The recipe's size goes to those that emit pictures. */
function created(factory: TaskFactory, options: Readonly<Record<string, unknown>>, size: number): Task {
  return factory.create("size" in factory.options.shape ? { size, ...options } : options);
}

/** Levels share their entry's weight evenly. An option set that is there twice is a UserError. */
export function armsOf(entries: readonly TaskEntry[]): Arm[] {
  const labels = labelsOf(entries.flatMap(({ levels }) => levels));
  const total = entries.reduce((sum, { weight }) => sum + weight, 0);
  return entries.flatMap(({ levels, weight }, entry) =>
    levels.map((task, level) => ({
      task,
      label: labels.get(task)!,
      entry,
      level,
      share: weight / total / levels.length,
    })),
  );
}

/** Tasks of one level in equal shares. */
export function evenArms(tasks: readonly Task[]): Arm[] {
  return armsOf(tasks.map((task) => ({ levels: [task], weight: 1 })));
}

function labelsOf(tasks: readonly Task[]): Map<Task, string> {
  const labels = new Map<Task, string>();
  for (const task of tasks) {
    const alike = tasks.filter(({ id }) => id === task.id);
    const telling = Object.entries(task.options).filter(([name, value]) =>
      alike.some(({ options }) => options[name] !== value),
    );
    const label = [task.id, ...telling.map(([name, value]) => `${name}=${value}`)].join(" ");
    if ([...labels.values()].includes(label)) {
      throw new UserError(`The tasks have ${label} twice with the same options. Give it once, with a weight.`, 2);
    }
    labels.set(task, label);
  }
  return labels;
}
