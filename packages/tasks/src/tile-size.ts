import { TOKEN_SIDE } from "./size.js";

/** Rows and columns that a picture is cut into. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Sides, in whole visual tokens, of equal tiles of a picture near `size`² pixels of area at the aspect (width / height)
 * given; `gap` is what lies between neighbours, as a share of a tile.
 */
export function tileSize(aspect: number, size: number, { rows, columns }: Grid, gap = 0) {
  const side = (ideal: number, count: number) => {
    const tokens = Math.round(ideal / (count + (count - 1) * gap) / TOKEN_SIDE);
    return Math.max(1, tokens) * TOKEN_SIDE;
  };
  return { width: side(size * Math.sqrt(aspect), columns), height: side(size / Math.sqrt(aspect), rows) };
}
