import { Image, strokesOf, wordWidth } from "@ssl4rl/core";

export type Color = readonly [red: number, green: number, blue: number];

export const WHITE: Color = [255, 255, 255];
export const BLACK: Color = [0, 0, 0];
export const RED: Color = [230, 30, 30];

/** A working copy of a picture to paint on. Coordinates are pixels from the top left; (0.5, 0.5) is the first pixel's centre. */
export class Overlay {
  private readonly data: Uint8ClampedArray;

  constructor(private readonly image: Image) {
    this.data = Uint8ClampedArray.from(image.data);
  }

  /** A canvas of one colour. */
  static blank(width: number, height: number, color: Color): Overlay {
    const data = new Uint8Array(width * height * 3);
    for (let i = 0; i < data.length; i++) data[i] = color[i % 3];
    return new Overlay(new Image(width, height, data));
  }

  toImage(): Image {
    return new Image(this.image.width, this.image.height, Uint8Array.from(this.data));
  }

  paste(image: Image, x: number, y: number): this {
    for (let row = 0; row < image.height; row++) {
      const from = row * image.width * 3;
      this.data.set(image.data.subarray(from, from + image.width * 3), ((y + row) * this.image.width + x) * 3);
    }
    return this;
  }

  fill(x: number, y: number, width: number, height: number, color: Color): this {
    return this.paint(x, y, x + width, y + height, color, () => 1);
  }

  /** A border of `thickness` inside the rectangle. */
  frame(x: number, y: number, width: number, height: number, thickness: number, color: Color): this {
    this.fill(x, y, width, thickness, color).fill(x, y + height - thickness, width, thickness, color);
    return this.fill(x, y, thickness, height, color).fill(x + width - thickness, y, thickness, height, color);
  }

  disc(x: number, y: number, radius: number, color: Color, opacity = 1): this {
    const edge = radius + 1;
    return this.paint(x - edge, y - edge, x + edge, y + edge, color, (px, py) => {
      return opacity * clamp(radius + 0.5 - Math.hypot(px - x, py - y));
    });
  }

  /** Capital letters and digits, centred on (x, y), `height` pixels tall, over an outline that keeps them legible anywhere. */
  text(word: string, x: number, y: number, height: number, color: Color, outline: Color | null = null): this {
    const lines = strokesOf(word).map((line) =>
      line.map((value, i) => (i % 2 ? y + (0.5 - value) * height : x + (value - wordWidth(word) / 2) * height)),
    );
    const thick = Math.max(1, height / 8);
    if (outline) this.strokes(lines, thick + Math.max(1.5, height / 10), outline);
    return this.strokes(lines, thick, color);
  }

  private strokes(lines: readonly number[][], radius: number, color: Color): this {
    const xs = lines.flatMap((line) => line.filter((_, i) => i % 2 === 0));
    const ys = lines.flatMap((line) => line.filter((_, i) => i % 2 === 1));
    const edge = radius + 1;
    const box = [Math.min(...xs) - edge, Math.min(...ys) - edge, Math.max(...xs) + edge, Math.max(...ys) + edge];
    return this.paint(box[0], box[1], box[2], box[3], color, (px, py) => {
      let nearest = Number.POSITIVE_INFINITY;
      for (const line of lines) {
        for (let i = 0; i + 3 < line.length; i += 2) {
          nearest = Math.min(nearest, distance(px, py, line[i], line[i + 1], line[i + 2], line[i + 3]));
        }
      }
      return clamp(radius / 2 + 0.5 - nearest);
    });
  }

  /** Lays `color` over every pixel of the box by `cover` (0..1) of its centre; what lies outside the picture is left out. */
  private paint(
    left: number,
    top: number,
    right: number,
    bottom: number,
    color: Color,
    cover: (x: number, y: number) => number,
  ): this {
    const { width, height } = this.image;
    for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, Math.ceil(bottom)); y++) {
      for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, Math.ceil(right)); x++) {
        const share = cover(x + 0.5, y + 0.5);
        if (share <= 0) continue;
        const at = (y * width + x) * 3;
        for (let c = 0; c < 3; c++) this.data[at + c] += share * (color[c] - this.data[at + c]);
      }
    }
    return this;
  }
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

/** From a point to a segment. */
function distance(x: number, y: number, x1: number, y1: number, x2: number, y2: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = clamp(((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1));
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}
