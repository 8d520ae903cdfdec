import { Image, isSkip, oneOf } from "@ssl4rl/core";
import { z } from "zod";
import { cutTiles } from "./cut-tiles.js";
import { defineTask } from "./define.js";
import { isPlain, lookAlike } from "./looks-alike.js";
import { numberedTiles } from "./numbered-tiles.js";
import { outputSide } from "./size.js";

const directions = ["vertical", "horizontal"] as const;

/**
 * Spatial-SSRL flipped patch recognition: one of the four framed and numbered quarters of a picture was flipped; which
 * one, and how? Answered as `number-direction`: 0 for vertical, 1 for horizontal.
 *
 * Flipping moves pixels of the picture at its final size, so all quarters come through the same resampling. A quarter that
 * looks the same when flipped is skipped; so is one that looks the same when turned by 180°, for then both ways to flip it
 * look the same.
 */
export const patchFlip = defineTask({
  name: "patch-flip",
  version: 1,
  about: "Which quarter of the picture was flipped, and in which direction?",
  options: z.strictObject({ size: outputSide }),
  answers: () => oneOf([0, 1, 2, 3].flatMap((patch) => directions.map((_, direction) => `${patch}-${direction}`))),
  prompt: (_, answers) =>
    "The picture was cut into 2 rows and 2 columns of equal patches; each stands in a red frame with its number in the " +
    "corner. One patch was flipped in its place: vertically (top and bottom swapped, 0) or horizontally (left and right " +
    `swapped, 1). Give the number of the patch, a hyphen, and the number of the direction: ${answers.form}.`,
  corrupt({ picture, answer, random, options: { size } }) {
    const cut = cutTiles(picture.image, { rows: 2, columns: 2, size }, random);
    if (isSkip(cut)) return cut;
    const patch = Number(answer[0]);
    const direction = directions[Number(answer[2])];
    const upright = cut.tiles[patch];
    const turnedOver = flipped(upright, direction);
    if (isPlain(upright) || lookAlike(upright, turnedOver))
      return { skip: `patch ${patch} looks the same when flipped` };
    if (lookAlike(upright, flipped(flipped(upright, "vertical"), "horizontal"))) {
      return { skip: `patch ${patch} looks the same flipped vertically and horizontally` };
    }
    return {
      images: [numberedTiles(cut.tiles.with(patch, turnedOver), 2)],
      drawn: { window: cut.window },
    };
  },
});

/** Turned over by moving pixels. Vertically: the top row becomes the bottom row. */
function flipped(image: Image, direction: (typeof directions)[number]): Image {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = direction === "vertical" ? (height - 1 - y) * width + x : y * width + (width - 1 - x);
      data.set(image.data.subarray(from * 3, from * 3 + 3), (y * width + x) * 3);
    }
  }
  return new Image(width, height, data);
}
