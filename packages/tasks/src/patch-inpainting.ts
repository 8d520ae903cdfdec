import { oneOf, resize } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { lookAlike } from "./looks-alike.js";
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

/** What a candidate shows: a window, `grow` sides larger on each side than the hole, in quarter turns. */
const kinds = {
  true: { grow: 0, quarters: 0 },
  "turned left": { grow: 0, quarters: 1 },
  "turned right": { grow: 0, quarters: 3 },
  inner: { grow: -0.25, quarters: 0 },
  outer: { grow: 0.25, quarters: 0 },
  "far outer": { grow: 0.5, quarters: 0 },
} as const;

const wrongKinds = ["turned left", "turned right", "inner", "outer", "far outer"] as const;

/**
 * Spatial-SSRL cropped patch inpainting: which of four patches fills the hole, a black square of half the shorter side?
 * Three patches are wrong: the true one turned left or right, its inner half enlarged, or a window larger by a quarter or
 * by half a side on each side.
 *
 * In the published code the true patch is the only one that was not resampled, and windows are clipped and squeezed at the
 * border. Here every candidate is cut from one copy of twice the resolution and shrunk to as many pixels as the inner half
 * has, so that all are equally sharp; the hole is placed where the windows drawn for it fit.
 */
export const patchInpainting = defineTask({
  name: "patch-inpainting",
  version: 1,
  about: "Which of four patches fills the hole, neither turned nor enlarged nor shrunk?",
  options: z.strictObject({ size: outputSide }),
  answers: () => oneOf(letters),
  prompt: (_, answers) =>
    "A square of the picture is covered in black. " +
    `One of the patches ${letters.join(", ")} is what it covers; the others are turned, or show less or more of the ` +
    `picture. Which one: ${answers.form}?`,
  corrupt({ picture: { image }, answer, random, options: { size } }) {
    if (Math.min(image.width, image.height) < 2 * TOKEN_SIDE) return { skip: "shorter side is below 56 px" };
    const quarter = tileSize(image.width / image.height, size, { rows: 2, columns: 2 });
    const [width, height] = [2 * quarter.width, 2 * quarter.height];
    const side = Math.min(quarter.width, quarter.height);
    const full = resize(image, width, height);
    if (showsNothing(full)) return { skip: "shows next to nothing but one colour or a fine pattern" };
    const wrong = random.shuffle(wrongKinds).slice(0, 3);
    const margin = side * Math.max(0, ...wrong.map((kind) => kinds[kind].grow));
    const x = margin + random.int(width - side - 2 * margin + 1);
    const y = margin + random.int(height - side - 2 * margin + 1);
    const fine = resize(image, 2 * width, 2 * height);
    const detail = Math.round(side * DETAIL * Math.min(1, image.width / (2 * width), image.height / (2 * height)));
    const shown = (["true", ...wrong] as const).map((kind) => {
      const { grow, quarters } = kinds[kind];
      const [left, top, extent] = [x - grow * side, y - grow * side, side + 2 * grow * side].map((value) => 2 * value);
      const patch = resize(fine.crop(left, top, extent, extent), detail, detail);
      return resize(patch, side, side).quarterTurns(quarters);
    });
    const [truth, ...others] = shown;
    const twin = others.findIndex((other) => lookAlike(truth, other));
    if (twin >= 0) return { skip: `looks the same when ${wrong[twin]}` };
    return {
      images: [
        new Overlay(full).fill(x, y, side, side, BLACK).toImage(),
        ...others.toSpliced(letters.indexOf(answer), 0, truth),
      ],
      labels: ["Picture:", ...letters.map((letter) => `${letter}:`)],
      drawn: { x, y, side, wrong },
    };
  },
});
