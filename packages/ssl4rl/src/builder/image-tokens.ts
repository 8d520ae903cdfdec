import { unknownName } from "@ssl4rl/core";
import { type PixelLimits, smartResize } from "@ssl4rl/models";

/** How a family of models turns a picture into tokens: one for each square of `factor` pixels, once it is resized. */
export interface VisionFamily extends PixelLimits {
  readonly name: string;
  /** Side of a token's square in pixels: patch size × merge size. */
  readonly factor: number;
}

/** With the limits in the preprocessor_config.json of their checkpoints. */
export const visionFamilies: readonly VisionFamily[] = [
  { name: "qwen2.5-vl", factor: 28, minPixels: 3136, maxPixels: 12845056 },
  { name: "qwen3-vl", factor: 32, minPixels: 65536, maxPixels: 16777216 },
];

/** What manifests and launch files count with. */
export const QWEN2_5_VL = visionFamilies[0];

export function visionFamilyNamed(name: string): VisionFamily {
  const family = visionFamilies.find((family) => family.name === name);
  if (family) return family;
  throw unknownName(
    "family of models",
    name,
    visionFamilies.map(({ name }) => name),
  );
}

/** Tokens of a row's pictures, the start and end mark of each included. */
export function imageTokens(
  images: readonly { readonly width: number; readonly height: number }[],
  family: VisionFamily,
): number {
  return images.reduce((sum, { width, height }) => {
    const shown = smartResize(height, width, family.factor, family);
    return sum + (shown.height * shown.width) / family.factor ** 2 + 2;
  }, 0);
}
