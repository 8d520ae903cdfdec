import type { Image } from "@ssl4rl/core";
import { BLACK, type Color, Overlay, RED, WHITE } from "./overlay.js";

/** In pixels from the top left. */
export type Point = readonly [x: number, y: number];

/** Lengths that papers give in pixels are taken to hold for pictures of side 336; they grow and shrink with `size`. */
export function scaled(pixels: number, size: number): number {
  return (pixels * size) / 336;
}

/** Radius of a numbered disc: 12 pixels at 336, a little less than one visual token across, legible from 224 up. */
export function markRadius(size: number): number {
  return scaled(12, size);
}

/** Height of the number on a disc. */
export function numeralHeight(size: number): number {
  return 1.1 * markRadius(size);
}

export interface MarkStyle {
  readonly disc: Color;
  readonly opacity: number;
  readonly numeral: Color;
  readonly outline: Color | null;
}

/** Visual Jigsaw's mark (3D): a red disc of alpha 120/255 with a white number. The outline, ours, keeps it legible on white. */
export const RED_DISC: MarkStyle = { disc: RED, opacity: 120 / 255, numeral: WHITE, outline: BLACK };

/** Spatial-SSRL's mark: a white disc with a black number. The rim is drawn as a black disc beneath. */
export const WHITE_DISC: MarkStyle = { disc: WHITE, opacity: 1, numeral: BLACK, outline: null };

/** The picture with a numbered disc at each point: `numbers[i]` at `points[i]`. */
export function marked(
  image: Image,
  points: readonly Point[],
  numbers: readonly number[],
  size: number,
  { disc, opacity, numeral, outline }: MarkStyle,
): Image {
  const radius = markRadius(size);
  const canvas = new Overlay(image);
  for (const [i, [x, y]] of points.entries()) {
    if (opacity === 1) canvas.disc(x, y, radius, BLACK);
    canvas.disc(x, y, opacity === 1 ? radius - Math.max(1, radius / 12) : radius, disc, opacity);
    canvas.text(String(numbers[i]), x, y, numeralHeight(size), numeral, outline);
  }
  return canvas.toImage();
}

/** Whether `point` lies at least `distance` pixels from each of the others. */
export function isApart([x, y]: Point, others: readonly Point[], distance: number): boolean {
  return others.every(([u, v]) => Math.hypot(x - u, y - v) >= distance);
}
