import { isSkip, oneOf } from "@ssl4rl/core";
import { z } from "zod";
import { cropScale, inWords, pipelineOf } from "./augment.js";
import { cropWindow, windowOver } from "./crop-window.js";
import { defineTask } from "./define.js";
import { outputSide } from "./size.js";
import { framesForViews, viewsOf } from "./view.js";

const letters = ["A", "B", "C", "D"] as const;

/**
 * Below this share of the smaller window, reference and candidate need not show a common thing. Ours, as in contrastive.
 */
const OVERLAP = 0.2;

/**
 * SSL-R1 visual similarity: which of four augmented views is cut from the picture that the reference is cut from? The
 * others are views of three other pictures. The paper gives the steps (crop, flip, colour, grey, blur, after SimCLR), not
 * how strong weak and strong are: SSL4RL's paper names the same steps, and ours are its crops and probabilities.
 *
 * All pictures are brought to one frame, and all four candidates' windows are drawn in it by the same rule, overlapping
 * the reference's, whichever of them is cut from its picture.
 */
export const similarity = defineTask({
  name: "similarity",
  version: 1,
  about: "Which of four augmented views shows the picture that the reference shows?",
  options: z.strictObject({
    strength: z.enum(["weak", "strong"]).default("strong"),
    size: outputSide.default(224),
  }),
  answers: () => oneOf(letters),
  prompt: ({ strength }, answers) =>
    "Each of these pictures is cut from a larger one, brought to this size, and perhaps " +
    `${inWords(pipelineOf(strength, "paper"))}. One of ${letters.join(", ")} is cut from the same picture as the ` +
    `reference, the others from three different ones. Which one: ${answers.form}?`,
  others: 3,
  corrupt({ picture, answer, random, others, options: { strength, size } }) {
    const frames = framesForViews([picture, ...others], size);
    if (isSkip(frames)) return frames;
    const [own, ...rest] = frames;
    const scale = cropScale[strength];
    const first = cropWindow(own.width, own.height, scale, random);
    const windows = [first, ...letters.map(() => windowOver(first, own.width, scale, OVERLAP, random))];
    const candidates = rest.toSpliced(letters.indexOf(answer), 0, own);
    const views = viewsOf([own, ...candidates], windows, size, pipelineOf(strength, "paper"), random);
    if (isSkip(views)) return views;
    return {
      images: views.map(({ image }) => image),
      labels: ["Reference:", ...letters.map((letter) => `${letter}:`)],
      drawn: { frame: own.width, windows, steps: views.map(({ steps }) => steps) },
    };
  },
});
