import { type AnswerKind, type Cell, gridCell, type Image, oneOf, resize } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { outputSide, TOKEN_SIDE } from "./size.js";

/** Below this mean difference (grey levels) the crop looks like a window of another cell. */
const TELLABLE = 4;

const quarters = ["top-left", "top-right", "bottom-left", "bottom-right"] as const;

/**
 * SSL4RL position: from which part of the picture was the crop taken? A 2 × 2 grid is answered by name, larger grids by
 * row/column. Crop sides are drawn from 20% to 80% of a cell as in the published code, at least one visual token, and
 * the crop never crosses cells; the same rule for grids of 3 and more is ours, the paper gives none there.
 *
 * The picture is brought to a size the grid divides before it is cut, and every crop is brought to one common size, so
 * neither says where it comes from. A crop that looks like any window of another cell cannot be told and is skipped.
 */
export const position = defineTask({
  name: "position",
  version: 1,
  about: "From which part of the first picture was the second one cut?",
  options: z.strictObject({
    grid: z.int().min(2).max(6).default(2),
    size: outputSide,
  }),
  answers: ({ grid }): AnswerKind<string | Cell> =>
    (grid === 2 ? oneOf(quarters) : gridCell(grid)) as AnswerKind<string | Cell>,
  prompt: ({ grid }, answers) =>
    grid === 2
      ? `Picture 2 is cut from one quarter of picture 1 and enlarged. Which quarter is it: ${answers.form}?`
      : `Picture 1 is divided into ${grid} rows and ${grid} columns; picture 2 is cut from one of the cells and ` +
        "enlarged. Which cell is it? Count rows from the top and columns from the left, from 1, and answer row/column.",
  corrupt({ picture: { image }, answer, random, options: { grid, size }, answers }) {
    if (Math.min(image.width, image.height) < grid * TOKEN_SIDE) {
      return { skip: `${image.width}x${image.height} px is too small for a ${grid}x${grid} grid of 28 px cells` };
    }
    const { width, height } = gridSize(image.width / image.height, size, grid);
    const full = resize(image, width, height);
    const cellWidth = width / grid;
    const cellHeight = height / grid;
    const cropWidth = cropSide(cellWidth);
    const cropHeight = cropSide(cellHeight);
    const offsetX = random.int(cellWidth - cropWidth + 1);
    const offsetY = random.int(cellHeight - cropHeight + 1);
    const cells = Array.from({ length: grid * grid }, (_, i) =>
      full.crop((i % grid) * cellWidth, Math.floor(i / grid) * cellHeight, cellWidth, cellHeight),
    );
    const truth = Array.from(cells.keys()).find((i) => answers.compare(answers.at(i), answer) === 1)!;
    const crop = cells[truth].crop(offsetX, offsetY, cropWidth, cropHeight);
    for (const [i, cell] of cells.entries()) {
      if (i !== truth && holds(cell, crop)) {
        return { skip: `a part of ${answers.print(answer)} looks like a part of ${answers.print(answers.at(i))}` };
      }
    }
    const side = Math.max(TOKEN_SIDE, Math.round(size / (2 * TOKEN_SIDE)) * TOKEN_SIDE);
    return { images: [full, resize(crop, side, side)] };

    function cropSide(cell: number): number {
      const least = Math.min(cell, Math.max(TOKEN_SIDE, Math.floor(0.2 * cell)));
      const most = Math.max(least, Math.floor(0.8 * cell));
      return least + random.int(most - least + 1);
    }
  },
});

/** Sides near `size`² pixels of area at the picture's aspect, both multiples of grid × 28 so that cells are equal. */
function gridSize(aspect: number, size: number, grid: number): { width: number; height: number } {
  const unit = grid * TOKEN_SIDE;
  const side = (ideal: number) => Math.max(unit, Math.round(ideal / unit) * unit);
  return { width: side(size * Math.sqrt(aspect)), height: side(size / Math.sqrt(aspect)) };
}

/** Whether some window of `cell` looks like `crop`, judged on at most 12 × 12 evenly spread pixels of it. */
function holds(cell: Image, crop: Image): boolean {
  const columns = spread(crop.width);
  const rows = spread(crop.height);
  const limit = TELLABLE * 3 * columns.length * rows.length;
  for (let y = 0; y <= cell.height - crop.height; y++) {
    for (let x = 0; x <= cell.width - crop.width; x++) {
      if (looksAlike(x, y)) return true;
    }
  }
  return false;

  function spread(length: number): number[] {
    const n = Math.min(length, 12);
    return Array.from({ length: n }, (_, i) => Math.floor(((i + 0.5) * length) / n));
  }

  function looksAlike(x: number, y: number): boolean {
    let sum = 0;
    for (const row of rows) {
      for (const column of columns) {
        const a = (row * crop.width + column) * 3;
        const b = ((y + row) * cell.width + x + column) * 3;
        for (let c = 0; c < 3; c++) sum += Math.abs(crop.data[a + c] - cell.data[b + c]);
        if (sum >= limit) return false;
      }
    }
    return true;
  }
}
