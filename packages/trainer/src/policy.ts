import { UserError } from "@ssl4rl/core";
import { type Checkpoint, loadCheckpoint, loadLora, newLora } from "@ssl4rl/models";
import type { Recipe } from "./recipe.js";

/** What of a recipe says which weights are trained, and how they are held. */
export type Trained = Pick<Recipe, "lora" | "freezeVision" | "seed" | "dtype" | "device">;

/**
 * The model that a run trains: the checkpoint `model`, or the one that the run saved in the folder `saved`. Of a run with
 * LoRA only the adapter was saved.
 */
export function openPolicy(recipe: Trained, model: string, saved: string | null): Checkpoint {
  const { lora, freezeVision, seed } = recipe;
  const checkpoint = loadCheckpoint(lora ? model : (saved ?? model), recipe);
  if (freezeVision) checkpoint.model.freezeVision();
  if (!lora) return checkpoint;
  const adapter = saved ? loadLora(saved, checkpoint.model) : newLora(checkpoint.model, { ...lora, seed });
  const inVision = [...adapter.adapters.keys()].find((module) => module.startsWith("visual."));
  if (freezeVision && inVision) {
    throw new UserError(
      `freezeVision is true, but lora.targets match ${inVision}. Leave out one, or narrow the other.`,
    );
  }
  return checkpoint.withLora(adapter);
}

/**
 * The model where the run began, for the KL term: with LoRA the policy's own weights without the adapter. A frozen vision tower
 * is the same in both, and held once.
 */
export function openReference(policy: Checkpoint, model: string, recipe: Trained): Checkpoint {
  if (policy.model.lora) return policy.withLora(null);
  const reference = loadCheckpoint(model, recipe);
  return recipe.freezeVision ? reference.withVisionOf(policy) : reference;
}
