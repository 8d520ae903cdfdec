import { isSkip, oneOf, Random, resize, type Skip } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { lookAlike } from "./looks-alike.js";
import { matchColor } from "./match-color.js";
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
 * one frame before they are cut, and all regions are matched to the true one's colours and contrast, itself included.
 * Sides are whole visual tokens. The hole's shape follows from the picture alone, so that every answer has the same.
 */
export const inpainting = defineTask({
  name: "inpainting",
  version: 1,
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
    const [own, ...rest] = frames.map((frame) => resize(frame, width, height));
    const shape = holeShape(width / TOKEN_SIDE, height / TOKEN_SIDE, share, Random.from("hole", picture.id));
    if (isSkip(shape)) return shape;
    const hole = [random.int(width - shape[0] + 1), random.int(height - shape[1] + 1), ...shape] as const;
    const truth = own.crop(...hole);
    if (showsNothing(own) || showsNothing(truth)) {
      return { skip: "shows next to nothing but one colour or a fine pattern" };
    }
    const regions = [truth, ...rest.map((other) => other.crop(...hole))].map((region) =>
      matchColor(region, truth, random),
    );
    const [kept, ...wrong] = regions;
    if (wrong.some((region) => lookAlike(truth, region))) return { skip: "a region of another picture looks alike" };
    return {
      images: [new Overlay(own).fill(...hole, GREY).toImage(), ...wrong.toSpliced(letters.indexOf(answer), 0, kept)],
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
