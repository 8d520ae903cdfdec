import { halfPixelRange, type Image, resize, someWindow } from "@ssl4rl/core";

/** Below this mean difference (grey levels) two things look the same. */
const TELLABLE = 4;

/** Whether some window of `cell` looks like `crop`. */
export function holds(cell: Image, crop: Image): boolean {
  return someWindow(cell, { low: cell.data, high: cell.data }, crop, TELLABLE);
}

/**
 * Whether two pictures of one size look alike, perhaps shifted by up to an eighth of a side: each holds the other's middle.
 * A pixel differs by what it lies outside the values half a pixel around its place, so that a pattern off by part of a pixel
 * looks the same.
 */
export function lookAlike(a: Image, b: Image): boolean {
  const [one, other] = [thumbnailOf(a), thumbnailOf(b)];
  return (
    someWindow(one, rangeOf(one), middle(other), TELLABLE) && someWindow(other, rangeOf(other), middle(one), TELLABLE)
  );
}

/** The first two of the images that look alike, by their places; null when all can be told apart. */
export function twins(images: readonly Image[]): readonly [number, number] | null {
  for (const [i, image] of images.entries()) {
    const j = images.findIndex((other, at) => at > i && lookAlike(image, other));
    if (j >= 0) return [i, j];
  }
  return null;
}

function middle(image: Image): Image {
  const [x, y] = [image.width >> 3, image.height >> 3];
  return image.crop(x, y, image.width - 2 * x, image.height - 2 * y);
}

/** Whether a picture shows next to nothing but its mean colour once fine patterns are shrunk away. */
export function isPlain(image: Image): boolean {
  const { data } = shrunk(image, 16);
  const mean = [0, 0, 0];
  for (let i = 0; i < data.length; i++) mean[i % 3] += (3 * data[i]) / data.length;
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.abs(data[i] - mean[i % 3]);
  return sum / data.length < TELLABLE;
}

const thumbnailOf = remembered((image) => shrunk(image, 56));

const rangeOf = remembered(halfPixelRange);

/** The picture with its longer side at most `side`. */
function shrunk(image: Image, side: number): Image {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  return resize(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
}

/** Makes it once for each image: one is compared with many. */
function remembered<Made extends object>(make: (image: Image) => Made): (image: Image) => Made {
  const known = new WeakMap<Image, Made>();
  return (image) => {
    const made = known.get(image) ?? make(image);
    known.set(image, made);
    return made;
  };
}
