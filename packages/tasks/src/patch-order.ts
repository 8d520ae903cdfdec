import { type AnswerKind, isSkip, permutation } from "@ssl4rl/core";
import { z } from "zod";
import { conventions, example } from "./convention.js";
import { countingOrder, cutTiles, gridWords, noOrder } from "./cut-tiles.js";
import { defineTask } from "./define.js";
import { numberedTiles } from "./numbered-tiles.js";
import { Overlay, WHITE } from "./overlay.js";
import { outputSide } from "./size.js";
import type { Grid } from "./tile-size.js";

const convention = conventions["slot-to-piece"];

const grids = ["2x2", "1x3", "1x4", "3x1", "4x1"] as const;

function parsed(grid: (typeof grids)[number]): Grid {
  const [rows, columns] = grid.split("x").map(Number);
  return { rows, columns };
}

/**
 * Spatial-SSRL shuffled patch reordering: framed and numbered patches of a picture, shuffled in place, are to be put in
 * order. `grid` is rows x columns. With `blank`, one patch is painted white (the paper does so in the 2 × 2 grid only);
 * it belongs in the place that the others leave.
 */
export const patchOrder = defineTask({
  name: "patch-order",
  version: 1,
  about: "How do the numbered patches of a picture go together?",
  options: z.strictObject({
    grid: z.enum(grids).default("2x2"),
    blank: z.boolean().default(false),
    size: outputSide,
  }),
  answers: ({ grid }): AnswerKind<readonly number[]> => {
    const { rows, columns } = parsed(grid);
    return permutation(rows * columns, { from: 0, separator: "-" });
  },
  prompt({ grid, blank }, answers) {
    const order = countingOrder(parsed(grid));
    return (
      `The picture was cut into ${gridWords(parsed(grid))} of equal patches, which were put back in a shuffled order. ` +
      `Each stands in a red frame with its number in the corner${blank ? "; one was painted white" : ""}. Places in the ` +
      `original picture are numbered ${order}, from 0. ` +
      `${convention.question("patch")}: ${answers.form}.${example(convention, answers, "patch", 0)}`
    );
  },
  corrupt({ picture, answer, random, options: { grid, blank, size } }) {
    const { rows, columns } = parsed(grid);
    const cut = cutTiles(picture.image, { rows, columns, size }, random);
    if (isSkip(cut)) return cut;
    const white = blank ? random.int(rows * columns) : -1;
    const { width, height } = cut.tiles[0];
    const patches = cut.tiles.map((tile, i) => (i === white ? Overlay.blank(width, height, WHITE).toImage() : tile));
    const undecidable = noOrder(patches);
    if (undecidable) return undecidable;
    const shown = convention.convert(answer).map((place) => patches[place]);
    return {
      images: [numberedTiles(shown, columns)],
      drawn: { window: cut.window, ...(blank && { blankPlace: white }) },
    };
  },
});
