import { Image } from "@ssl4rl/core";
import type { Color } from "./palette.js";
import type { Paint } from "./sketch.js";

/**
 * Exact area coverage of one outline at a time. Edges leave signed areas in `area`; the running sum along a row is the
 * coverage of each pixel, so edges are anti-aliased for free.
 */
export class Coverage {
  /** Rows of `stride` cells; all zero between outlines. */
  readonly area: Float32Array;
  readonly stride: number;
  /** Pixels touched by the traced outline: x0 <= x < x1, y0 <= y < y1. */
  x0 = 0;
  y0 = 0;
  x1 = 0;
  y1 = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.stride = width + 2;
    this.area = new Float32Array(this.stride * height);
  }

  /** False when nothing of the outline is in the picture. The caller must `clear()` every row after reading it. */
  trace(outline: Float32Array): boolean {
    const { width, height } = this;
    let minX = Number.POSITIVE_INFINITY;
    let minY = Number.POSITIVE_INFINITY;
    let maxX = Number.NEGATIVE_INFINITY;
    let maxY = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < outline.length; i += 2) {
      const x = outline[i];
      const y = outline[i + 1];
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
    }
    this.x0 = Math.max(0, Math.floor(minX * width));
    this.y0 = Math.max(0, Math.floor(minY * height));
    this.x1 = Math.min(width, Math.ceil(maxX * width));
    this.y1 = Math.min(height, Math.ceil(maxY * height));
    if (this.x0 >= this.x1 || this.y0 >= this.y1) return false;
    let px = outline[outline.length - 2] * width;
    let py = outline[outline.length - 1] * height;
    for (let i = 0; i < outline.length; i += 2) {
      const x = outline[i] * width;
      const y = outline[i + 1] * height;
      if (py < y) this.edge(px, py, x, y, 1);
      else if (py > y) this.edge(x, y, px, py, -1);
      px = x;
      py = y;
    }
    return true;
  }

  clear(row: number): void {
    const start = row * this.stride;
    this.area.fill(0, start + this.x0, start + this.x1 + 2);
  }

  /** An edge from (xa, ya) down to (xb, yb). */
  private edge(xa: number, ya: number, xb: number, yb: number, direction: number): void {
    const { area, width, height } = this;
    if (yb <= 0 || ya >= height) return;
    const slope = (xb - xa) / (yb - ya);
    let x = ya < 0 ? xa - ya * slope : xa;
    const top = Math.max(ya, 0);
    const bottom = Math.min(yb, height);
    for (let row = Math.floor(top); row < bottom; row++) {
      const dy = Math.min(row + 1, bottom) - Math.max(row, top);
      const next = x + slope * dy;
      const d = dy * direction;
      const left = Math.min(width, Math.max(0, Math.min(x, next)));
      const right = Math.min(width, Math.max(0, Math.max(x, next)));
      x = next;
      const first = Math.floor(left);
      const last = Math.ceil(right);
      const at = row * this.stride + first;
      if (last <= first + 1) {
        const middle = 0.5 * (left + right) - first;
        area[at] += d * (1 - middle);
        area[at + 1] += d * middle;
        continue;
      }
      const s = 1 / (right - left);
      const from = left - first;
      const to = right - last + 1;
      const a0 = 0.5 * s * (1 - from) * (1 - from);
      const am = 0.5 * s * to * to;
      area[at] += d * a0;
      const n = last - first;
      if (n === 2) {
        area[at + 1] += d * (1 - a0 - am);
      } else {
        const a1 = s * (1.5 - from);
        area[at + 1] += d * (a1 - a0);
        for (let i = 2; i < n - 1; i++) area[at + i] += d * s;
        area[at + n - 1] += d * (1 - a1 - (n - 3) * s - am);
      }
      area[at + n] += d * am;
    }
  }
}

/** Where the sight of a plane ends: nearer to the horizon than this the noise would only flicker. */
const nearestToHorizon = 0.02;

/** A picture being painted: float RGB, so that many thin layers leave no bands. */
export class Canvas {
  private readonly coverage: Coverage;
  private readonly pixels: Float32Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.coverage = new Coverage(width, height);
    this.pixels = new Float32Array(width * height * 3);
  }

  fill(outline: Float32Array, paint: Paint): void {
    const { coverage, pixels, width, height } = this;
    if (!coverage.trace(outline)) return;
    const { area, stride, x0, x1, y0, y1 } = coverage;
    const { line, rings, texture, color, to: end = color, alpha: a0, toAlpha: a1 = a0 } = paint;
    const flat = end === color && a0 === a1;
    const [r0, g0, b0] = color;
    const [dr, dg, db, da] = [end[0] - r0, end[1] - g0, end[2] - b0, a1 - a0];
    let [r, g, b, alpha] = [r0, g0, b0, a0];
    const [ox, oy, gx, gy] = line
      ? gradient(line)
      : rings
        ? [rings[0], rings[1], 1 / rings[2], 1 / rings[3]]
        : [0, 0, 0, 0];
    for (let y = y0; y < y1; y++) {
      const v = (y + 0.5) / height;
      const dv = (v - oy) * gy;
      let sum = 0;
      let at = y * stride + x0;
      let to = (y * width + x0) * 3;
      for (let x = x0; x < x1; x++, at++, to += 3) {
        sum += area[at];
        let cover = sum < 0 ? -sum : sum;
        if (cover < 0.004) continue;
        if (cover > 1) cover = 1;
        const u = (x + 0.5) / width;
        if (!flat) {
          const du = (u - ox) * gx;
          let t = rings ? Math.sqrt(du * du + dv * dv) : du + dv;
          if (t < 0) t = 0;
          else if (t > 1) t = 1;
          r = r0 + dr * t;
          g = g0 + dg * t;
          b = b0 + db * t;
          alpha = a0 + da * t;
        }
        let light = 1;
        let a = alpha * cover;
        if (texture) {
          let tu = u;
          let tv = v;
          let fade = 1;
          if (texture.horizon !== undefined) {
            const distance = Math.max(nearestToHorizon, Math.abs(v - texture.horizon));
            tu = (u - 0.5) / distance;
            tv = 1 / distance;
            // Far lumps are smaller than a pixel: let them melt into their mean.
            fade = Math.min(1, distance * 6);
          }
          const n = noise(tu / texture.width, tv / texture.height, texture.seed, texture.octaves);
          if (texture.kind === "grain") light = 1 + (n - 0.5) * 2 * texture.amount * fade;
          else {
            const c = (n - 0.78 + texture.amount * 0.6) * 5;
            a *= c <= 0 ? 0 : c >= 1 ? 1 : c * c * (3 - 2 * c);
          }
        }
        pixels[to] += (r * light - pixels[to]) * a;
        pixels[to + 1] += (g * light - pixels[to + 1]) * a;
        pixels[to + 2] += (b * light - pixels[to + 2]) * a;
      }
      coverage.clear(y);
    }
  }

  /**
   * The last touch: colour balance, dark corners, film grain (amplitude in grey levels) and, if asked, black and white.
   */
  develop(balance: Color, vignette: number, grain: number, monochrome: boolean): void {
    const { pixels, width, height } = this;
    const [red, green, blue] = balance;
    for (let y = 0, at = 0; y < height; y++) {
      const v = (y + 0.5) / height - 0.5;
      for (let x = 0; x < width; x++, at += 3) {
        const u = (x + 0.5) / width - 0.5;
        const corner = u * u + v * v;
        const light = 1 - vignette * corner * corner * 4;
        const speck = (whiteNoise(at) - 0.5) * 2 * grain;
        let r = pixels[at] * red * light + speck;
        let g = pixels[at + 1] * green * light + speck;
        let b = pixels[at + 2] * blue * light + speck;
        if (monochrome) r = g = b = 0.3 * r + 0.59 * g + 0.11 * b;
        pixels[at] = r;
        pixels[at + 1] = g;
        pixels[at + 2] = b;
      }
    }
  }

  /** Out of focus: two box blurs each way; `radius` in pictures. */
  blur(radius: number): void {
    const across = Math.max(1, Math.round(radius * this.width));
    const down = Math.max(1, Math.round(radius * this.height));
    for (let pass = 0; pass < 2; pass++) {
      for (let y = 0; y < this.height; y++) this.blurLine(y * this.width * 3, 3, this.width, across);
      for (let x = 0; x < this.width; x++) this.blurLine(x * 3, this.width * 3, this.height, down);
    }
  }

  private blurLine(start: number, step: number, length: number, radius: number): void {
    const { pixels } = this;
    const line = new Float32Array(length);
    for (let channel = 0; channel < 3; channel++) {
      for (let i = 0; i < length; i++) line[i] = pixels[start + channel + i * step];
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) sum += line[Math.min(length - 1, Math.max(0, i + k))];
        pixels[start + channel + i * step] = sum / (2 * radius + 1);
      }
    }
  }

  toImage(): Image {
    const data = new Uint8ClampedArray(this.pixels);
    return new Image(this.width, this.height, new Uint8Array(data.buffer));
  }
}

/** Origin and scaled direction, such that t = (u - ox) * gx + (v - oy) * gy. */
function gradient([x0, y0, x1, y1]: readonly [number, number, number, number]): [number, number, number, number] {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const length = dx * dx + dy * dy || 1;
  return [x0, y0, dx / length, dy / length];
}

const side = 256;
const lattice = makeLattice();

/** White noise, the same on every machine. */
function makeLattice(): Float32Array {
  const values = new Float32Array(side * side);
  for (let i = 0; i < values.length; i++) values[i] = whiteNoise(i);
  return values;
}

/** 0..1 from an integer. */
function whiteNoise(n: number): number {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth noise, 0..1 around 0.5, lumps of size 1; each octave halves the lumps and their weight. */
function noise(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  const slanted = 0.94 * x + 0.34 * y;
  y = 0.94 * y - 0.34 * x;
  x = slanted;
  for (let octave = 0; octave < octaves; octave++) {
    const sx = x + ((seed * 7 + octave * 61) & 255);
    const sy = y + ((seed * 13 + octave * 29) & 255);
    const ix = Math.floor(sx);
    const iy = Math.floor(sy);
    let fx = sx - ix;
    let fy = sy - iy;
    fx = fx * fx * (3 - 2 * fx);
    fy = fy * fy * (3 - 2 * fy);
    const row = (iy & 255) * side;
    const below = ((iy + 1) & 255) * side;
    const left = ix & 255;
    const right = (ix + 1) & 255;
    const upper = lattice[row + left] + (lattice[row + right] - lattice[row + left]) * fx;
    const lower = lattice[below + left] + (lattice[below + right] - lattice[below + left]) * fx;
    sum += (upper + (lower - upper) * fy) * weight;
    total += weight;
    weight *= 0.5;
    // Turned by 37 degrees as well, so that the grid of the lattice never shows.
    const turned = 1.6 * x + 1.2 * y;
    y = 1.6 * y - 1.2 * x;
    x = turned;
  }
  return sum / total;
}
