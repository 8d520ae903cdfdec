/** Pictures for tests, made from numbers alone. */
import { type Depth, Image, meanDifference, type Picture, Random } from "@ssl4rl/core";
import { type MarkStyle, numeralHeight, type Point } from "./marks.js";
import { Overlay } from "./overlay.js";

/** A picture of a source that knows nothing but its pixels. */
export function asPicture(image: Image, id = "test"): Picture {
  return { id, name: `${id}.png`, image };
}

/**
 * A picture of a source that knows everything: a texture, how far its pixels are (a slope with hills, 1 to 9 metres, some
 * of it unknown), and a video that begins with it, in which it drifts.
 */
export function everything(id: string, seed: number, width: number, height: number): Picture {
  const wide = texture(seed, width + 240, height, 24);
  const frames = Array.from({ length: 120 }, (_, i) => wide.crop(2 * i, 0, width, height));
  return { ...asPicture(frames[0], id), depth: hills(seed, width, height), frames };
}

function hills(seed: number, width: number, height: number): Depth {
  const random = Random.from("hills", seed);
  const [a, b, c] = [random.uniform(0, 6), random.uniform(0, 6), random.uniform(0.02, 0.05)];
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x < 5) return Number.NaN;
    return 1 + (4 * x) / width + (3 * y) / height + 0.5 * (1 + Math.sin(a + c * x)) * (1 + Math.sin(b + c * y)) * 0.5;
  });
  return { width, height, data };
}

/** Paints a picture pixel by pixel; channel values are clamped and rounded. */
export function paint(width: number, height: number, colour: (x: number, y: number) => readonly number[]): Image {
  const data = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  }
  return new Image(width, height, new Uint8Array(data.buffer));
}

/**
 * A smooth random picture over a gradient: plane waves of random direction, so that no direction is favoured, with
 * wavelengths from `finest` pixels to eight times that. Values stay well above black.
 */
export function texture(seed: number, width: number, height: number, finest = 12): Image {
  const random = Random.from("texture", seed);
  const waves = Array.from({ length: 16 }, () => {
    const angle = random.uniform(0, 2 * Math.PI);
    const frequency = (2 * Math.PI) / (finest * 8 ** random.float());
    return {
      x: Math.cos(angle) * frequency,
      y: Math.sin(angle) * frequency,
      phase: random.uniform(0, 2 * Math.PI),
      colour: [random.uniform(4, 14), random.uniform(4, 14), random.uniform(4, 14)],
    };
  });
  const slope = random.uniform(0, 2 * Math.PI);
  const diagonal = Math.hypot(width, height);
  return paint(width, height, (x, y) => {
    const gradient = ((x - width / 2) * Math.cos(slope) + (y - height / 2) * Math.sin(slope)) / diagonal;
    const sum = [150 + 60 * gradient, 150 - 40 * gradient, 150];
    for (const wave of waves) {
      const height = Math.sin(wave.x * x + wave.y * y + wave.phase);
      for (let c = 0; c < 3; c++) sum[c] += wave.colour[c] * height;
    }
    return sum.map((value) => Math.max(70, value));
  });
}

export function flat(width: number, height: number, value = 128): Image {
  return paint(width, height, () => [value, value, value]);
}

/** Black and white squares of `cell` pixels. */
export function checkerboard(side: number, cell: number): Image {
  return paint(side, side, (x, y) => new Array(3).fill((Math.floor(x / cell) + Math.floor(y / cell)) % 2 ? 230 : 20));
}

/** A random picture that is the same in all four quarter turns. */
export function fourfold(seed: number, side: number): Image {
  const turns = [0, 1, 2, 3].map((quarters) => texture(seed, side, side).quarterTurns(quarters));
  return paint(side, side, (x, y) => {
    const at = (y * side + x) * 3;
    return [0, 1, 2].map((c) => turns.reduce((sum, turn) => sum + turn.data[at + c], 0) / 4);
  });
}

/** Which of the numbers 1 to `count` is marked at `point`: the one that changes the picture least when drawn over it. */
export function numberAt(image: Image, [x, y]: Point, size: number, style: MarkStyle, count: number): number {
  const changes = Array.from({ length: count }, (_, i) =>
    meanDifference(
      image,
      new Overlay(image).text(String(i + 1), x, y, numeralHeight(size), style.numeral, style.outline).toImage(),
    ),
  );
  return changes.indexOf(Math.min(...changes)) + 1;
}
