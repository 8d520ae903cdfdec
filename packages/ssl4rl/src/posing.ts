import type { Task } from "@ssl4rl/core";
import { registry } from "@ssl4rl/tasks";
import { checkRecipe, type Recipe, type SourceOf } from "@ssl4rl/trainer";
import { loadRecipe, parseTaskFlag, recipeTasks } from "./recipes.js";
import { needWords, openAll, pathOf } from "./sources.js";

/** Flags by which preview and audit are told what to pose, and on what. */
export interface PosingFlags {
  readonly preset?: string;
  readonly images?: string;
  readonly depth?: string;
  readonly videos?: string;
  readonly graph?: string;
  readonly task?: string[];
  readonly size?: number;
}

export interface Posing {
  readonly recipe: Recipe;
  readonly tasks: readonly Task[];
  readonly sourceOf: SourceOf;
}

/**
 * The tasks of the flags (--task, else those of the preset, else all) with their pictures. Tasks that need what
 * no flag gives are left out and said aloud. The world is as large as asked.
 */
export async function openPosing(flags: PosingFlags, worldPictures: number): Promise<Posing> {
  const recipe = wantedRecipe(flags);
  const all = recipeTasks(recipe);
  const has = ({ needs }: Task) => needs === null || pathOf(recipe, needs) !== undefined;
  for (const task of all.filter((task) => !has(task))) {
    console.error(`${task.id} is left out: it needs ${needWords[task.needs!].flag} DIR`);
  }
  const tasks = all.filter(has);
  return { recipe, tasks, sourceOf: await openAll(recipe, tasks, worldPictures) };
}

function wantedRecipe({ preset, images, depth, videos, graph, task, size }: PosingFlags): Recipe {
  const { name, recipe } = loadRecipe(preset ?? "photos");
  const onGraph = graph !== undefined && images === undefined;
  const all = registry.flatMap((factory) =>
    onGraph && factory.create().needs !== "graph" ? [] : [{ task: factory.name }],
  );
  const tasks = task ? task.map(parseTaskFlag) : preset ? recipe.tasks : all;
  const given = { images: images ?? "world", depth, videos, graph, tasks, size: size ?? (preset ? recipe.size : 224) };
  // A curriculum is for training, and may name levels that these tasks lack.
  return checkRecipe({ ...recipe, ...given, curriculum: undefined }, name);
}
