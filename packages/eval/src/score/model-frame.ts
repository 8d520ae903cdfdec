import { type PixelLimits, smartResize } from "@ssl4rl/models";
import type { Box } from "../question.js";

/** Pixels as the model sees them: sides are multiples of so many. */
const FACTOR = 28;

/** Qwen2.5-VL's own limits, which Visual Jigsaw's scripts use. */
export const qwenLimits: PixelLimits = { minPixels: 3136, maxPixels: 12_845_056 };

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A box that the model gave in the picture as it saw it, in pixels of the picture as it is stored. */
export function storedBox(box: Box, size: Size, limits: PixelLimits = qwenLimits): Box {
  const seen = smartResize(size.height, size.width, FACTOR, limits);
  const [x, y] = [size.width / seen.width, size.height / seen.height];
  return [box[0] * x, box[1] * y, box[2] * x, box[3] * y];
}

/** What Visual Jigsaw's OVD-Eval script does in its place: it scales the other way round, cuts to whole pixels and to the picture. */
export function inverselyScaledBox(box: Box, size: Size, limits: PixelLimits = qwenLimits): Box {
  const seen = smartResize(size.height, size.width, FACTOR, limits);
  return wholePixels(
    [
      (box[0] * seen.width) / size.width,
      (box[1] * seen.height) / size.height,
      (box[2] * seen.width) / size.width,
      (box[3] * seen.height) / size.height,
    ],
    size,
  );
}

/** Cut to whole pixels that lie in the picture. */
export function wholePixels(box: Box, { width, height }: Size): Box {
  const inside = (value: number, side: number) => Math.min(side - 1, Math.max(0, Math.trunc(value)));
  return [inside(box[0], width), inside(box[1], height), inside(box[2], width), inside(box[3], height)];
}
