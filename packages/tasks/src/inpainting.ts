import { isSkip, oneOf, Random, resize, type Skip } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { twins } from "./looks-alike.js";
import { matchColors } from "./match-color.js";
import { type Color, Overlay } from "./overlay.js";
import { sameFrame } from "./same-frame.js";
import { outputSide, TOKEN_SIDE } from "./size.js";
import { tileSize } from "./tile-size.js";
import { showsNothing } from "./view.js";

const letters = ["A", "B", "C", "D"] as const;
const GREY: Color = [128, 128, 128];

/**
 * SSL-R1 region inpainting: which of four regions fills the hole? `share` is the hole's part of the area. The paper leaves
 * the filling and the source of the wrong regions open: ours is mid grey, and the same window of three other pictures
 * (regions of the same one would mostly show the same thing: at half the area no two are disjoint).
 *
 * What tells the true region is that it goes on where the picture stops. Nothing else should: all pictures are brought to
 * one frame before they are cut, all regions are recoloured to what lies in the middle of the four, and the picture around
 * the hole along with its region. So the true region differs from the others in nothing that was done to it. Sides are
 * whole visual tokens. The hole's shape follows from the picture alone, so that every answer has the same.
 */
export const inpainting = defineTask({
  name: "inpainting",
  version: 2,
  about: "Which of four regions fills the hole in the picture?",
  options: z.strictObject({
    share: z.union([z.literal(0.5), z.literal(0.25)], { error: "share must be 0.5 or 0.25" }).default(0.5),
    size: outputSide,
  }),
  answers: () => oneOf(letters),
  prompt: (_, answers) =>
    "A rectangle of the picture is covered in grey. One of the regions " +
    `${letters.join(", ")} is what it covers, the others come from other pictures. Which one: ${answers.form}?`,
  others: 3,
  corrupt({ picture, answer, random, others, options: { share, size } }) {
    const { width, height } = tileSize(picture.image.width / picture.image.height, size, { rows: 1, columns: 1 });
    const images = [picture, ...others].map(({ image }) => image);
    const frames = sameFrame(images, width, height);
    if (Math.min(frames[0].width, frames[0].height) < 2 * TOKEN_SIDE) return { skip: "a shorter side is below 56 px" };
    const whole = frames.map((frame) => resize(frame, width, height));
    const shape = holeShape(width / TOKEN_SIDE, height / TOKEN_SIDE, share, Random.from("hole", picture.id));
    if (isSkip(shape)) return shape;
    const hole = [random.int(width - shape[0] + 1), random.int(height - shape[1] + 1), ...shape] as const;
    const cut = whole.map((image) => image.crop(...hole));
    if ([whole[0], ...cut].some(showsNothing)) {
      return { skip: "shows next to nothing but one colour or a fine pattern" };
    }
    const [recolor, ...recolors] = matchColors(cut);
    const shown = recolor(whole[0], random);
    const truth = shown.crop(...hole);
    const wrong = recolors.map((recolorOther, i) => recolorOther(cut[i + 1], random));
    if (twins([truth, ...wrong])) return { skip: "two of the regions look alike" };
    return {
      images: [new Overlay(shown).fill(...hole, GREY).toImage(), ...wrong.toSpliced(letters.indexOf(answer), 0, truth)],
      labels: ["Picture:", ...letters.map((letter) => `${letter}:`)],
      drawn: { hole },
    };
  },
});

/** Sides, in pixels, of a rectangle of whole tokens with `share` of columns × rows tokens, as near as its height allows. */
function holeShape(columns: number, rows: number, share: number, random: Random): readonly [number, number] | Skip {
  const shapes = Array.from({ length: rows }, (_, i) => [Math.round((share * columns * rows) / (i + 1)), i + 1]).filter(
    ([w, h]) => w >= 1 && w <= columns && Math.abs((w * h) / (columns * rows) - share) <= share / 5,
  );
  if (shapes.length === 0) return { skip: `no rectangle of 28 px tokens has ${share} of the area` };
  const [w, h] = random.pick(shapes);
  return [w * TOKEN_SIDE, h * TOKEN_SIDE];
}
