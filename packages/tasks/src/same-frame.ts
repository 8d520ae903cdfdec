import { type Image, resize } from "@ssl4rl/core";

/**
 * Several pictures brought to one shape, size and sharpness, so that none of it tells which is which: the largest centred
 * window of each at the aspect asked, all of them at `width` × `height`, or smaller where one of the windows is smaller.
 */
export function sameFrame(images: readonly Image[], width: number, height: number): Image[] {
  const scales = images.map((image) => Math.min(image.width / width, image.height / height));
  const least = Math.min(1, ...scales);
  return images.map((image, i) => {
    const [w, h] = sides(scales[i]);
    const window = image.crop((image.width - w) >> 1, (image.height - h) >> 1, w, h);
    return resize(window, ...sides(least));
  });

  function sides(scale: number): [number, number] {
    return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  }
}
