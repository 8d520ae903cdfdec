import { type Depth, isSkip, oneOf, type Random } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { normalised, spreadAround, withDepth } from "./depth-field.js";
import { isApart, marked, markRadius, type Point, scaled, WHITE_DISC } from "./marks.js";
import { outputSide } from "./size.js";

const letters = ["A", "B", "C", "D"] as const;

/** A step on the ground as the viewer sees it: to the right in the picture, and away from the viewer. */
type Step = readonly [right: -1 | 0 | 1, away: -1 | 0 | 1];

/** Where the camera at mark 1 looks, and what is ahead and to the right of it then, in the viewer's terms. */
const facings: Readonly<Record<string, { readonly ahead: Step; readonly right: Step }>> = {
  "to the left of the picture": { ahead: [-1, 0], right: [0, 1] },
  "to the right of the picture": { ahead: [1, 0], right: [0, -1] },
  "towards the viewer": { ahead: [0, -1], right: [-1, 0] },
  "away from the viewer": { ahead: [0, 1], right: [1, 0] },
};

/** The two lists of four options, with the step (right, ahead) that each one means to the camera. */
const directions: readonly Readonly<Record<string, Step>>[] = [
  { left: [-1, 0], right: [1, 0], front: [0, 1], back: [0, -1] },
  { "left-front": [-1, 1], "right-front": [1, 1], "left-back": [-1, -1], "right-back": [1, -1] },
];

/**
 * Spatial-SSRL relative 3D position: a camera stands at mark 1 and looks to the left, to the right, towards the viewer or
 * away; where does it see mark 2? Heights are ignored: all happens on the ground, seen from above, where what is "away"
 * of a camera that looks left is on its right. Depth is normalised between its 0.5th and 99.5th percentile.
 *
 * Side by side are marks that differ by at most 0.1 in depth and 8 px in height but 40 px in place; one behind the other
 * those 0.25 apart in depth and at most 20 px to the side; diagonal those 0.25 and 40 px apart. (Pixels of a picture of
 * 336. The paper's 150 and 30 px are of pictures four times as large. It allows a side-by-side pair 0.25 of depth and
 * one behind the other 150 px to the side, where a diagonal would be as true.) Marks lie within 45% of the centre, on
 * blocks whose depths differ by at most 0.15.
 *
 * In the published questions the text alone is right half of the time: a pair side by side and a camera that looks left
 * leave "front" and "back". Here a picture is asked only if it has a pair for each of the four options, the direction is
 * drawn before the pair, evenly whatever the facing, and the option's letter comes from outside.
 */
export const relativePosition = defineTask({
  name: "relative-position",
  version: 1,
  about: "Where does a camera at mark 1, looking a given way, see mark 2?",
  needs: "depth",
  options: z.strictObject({ size: outputSide }),
  answers: () => oneOf(letters),
  prompt: (_, answers) =>
    `A camera stands at mark 1 of the picture and looks a given way. Where does it see mark 2: ${answers.form}?`,
  corrupt({ picture, answer, random, options: { size }, answers }) {
    const working = withDepth(picture, size);
    if (isSkip(working)) return working;
    const depth = normalised(working.depth);
    if (!depth) return { skip: "no depth is known, or all of it is the same" };
    const blocks = drawBlocks(depth, size, random);
    const list = random
      .shuffle(directions)
      .find((options) => Object.values(options).every((step) => pairAt(step, blocks, size)));
    if (!list) return { skip: "has not a pair of even places for every direction" };
    const facing = random.pick(Object.keys(facings));
    const { ahead, right } = facings[facing];
    const [direction, ...others] = random.shuffle(Object.keys(list));
    const step = (axis: 0 | 1) => (list[direction][0] * right[axis] + list[direction][1] * ahead[axis]) as -1 | 0 | 1;
    const marks = pairAt([step(0), step(1)], blocks, size)!.map(({ point }) => point);
    others.splice(letters.indexOf(answer), 0, direction);
    const choices = others.map((other, i) => `${letters[i]}: ${other}`).join(", ");
    return {
      images: [marked(working.image, marks, [1, 2], size, WHITE_DISC)],
      prompt:
        `Two places of the picture are marked 1 and 2. A camera stands at 1 and looks ${facing}. Where does it see 2, ` +
        `heights aside? ${choices}. Answer ${answers.form}.`,
      drawn: { facing, direction, marks },
    };
  },
});

interface Block {
  readonly point: Point;
  readonly far: number;
}

/** Even places near the middle, in random order. */
function drawBlocks(depth: Depth, size: number, random: Random): Block[] {
  const [marginX, marginY] = [depth.width, depth.height].map((side) =>
    Math.max(Math.ceil(0.05 * side), Math.ceil(markRadius(size))),
  );
  const blocks: Block[] = [];
  for (let attempt = 0; attempt < 2000 && blocks.length < 400; attempt++) {
    const x = marginX + random.int(depth.width - 2 * marginX);
    const y = marginY + random.int(depth.height - 2 * marginY);
    if (spreadAround(depth, x, y, scaled(7, size)) <= 0.15) {
      blocks.push({ point: [x + 0.5, y + 0.5], far: depth.data[y * depth.width + x] });
    }
  }
  return blocks;
}

/** The first two blocks of which the second lies in this direction of the first, as the viewer sees it. */
function pairAt([right, away]: Step, blocks: readonly Block[], size: number): readonly [Block, Block] | null {
  for (const first of blocks) {
    for (const second of blocks) {
      const [dx, dy] = [second.point[0] - first.point[0], second.point[1] - first.point[1]];
      const deeper = second.far - first.far;
      const sideways = right === 0 ? Math.abs(dx) <= scaled(20, size) : dx * right >= scaled(40, size);
      const level = away !== 0 || Math.abs(dy) <= scaled(8, size);
      const behind = away === 0 ? Math.abs(deeper) <= 0.1 : deeper * away >= 0.25;
      if (sideways && level && behind && isApart(first.point, [second.point], scaled(40, size))) return [first, second];
    }
  }
  return null;
}
