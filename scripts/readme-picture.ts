/** Draws docs/demo.png, the README's picture: world pictures above, the same pictures turned below. */
import { writeFileSync } from "node:fs";
import { encodePng, Image } from "@ssl4rl/core";
import { composeScene, render } from "@ssl4rl/world";

const SIDE = 196;
const GAP = 8;
const scenes = [
  { index: 1, quarters: 1 },
  { index: 3, quarters: 3 },
  { index: 22, quarters: 2 },
  { index: 21, quarters: 0 },
  { index: 38, quarters: 1 },
];
const width = scenes.length * (SIDE + GAP) - GAP;
const height = 2 * SIDE + GAP;
const data = new Uint8Array(width * height * 3).fill(255);
scenes.forEach(({ index, quarters }, column) => {
  const picture = render(composeScene("readme", index), { width: SIDE, height: SIDE });
  paste(picture, column * (SIDE + GAP), 0);
  paste(picture.quarterTurns(quarters), column * (SIDE + GAP), SIDE + GAP);
});
writeFileSync("docs/demo.png", encodePng(new Image(width, height, data)));

function paste(picture: Image, x: number, y: number): void {
  for (let row = 0; row < picture.height; row++) {
    const line = picture.data.subarray(row * picture.width * 3, (row + 1) * picture.width * 3);
    data.set(line, ((y + row) * width + x) * 3);
  }
}
