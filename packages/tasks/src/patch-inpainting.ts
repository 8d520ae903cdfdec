import { oneOf, resize } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { twins } from "./looks-alike.js";
import { BLACK, Overlay } from "./overlay.js";
import { outputSide, TOKEN_SIDE } from "./size.js";
import { tileSize } from "./tile-size.js";
import { showsNothing } from "./view.js";

const letters = ["A", "B", "C", "D"] as const;

/**
 * Pixels that candidates are shrunk to, as a share of what the inner half has in the source. Measured on 75 photos: at 1 the
 * true patch is sharper than the inner half in 8 of 10 cases, at a half in 6, and as sharp as the outer windows.
 */
const DETAIL = 0.5;

/** How many sides of the hole a wrong window is larger on each side. */
const grows = { inner: -0.25, outer: 0.25, "far outer": 0.5 } as const;

/** Quarter turns counter-clockwise. */
const turns = { left: 1, right: 3 } as const;
const sides = ["left", "right"] as const;

/**
 * Spatial-SSRL cropped patch inpainting: which of four patches fills the hole, a black square of half the shorter side?
 * Wrong are: the true patch turned left or right; another window, which is the true one's inner half enlarged, or larger by
 * a quarter or by half a side on each side; and that window turned.
 *
 * The published code draws three of these windows and turns, without the last. Then what no turn changes (sharpness,
 * colours) shows which patches are one window: the true one, for another is never there twice. And there the true patch is
 * the only one that was not resampled, and windows are clipped and squeezed at the border. Here each of two windows is shown
 * upright and turned, the wrong one as often smaller as larger; every candidate is cut from one copy of twice the resolution
 * and shrunk to as many pixels as the inner half has, so that all are equally sharp; a larger window that would reach over the border is moved back.
 */
export const patchInpainting = defineTask({
  name: "patch-inpainting",
  version: 2,
  about: "Which of four patches fills the hole, neither turned nor enlarged nor shrunk?",
  options: z.strictObject({ size: outputSide }),
  answers: () => oneOf(letters),
  prompt: (_, answers) =>
    "A square of the picture is covered in black. " +
    `One of the patches ${letters.join(", ")} is what it covers; the others are turned, or show less or more of the ` +
    `picture, or both. Which one: ${answers.form}?`,
  corrupt({ picture: { image }, answer, random, options: { size } }) {
    if (Math.min(image.width, image.height) < 2 * TOKEN_SIDE) return { skip: "shorter side is below 56 px" };
    const quarter = tileSize(image.width / image.height, size, { rows: 2, columns: 2 });
    const [width, height] = [2 * quarter.width, 2 * quarter.height];
    const side = Math.min(quarter.width, quarter.height);
    const full = resize(image, width, height);
    if (showsNothing(full)) return { skip: "shows next to nothing but one colour or a fine pattern" };
    const other = random.chance(0.5) ? "inner" : random.pick(["outer", "far outer"] as const);
    const [turn, otherTurn] = [random.pick(sides), random.pick(sides)];
    const x = random.int(width - side + 1);
    const y = random.int(height - side + 1);
    const fine = resize(image, 2 * width, 2 * height);
    const detail = Math.round(side * DETAIL * Math.min(1, image.width / (2 * width), image.height / (2 * height)));
    const window = (grow: number) => {
      const extent = side + 2 * grow * side;
      const from = (at: number, end: number) => 2 * Math.min(Math.max(0, at - grow * side), end - extent);
      return resize(
        resize(fine.crop(from(x, width), from(y, height), 2 * extent, 2 * extent), detail, detail),
        side,
        side,
      );
    };
    const [truth, elsewhere] = [window(0), window(grows[other])];
    const wrong = random.shuffle([
      { kind: `turned ${turn}`, patch: truth.quarterTurns(turns[turn]) },
      { kind: other, patch: elsewhere },
      { kind: `${other} turned ${otherTurn}`, patch: elsewhere.quarterTurns(turns[otherTurn]) },
    ]);
    const alike = twins([truth, ...wrong.map(({ patch }) => patch)]);
    if (alike) {
      const [a, b] = alike.map((i) => (i === 0 ? "true" : wrong[i - 1].kind));
      return { skip: `the ${a} patch and the ${b} one look alike` };
    }
    return {
      images: [
        new Overlay(full).fill(x, y, side, side, BLACK).toImage(),
        ...wrong.map(({ patch }) => patch).toSpliced(letters.indexOf(answer), 0, truth),
      ],
      labels: ["Picture:", ...letters.map((letter) => `${letter}:`)],
      drawn: { x, y, side, wrong: wrong.map(({ kind }) => kind) },
    };
  },
});
