import type { Random } from "@ssl4rl/core";

/** A rectangle in pixels. */
export type Window = readonly [x: number, y: number, width: number, height: number];

/**
 * The window of torchvision's RandomResizedCrop: its share of the area uniform in `scale`, its aspect log-uniform from 3/4
 * to 4/3, its place uniform; after ten that do not fit, the centre at the nearest aspect.
 */
export function cropWindow(width: number, height: number, scale: readonly [number, number], random: Random): Window {
  for (let i = 0; i < 10; i++) {
    const area = width * height * random.uniform(...scale);
    const aspect = Math.exp(random.uniform(Math.log(3 / 4), Math.log(4 / 3)));
    const w = Math.round(Math.sqrt(area * aspect));
    const h = Math.round(Math.sqrt(area / aspect));
    if (w > 0 && h > 0 && w <= width && h <= height) {
      return [random.int(width - w + 1), random.int(height - h + 1), w, h];
    }
  }
  const w = Math.min(width, Math.round((height * 4) / 3));
  const h = Math.min(height, Math.round((width * 4) / 3));
  return [(width - w) >> 1, (height - h) >> 1, w, h];
}

/** Such a window of a square of `side` pixels that shares at least `overlap` with `first`, see {@link overlapOf}. */
export function windowOver(
  first: Window,
  side: number,
  scale: readonly [number, number],
  overlap: number,
  random: Random,
): Window {
  for (;;) {
    const window = cropWindow(side, side, scale, random);
    if (overlapOf(first, window) >= overlap) return window;
  }
}

/** Pixels that two windows share, as a share of the smaller one. */
export function overlapOf(a: Window, b: Window): number {
  const along = (i: 0 | 1) => Math.min(a[i] + a[i + 2], b[i] + b[i + 2]) - Math.max(a[i], b[i]);
  const common = Math.max(0, along(0)) * Math.max(0, along(1));
  return common / Math.min(a[2] * a[3], b[2] * b[3]);
}
