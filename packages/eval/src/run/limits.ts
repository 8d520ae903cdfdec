import { type Image, resize } from "@ssl4rl/core";
import { type PixelLimits, smartResize } from "@ssl4rl/models";
import type { Generation } from "../protocol.js";
import { qwenLimits } from "../score/model-frame.js";

/** How pictures are decoded before they are brought to size. */
export const DECODED = { minSide: 1, maxSide: 16_384 };

/** Tokens of a response where nobody says. */
const MAX_TOKENS = 1024;

/** Sides of a picture as the model sees it are multiples of so many pixels. */
const FACTOR = 28;

/** How large a model sees pictures: the area of each in pixels. `of` the prompt: its pictures share the upper limit. */
export interface Area extends PixelLimits {
  readonly of: "picture" | "prompt";
}

/** What bounds an answer. */
export interface Limits {
  /** Tokens of a response. */
  readonly maxTokens: number;
  /** Null: pictures go as they are stored, and the server says how large its model sees them. */
  readonly area: Area | null;
}

/** What was asked for on purpose, in place of what the protocol says. */
export type LimitFlags = Pick<Generation, "maxTokens" | "minPixels" | "maxPixels">;

/**
 * The limits of a model that sees pictures of `own` area; null for one whose server says. Flags hold as they are. A protocol's
 * limits are Qwen2.5-VL's: they narrow the model's own, and where the two have nothing in common (a small model, trained on small
 * pictures) its own stay.
 */
export function limitsOf(own: PixelLimits | null, protocol: Generation, flags: LimitFlags): Limits {
  const maxTokens = flags.maxTokens ?? protocol.maxTokens ?? MAX_TOKENS;
  if (flags.minPixels !== undefined || flags.maxPixels !== undefined) {
    const { minPixels, maxPixels } = own ?? qwenLimits;
    return {
      maxTokens,
      area: { minPixels: flags.minPixels ?? minPixels, maxPixels: flags.maxPixels ?? maxPixels, of: "picture" },
    };
  }
  if (!own) return { maxTokens, area: null };
  const minPixels = Math.max(own.minPixels, protocol.minPixels ?? 0);
  const maxPixels = Math.min(own.maxPixels, protocol.maxPixels ?? Number.POSITIVE_INFINITY);
  if (minPixels > maxPixels) {
    return { maxTokens, area: { minPixels: own.minPixels, maxPixels: own.maxPixels, of: "picture" } };
  }
  return { maxTokens, area: { minPixels, maxPixels, of: protocol.maxPixelsOf ?? "picture" } };
}

/** What settings say of limits. */
export function describeLimits({ maxTokens, area }: Limits): Record<string, string | number> {
  if (!area) return { maxTokens };
  const { minPixels, maxPixels, of } = area;
  return { maxTokens, minPixels, maxPixels, ...(of === "prompt" ? { maxPixelsOf: of } : {}) };
}

/** A picture at the size at which the model is to see it, one of `pictures` in its prompt. */
export function fitPicture(image: Image, { minPixels, maxPixels, of }: Area, pictures: number): Image {
  const most = of === "prompt" ? Math.max(minPixels, maxPixels / pictures) : maxPixels;
  const { width, height } = smartResize(image.height, image.width, FACTOR, { minPixels, maxPixels: most });
  return resize(image, width, height);
}
