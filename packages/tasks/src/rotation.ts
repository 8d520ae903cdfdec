import { type Image, oneOf, type Random, resize } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { holds } from "./looks-alike.js";
import { sampleTurned } from "./sample-turned.js";
import { outputSide } from "./size.js";

/**
 * SSL4RL and SSL-R1 rotation: by how many degrees was the second picture turned? Counter-clockwise as in SSL4RL, or
 * clockwise as in SSL-R1; steps of 90° or 45°.
 *
 * Both pictures are squares of one side for every angle, so neither shape nor size tells the answer; both come through
 * the same resampling, from windows that differ by a few pixels, so neither sharpness nor identity tells it. Quarter
 * turns only move pixels. With 45° steps every angle, 0 and the quarters included, goes through one bicubic resampler
 * with supersampling, and the window is the square inscribed in the turned one, so no corner is ever padded.
 */
export const rotation = defineTask({
  name: "rotation",
  version: 1,
  about: "By how many degrees was the second picture turned?",
  options: z.strictObject({
    step: z.union([z.literal(90), z.literal(45)], { error: "step must be 90 or 45 (degrees)" }).default(90),
    direction: z.enum(["counter-clockwise", "clockwise"]).default("counter-clockwise"),
    size: outputSide,
  }),
  answers: ({ step }) => oneOf(Array.from({ length: 360 / step }, (_, i) => String(i * step))),
  prompt: ({ step, direction }, answers) =>
    `Picture 2 is picture 1 turned ${direction} by a multiple of ${step} degrees. ` +
    `By how many degrees was it turned: ${answers.form}?`,
  corrupt({ picture, answer, random, options: { step, direction, size } }) {
    const square = picture.image.centreSquare();
    if (square.width < 28) return { skip: `shorter side ${square.width} px is below 28 px` };
    const symmetry = quartersThatLookAlike(step === 90 ? square : inscribed(square));
    if (symmetry) return { skip: `looks the same when turned by ${symmetry * 90} degrees` };
    const emit = step === 90 ? quarterTurned : sampleTurned;
    const degrees = direction === "clockwise" ? 360 - Number(answer) : Number(answer);
    return { images: emit(square, [0, degrees], size, random) };
  },
});

/** A window of 15/16 of the square, shifted at random, brought to `size` and turned by moving pixels; for each of `degrees`. */
function quarterTurned(square: Image, degrees: readonly number[], size: number, random: Random): Image[] {
  const side = Math.max(1, Math.round((square.width * 15) / 16));
  const slack = square.width - side + 1;
  return degrees.map((turn) => {
    const window = square.crop(random.int(slack), random.int(slack), side, side);
    return resize(window, size, size).quarterTurns(turn / 90);
  });
}

/** The part that shows at every multiple of 45°. */
function inscribed(square: Image): Image {
  const inset = Math.ceil((square.width * (1 - Math.SQRT1_2)) / 2);
  const side = square.width - 2 * inset;
  return square.crop(inset, inset, side, side);
}

/**
 * How many quarter turns leave the picture as it is, give or take the shift between the two windows; 0 when none does.
 * A turn by 45° that does so does so twice, thus quarter turns tell all.
 */
function quartersThatLookAlike(square: Image): number {
  const thumbnail = resize(square, 32, 32);
  const centre = thumbnail.crop(2, 2, 28, 28);
  for (let quarters = 1; quarters < 4; quarters++) {
    if (holds(thumbnail.quarterTurns(quarters), centre)) return quarters;
  }
  return 0;
}
