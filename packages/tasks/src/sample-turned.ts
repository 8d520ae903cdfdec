import { type Image, type Random, resize, sampleAffine } from "@ssl4rl/core";

/**
 * The centre of a square picture, turned counter-clockwise by each of `degrees`, as `size` × `size` pictures. The window is
 * the square inscribed in the turned one (side ÷ √2), for every angle alike, so nothing is padded. It is sampled from a
 * working copy with twice the resolution, at a random sub-pixel shift: multiples of 90° are interpolated exactly as much
 * as odd multiples of 45°.
 */
export function sampleTurned(square: Image, degrees: readonly number[], size: number, random: Random): Image[] {
  const window = 2 * size;
  const working = Math.ceil(window * Math.SQRT2) + 6;
  const source = resize(square, working, working);
  return degrees.map((turn) => {
    const angle = (turn * Math.PI) / 180;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const centreX = working / 2 + random.uniform(-1, 1);
    const centreY = working / 2 + random.uniform(-1, 1);
    // Rows grow downwards: the source of an output pixel lies turned back, which is clockwise on the screen.
    return sampleAffine(source, [centreX, centreY], { xx: cos, xy: -sin, yx: sin, yy: cos }, size);
  });
}
