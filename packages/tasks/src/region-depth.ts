import { type Depth, isSkip, permutation, type Random } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { normalised, spreadAround, withDepth } from "./depth-field.js";
import { isApart, marked, markRadius, type Point, scaled, WHITE_DISC } from "./marks.js";
import { outputSide } from "./size.js";

/** Near, middle and far, in normalised depth. */
const bands = [
  [0, 0.3],
  [0.35, 0.65],
  [0.7, 1],
] as const;

/** What a region must be: this even over this many pixels, of a picture of 336; the second where nothing is that even. */
const evenness = [
  { side: 25, spread: 0.15 },
  { side: 11, spread: 0.2 },
] as const;

/**
 * Spatial-SSRL regional depth ordering: in which order, from near to far, are three regions? Depth is normalised between
 * its 0.5th and 99.5th percentile; one region is in each of the bands 0–0.3, 0.35–0.65 and 0.7–1. The paper's 25 × 25
 * pixels are taken to be of a picture of 336, which is what the disc covers. Discs do not touch, which the paper leaves open.
 */
export const regionDepth = defineTask({
  name: "region-depth",
  version: 1,
  about: "In which order, from near to far, are the three marked regions?",
  needs: "depth",
  options: z.strictObject({ size: outputSide }),
  answers: () => permutation(3, { from: 1, separator: "-" }),
  prompt: (_, answers) =>
    "Three regions of the picture are marked with white discs. In which order are they, from the nearest to the camera to " +
    `the farthest? Answer with the discs' numbers: ${answers.form}.`,
  corrupt({ picture, answer, random, options: { size } }) {
    const working = withDepth(picture, size);
    if (isSkip(working)) return working;
    const depth = normalised(working.depth);
    if (!depth) return { skip: "no depth is known, or all of it is the same" };
    const regions: Point[] = [];
    for (const [i, band] of bands.entries()) {
      const region = drawRegion(depth, band, regions, size, random);
      if (!region) return { skip: `no even region ${["near by", "at middle distance", "far away"][i]}` };
      regions.push(region);
    }
    return { images: [marked(working.image, regions, answer, size, WHITE_DISC)], drawn: { regions } };
  },
});

function drawRegion(
  depth: Depth,
  [low, high]: readonly [number, number],
  others: readonly Point[],
  size: number,
  random: Random,
): Point | null {
  const inset = Math.ceil(markRadius(size));
  for (const { side, spread } of evenness) {
    for (let attempt = 0; attempt < 3000; attempt++) {
      const x = inset + random.int(depth.width - 2 * inset);
      const y = inset + random.int(depth.height - 2 * inset);
      const region: Point = [x + 0.5, y + 0.5];
      const value = depth.data[y * depth.width + x];
      if (!(value >= low && value <= high) || !isApart(region, others, 2.5 * markRadius(size))) continue;
      if (spreadAround(depth, x, y, scaled(side, size)) < spread) return region;
    }
  }
  return null;
}
