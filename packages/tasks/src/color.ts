/** Colour operations, equal to those of Pillow (which torchvision uses for pictures in memory) value for value. */
import { Image } from "@ssl4rl/core";

/** Brightness times `factor`: `ImageEnhance.Brightness`. */
export function brightness(image: Image, factor: number): Image {
  return mapped(image, (value) => blend(0, value, factor));
}

/** Distance from the picture's mean grey times `factor`: `ImageEnhance.Contrast`. */
export function contrast(image: Image, factor: number): Image {
  let sum = 0;
  for (let i = 0; i < image.data.length; i += 3) sum += grey(image.data, i);
  const mean = Math.floor((3 * sum) / image.data.length + 0.5);
  return mapped(image, (value) => blend(mean, value, factor));
}

/** Distance from each pixel's own grey times `factor`: `ImageEnhance.Color`. */
export function saturation(image: Image, factor: number): Image {
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const from = grey(image.data, i);
    data[i] = blend(from, image.data[i], factor);
    data[i + 1] = blend(from, image.data[i + 1], factor);
    data[i + 2] = blend(from, image.data[i + 2], factor);
  }
  return new Image(image.width, image.height, data);
}

/** Every colour moved around the circle of hues by `shift` of it (-0.5 to 0.5), in Pillow's 8-bit HSV: torchvision's `adjust_hue`. */
export function hue(image: Image, shift: number): Image {
  const steps = Math.trunc(shift * 255);
  const data = Uint8Array.from(image.data);
  for (let i = 0; i < data.length; i += 3) {
    const r = data[i];
    const g = data[i + 1];
    const b = data[i + 2];
    const most = Math.max(r, g, b);
    const range = most - Math.min(r, g, b);
    if (range === 0) continue;
    // Pillow keeps what lies between in 32-bit floats; the 8 bits at the end tell.
    const fromRed = Math.fround((most - r) / range);
    const fromGreen = Math.fround((most - g) / range);
    const fromBlue = Math.fround((most - b) / range);
    const sixth = r === most ? fromBlue - fromGreen : g === most ? 2 + fromRed - fromBlue : 4 + fromGreen - fromRed;
    const around = Math.fround(sixth) / 6 + 1;
    const turned = Math.trunc(Math.fround(around < 1 ? around : around - 1) * 255) + steps;
    putHue(data, i, turned & 255, Math.trunc(Math.fround(range / most) * 255), most);
  }
  return new Image(image.width, image.height, data);
}

/** Three equal channels of ITU-R 601 luma: `convert("L")`. */
export function greyscale(image: Image): Image {
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const value = grey(image.data, i);
    data[i] = value;
    data[i + 1] = value;
    data[i + 2] = value;
  }
  return new Image(image.width, image.height, data);
}

/** Values of 128 and more become 255 minus themselves: `ImageOps.solarize`. */
export function solarise(image: Image): Image {
  return mapped(image, (value) => (value < 128 ? value : 255 - value));
}

/** Spreads the values of each channel so that all are about equally frequent: `ImageOps.equalize`. */
export function equalise(image: Image): Image {
  const data = new Uint8ClampedArray(image.data.length);
  for (let channel = 0; channel < 3; channel++) {
    const count = new Array<number>(256).fill(0);
    for (let i = channel; i < data.length; i += 3) count[image.data[i]]++;
    const brightest = count.findLast((n) => n > 0)!;
    const step = Math.floor((data.length / 3 - brightest) / 255);
    let below = Math.floor(step / 2);
    const table = count.map((n, value) => {
      const spread = step > 0 ? Math.floor(below / step) : value;
      below += n;
      return spread;
    });
    for (let i = channel; i < data.length; i += 3) data[i] = table[image.data[i]];
  }
  return new Image(image.width, image.height, new Uint8Array(data.buffer));
}

/** Left and right exchanged. */
export function mirrored(image: Image): Image {
  const data = new Uint8Array(image.data.length);
  const end = 3 * (image.width - 1);
  for (let row = 0; row < data.length; row += 3 * image.width) {
    for (let i = 0; i <= end; i += 3) {
      const from = row + end - i;
      data[row + i] = image.data[from];
      data[row + i + 1] = image.data[from + 1];
      data[row + i + 2] = image.data[from + 2];
    }
  }
  return new Image(image.width, image.height, data);
}

/** Luma in Pillow's 16-bit fixed point. */
function grey(data: Uint8Array, at: number): number {
  return (data[at] * 19595 + data[at + 1] * 38470 + data[at + 2] * 7471 + 0x8000) >> 16;
}

/** `from` at factor 0, `value` at 1, beyond it above; in 32-bit floats, truncated and clamped. */
function blend(from: number, value: number, factor: number): number {
  const alpha = Math.fround(factor);
  return Math.trunc(Math.min(255, Math.max(0, Math.fround(from + Math.fround(alpha * (value - from))))));
}

/** Every value replaced, whatever its place and channel. */
function mapped(image: Image, change: (value: number) => number): Image {
  const table = Uint8Array.from({ length: 256 }, (_, value) => change(value));
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = table[image.data[i]];
  return new Image(image.width, image.height, data);
}

/** Writes the RGB of a hue, saturation and value of 8 bits each. */
function putHue(data: Uint8Array, at: number, hue: number, saturation: number, value: number): void {
  const sector = Math.floor((hue * 6) / 255);
  const within = Math.fround((hue * 6) / 255 - sector);
  const share = Math.fround(saturation / 255);
  const least = Math.round(value * (1 - share));
  const falling = Math.round(value * (1 - share * within));
  const rising = Math.round(value * (1 - share * (1 - within)));
  const order = sector % 6;
  data[at] = order === 0 || order === 5 ? value : order === 1 ? falling : order === 4 ? rising : least;
  data[at + 1] = order === 1 || order === 2 ? value : order === 3 ? falling : order === 0 ? rising : least;
  data[at + 2] = order === 3 || order === 4 ? value : order === 5 ? falling : order === 2 ? rising : least;
}
