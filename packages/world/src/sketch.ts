import type { Color } from "./palette.js";

/** Noise over a paint. `grain` makes it lighter and darker, `cloud` makes it appear and vanish. */
export interface Texture {
  readonly kind: "grain" | "cloud";
  readonly seed: number;
  /** grain: how much lighter or darker, 0..1. cloud: share of the sky that is covered, 0..1. */
  readonly amount: number;
  /** Size of the largest lumps, in pictures. With a horizon: in camera heights on the ground. */
  readonly width: number;
  readonly height: number;
  readonly octaves: number;
  /** When given, the noise lies on a plane that runs to this height of the picture. */
  readonly horizon?: number;
}

/** Coordinates are fractions of the picture, (0, 0) top left. Without `to` it is one flat colour. */
export interface Paint {
  readonly color: Color;
  /** Opacity, 0..1. */
  readonly alpha: number;
  /** The other end of a gradient. */
  readonly to?: Color;
  readonly toAlpha?: number;
  /** Linear gradient from (x0, y0) to (x1, y1). */
  readonly line?: readonly [x0: number, y0: number, x1: number, y1: number];
  /** Radial gradient: centre and radii. */
  readonly rings?: readonly [cx: number, cy: number, rx: number, ry: number];
  readonly texture?: Texture;
}

/** One filled outline. A scene is a list of them, far to near: that list is all there is to draw. */
export interface Shape {
  /** x, y, x, y, ... closed; fractions of the picture. */
  readonly outline: Float32Array;
  readonly paint: Paint;
  /** Index of the object it belongs to, -1 for scenery. */
  readonly owner: number;
}

/** Hides what is behind it, unlike shadows, glows, glass and rain. */
export function isSolid(shape: Shape): boolean {
  const { alpha, toAlpha = alpha, texture } = shape.paint;
  return texture?.kind !== "cloud" && alpha >= 0.6 && toAlpha >= 0.6;
}
