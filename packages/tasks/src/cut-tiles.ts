import { type Image, type Random, resize, type Skip } from "@ssl4rl/core";
import { isPlain, twins } from "./looks-alike.js";
import { Overlay, WHITE } from "./overlay.js";
import { TOKEN_SIDE } from "./size.js";
import { type Grid, tileSize } from "./tile-size.js";

/** A picture cut up. */
export interface Cut {
  /** Row by row from the top left, all of one size. */
  readonly tiles: readonly Image[];
  /** What of the picture was cut: x, y, width and height in its pixels. */
  readonly window: readonly [x: number, y: number, width: number, height: number];
}

/**
 * Cuts a window of 15/16 of the picture's sides, shifted at random, into equal tiles of whole visual tokens. The window is
 * brought to a size the grid divides before it is cut, so that no tile is larger for its place and no row or column is
 * dropped. `gap` is cut away between neighbours, as a share of a tile: their edges then do not continue each other.
 */
export function cutTiles(
  image: Image,
  { rows, columns, size, gap = 0 }: Grid & { readonly size: number; readonly gap?: number },
  random: Random,
): Cut | Skip {
  if (image.width < columns * TOKEN_SIDE || image.height < rows * TOKEN_SIDE) {
    return { skip: `${image.width}x${image.height} px is too small for ${rows}x${columns} tiles of 28 px` };
  }
  const [width, height] = [image.width, image.height].map((side) => Math.round((side * 15) / 16));
  const window = [random.int(image.width - width + 1), random.int(image.height - height + 1), width, height] as const;
  const tile = tileSize(image.width / image.height, size, { rows, columns }, gap);
  const stepX = tile.width + Math.round(gap * tile.width);
  const stepY = tile.height + Math.round(gap * tile.height);
  const whole = resize(image.crop(...window), stepX * (columns - 1) + tile.width, stepY * (rows - 1) + tile.height);
  const tiles = Array.from({ length: rows * columns }, (_, i) =>
    whole.crop((i % columns) * stepX, Math.floor(i / columns) * stepY, tile.width, tile.height),
  );
  return { tiles, window };
}

/** One picture of tiles of one size, row by row. */
export function joinTiles(tiles: readonly Image[], columns: number): Image {
  const { width, height } = tiles[0];
  const canvas = Overlay.blank(width * columns, (height * tiles.length) / columns, WHITE);
  for (const [i, tile] of tiles.entries()) canvas.paste(tile, (i % columns) * width, Math.floor(i / columns) * height);
  return canvas.toImage();
}

/**
 * Null when the tiles can be put in order; else why not: two look alike, or two show nothing. One that shows nothing
 * belongs in the place that the others leave.
 */
export function noOrder(tiles: readonly Image[]): Skip | null {
  if (tiles.filter(isPlain).length > 1) return { skip: "two tiles show next to nothing" };
  const alike = twins(tiles);
  return alike && { skip: `tiles ${alike[0] + 1} and ${alike[1] + 1} look alike` };
}

/** `2 rows and 3 columns`, or `3 columns` of a strip. */
export function gridWords({ rows, columns }: Grid): string {
  if (rows === 1) return `${columns} columns`;
  return columns === 1 ? `${rows} rows` : `${rows} rows and ${columns} columns`;
}

/** In which order tiles and places are counted. */
export function countingOrder({ rows, columns }: Grid): string {
  if (rows === 1) return "from left to right";
  return columns === 1 ? "from top to bottom" : "row by row from the top left";
}
