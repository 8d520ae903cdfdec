import type { Random } from "@ssl4rl/core";
import { type Color, darken, hex, lighten, mix, named, vary } from "../palette.js";
import { ball, type Pen, shaded } from "../pen.js";
import type { Thing } from "../stage.js";

export type Season = "summer" | "autumn" | "spring" | "winter";

const leaves: Readonly<Record<Season, readonly Color[]>> = {
  summer: ["#4c8a3a", "#5f9a3e", "#3f7a42", "#6a9e48", "#2f6e44"].map(hex),
  autumn: ["#c8742c", "#d89a34", "#b8502c", "#a8843a", "#ce5a34"].map(hex),
  spring: ["#f0b8c8", "#8fbf5a", "#f6d0d8", "#a0c868", "#7ab45a"].map(hex),
  winter: ["#e8eef4", "#dfe8f0", "#f0f4f8"].map(hex),
};

const bark = ["#5c4332", "#6e5240", "#4e3b30"].map(hex);

type Species = "oak" | "pine" | "palm" | "poplar" | "birch" | "bare";

/** A tree of the species and the season. */
export function tree(random: Random, species: Species, season: Season = "summer"): Thing {
  const tall = random.uniform(0.8, 1.25);
  const height = { oak: 7, pine: 9, palm: 8, poplar: 11, birch: 9, bare: 7 }[species] * tall;
  const width = { oak: 6, pine: 4.4, palm: 5, poplar: 2.8, birch: 4, bare: 5 }[species] * tall;
  const leaf = vary(random.pick(leaves[species === "pine" && season !== "winter" ? "summer" : season]), random, 0.08);
  const wood = species === "birch" ? hex("#e6e2d8") : vary(random.pick(bark), random);
  const draw = {
    oak: (pen: Pen) => crown(pen, height, width, leaf, wood, 0.3),
    birch: (pen: Pen) => crown(pen, height, width, lighten(leaf, 0.15), wood, 0.34),
    poplar: (pen: Pen) => crown(pen, height, width, leaf, wood, 0.12),
    pine: (pen: Pen) =>
      pine(pen, height, width, season === "winter" ? hex("#3f6658") : darken(leaf, 0.18), wood, season === "winter"),
    palm: (pen: Pen) => palm(pen, height, width, leaf, wood),
    bare: (pen: Pen) => branches(pen, height, width, wood),
  }[species];
  return {
    category: "tree",
    attributes: { species, size: height > 8 ? "large" : "small" },
    width: width * (species === "palm" ? 0.7 : 0.85),
    height,
    draw(pen) {
      pen.shadow(0, width * 0.5, width * 0.09);
      draw(pen);
    },
  };
}

/** A trunk and a crown of leaf clumps, dark inside and below, bright above. */
function crown(pen: Pen, height: number, width: number, leaf: Color, wood: Color, clear: number): void {
  const { random } = pen;
  const base = height * clear;
  const trunk = Math.max(0.16, width * 0.075);
  pen.poly([-trunk, 0, trunk, 0, trunk * 0.55, height * 0.6, -trunk * 0.55, height * 0.6], shaded(wood, 0.3));
  pen.stroke([0, base * 0.9, width * 0.22, base * 1.5], trunk * 0.9, wood, trunk * 0.4);
  pen.stroke([0, base * 0.8, -width * 0.22, base * 1.4], trunk * 0.9, darken(wood, 0.2), trunk * 0.4);
  const [cy, ry, rx] = [(height + base) / 2, (height - base) / 2, width / 2];
  pen.blob(0, cy - ry * 0.08, rx * 0.86, ry * 0.9, darken(leaf, 0.42), 0.1);
  const clumps = pen.unit * width > 0.12 ? 34 : pen.unit * width > 0.05 ? 18 : 8;
  for (let i = 0; i < clumps; i++) {
    // From below to above, so that bright clumps overlap dark ones.
    const t = (i + random.float()) / clumps;
    const y = -0.88 + 1.72 * t;
    const reach = Math.sqrt(Math.max(0, 1 - y * y * 0.95));
    const x = random.uniform(-1, 1) * reach * 0.86;
    const size = random.uniform(0.2, 0.34) * (0.8 + 0.3 * reach);
    const tone = vary(mix(darken(leaf, 0.34), lighten(leaf, 0.16), t), random, 0.06);
    pen.blob(x * rx, cy + y * ry, size * rx * 1.15, size * Math.min(ry, rx * 1.4), shaded(tone, 0.2), 0.2);
  }
}

/** Tiers of drooping boughs. */
function pine(pen: Pen, height: number, width: number, leaf: Color, wood: Color, snowy: boolean): void {
  const { random } = pen;
  pen.rect(-width * 0.05, 0, width * 0.1, height * 0.2, shaded(wood, 0.3));
  const tiers = pen.unit * height > 0.1 ? 6 : 4;
  for (let i = 0; i < tiers; i++) {
    const t = i / tiers;
    const y = height * (0.1 + t * 0.78);
    const half = (width / 2) * (1 - t * 0.86);
    const top = y + height * (0.34 - t * 0.16);
    const points = [0, Math.min(height, top)];
    const teeth = 5;
    for (let k = 0; k <= teeth; k++) {
      const x = half * (1 - (2 * k) / teeth);
      const sag = height * 0.035 * (1 - Math.abs(x / half));
      points.push(x * random.uniform(0.92, 1.06), y - sag);
      if (k < teeth) points.push(x - half / teeth, y + height * 0.03 - sag);
    }
    pen.poly(points, shaded(vary(mix(darken(leaf, 0.3), lighten(leaf, 0.06), t), random, 0.05), 0.28));
    if (snowy) {
      pen.curve(
        [
          0,
          Math.min(height, top),
          half * 0.55,
          y + height * 0.08,
          half * 0.1,
          y + height * 0.06,
          -half * 0.5,
          y + height * 0.09,
        ],
        { color: hex("#f2f6fa"), to: hex("#c8d6e6"), run: "light" },
        3,
      );
    }
  }
}

function palm(pen: Pen, height: number, width: number, leaf: Color, wood: Color): void {
  const { random } = pen;
  const lean = random.uniform(-0.16, 0.16) * height;
  const top = height * 0.82;
  pen.bend([0, 0, lean * 0.25, top * 0.5, lean, top], height * 0.062, shaded(lighten(wood, 0.25), 0.3), height * 0.036);
  const fronds = 11;
  for (let i = 0; i < fronds; i++) {
    // Back fronds first, darker.
    const angle = -0.45 + ((i * 7) % fronds) * ((Math.PI + 0.9) / (fronds - 1));
    const reach = width * random.uniform(0.42, 0.56);
    const [dx, dy] = [Math.cos(angle) * reach, Math.sin(angle) * reach * 0.62];
    const tone = vary(mix(darken(leaf, 0.3), lighten(leaf, 0.12), i / fronds), random);
    const tip = [lean + dx, top + dy - reach * 0.34];
    pen.curve(
      [
        lean,
        top,
        lean + dx * 0.45,
        top + dy + reach * 0.12,
        lean + dx * 0.85,
        top + dy - reach * 0.08,
        ...tip,
        lean + dx * 0.72,
        top + dy - reach * 0.22,
        lean + dx * 0.35,
        top + dy * 0.8 - reach * 0.04,
      ],
      shaded(tone, 0.22),
      4,
    );
  }
  for (const [x, y] of [
    [-0.16, -0.1],
    [0.14, -0.16],
    [0.02, -0.22],
  ])
    pen.ellipse(lean + x, top + y, 0.17, 0.19, ball(hex("#6e4a2c")));
}

/** Twigs without leaves. */
function branches(pen: Pen, height: number, width: number, wood: Color): void {
  const { random } = pen;
  const grow = (x: number, y: number, angle: number, length: number, thick: number, depth: number): void => {
    const [x1, y1] = [x + Math.cos(angle) * length, y + Math.sin(angle) * length];
    pen.stroke([x, y, x1, y1], thick, depth > 2 ? shaded(wood, 0.3) : wood, thick * 0.6);
    if (depth === 0) return;
    for (const side of [-1, 1])
      grow(
        x1,
        y1,
        angle + side * random.uniform(0.25, 0.6),
        length * random.uniform(0.64, 0.78),
        thick * 0.62,
        depth - 1,
      );
  };
  grow(0, 0, Math.PI / 2 + random.uniform(-0.06, 0.06), height * 0.32, width * 0.075, 4);
}

export function bush(random: Random, season: Season = "summer"): Thing {
  const leaf = vary(random.pick(leaves[season === "spring" ? "summer" : season]), random, 0.08);
  const width = random.uniform(1.6, 2.8);
  const height = width * random.uniform(0.55, 0.75);
  const blossoms = random.chance(0.3) ? random.pick(["#f2e6f0", "#e86a8a", "#f6d34f"].map(hex)) : null;
  return {
    category: "bush",
    attributes: {},
    width,
    height,
    draw(pen) {
      pen.shadow(0, width * 0.6, height * 0.16);
      pen.blob(0, height * 0.42, width * 0.48, height * 0.44, darken(leaf, 0.36), 0.1);
      const clumps = pen.unit * width > 0.14 ? 30 : 14;
      for (let i = 0; i < clumps; i++) {
        const t = (i + random.float()) / clumps;
        const x = random.uniform(-0.4, 0.4) * width * (1 - t * 0.35);
        const size = random.uniform(0.7, 1.1) * (clumps > 14 ? 0.8 : 1);
        const tone = vary(mix(darken(leaf, 0.28), lighten(leaf, 0.16), t), random, 0.05);
        pen.blob(x, height * (0.18 + 0.64 * t), width * 0.16 * size, height * 0.19 * size, shaded(tone, 0.2), 0.2);
      }
      if (!blossoms) return;
      for (let i = 0; i < 14; i++)
        pen.ellipse(random.uniform(-0.42, 0.42) * width, height * random.uniform(0.2, 0.86), 0.07, 0.07, blossoms);
    },
  };
}

/** One flower on its stem. */
export function flower(random: Random): Thing {
  const paint = named(random, ["red", "yellow", "pink", "purple", "white", "orange", "blue"]);
  const tulip = random.chance(0.35);
  const height = random.uniform(0.45, 0.75);
  const petals = 5 + random.int(4);
  return {
    category: "flower",
    attributes: { color: paint.name, species: tulip ? "tulip" : "daisy", size: "small" },
    width: 0.36,
    height,
    draw(pen) {
      const lean = random.uniform(-0.05, 0.05);
      const green = vary(hex("#4e8a3e"), random);
      const head = height - 0.14;
      pen.bend([0, 0, lean * 0.3, head * 0.5, lean, head], 0.035, green);
      pen.curve([0, 0.04, 0.13, 0.16, 0.19, 0.32, 0.07, 0.2], shaded(green), 3);
      pen.curve([0, 0.02, -0.12, 0.13, -0.18, 0.26, -0.07, 0.17], shaded(darken(green, 0.15)), 3);
      if (tulip) {
        pen.curve(
          [
            lean - 0.1,
            head + 0.14,
            lean - 0.11,
            head,
            lean,
            head - 0.08,
            lean + 0.11,
            head,
            lean + 0.1,
            head + 0.14,
            lean + 0.05,
            head + 0.07,
            lean,
            head + 0.15,
            lean - 0.05,
            head + 0.07,
          ],
          shaded(paint.color, 0.3),
          3,
        );
        return;
      }
      for (let i = 0; i < petals; i++) {
        const angle = (i / petals) * 2 * Math.PI + 0.3;
        pen.ellipse(
          lean + Math.cos(angle) * 0.095,
          head + Math.sin(angle) * 0.095,
          0.08,
          0.05,
          shaded(paint.color, 0.25),
          angle,
        );
      }
      pen.ellipse(
        lean,
        head,
        0.055,
        0.055,
        ball(paint.name === "yellow" || paint.name === "orange" ? hex("#7a4a24") : hex("#f2c53a")),
      );
    },
  };
}

export function cactus(random: Random): Thing {
  const green = vary(random.pick(["#4f8a52", "#5f9460", "#3f7a50"].map(hex)), random);
  const height = random.uniform(2.2, 3.8);
  const arms = [random.uniform(0.35, 0.5), random.uniform(0.45, 0.6)];
  return {
    category: "cactus",
    attributes: { size: height > 3 ? "large" : "small" },
    width: height * 0.55,
    height,
    draw(pen) {
      pen.shadow(0, height * 0.3, 0.2);
      const w = height * 0.15;
      arms.forEach((at, i) => {
        const side = i ? 1 : -1;
        const [y, x] = [at * height, side * height * 0.22];
        pen.bend([0, y, x * 0.8, y, x, y + height * 0.06, x, y + height * 0.24], w * 0.62, shaded(green, 0.3));
      });
      pen.stroke([0, 0, 0, height - w / 2], w, shaded(green, 0.3));
      for (const x of [-0.25, 0, 0.25])
        pen.stroke([x * w, 0.1, x * w, height - w * 0.6], w * 0.07, { color: lighten(green, 0.35), alpha: 0.6 });
      pen.ellipse(0, height, w * 0.22, w * 0.16, hex("#f08aa8"));
    },
  };
}

/** A tuft of grass; scenery, no object. */
export function tuft(pen: Pen, color: Color): void {
  const { random } = pen;
  for (let i = 0; i < 5; i++) {
    const x = random.uniform(-0.25, 0.25);
    const lean = random.uniform(-0.2, 0.2);
    pen.poly([x - 0.035, 0, x + 0.035, 0, x + lean, random.uniform(0.25, 0.5)], vary(color, random, 0.12));
  }
}

/** A stone; scenery, no object. */
export function stone(pen: Pen, size: number, color: Color = hex("#8d8880")): void {
  pen.shadow(0, size * 0.6, size * 0.14);
  pen.blob(0, size * 0.24, size * 0.5, size * 0.3, shaded(vary(color, pen.random), 0.35), 0.14);
}
