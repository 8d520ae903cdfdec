import type { Image } from "@ssl4rl/core";
import { joinTiles } from "./cut-tiles.js";
import { BLACK, Overlay, RED, WHITE } from "./overlay.js";

/**
 * Tiles in one picture, each in a red frame with its number, from 0, in its upper left corner (Spatial-SSRL, shuffled and
 * flipped patches). Drawn over the tiles as they are shown, so frames and numbers say nothing of what was done to them.
 * The paper's frame of 2 pixels, for tiles of about 240, and its numbers grow with the tiles.
 */
export function numberedTiles(tiles: readonly Image[], columns: number): Image {
  const { width, height } = tiles[0];
  const side = Math.min(width, height);
  const thickness = Math.max(1, Math.round(side / 120));
  const letter = Math.max(12, Math.round(side / 7));
  const canvas = new Overlay(joinTiles(tiles, columns));
  for (const i of tiles.keys()) {
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height];
    canvas.frame(x, y, width, height, thickness, RED);
    canvas.text(String(i), x + thickness + letter * 0.6, y + thickness + letter * 0.8, letter, WHITE, BLACK);
  }
  return canvas.toImage();
}
