import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseRecipe, type Recipe } from "@ssl4rl/trainer";

/** A recipe that comes with ssl4rl. */
export function recipeNamed(name: string): Recipe {
  const file = fileURLToPath(new URL(`../../../recipes/${name}.yaml`, import.meta.url));
  return parseRecipe(readFileSync(file, "utf8"), file);
}
