import { isSkip, oneOf } from "@ssl4rl/core";
import { z } from "zod";
import { cropScale, inWords, pipelineOf } from "./augment.js";
import { cropWindow, windowOver } from "./crop-window.js";
import { defineTask } from "./define.js";
import { outputSide } from "./size.js";
import { framesForViews, viewsOf } from "./view.js";

/**
 * SSL4RL contrastive: do two augmented views show one picture or two? `probabilities` chooses between the published code's
 * and the paper's, which differ.
 *
 * Nothing but content differs between the answers: the other picture is brought to one frame with the first and the
 * windows are drawn before it matters whose the second one is. Windows share at least `overlap` of the smaller one (ours:
 * of the published strong positives a fifth share no pixel), in both cases, so that the overlap shifts neither sizes nor
 * places of the windows between them.
 */
export const contrastive = defineTask({
  name: "contrastive",
  version: 1,
  about: "Do two augmented views show one picture or two different ones?",
  options: z.strictObject({
    strength: z.enum(["weak", "strong"]).default("weak"),
    probabilities: z.enum(["code", "paper"]).default("code"),
    overlap: z.number().min(0).max(0.8).default(0.2),
    size: outputSide.default(224),
  }),
  answers: () => oneOf(["positive", "negative"]),
  prompt: ({ strength, probabilities }, answers) =>
    "Each of the two pictures is cut from a larger one, brought to this size, and perhaps " +
    `${inWords(pipelineOf(strength, probabilities))}. The answer is positive if both are cut from the same picture, ` +
    `negative if they are cut from two different ones. Which is it: ${answers.form}?`,
  others: 1,
  corrupt({ picture, answer, random, others, options: { strength, probabilities, overlap, size } }) {
    const frames = framesForViews([picture, ...others], size);
    if (isSkip(frames)) return frames;
    const [own, other] = frames;
    const scale = cropScale[strength];
    const first = cropWindow(own.width, own.height, scale, random);
    const windows = [first, windowOver(first, own.width, scale, overlap, random)];
    const shown = [own, answer === "positive" ? own : other];
    const views = viewsOf(shown, windows, size, pipelineOf(strength, probabilities), random);
    if (isSkip(views)) return views;
    return {
      images: views.map(({ image }) => image),
      drawn: { frame: own.width, windows, steps: views.map(({ steps }) => steps) },
    };
  },
});
