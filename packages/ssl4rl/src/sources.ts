import type { Source } from "@ssl4rl/core";
import { type Folder, openFolder, remember, type SkippedFile, splitByContent } from "@ssl4rl/data";
import type { Recipe } from "@ssl4rl/trainer";
import { worldSource } from "@ssl4rl/world";

export interface Pictures {
  readonly train: Source;
  readonly heldOut: Source;
  /** Files of the folder that were left out. */
  readonly skipped: readonly SkippedFile[];
}

/** The pictures a recipe names, training and held-out apart. */
export async function openPictures(recipe: Recipe): Promise<Pictures> {
  if (recipe.images === "world") {
    const size = worldSide(recipe);
    return {
      train: remember(worldSource({ seed: "train", length: recipe.worldPictures, size })),
      heldOut: worldSource({ seed: "held-out", length: recipe.evaluationQuestions, size }),
      skipped: [],
    };
  }
  const folder = await openPhotos(recipe.images, recipe.size);
  return { ...(await splitByContent(folder, recipe.heldOut)), skipped: folder.skipped };
}

/** All pictures of a folder (or some of the world), for looking or for an evaluation. */
export async function openAll(images: string, size: number, worldPictures: number): Promise<Source> {
  if (images === "world") return worldSource({ seed: "held-out", length: worldPictures, size: worldSide({ size }) });
  return openPhotos(images, size);
}

/** Photos keep a little more than twice the side that tasks emit: enough to resample from, little to hold in memory. */
function openPhotos(path: string, size: number): Promise<Folder> {
  return openFolder(path, { minSide: 56, maxSide: Math.max(256, Math.ceil(2.25 * size)) });
}

/** World pictures are drawn a little larger than tasks emit, so that they are resampled as photos are. */
function worldSide({ size }: { readonly size: number }): number {
  return Math.round(size * 1.25);
}
