import { type AnswerKind, type Cell, gridCell, isSkip, oneOf, resize } from "@ssl4rl/core";
import { z } from "zod";
import { inWords, pipelineOf } from "./augment.js";
import { greyscale } from "./color.js";
import { defineTask } from "./define.js";
import { holds } from "./looks-alike.js";
import { outputSide, TOKEN_SIDE } from "./size.js";
import { tileSize } from "./tile-size.js";
import { augmented } from "./view.js";

/** The weak steps that leave everything in its place. */
const recolouring = pipelineOf("weak", "code").filter(({ name }) => name !== "flip");

const quarters = ["top-left", "top-right", "bottom-left", "bottom-right"] as const;

/**
 * SSL4RL position: from which part of the picture was the crop taken? A 2 × 2 grid is answered by name, larger grids by
 * row/column. Crop sides are drawn from 20% to 80% of a cell as in the published code, at least one visual token, and
 * the crop never crosses cells; the same rule for grids of 3 and more is ours, the paper gives none there.
 *
 * The picture is brought to a size the grid divides before it is cut, and every crop is brought to one common size, so
 * neither says where it comes from. A crop that looks like any window of another cell cannot be told and is skipped.
 *
 * `augment` recolours the crop, as the paper's augmented variant does; the published code has it switched off, yet its
 * prompt names it. A crop must then be told by more than colour and brightness.
 */
export const position = defineTask({
  name: "position",
  version: 2,
  about: "From which part of the first picture was the second one cut?",
  options: z.strictObject({
    grid: z.int().min(2).max(6).default(2),
    augment: z.boolean().default(false),
    size: outputSide,
  }),
  answers: ({ grid }): AnswerKind<string | Cell> =>
    (grid === 2 ? oneOf(quarters) : gridCell(grid)) as AnswerKind<string | Cell>,
  prompt({ grid, augment }, answers) {
    const changed = augment ? `, enlarged and perhaps ${inWords(recolouring)}` : " and enlarged";
    return grid === 2
      ? `Picture 2 is cut from one quarter of picture 1${changed}. Which quarter is it: ${answers.form}?`
      : `Picture 1 is divided into ${grid} rows and ${grid} columns; picture 2 is cut from one of the cells${changed}. ` +
          "Which cell is it? Count rows from the top and columns from the left, from 1, and answer row/column.";
  },
  corrupt({ picture: { image }, answer, random, options: { grid, augment, size }, answers }) {
    if (Math.min(image.width, image.height) < grid * TOKEN_SIDE) {
      return { skip: `${image.width}x${image.height} px is too small for a ${grid}x${grid} grid of 28 px cells` };
    }
    const { width: cellWidth, height: cellHeight } = tileSize(image.width / image.height, size, {
      rows: grid,
      columns: grid,
    });
    const full = resize(image, grid * cellWidth, grid * cellHeight);
    const cropWidth = cropSide(cellWidth);
    const cropHeight = cropSide(cellHeight);
    const offsetX = random.int(cellWidth - cropWidth + 1);
    const offsetY = random.int(cellHeight - cropHeight + 1);
    const told = augment ? greyscale(full) : full;
    const corners = Array.from(
      { length: grid * grid },
      (_, i) => [(i % grid) * cellWidth, Math.floor(i / grid) * cellHeight] as const,
    );
    const cells = corners.map(([x, y]) => told.crop(x, y, cellWidth, cellHeight));
    const truth = Array.from(cells.keys()).find((i) => answers.compare(answers.at(i), answer) === 1)!;
    const window = [corners[truth][0] + offsetX, corners[truth][1] + offsetY, cropWidth, cropHeight] as const;
    const crop = told.crop(...window);
    for (const [i, cell] of cells.entries()) {
      if (i !== truth && holds(cell, crop)) {
        return { skip: `a part of ${answers.print(answer)} looks like a part of ${answers.print(answers.at(i))}` };
      }
    }
    const side = Math.max(TOKEN_SIDE, Math.round(size / (2 * TOKEN_SIDE)) * TOKEN_SIDE);
    const cut = resize(full.crop(...window), side, side);
    const view = augment ? augmented(cut, recolouring, random) : { image: cut, steps: [] };
    if (isSkip(view)) return view;
    return { images: [full, view.image], drawn: { window, steps: view.steps } };

    function cropSide(cell: number): number {
      const least = Math.min(cell, Math.max(TOKEN_SIDE, Math.floor(0.2 * cell)));
      const most = Math.max(least, Math.floor(0.8 * cell));
      return least + random.int(most - least + 1);
    }
  },
});
