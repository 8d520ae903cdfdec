import type { Image } from "@ssl4rl/core";
import { Canvas } from "./canvas.js";
import type { Scene } from "./scene.js";

/** Width and height in pixels. A scene is square; other sizes stretch it. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Paints a scene. The same scene and size give the same bytes. */
export function render(scene: Scene, size: Size): Image {
  const canvas = new Canvas(size.width, size.height);
  for (const shape of scene.shapes) canvas.fill(shape.outline, shape.paint);
  const { blur, grain, vignette, monochrome, balance } = scene.finish;
  if (blur > 0) canvas.blur(blur);
  canvas.develop(balance, vignette, grain, monochrome);
  return canvas.toImage();
}
