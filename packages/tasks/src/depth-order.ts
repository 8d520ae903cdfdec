import { isSkip, permutation } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { percentiles, spreadAround, withDepth } from "./depth-field.js";
import { isApart, marked, markRadius, type Point, RED_DISC, scaled } from "./marks.js";
import { outputSide } from "./size.js";

/**
 * Visual Jigsaw 3D: which of the marked points is nearest, which next, and so on? Judged at the marks' centres, which are
 * at least 40 px apart, of a picture of 336 px.
 *
 * The paper wants depths more than 0.2 m apart, in rooms about 3 m deep. Depth here may have no known unit, so `gap` is a
 * share of what lies between the 5th and the 95th percentile; its default is 1/15, as 0.2 m is of 3 m. A centre whose
 * surroundings are unknown, or differ by more than that, lies on an edge and is not marked.
 */
export const depthOrder = defineTask({
  name: "depth-order",
  version: 1,
  about: "In which order, from near to far, are the marked points?",
  needs: "depth",
  options: z.strictObject({
    points: z.int().min(3).max(8).default(6),
    gap: z
      .number()
      .min(0.01)
      .max(0.1)
      .default(1 / 15),
    size: outputSide,
  }),
  answers: ({ points }) => permutation(points, { from: 1, separator: "," }),
  prompt: ({ points }, answers) =>
    `${points} points of the picture are marked with red discs. In which order are they, from the nearest to the camera ` +
    `to the farthest, judged at the discs' centres? Answer with the discs' numbers: ${answers.form}.`,
  corrupt({ picture, answer, random, options: { points: count, gap, size } }) {
    const working = withDepth(picture, size);
    if (isSkip(working)) return working;
    const { image, depth } = working;
    const range = percentiles(depth, 5, 95);
    if (!range) return { skip: "no depth is known" };
    const least = gap * (range[1] - range[0]);
    const inset = Math.ceil(markRadius(size));
    const found: { point: Point; far: number }[] = [];
    for (let attempt = 0; attempt < 3000 && found.length < count; attempt++) {
      const x = inset + random.int(image.width - 2 * inset);
      const y = inset + random.int(image.height - 2 * inset);
      const point: Point = [x + 0.5, y + 0.5];
      const far = depth.data[y * depth.width + x];
      const apart = isApart(
        point,
        found.map((other) => other.point),
        scaled(40, size),
      );
      // Written so that an unknown depth fails.
      const even = spreadAround(depth, x, y, scaled(7, size)) <= least;
      if (apart && even && found.every((other) => Math.abs(other.far - far) > least)) found.push({ point, far });
    }
    if (found.length < count) return { skip: `no ${count} points far enough apart in depth` };
    found.sort((a, b) => a.far - b.far);
    const points = found.map(({ point }) => point);
    return {
      images: [marked(image, points, answer, size, RED_DISC)],
      drawn: { points, depths: found.map(({ far }) => far) },
    };
  },
});
