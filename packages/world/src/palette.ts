import type { Random } from "@ssl4rl/core";

/** sRGB, 0..255 each. */
export type Color = readonly [number, number, number];

/** `#rrggbb` */
export function hex(code: string): Color {
  const value = Number.parseInt(code.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** From `a` (t = 0) to `b` (t = 1). */
export function mix(a: Color, b: Color, t: number): Color {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

const warmWhite = hex("#fff6e0");
const coolDark = hex("#1d1a38");

/** Towards the colour of sunlight. */
export function lighten(color: Color, t: number): Color {
  return mix(color, warmWhite, t);
}

/** Towards the colour of shade, which is bluish: grey shadows look dirty. */
export function darken(color: Color, t: number): Color {
  return mix(color, coolDark, t);
}

/** A little off, so that no two leaves or bricks are one colour. */
export function vary(color: Color, random: Random, amount = 0.06): Color {
  const value = 1 + random.uniform(-amount, amount);
  const warm = random.uniform(-amount, amount) * 60;
  return [clamp(color[0] * value + warm), clamp(color[1] * value), clamp(color[2] * value - warm)];
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value));
}

export type ColorName =
  | "red"
  | "orange"
  | "yellow"
  | "green"
  | "blue"
  | "purple"
  | "pink"
  | "brown"
  | "white"
  | "gray"
  | "black";

/** The shades a colour word stands for. Each is well inside its word, so that light may bend it a little. */
export const shades: Readonly<Record<ColorName, readonly Color[]>> = {
  red: ["#d3302f", "#c22a35", "#e03a34", "#b52a2a"].map(hex),
  orange: ["#ee8434", "#f0902f", "#e87a2a"].map(hex),
  yellow: ["#f3c934", "#f6d34f", "#ecbf2a"].map(hex),
  green: ["#3f9a52", "#2f8a5a", "#58a845", "#2d7d46"].map(hex),
  blue: ["#2f6fc4", "#3b82d0", "#2a5db0", "#4a90d9"].map(hex),
  purple: ["#7d4fb0", "#8a56b8", "#6b4aa8"].map(hex),
  pink: ["#ee8fb0", "#f29dbb", "#e87fa6"].map(hex),
  brown: ["#8a5a36", "#7a4c2c", "#96653f", "#6e4428"].map(hex),
  white: ["#f4f1ea", "#f0f2f4", "#faf6ee"].map(hex),
  gray: ["#8e9399", "#80868e", "#9a9ea3"].map(hex),
  black: ["#2b2c33", "#26272c", "#303039"].map(hex),
};

/** Words a careful viewer might use for the same thing: never offered against each other. */
const confusable: readonly (readonly ColorName[])[] = [
  ["red", "orange", "brown", "pink"],
  ["orange", "yellow", "brown"],
  ["blue", "purple"],
  ["purple", "pink", "red"],
  ["white", "gray", "yellow"],
  ["gray", "black", "blue"],
  ["black", "brown"],
  ["black", "purple"],
  ["white", "pink"],
];

/** True when the two words could be taken for each other in some light. */
export function alike(a: ColorName, b: ColorName): boolean {
  return (
    a === b ||
    confusable.some((group) => group[0] === a && group.includes(b)) ||
    confusable.some((group) => group[0] === b && group.includes(a))
  );
}

/** A named colour with one of its shades. */
export interface NamedColor {
  readonly name: ColorName;
  readonly color: Color;
}

export function named(random: Random, names: readonly ColorName[]): NamedColor {
  const name = random.pick(names);
  return { name, color: random.pick(shades[name]) };
}
