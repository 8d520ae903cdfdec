import { Image, type Random } from "@ssl4rl/core";

/**
 * `image` with the mean colour, the contrast and the colourfulness of `model`, so that none of them tells one from the
 * other. Contrast changes by 2 at most, or a plain wall would become noise. A grain of one grey level is added first: the
 * gaps that stretching leaves between values vanish in it, and `model` matched to itself goes through the same.
 */
export function matchColor(image: Image, model: Image, random: Random): Image {
  const from = colors(image);
  const to = colors(model);
  const light = Math.min(2, Math.max(0.5, to.light / Math.max(from.light, 1e-6)));
  const chroma = Math.min(2, to.chroma / Math.max(from.chroma, 1e-6));
  const data = new Uint8ClampedArray(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const r = image.data[i] + random.uniform(-1, 1) - from.mean[0];
    const g = image.data[i + 1] + random.uniform(-1, 1) - from.mean[1];
    const b = image.data[i + 2] + random.uniform(-1, 1) - from.mean[2];
    const grey = (r + g + b) / 3;
    data[i] = Math.round(to.mean[0] + light * grey + chroma * (r - grey));
    data[i + 1] = Math.round(to.mean[1] + light * grey + chroma * (g - grey));
    data[i + 2] = Math.round(to.mean[2] + light * grey + chroma * (b - grey));
  }
  return new Image(image.width, image.height, new Uint8Array(data.buffer));
}

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
  return { mean, light: Math.sqrt((3 * light) / data.length), chroma: Math.sqrt(chroma / data.length) };
}
