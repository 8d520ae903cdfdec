import type { Task } from "@ssl4rl/core";
import { registry } from "@ssl4rl/tasks";
import { checkRecipe, type Recipe, type SourceOf } from "@ssl4rl/trainer";
import { loadRecipe, parseTaskFlag, recipeTasks } from "./recipes.js";
import { needWords, openAll } from "./sources.js";

/** Flags by which preview and audit are told what to pose, and on what. */
export interface PosingFlags {
  readonly preset?: string;
  readonly images?: string;
  readonly depth?: string;
  readonly videos?: string;
  readonly task?: string[];
  readonly size?: number;
}

export interface Posing {
  readonly recipe: Recipe;
  readonly tasks: readonly Task[];
  readonly sourceOf: SourceOf;
}

/**
 * The tasks of the flags (--task, else those of the preset, else all) with their pictures. Tasks that need a depth or frames
 * which no flag gives are left out and said aloud. The world is as large as asked.
 */
export async function openPosing(flags: PosingFlags, worldPictures: number): Promise<Posing> {
  const recipe = wantedRecipe(flags);
  const all = recipeTasks(recipe);
  const given = { depth: recipe.depth, frames: recipe.videos, graph: undefined };
  const has = (task: Task) => task.needs === null || given[task.needs] !== undefined;
  for (const task of all.filter((task) => !has(task))) {
    console.error(`${task.id} is left out: it needs ${needWords[task.needs!].flag} DIR`);
  }
  const tasks = all.filter(has);
  return { recipe, tasks, sourceOf: await openAll(recipe, tasks, worldPictures) };
}

function wantedRecipe({ preset, images = "world", depth, videos, task, size }: PosingFlags): Recipe {
  const { name, recipe } = loadRecipe(preset ?? "photos");
  const all = registry.map((factory) => ({ task: factory.name }));
  const tasks = task ? task.map(parseTaskFlag) : preset ? recipe.tasks : all;
  const given = { images, depth, videos, tasks, size: size ?? (preset ? recipe.size : 224) };
  // A curriculum is for training, and may name levels that these tasks lack.
  return checkRecipe({ ...recipe, ...given, curriculum: undefined }, name);
}
