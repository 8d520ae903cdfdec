/** What the two questions of Jigsaw-R1 share: one picture of shuffled patches, with masked borders if wished. */
import { type Image, isSkip, numberGrid, type Random, type Skip } from "@ssl4rl/core";
import { z } from "zod";
import { type Cut, countingOrder, cutTiles, gridWords, joinTiles, noOrder } from "./cut-tiles.js";
import { BLACK, Overlay } from "./overlay.js";
import { outputSide } from "./size.js";

export const patchOptions = z
  .strictObject({
    rows: z.int().min(1).max(4).default(2),
    columns: z.int().min(1).max(4).default(2),
    mask: z.number().min(0).max(0.3).default(0),
    size: outputSide,
  })
  .refine(({ rows, columns }) => rows * columns > 1, { error: "rows × columns must be 2 or more", path: ["rows"] });

type PatchOptions = z.output<typeof patchOptions>;

/** Says what was done to the picture, and how patches and places are numbered. */
export function patchesIntroduced(options: PatchOptions): string {
  const numbers = numberGrid(options.rows, options.columns);
  return (
    `The picture was cut into ${gridWords(options)} of equal patches, which were put back in a shuffled order` +
    `${options.mask ? "; their borders are masked in black" : ""}. Patches as you see them, and places in the original ` +
    `picture, are numbered ${countingOrder(options)}:\n${numbers.print(numbers.at(0))}\n`
  );
}

/** The patches of a picture that can be put in order by what a mask leaves of them. */
export function cutPatches(image: Image, options: PatchOptions, random: Random): Cut | Skip {
  const cut = cutTiles(image, options, random);
  if (isSkip(cut)) return cut;
  const { width, height } = cut.tiles[0];
  const [x, y] = [Math.floor(options.mask * width), Math.floor(options.mask * height)];
  return noOrder(cut.tiles.map((tile) => tile.crop(x, y, width - 2 * x, height - 2 * y))) ?? cut;
}

/**
 * Patches in one picture, with black bands over their borders (`mask_ratio` in the published code): `mask` of a patch's
 * side along the picture's edges, half of it on either side of a seam. The bands follow where a patch is shown, so they
 * say nothing of where it belongs.
 */
export function maskedPatches(patches: readonly Image[], { columns, mask }: PatchOptions): Image {
  const whole = joinTiles(patches, columns);
  const canvas = new Overlay(whole);
  const { width, height } = patches[0];
  const [bandX, bandY] = [Math.floor(mask * width), Math.floor(mask * height)];
  for (let x = 0; x <= whole.width; x += width) {
    const [before, after] = band(x, whole.width, bandX);
    canvas.fill(x - before, 0, before + after, whole.height, BLACK);
  }
  for (let y = 0; y <= whole.height; y += height) {
    const [before, after] = band(y, whole.height, bandY);
    canvas.fill(0, y - before, whole.width, before + after, BLACK);
  }
  return canvas.toImage();
}

/** How far a band reaches before and after a seam, or into the picture from its edge. */
function band(seam: number, end: number, width: number): [before: number, after: number] {
  if (seam === 0) return [0, width];
  return seam === end ? [width, 0] : [width >> 1, width >> 1];
}
