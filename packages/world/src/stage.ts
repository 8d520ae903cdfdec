import type { Random } from "@ssl4rl/core";
import { type Color, hex } from "./palette.js";
import { type Mood, type Page, Pen } from "./pen.js";
import type { Attributes, Light, Weather } from "./scene.js";
import type { Shape } from "./sketch.js";

/** Something to draw, in metres: its look is settled, its place is not. */
export interface Thing {
  readonly category: string;
  readonly attributes: Attributes;
  readonly width: number;
  readonly height: number;
  /** y up from the ground; faces right. */
  draw(pen: Pen): void;
}

/** A thing in its place. */
export interface Actor {
  readonly thing: Thing;
  /** Where it touches the ground; fractions of the picture. */
  readonly x: number;
  readonly y: number;
  /** Pictures per metre. */
  readonly unit: number;
  readonly facing: 1 | -1;
  readonly on: number;
}

/** Sky, light on things, and haze: one harmony. */
export interface Air extends Mood {
  /** Sky colours from the top to the horizon. */
  readonly sky: readonly Color[];
  /** Share of haze at the horizon, 0..1. */
  readonly density: number;
}

export interface Placing {
  /** Pictures per metre; by default what the ground's perspective says. */
  readonly unit?: number;
  readonly facing?: 1 | -1;
  /** Largest share of a box that may lie over another's; 1 places it always. */
  readonly crowd?: number;
  /** Actor it stands on. */
  readonly on?: number;
}

/** Where a scene is put together. Scenery is drawn at once, actors at the end, far before near. */
export class Stage implements Page {
  readonly shapes: Shape[] = [];
  readonly actors: Actor[] = [];
  /** Words for what is drawn but is no actor: never to be denied. */
  readonly scenery = new Set<string>();
  owner = -1;

  constructor(
    readonly random: Random,
    readonly light: Light,
    readonly weather: Weather,
    readonly mood: Air,
    /** Height of the horizon in the picture, from the top. */
    readonly horizon: number,
    /** Height of the viewer's eyes above the ground, in metres. */
    readonly eye: number,
  ) {}

  get night(): boolean {
    return this.light.time === "night";
  }

  /** Pictures per metre on the ground at height `y` of the picture. */
  unitAt(y: number): number {
    return (y - this.horizon) / this.eye;
  }

  /** Draws in fractions of the picture, y down, out of the haze unless told. */
  page(haze = 0): Pen {
    return new Pen(this, 1, 0, 0, 1, 0, 0, haze);
  }

  /** Draws in metres from the ground point (x, y), y up. */
  pen(x: number, y: number, unit = this.unitAt(y), facing: 1 | -1 = 1): Pen {
    const near = Math.max(0, y - this.horizon);
    return new Pen(this, unit * facing, 0, 0, -unit, x, y, this.mood.density * Math.exp(-near * 7));
  }

  /** Its index, or -1 when there is no room. */
  put(thing: Thing, x: number, y: number, placing: Placing = {}): number {
    const { unit = this.unitAt(y), facing = this.random.chance(0.5) ? 1 : -1, crowd = 0.2, on = -1 } = placing;
    const actor: Actor = { thing, x, y, unit, facing, on };
    if (crowd < 1 && this.actors.some((other) => overlap(actor, other) > crowd)) return -1;
    this.actors.push(actor);
    return this.actors.length - 1;
  }

  /** Tries places until there is room; -1 when there is none. */
  seek(thing: Thing, place: () => readonly [x: number, y: number], placing: Placing = {}): number {
    for (let attempt = 0; attempt < 8; attempt++) {
      const [x, y] = place();
      const index = this.put(thing, x, y, placing);
      if (index >= 0) return index;
    }
    return -1;
  }

  /** Draws all actors, far before near; what stands on another comes after it. */
  perform(): void {
    const depth = (actor: Actor): number => (actor.on < 0 ? actor.y : Math.max(depth(this.actors[actor.on]), actor.y));
    const order = this.actors.map((actor, index) => ({
      actor,
      index,
      depth: depth(actor) + (actor.on < 0 ? 0 : 1e-6),
    }));
    order.sort((a, b) => a.depth - b.depth || a.index - b.index);
    for (const { actor, index } of order) {
      this.owner = index;
      actor.thing.draw(this.pen(actor.x, actor.y, actor.unit, actor.facing));
    }
    this.owner = -1;
  }
}

/** Share of the smaller box that lies in both. */
function overlap(a: Actor, b: Actor): number {
  const [aw, ah] = [a.thing.width * a.unit, a.thing.height * a.unit];
  const [bw, bh] = [b.thing.width * b.unit, b.thing.height * b.unit];
  const wide = Math.min(a.x + aw / 2, b.x + bw / 2) - Math.max(a.x - aw / 2, b.x - bw / 2);
  const high = Math.min(a.y, b.y) - Math.max(a.y - ah, b.y - bh);
  return wide <= 0 || high <= 0 ? 0 : (wide * high) / Math.min(aw * ah, bw * bh);
}

const skies: Readonly<Record<Light["time"] | "gray", readonly (readonly string[])[]>> = {
  day: [
    ["#3f7fc6", "#7fb4e0", "#d6e8ee"],
    ["#2f6db8", "#6aa6dc", "#bfe0ee"],
    ["#4a90c8", "#93c6e0", "#f2ead8"],
    ["#5c9fd0", "#a8d0e2", "#e8f0ea"],
    ["#3a86b8", "#7cc0cc", "#d8ecd8"],
    ["#6f9fd0", "#b0c8e4", "#f4e2d6"],
  ],
  sunset: [
    ["#3b3a72", "#b0567c", "#f8b060"],
    ["#2f4a86", "#d8786c", "#fbd07a"],
    ["#5a4a88", "#e08a8a", "#fddca0"],
    ["#274068", "#c46a5a", "#ffb455"],
    ["#6a78b0", "#f0a8a0", "#fee0b0"],
  ],
  night: [
    ["#0b1030", "#1a2450", "#3a4470"],
    ["#080c22", "#12224a", "#244a6c"],
    ["#141034", "#2a2054", "#5a3f6c"],
    ["#0a1420", "#12283a", "#28485a"],
  ],
  gray: [
    ["#8a98a6", "#a8b4be", "#ccd2d4"],
    ["#77838f", "#98a4ae", "#c2c8ca"],
    ["#9aa4b4", "#b8c0ca", "#d8d8d8"],
  ],
};

/** The light of a room: lamps at night, the window's by day. What is outside keeps its sky. */
export function roomAir(outside: Air, light: Light, random: Random): Air {
  const tints: readonly Color[] =
    light.time === "night"
      ? [
          [0.84, 0.7, 0.56],
          [0.74, 0.64, 0.6],
          [0.9, 0.74, 0.54],
        ]
      : [
          [1, 0.98, 0.95],
          [0.96, 0.98, 1],
          [1, 0.95, 0.88],
        ];
  return { ...outside, tint: random.pick(tints), density: 0, shadow: 0.5 };
}

/** The air of an hour and a weather. */
export function airOf(light: Light, weather: Weather, random: Random): Air {
  const side = light.side === "left" ? -1 : 1;
  const bad = weather === "rain" || weather === "snow" || weather === "fog";
  const sky = random
    .pick(
      light.time === "day" && (bad || (weather === "cloudy" && random.chance(0.5))) ? skies.gray : skies[light.time],
    )
    .map(hex);
  const haze = sky[2];
  const density = weather === "fog" ? random.uniform(0.75, 0.95) : bad ? 0.5 : random.uniform(0.2, 0.45);
  if (light.time === "night") {
    const moonlight = random.uniform(0.95, 1.25);
    const tint: Color = [0.52 * moonlight, 0.56 * moonlight, 0.76 * moonlight];
    return { sky, haze: sky[1], side, density, tint, shadow: 0.4 };
  }
  if (light.time === "sunset") return { sky, haze, side, density, tint: [1, 0.84, 0.76], shadow: 0.5 };
  if (bad) return { sky, haze, side, density, tint: [0.86, 0.88, 0.92], shadow: 0.3 };
  const warm = random.uniform(0.94, 1);
  return { sky, haze, side, density, tint: [1, 0.97 + 0.03 * warm, warm], shadow: random.uniform(0.42, 0.58) };
}
