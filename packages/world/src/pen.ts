import type { Random } from "@ssl4rl/core";
import { strokesOf, wordWidth } from "@ssl4rl/core";
import { type Color, darken, lighten, mix } from "./palette.js";
import type { Paint, Shape, Texture } from "./sketch.js";

/** How a shape is coloured, before the light of the scene falls on it. */
export interface Ink {
  readonly color: Color;
  readonly to?: Color;
  /** How `color` runs to `to` over the shape: away from the light, down, or around (lit like a ball, or even rings). */
  readonly run?: "light" | "down" | "ball" | "rings";
  readonly alpha?: number;
  readonly alphaTo?: number;
  /** Shines by itself: neither the scene's light nor the haze changes it. */
  readonly shines?: boolean;
  readonly texture?: Texture;
}

export type Fill = Color | Ink;

/** Lit from the scene's side, darker away from it. */
export function shaded(color: Color, depth = 0.24): Ink {
  return { color: lighten(color, depth * 0.7), to: darken(color, depth), run: "light" };
}

/** Lit like a ball. */
export function ball(color: Color, depth = 0.32): Ink {
  return { color: lighten(color, depth * 0.9), to: darken(color, depth), run: "ball" };
}

/** From `top` to `bottom`. */
export function down(top: Color, bottom: Color): Ink {
  return { color: top, to: bottom, run: "down" };
}

/** The light that falls on every colour a pen draws with. */
export interface Mood {
  /** Factors of red, green, blue. */
  readonly tint: Color;
  readonly haze: Color;
  /** -1: the light comes from the left. */
  readonly side: -1 | 1;
  /** Darkness of cast shadows, 0..1. */
  readonly shadow: number;
}

/** Where pens leave their shapes. */
export interface Page {
  readonly shapes: Shape[];
  /** Object that new shapes belong to. */
  owner: number;
  readonly mood: Mood;
  readonly random: Random;
}

/**
 * Draws in its own coordinates: usually metres, y up, the origin where the thing touches the ground. `facing` -1
 * mirrors it; the light does not turn with it.
 */
export class Pen {
  constructor(
    private readonly page: Page,
    /** x' = a x + c y + e; y' = b x + d y + f, in fractions of the picture. */
    private readonly a: number,
    private readonly b: number,
    private readonly c: number,
    private readonly d: number,
    private readonly e: number,
    private readonly f: number,
    /** Share of the haze's colour, 0..1. */
    private readonly haze: number,
  ) {}

  get random(): Random {
    return this.page.random;
  }

  /** Picture widths per unit of this pen. */
  get unit(): number {
    return Math.hypot(this.a, this.b);
  }

  /** -1 when this pen mirrors. */
  get facing(): 1 | -1 {
    return this.a < 0 ? -1 : 1;
  }

  /** -1 when the light comes from the left of the picture. */
  get side(): 1 | -1 {
    return this.page.mood.side;
  }

  /** A pen whose origin is at (x, y), `scale` times as large, turned counter-clockwise by `angle` radians. */
  at(x: number, y: number, scale = 1, angle = 0, facing: 1 | -1 = 1): Pen {
    const cos = Math.cos(angle) * scale;
    const sin = Math.sin(angle) * scale;
    return new Pen(
      this.page,
      (this.a * cos + this.c * sin) * facing,
      (this.b * cos + this.d * sin) * facing,
      this.c * cos - this.a * sin,
      this.d * cos - this.b * sin,
      this.a * x + this.c * y + this.e,
      this.b * x + this.d * y + this.f,
      this.haze,
    );
  }

  /** The outline through x, y, x, y, ... with straight sides. */
  poly(points: readonly number[], fill: Fill): void {
    const outline = new Float32Array(points.length);
    let minX = Number.POSITIVE_INFINITY;
    let minY = Number.POSITIVE_INFINITY;
    let maxX = Number.NEGATIVE_INFINITY;
    let maxY = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < points.length; i += 2) {
      const x = this.a * points[i] + this.c * points[i + 1] + this.e;
      const y = this.b * points[i] + this.d * points[i + 1] + this.f;
      outline[i] = x;
      outline[i + 1] = y;
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
    }
    // An object's parts stay even outside, so that it is known how much of it the picture cuts off.
    if (this.page.owner < 0 && (maxX < 0 || minX > 1 || maxY < 0 || minY > 1)) return;
    this.page.shapes.push({ outline, paint: this.paint(fill, minX, minY, maxX, maxY), owner: this.page.owner });
  }

  /** The closed smooth curve through the points. */
  curve(points: readonly number[], fill: Fill, steps = 5): void {
    this.poly(smooth(points, true, steps), fill);
  }

  /** (x, y) is the lower left corner. */
  rect(x: number, y: number, width: number, height: number, fill: Fill): void {
    this.poly([x, y, x + width, y, x + width, y + height, x, y + height], fill);
  }

  rounded(x: number, y: number, width: number, height: number, radius: number, fill: Fill): void {
    const r = Math.min(radius, width / 2, height / 2);
    const points: number[] = [];
    const corners = [
      [x + width - r, y + height - r],
      [x + r, y + height - r],
      [x + r, y + r],
      [x + width - r, y + r],
    ];
    corners.forEach(([cx, cy], quarter) => {
      for (let i = 0; i <= 4; i++) {
        const angle = ((quarter + i / 4) * Math.PI) / 2;
        points.push(cx + r * Math.cos(angle), cy + r * Math.sin(angle));
      }
    });
    this.poly(points, fill);
  }

  ellipse(cx: number, cy: number, rx: number, ry: number, fill: Fill, angle = 0): void {
    // Enough sides that none shows at 512 pixels.
    const sides = Math.min(96, Math.max(8, Math.ceil(128 * Math.sqrt(Math.max(rx, ry) * this.unit))));
    const points: number[] = [];
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    for (let i = 0; i < sides; i++) {
      const x = rx * Math.cos((i / sides) * 2 * Math.PI);
      const y = ry * Math.sin((i / sides) * 2 * Math.PI);
      points.push(cx + x * cos - y * sin, cy + x * sin + y * cos);
    }
    this.poly(points, fill);
  }

  /** An ellipse with a life of its own: foliage, stones, clouds. */
  blob(cx: number, cy: number, rx: number, ry: number, fill: Fill, wobble = 0.16): void {
    const points: number[] = [];
    const turn = this.random.float();
    for (let i = 0; i < 9; i++) {
      const angle = ((i + turn) / 9) * 2 * Math.PI;
      const reach = 1 + this.random.uniform(-wobble, wobble);
      points.push(cx + rx * reach * Math.cos(angle), cy + ry * reach * Math.sin(angle));
    }
    this.curve(points, fill, 3);
  }

  /** A line of `width`, ending in `endWidth`, with round ends. */
  stroke(points: readonly number[], width: number, fill: Fill, endWidth = width): void {
    this.poly(widened(points, width, endWidth), fill);
  }

  /** As `stroke`, along the smooth curve through the points. */
  bend(points: readonly number[], width: number, fill: Fill, endWidth = width): void {
    this.stroke(smooth(points, false, 5), width, fill, endWidth);
  }

  /** Capitals of `height`, centred on x, standing on y. They read from left to right whatever way the pen faces. */
  word(text: string, x: number, y: number, height: number, fill: Fill, weight = 0.17): void {
    const pen = this.facing < 0 ? this.at(x, y, 1, 0, -1) : this.at(x, y);
    const left = -wordWidth(text) / 2;
    for (const line of strokesOf(text)) {
      pen.stroke(
        line.map((value, i) => (i % 2 ? value : value + left) * height),
        height * weight,
        fill,
      );
    }
  }

  /** A soft spot that fades to nothing: light around a lamp. */
  glow(cx: number, cy: number, radius: number, color: Color, alpha: number): void {
    this.ellipse(cx, cy, radius, radius, { color, to: color, run: "rings", alpha, alphaTo: 0, shines: true });
  }

  /** The soft dark where a thing meets the ground, a little away from the light. */
  shadow(cx: number, rx: number, ry: number, strength = 1): void {
    const shift = -this.side * this.facing * rx * 0.25;
    const dark: Color = [18, 16, 40];
    const alpha = this.page.mood.shadow * strength;
    this.ellipse(cx + shift, 0, rx * 1.15, ry, {
      color: dark,
      to: dark,
      run: "rings",
      alpha,
      alphaTo: 0,
      shines: true,
    });
  }

  private tone(color: Color): Color {
    const { tint, haze } = this.page.mood;
    return mix([color[0] * tint[0], color[1] * tint[1], color[2] * tint[2]], haze, this.haze);
  }

  private paint(fill: Fill, minX: number, minY: number, maxX: number, maxY: number): Paint {
    if (!("color" in fill)) return { color: this.tone(fill), alpha: 1 };
    const { texture, alpha = 1, alphaTo = alpha, shines } = fill;
    const color = shines ? fill.color : this.tone(fill.color);
    if (!fill.to) return { color, alpha, texture };
    const both = { color, alpha, to: shines ? fill.to : this.tone(fill.to), toAlpha: alphaTo, texture };
    const { side } = this;
    const [cx, cy, rx, ry] = [(minX + maxX) / 2, (minY + maxY) / 2, (maxX - minX) / 2, (maxY - minY) / 2];
    switch (fill.run) {
      case "ball":
        return { ...both, rings: [cx + side * rx * 0.35, cy - ry * 0.4, rx * 1.5, ry * 1.5] };
      case "rings":
        return { ...both, rings: [cx, cy, rx, ry] };
      case "down":
        return { ...both, line: [cx, minY, cx, maxY] };
      default:
        return { ...both, line: side < 0 ? [minX, minY, maxX, maxY] : [maxX, minY, minX, maxY] };
    }
  }
}

/** Catmull-Rom: `steps` straight pieces between two points. */
export function smooth(points: readonly number[], closed: boolean, steps: number): number[] {
  const n = points.length / 2;
  const at = (i: number, axis: 0 | 1) => points[(closed ? (i + n) % n : Math.max(0, Math.min(n - 1, i))) * 2 + axis];
  const out: number[] = [];
  const last = closed ? n : n - 1;
  for (let i = 0; i < last; i++) {
    for (let s = 0; s < steps; s++) {
      const t = s / steps;
      for (const axis of [0, 1] as const) {
        const [p0, p1, p2, p3] = [at(i - 1, axis), at(i, axis), at(i + 1, axis), at(i + 2, axis)];
        out.push(
          0.5 *
            (2 * p1 +
              (p2 - p0) * t +
              (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t +
              (3 * p1 - p0 - 3 * p2 + p3) * t * t * t),
        );
      }
    }
  }
  if (!closed) out.push(points[points.length - 2], points[points.length - 1]);
  return out;
}

/** The outline of a thick line with round ends. */
function widened(points: readonly number[], width: number, endWidth: number): number[] {
  const n = points.length / 2;
  const there: number[] = [];
  const back: number[] = [];
  for (let i = 0; i < n; i++) {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    const before = direction(points, Math.max(0, i - 1), Math.max(1, i));
    const after = direction(points, Math.min(n - 2, i), Math.min(n - 1, i + 1));
    let nx = -(before[1] + after[1]);
    let ny = before[0] + after[0];
    const length = Math.hypot(nx, ny) || 1;
    // The longer normal of a corner, held back where the line turns sharply.
    const half = (width + ((endWidth - width) * i) / (n - 1)) / 2;
    const scale = half * Math.min(1.5, 2 / length);
    nx = (nx / length) * scale;
    ny = (ny / length) * scale;
    there.push(x + nx, y + ny);
    back.unshift(x - nx, y - ny);
  }
  const end = cap(points[2 * n - 2], points[2 * n - 1], there[2 * n - 2], there[2 * n - 1]);
  const start = cap(points[0], points[1], back[2 * n - 2], back[2 * n - 1]);
  return [...there, ...end, ...back, ...start];
}

function direction(points: readonly number[], i: number, j: number): [number, number] {
  const dx = points[2 * j] - points[2 * i];
  const dy = points[2 * j + 1] - points[2 * i + 1];
  const length = Math.hypot(dx, dy) || 1;
  return [dx / length, dy / length];
}

/** Half a circle clockwise around (cx, cy), from (x, y) on. */
function cap(cx: number, cy: number, x: number, y: number): number[] {
  const out: number[] = [];
  for (let i = 1; i < 4; i++) {
    const angle = (-i * Math.PI) / 4;
    const [dx, dy] = [x - cx, y - cy];
    out.push(cx + dx * Math.cos(angle) - dy * Math.sin(angle), cy + dx * Math.sin(angle) + dy * Math.cos(angle));
  }
  return out;
}
