import { describe, expect, it } from "vitest";
import { parseRecipe, printRecipe } from "./recipe.js";

describe("recipes", () => {
  it("fill in defaults and print back to themselves", () => {
    const recipe = parseRecipe("tasks:\n  - task: rotation\n    step: 45\n", "r.yaml");
    expect(recipe.rollouts).toBe(8);
    expect(recipe.tasks).toEqual([{ task: "rotation", step: 45 }]);
    expect(parseRecipe(printRecipe(recipe), "again")).toEqual(recipe);
  });

  it("name the file, the key, the value and what is known", () => {
    const wrong = () => parseRecipe("tasks: [{task: rotation}]\nsteps: -3\nstepps: 4\n", "r.yaml");
    expect(wrong).toThrow(/r\.yaml/);
    expect(wrong).toThrow(/steps: .*got -3/);
    expect(wrong).toThrow(/stepps/);
    expect(wrong).toThrow(/learningRate/);
  });

  it("refuse what is not YAML, and files without tasks", () => {
    expect(() => parseRecipe("a: [", "r.yaml")).toThrow(/r\.yaml is not YAML/);
    expect(() => parseRecipe("steps: 3", "r.yaml")).toThrow(/tasks/);
  });
});
