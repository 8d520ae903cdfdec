import { type Image, permutation, resize } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { outputSide, TOKEN_SIDE } from "./size.js";
import { tileSize } from "./tile-size.js";

/** Two frames of which no part of a 32 × 32 grid differs by more grey levels than this look the same. */
const TELLABLE = 12;

/**
 * Visual Jigsaw video: in which order do the clips of a video go? The first N mod 10 K of N frames are dropped (N mod K
 * when there are fewer than 10 K), the rest is cut into K equal clips, and 5% is cut off both ends of each as in the paper
 * (10% in its code), so that no clip goes on where another stops. Of each clip `framesPerClip` frames are shown, spread
 * evenly, at one random phase for all clips. The paper shows up to 12; each is a picture here, so two are the default.
 *
 * Skipped when two clips look alike frame for frame, wherever they stand: they could be swapped unseen. What no test of
 * pixels tells: whether a video runs forwards or backwards (a pan may go either way), and which of two like deeds came
 * first. The longer the video, the more often something in it says so.
 */
export const clipOrder = defineTask({
  name: "clip-order",
  version: 1,
  about: "In which order do the clips of a video go?",
  needs: "frames",
  options: z.strictObject({
    clips: z.int().min(2).max(8).default(6),
    framesPerClip: z.int().min(1).max(8).default(2),
    size: outputSide,
  }),
  answers: ({ clips }) => permutation(clips, { from: 1, separator: "," }),
  prompt: ({ clips }, answers) =>
    `A video was cut into ${clips} clips, shown here in shuffled order. In which order do they follow each other, from the ` +
    `earliest to the latest? Answer with the clips' numbers: ${answers.form}.`,
  corrupt({ picture, answer, random, options: { clips, framesPerClip, size } }) {
    const video = picture.frames ?? [];
    const { width, height } = video[0] ?? picture.image;
    if (Math.min(width, height) < TOKEN_SIDE)
      return { skip: `shorter side ${Math.min(width, height)} px is below 28 px` };
    const phase = random.float();
    const shown = shownFrames(video.length, clips, framesPerClip, phase);
    if (!shown) return { skip: `${video.length} frames are too few for ${clips} clips of ${framesPerClip}` };
    const sides = tileSize(width / height, size, { rows: 1, columns: 1 });
    // In their true order.
    const frames = shown.map((clip) => clip.map((index) => resize(video[index], sides.width, sides.height)));
    const thumbnails = frames.map((clip) => clip.map((frame) => resize(frame, 32, 32)));
    for (const [i, clip] of thumbnails.entries()) {
      const twin = thumbnails.findIndex((other, k) => k > i && clip.every((frame, j) => looksLike(frame, other[j])));
      if (twin > 0) return { skip: `clips ${i + 1} and ${twin + 1} of ${clips} look alike` };
    }
    const order = Array.from({ length: clips }, (_, i) => answer.indexOf(i + 1));
    return {
      images: order.flatMap((clip) => frames[clip]),
      labels: order.flatMap((_, i) =>
        Array.from({ length: framesPerClip }, (_, j) =>
          framesPerClip === 1 ? `Clip ${i + 1}:` : `Clip ${i + 1}, frame ${j + 1}:`,
        ),
      ),
      drawn: { frames: shown },
    };
  },
});

/** The numbers of the frames to show, clip by clip in the video's order; null when there are too few. */
function shownFrames(length: number, clips: number, framesPerClip: number, phase: number): number[][] | null {
  const dropped = length % (length >= 10 * clips ? 10 * clips : clips);
  const clip = (length - dropped) / clips;
  const trimmed = Math.floor(0.05 * clip);
  const kept = clip - 2 * trimmed;
  if (kept < framesPerClip) return null;
  return Array.from({ length: clips }, (_, i) =>
    Array.from(
      { length: framesPerClip },
      (_, j) => dropped + i * clip + trimmed + Math.floor(((j + phase) * kept) / framesPerClip),
    ),
  );
}

/**
 * Judged by the part that differs most, so that a small thing that moves is seen. A part differs by what it lies outside
 * the range of the 3 × 3 parts around its place: a camera's noise and tremor are not seen.
 */
function looksLike(a: Image, b: Image): boolean {
  for (let i = 0; i < a.data.length; i++) {
    const [x, y, c] = [Math.floor(i / 3) % a.width, Math.floor(i / 3 / a.width), i % 3];
    let low = 255;
    let high = 0;
    for (let row = Math.max(0, y - 1); row <= Math.min(a.height - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(a.width - 1, x + 1); column++) {
        const value = b.data[(row * a.width + column) * 3 + c];
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (a.data[i] < low - TELLABLE || a.data[i] > high + TELLABLE) return false;
  }
  return true;
}
