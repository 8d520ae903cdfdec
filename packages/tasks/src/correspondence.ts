import { type Image, type Linear, meanDifference, permutation, type Random, resize, sampleAffine } from "@ssl4rl/core";
import { z } from "zod";
import { defineTask } from "./define.js";
import { isApart, marked, markRadius, type Point, RED_DISC, scaled } from "./marks.js";
import { outputSide } from "./size.js";

/**
 * Two patches whose mean difference is below this many grey levels, or below half of their contrast, look the same; a
 * patch with less contrast than this shows nothing.
 */
const TELLABLE = 4;
/** Points are judged on a thumbnail of this side by the patch around them, 11 × 11: 44 pixels of a picture of 336. */
const THUMBNAIL = 84;
const PATCH = 11;
/** How far, in pixels of the thumbnail, a patch may be shifted to look like another: half the period of a fine pattern. */
const SHIFT = 5;

/**
 * SSL-R1 geometric correspondence: which number has each numbered point of picture 1 in picture 2, the same after one
 * random affine map? Points are at least 40 px apart, of a picture of 336 px; the marks are Visual Jigsaw's.
 *
 * The paper's ranges are lost; ours: a turn of up to 45° either way, an area from half to twice, a stretch of up to 4:3,
 * a shear of up to 0.3, a shift of up to an eighth of the side; never a reflection. Both pictures are cut from the same
 * source by the same resampler, and the pair is made as large as fits inside the source: nothing is padded, so no black
 * corner shows the map. A mark's place says nothing of its number, in either picture.
 */
export const correspondence = defineTask({
  name: "correspondence",
  version: 1,
  about: "Which point of the warped picture is which of the first?",
  options: z.strictObject({
    points: z.union([z.literal(4), z.literal(6)], { error: "points must be 4 or 6" }).default(6),
    size: outputSide,
  }),
  answers: ({ points }) => permutation(points, { from: 1, separator: "," }),
  prompt: ({ points }, answers) =>
    `Picture 2 shows the scene of picture 1 turned, stretched and shifted. The same ${points} points are marked in both ` +
    "with red discs, but numbered anew in picture 2. For each point of picture 1, in the order of its numbers, give its " +
    `number in picture 2: ${answers.form}.`,
  corrupt({ picture: { image }, answer, random, options: { points: count, size } }) {
    const side = Math.min(image.width, image.height);
    if (side < 56) return { skip: `shorter side ${side} px is below 56 px` };
    const warp = drawWarp(size, random);
    const place = drawPlace(image, warp, random);
    const see = (centre: Point, step: Linear, to: number) => view(image, place, size, centre, step, to);
    const middle: Point = [size / 2, size / 2];
    const points = drawPoints(see(middle, SAME, THUMBNAIL), warp, count, random);
    if (points.length < count) return { skip: `no ${count} points whose surroundings can be told apart` };
    const numbers = points.map((_, i) => i + 1);
    const there = points.map((point) => forward(warp, point));
    const { xx, xy, yx, yy } = warp.linear;
    return {
      images: [
        marked(see(middle, SAME, size), points, numbers, size, RED_DISC),
        marked(see(warp.seen, inverse(warp.linear), size), there, answer, size, RED_DISC),
      ],
      drawn: { points, linear: [xx, xy, yx, yy], seen: warp.seen, window: [...place.corner, size * place.scale] },
    };
  },
});

const SAME: Linear = { xx: 1, xy: 0, yx: 0, yy: 1 };

/** Picture 2 of picture 1, in pixels of pictures of side `size`. */
interface Warp {
  /** What happens to a step in picture 1. */
  readonly linear: Linear;
  /** The point of picture 1 that comes to the centre of picture 2. */
  readonly seen: Point;
  readonly size: number;
}

function drawWarp(size: number, random: Random): Warp {
  const turn = (random.uniform(-45, 45) * Math.PI) / 180;
  const area = 2 ** random.uniform(-1, 1);
  const stretch = (4 / 3) ** random.uniform(-1, 1);
  const shear = random.uniform(-0.3, 0.3);
  const [wide, high] = [Math.sqrt(area * stretch), Math.sqrt(area / stretch)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  // Stretched, sheared, then turned.
  const linear = {
    xx: cos * wide,
    xy: (cos * shear - sin) * high,
    yx: sin * wide,
    yy: (sin * shear + cos) * high,
  };
  const seen = [random.uniform(-1, 1), random.uniform(-1, 1)].map((shift) => (size * (4 + shift)) / 8);
  return { linear, seen: [seen[0], seen[1]], size };
}

function forward({ linear: { xx, xy, yx, yy }, seen, size }: Warp, [x, y]: Point): Point {
  const [dx, dy] = [x - seen[0], y - seen[1]];
  return [size / 2 + xx * dx + xy * dy, size / 2 + yx * dx + yy * dy];
}

function inverse({ xx, xy, yx, yy }: Linear): Linear {
  const determinant = xx * yy - xy * yx;
  return { xx: yy / determinant, xy: -xy / determinant, yx: -yx / determinant, yy: xx / determinant };
}

/** Where picture 1 lies in the source. */
interface Place {
  /** Its top left corner. */
  readonly corner: Point;
  /** Pixels of the source to one of its own. */
  readonly scale: number;
}

/** The largest scale at which the box around both pictures fits into the source, at a random place where there is room. */
function drawPlace(image: Image, { linear, seen, size }: Warp, random: Random): Place {
  const back = inverse(linear);
  const reachX = (Math.abs(back.xx) + Math.abs(back.xy)) * (size / 2);
  const reachY = (Math.abs(back.yx) + Math.abs(back.yy)) * (size / 2);
  // Room for the resampler's taps, which reach over two pixels of what is sampled: here of a reduced source, below of it all.
  const margin = size / 28;
  const left = Math.min(0, seen[0] - reachX) - margin;
  const top = Math.min(0, seen[1] - reachY) - margin;
  const width = Math.max(size, seen[0] + reachX) + margin - left;
  const height = Math.max(size, seen[1] + reachY) + margin - top;
  const [roomX, roomY] = [image.width - 4, image.height - 4];
  const scale = Math.min(roomX / width, roomY / height);
  const x = 2 + random.uniform(0, Math.max(0, roomX - width * scale));
  const y = 2 + random.uniform(0, Math.max(0, roomY - height * scale));
  return { corner: [x - left * scale, y - top * scale], scale };
}

/**
 * What of the source shows around the point `centre` of picture 1, of side `size`, where a step in the view is `step` in
 * picture 1; as a picture of side `side`.
 */
function view(image: Image, { corner, scale }: Place, size: number, centre: Point, step: Linear, side: number): Image {
  const zoom = (scale * size) / side;
  // A working copy in which half a pixel of the view spans at most one pixel, in the direction in which it spans most.
  const density = Math.min(1, 2 / (zoom * longest(step)));
  const [width, height] = [Math.round(image.width * density), Math.round(image.height * density)];
  const [scaleX, scaleY] = [width / image.width, height / image.height];
  return sampleAffine(
    resize(image, width, height),
    [(corner[0] + centre[0] * scale) * scaleX, (corner[1] + centre[1] * scale) * scaleY],
    {
      xx: (step.xx * zoom * scaleX) / 2,
      xy: (step.xy * zoom * scaleX) / 2,
      yx: (step.yx * zoom * scaleY) / 2,
      yy: (step.yy * zoom * scaleY) / 2,
    },
    side,
  );
}

/** The length of the longest image of a step of 1: the larger singular value. */
function longest({ xx, xy, yx, yy }: Linear): number {
  const [sum, difference] = [Math.hypot(xx + yy, yx - xy), Math.hypot(xx - yy, yx + xy)];
  return (sum + difference) / 2;
}

/** Up to `count` points, in random order, that show in both pictures and whose surroundings differ from each other's. */
function drawPoints(thumbnail: Image, warp: Warp, count: number, random: Random): Point[] {
  const { size } = warp;
  const radius = markRadius(size);
  const inset = ((PATCH + 1) / 2 / THUMBNAIL) * size;
  const points: Point[] = [];
  for (let attempt = 0; attempt < 1000 && points.length < count; attempt++) {
    const point: Point = [random.uniform(inset, size - inset), random.uniform(inset, size - inset)];
    const there = forward(warp, point);
    if (Math.min(...there) < 1.25 * radius || Math.max(...there) > size - 1.25 * radius) continue;
    const others = points.map((other) => forward(warp, other));
    if (!isApart(point, points, scaled(40, size)) || !isApart(there, others, 2.25 * radius)) continue;
    const patch = around(point, 0);
    // Halved, so that a pattern too fine for the eye is plain.
    if (contrastOf(resize(patch, 5, 5)) < TELLABLE) continue;
    const limit = Math.max(TELLABLE, contrastOf(patch) / 2);
    if (points.every((other) => unlike(around(other, SHIFT), patch, limit))) points.push(point);
  }
  // The first points drawn have more room than the last: shuffled, their order says nothing.
  return random.shuffle(points);

  /** The thumbnail around a point, `more` pixels wider on each side as far as it goes. */
  function around([x, y]: Point, more: number): Image {
    const [left, top] = [x, y].map((value) => Math.floor((value * THUMBNAIL) / size) - (PATCH - 1) / 2);
    const [fromX, fromY] = [Math.max(0, left - more), Math.max(0, top - more)];
    const toX = Math.min(THUMBNAIL, left + PATCH + more);
    const toY = Math.min(THUMBNAIL, top + PATCH + more);
    return thumbnail.crop(fromX, fromY, toX - fromX, toY - fromY);
  }
}

/** Mean difference of the pixels from their mean, in grey levels. */
function contrastOf({ data }: Image): number {
  const mean = [0, 0, 0];
  for (const [i, value] of data.entries()) mean[i % 3] += (3 * value) / data.length;
  return data.reduce((sum, value, i) => sum + Math.abs(value - mean[i % 3]), 0) / data.length;
}

/** Whether every window of `field` differs from `patch` by `limit` grey levels and more. */
function unlike(field: Image, patch: Image, limit: number): boolean {
  for (let y = 0; y <= field.height - patch.height; y++) {
    for (let x = 0; x <= field.width - patch.width; x++) {
      if (meanDifference(field.crop(x, y, patch.width, patch.height), patch) < limit) return false;
    }
  }
  return true;
}
