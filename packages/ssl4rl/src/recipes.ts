import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { unknownName } from "@ssl4rl/core";
import { taskNamed } from "@ssl4rl/tasks";
import { parseRecipe, type Recipe, recipeArms } from "@ssl4rl/trainer";
import { recipesFolder } from "./models.js";

/** A recipe by path, or by the name of one that comes with ssl4rl. */
export function loadRecipe(nameOrPath: string): { readonly name: string; readonly recipe: Recipe } {
  const presets = readdirSync(recipesFolder).filter((file) => file.endsWith(".yaml"));
  const preset = presets.find((file) => file === `${nameOrPath}.yaml`);
  const file = preset ? join(recipesFolder, preset) : nameOrPath;
  if (!existsSync(file)) {
    throw unknownName(
      "recipe",
      nameOrPath,
      presets.map((preset) => basename(preset, ".yaml")),
    );
  }
  return { name: basename(file).replace(/\.ya?ml$/, ""), recipe: parseRecipe(readFileSync(file, "utf8"), file) };
}

/** `rotation` or `position:grid=3,size=224`, as --task takes it. */
export function parseTaskFlag(flag: string): Recipe["tasks"][number] {
  const [name, list = ""] = flag.split(/:(.*)/s);
  taskNamed(name);
  const options = list.split(",").filter(Boolean);
  return { task: name, ...Object.fromEntries(options.map((pair) => [pair.split("=")[0], parseValue(pair)])) };
}

function parseValue(pair: string): string | number | boolean {
  const value = pair.includes("=") ? pair.slice(pair.indexOf("=") + 1) : "true";
  if (value === "true" || value === "false") return value === "true";
  return /^-?[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : value;
}

/** The tasks a recipe names, at all their levels, with their options checked. */
export function recipeTasks(recipe: Pick<Recipe, "tasks" | "size">) {
  return recipeArms(recipe).map(({ task }) => task);
}
