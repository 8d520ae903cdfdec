import { UserError } from "@ssl4rl/core";

/** Limits on the area of an image as the model sees it, in pixels. */
export interface PixelLimits {
  readonly minPixels: number;
  readonly maxPixels: number;
}

/**
 * The size to which an image is brought: sides are multiples of `factor`, the area lies within the limits, the aspect
 * ratio is kept as far as that allows. Same order of double operations as the Python original (reference page, 3.2).
 */
export function smartResize(
  height: number,
  width: number,
  factor: number,
  { minPixels, maxPixels }: PixelLimits,
): { height: number; width: number } {
  if (Math.max(height, width) / Math.min(height, width) > 200) {
    throw new UserError(`An image of ${width}x${height} pixels is too narrow: one side is over 200 times the other.`);
  }
  let h = roundHalfEven(height / factor) * factor;
  let w = roundHalfEven(width / factor) * factor;
  if (h * w > maxPixels) {
    const beta = Math.sqrt((height * width) / maxPixels);
    h = Math.max(factor, Math.floor(height / beta / factor) * factor);
    w = Math.max(factor, Math.floor(width / beta / factor) * factor);
  } else if (h * w < minPixels) {
    const beta = Math.sqrt(minPixels / (height * width));
    h = Math.ceil((height * beta) / factor) * factor;
    w = Math.ceil((width * beta) / factor) * factor;
  }
  return { height: h, width: w };
}

/** Python's round: 2.5 -> 2, 3.5 -> 4. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
