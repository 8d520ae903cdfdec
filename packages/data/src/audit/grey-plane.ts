import type { Image } from "@ssl4rl/core";

/** A picture's brightness, row by row: red, twice green and blue, 0 to 1020. */
export interface GreyPlane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array;
}

export function greyPlane({ width, height, data }: Image): GreyPlane {
  const grey = new Uint16Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) grey[i] = data[at] + 2 * data[at + 1] + data[at + 2];
  return { width, height, data: grey };
}
