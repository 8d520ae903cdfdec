import { Image, type Random } from "@ssl4rl/core";

/** Gives an image other colours; everything else stays. */
export type Recolor = (image: Image, random: Random) => Image;

/**
 * For each image the recolouring after which all have one mean colour, one contrast and one colourfulness: what lies in
 * the middle of all, so that none of them is changed in another way than the rest. Contrast and colourfulness change by a
 * factor of 2 at most, or a plain wall would become noise. A grain of one grey level is added before: the gaps that
 * stretching leaves between values vanish in it.
 */
export function matchColors(images: readonly Image[]): Recolor[] {
  const all = images.map(colors);
  const to = {
    mean: [0, 1, 2].map((c) => all.reduce((sum, { mean }) => sum + mean[c], 0) / all.length),
    light: geometricMean(all.map(({ light }) => light)),
    chroma: geometricMean(all.map(({ chroma }) => chroma)),
  };
  return all.map((from) => {
    const light = Math.min(2, Math.max(0.5, to.light / Math.max(from.light, 1e-6)));
    const chroma = Math.min(2, to.chroma / Math.max(from.chroma, 1e-6));
    return ({ width, height, data }, random) => {
      const out = new Uint8ClampedArray(data.length);
      for (let i = 0; i < data.length; i += 3) {
        const grain = random.uint32();
        const r = data[i] + GRAIN[grain & 255] - from.mean[0];
        const g = data[i + 1] + GRAIN[(grain >>> 8) & 255] - from.mean[1];
        const b = data[i + 2] + GRAIN[(grain >>> 16) & 255] - from.mean[2];
        const grey = (r + g + b) / 3;
        out[i] = to.mean[0] + light * grey + chroma * (r - grey);
        out[i + 1] = to.mean[1] + light * grey + chroma * (g - grey);
        out[i + 2] = to.mean[2] + light * grey + chroma * (b - grey);
      }
      return new Image(width, height, new Uint8Array(out.buffer));
    };
  });
}

/** Numbers from -1 to 1. */
const GRAIN = Float64Array.from({ length: 256 }, (_, byte) => (byte - 127.5) / 127.5);

/** The mean of each channel, and how far pixels are from it: in brightness, and in colour beside that. */
function colors({ data }: Image): { mean: readonly number[]; light: number; chroma: number } {
  const mean = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let i = c; i < data.length; i += 3) sum += data[i];
    return (3 * sum) / data.length;
  });
  let light = 0;
  let chroma = 0;
  for (let i = 0; i < data.length; i += 3) {
    const r = data[i] - mean[0];
    const g = data[i + 1] - mean[1];
    const b = data[i + 2] - mean[2];
    const grey = (r + g + b) / 3;
    light += grey ** 2;
    chroma += (r - grey) ** 2 + (g - grey) ** 2 + (b - grey) ** 2;
  }
  return { mean, light: level((3 * light) / data.length), chroma: level(chroma / data.length) };
}

/** Grey levels from their mean square; what is only a rounding error of it is none. */
function level(square: number): number {
  return square < 1e-12 ? 0 : Math.sqrt(square);
}

/** 0 where one of the values is: beside a black and white picture all become black and white. */
function geometricMean(values: readonly number[]): number {
  return values.reduce((product, value) => product * value, 1) ** (1 / values.length);
}
