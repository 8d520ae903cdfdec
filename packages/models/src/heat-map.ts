import { Image } from "@ssl4rl/core";
import type { AttentionMap } from "./attention-maps.js";

/** Lightness, chroma and hue (OKLCh) from the least attention to the most: lightness rises evenly, so equal steps look equal. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [0.2, 0.08, 280],
  [0.39, 0.16, 305],
  [0.58, 0.21, 10],
  [0.77, 0.17, 60],
  [0.96, 0.1, 105],
];

const colours = Array.from({ length: 256 }, (_, level) => colourAt(level / 255));

/**
 * A picture half covered by how it is attended to: dark blue for `least` and below, over red, to pale yellow for `most`
 * and above. The places of the map are blended bilinearly between their centres. `values` [rows · columns].
 */
export function heatMap(
  image: Image,
  { rows, columns }: Pick<AttentionMap, "rows" | "columns">,
  values: ArrayLike<number>,
  { least, most }: { readonly least: number; readonly most: number },
): Image {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length);
  const across = Array.from({ length: width }, (_, x) => neighbours(x, width, columns));
  for (let y = 0; y < height; y++) {
    const down = neighbours(y, height, rows);
    for (let x = 0; x < width; x++) {
      const { low, high, share } = across[x];
      const upper = mix(values[down.low * columns + low], values[down.low * columns + high], share);
      const lower = mix(values[down.high * columns + low], values[down.high * columns + high], share);
      const level = most > least ? (mix(upper, lower, down.share) - least) / (most - least) : 0;
      const colour = colours[Math.round(255 * Math.min(1, Math.max(0, level)))];
      const at = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) data[at + c] = (image.data[at + c] + colour[c]) >> 1;
    }
  }
  return new Image(width, height, data);
}

/** The two of `cells` places around a pixel, and how far it is from the lower one's centre to the other's. */
function neighbours(pixel: number, pixels: number, cells: number): { low: number; high: number; share: number } {
  const at = Math.min(cells - 1, Math.max(0, ((pixel + 0.5) * cells) / pixels - 0.5));
  const low = Math.floor(at);
  return { low, high: Math.min(cells - 1, low + 1), share: at - low };
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

function colourAt(level: number): readonly number[] {
  const at = level * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  const [from, to] = [STOPS[low], STOPS[low + 1]].map(([lightness, chroma, hue]) => {
    const angle = (hue * Math.PI) / 180;
    return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
  });
  return srgb(from.map((value, i) => mix(value, to[i], at - low)));
}

/** OKLab to 8-bit sRGB (Björn Ottosson, "A perceptual color space for image processing", 2020). */
function srgb([lightness, a, b]: readonly number[]): readonly number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((linear) => {
    const x = Math.min(1, Math.max(0, linear));
    return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055));
  });
}
