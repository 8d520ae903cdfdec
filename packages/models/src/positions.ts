import { UserError } from "@ssl4rl/core";
import type { Grid } from "./image-processor.js";

/** M-RoPE coordinates of one prompt: one row per axis, one entry per token; the next token stands at `next` on all axes. */
export interface Positions {
  readonly t: Int32Array;
  readonly h: Int32Array;
  readonly w: Int32Array;
  readonly next: number;
}

/**
 * M-RoPE positions of one unpadded prompt (reference page, section 5). Text advances all axes together; the tokens of an
 * image stand still in time and spread over rows and columns; text after it goes on past the image's longer side.
 */
export function mropePositions(
  ids: readonly number[],
  imageTokenId: number,
  grids: readonly Grid[],
  mergeSize: number,
): Positions {
  const t = new Int32Array(ids.length);
  const h = new Int32Array(ids.length);
  const w = new Int32Array(ids.length);
  let next = 0;
  let image = 0;
  for (let i = 0; i < ids.length; ) {
    if (ids[i] !== imageTokenId) {
      t[i] = h[i] = w[i] = next++;
      i++;
      continue;
    }
    const grid = grids[image++];
    const rows = (grid?.height ?? 0) / mergeSize;
    const columns = (grid?.width ?? 0) / mergeSize;
    for (let n = 0; n < Math.max(rows * columns, 1); n++, i++) {
      if (!grid || ids[i] !== imageTokenId) throw imageCountError(ids, imageTokenId, grids, mergeSize);
      t[i] = next;
      h[i] = next + Math.floor(n / columns);
      w[i] = next + (n % columns);
    }
    next += Math.max(rows, columns);
  }
  if (image !== grids.length) throw imageCountError(ids, imageTokenId, grids, mergeSize);
  return { t, h, w, next };
}

function imageCountError(ids: readonly number[], imageTokenId: number, grids: readonly Grid[], mergeSize: number) {
  const slots = ids.filter((id) => id === imageTokenId).length;
  const needed = grids.map((grid) => (grid.height * grid.width) / mergeSize ** 2);
  return new UserError(
    `A prompt has ${slots} image slots, but its ${grids.length} images need ${needed.join(" + ") || 0}. Build prompts with encodePrompt.`,
  );
}
