import { type Image, isSkip, type Picture, type Random, resize, type Skip } from "@ssl4rl/core";
import { type Applied, applySteps, drawSteps, type Pipeline } from "./augment.js";
import { greyscale } from "./color.js";
import type { Window } from "./crop-window.js";
import { isPlain } from "./looks-alike.js";
import { sameFrame } from "./same-frame.js";
import { TOKEN_SIDE } from "./size.js";

/** The smallest view, 8% of the area at 3:4, has then about a visual token to each side. */
const LEAST_FRAME = 4 * TOKEN_SIDE;

/**
 * The pictures as squares of one side that views of `size` pixels are cut from. Views of one picture and of two are then
 * drawn alike: the same windows are possible, at the same sharpness.
 */
export function framesForViews(pictures: readonly Picture[], size: number): readonly Image[] | Skip {
  const frames = sameFrame(
    pictures.map(({ image }) => image),
    4 * size,
    4 * size,
  );
  if (frames[0].width < LEAST_FRAME) return { skip: `a shorter side is below ${LEAST_FRAME} px` };
  if (frames.some(showsNothing)) return { skip: "shows next to nothing but one colour or a fine pattern" };
  return frames;
}

/** A picture after some steps, and those steps. */
interface View {
  readonly image: Image;
  readonly steps: Applied;
}

/** Views by one pipeline, the k-th of `windows[k]` of `frames[k]`. */
export function viewsOf(
  frames: readonly Image[],
  windows: readonly Window[],
  size: number,
  pipeline: Pipeline,
  random: Random,
): readonly View[] | Skip {
  const views: View[] = [];
  for (const [k, frame] of frames.entries()) {
    const view = augmented(resize(frame.crop(...windows[k]), size, size), pipeline, random);
    if (isSkip(view)) return view;
    views.push(view);
  }
  return views;
}

/** A picture after steps of the pipeline, drawn anew while they leave next to nothing of it to be seen. */
export function augmented(image: Image, pipeline: Pipeline, random: Random): View | Skip {
  if (showsNothing(greyscale(image))) return { skip: "a view shows next to nothing but colour" };
  for (let i = 0; i < 10; i++) {
    const steps = drawSteps(pipeline, random);
    const view = applySteps(image, steps);
    if (!showsNothing(view)) return { image: view, steps };
  }
  return { skip: "a view shows next to nothing once it is recoloured" };
}

/** Whether nothing is left once fine patterns are shrunk away. */
export function showsNothing(image: Image): boolean {
  return isPlain(resize(image, 16, 16));
}
