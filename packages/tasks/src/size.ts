import { z } from "zod";

/** Side in pixels of one visual token of Qwen2-VL and Qwen2.5-VL: patch 14 × merge 2. */
export const TOKEN_SIDE = 28;

/** The option all picture tasks share: the side, in pixels, of the pictures they emit. */
export const outputSide = z
  .int()
  .min(TOKEN_SIDE * 2)
  .max(2240)
  .refine((side) => side % TOKEN_SIDE === 0, "size must be a multiple of 28 (pixels, one visual token)")
  .default(336);
