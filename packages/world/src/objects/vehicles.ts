import type { Random } from "@ssl4rl/core";
import { type Color, type ColorName, darken, hex, lighten, named } from "../palette.js";
import { ball, down, type Pen, shaded } from "../pen.js";
import type { Thing } from "../stage.js";

const bodyColors: readonly ColorName[] = [
  "red",
  "orange",
  "yellow",
  "green",
  "blue",
  "white",
  "black",
  "gray",
  "purple",
];
const glass = { color: hex("#2e4256"), to: hex("#8fb2c6"), run: "light" as const };

function wheel(pen: Pen, x: number, radius: number): void {
  pen.ellipse(x, radius, radius, radius, hex("#24242a"));
  pen.ellipse(x, radius, radius * 0.58, radius * 0.58, shaded(hex("#b4b8bd"), 0.3));
  pen.ellipse(x, radius, radius * 0.16, radius * 0.16, hex("#55585e"));
}

/** Lamps fore and aft; their light at night. */
function lamps(pen: Pen, front: number, back: number, y: number, night: boolean): void {
  pen.ellipse(front, y, 0.12, 0.1, { color: hex("#fff3c4"), shines: night });
  pen.ellipse(back, y, 0.1, 0.1, { color: hex("#d8342c"), shines: night });
  if (!night) return;
  pen.glow(front, y, 0.9, hex("#fff0b8"), 0.75);
  pen.poly([front, y + 0.08, front + 5, -0.1, front + 3, -0.55, front, y - 0.1], {
    color: hex("#fff0b8"),
    alpha: 0.14,
    shines: true,
  });
  pen.glow(back, y, 0.5, hex("#ff4a3a"), 0.6);
}

export function car(random: Random, night = false): Thing {
  const paint = named(random, bodyColors);
  const body = random.pick(["sedan", "hatchback", "van"] as const);
  const roof = { sedan: 1.42, hatchback: 1.5, van: 1.9 }[body];
  return {
    category: "car",
    attributes: { color: paint.name, species: body, size: "small" },
    width: 4.3,
    height: roof,
    draw(pen) {
      pen.shadow(0, 2.35, 0.34, 1.5);
      const hull = {
        sedan: [
          -2.1, 0.38, 2.1, 0.38, 2.14, 0.72, 1.9, 0.88, 1.1, 0.98, 0.55, 1.36, -0.1, 1.44, -0.8, 1.38, -1.35, 1, -2,
          0.94, -2.15, 0.7,
        ],
        hatchback: [
          -1.95, 0.38, 2, 0.38, 2.05, 0.74, 1.8, 0.92, 1.15, 1, 0.55, 1.42, -0.2, 1.52, -1.3, 1.46, -1.85, 1.04, -2.02,
          0.7,
        ],
        van: [
          -2.1, 0.38, 2.1, 0.38, 2.16, 0.8, 1.98, 1.02, 1.55, 1.2, 1.1, 1.78, 0.4, 1.9, -1.6, 1.9, -2.02, 1.75, -2.15,
          0.9,
        ],
      }[body];
      pen.curve(hull, down(lighten(paint.color, 0.18), darken(paint.color, 0.22)), 3);
      const panes = {
        sedan: [
          [0.02, 1, 0.98, 1, 0.5, 1.28, 0.02, 1.34],
          [-0.1, 1, -1.12, 1, -0.72, 1.28, -0.1, 1.34],
        ],
        hatchback: [
          [0.02, 1.02, 1, 1.02, 0.5, 1.34, 0.02, 1.42],
          [-0.1, 1.02, -1.55, 1.04, -1.2, 1.38, -0.1, 1.42],
        ],
        van: [
          [0.55, 1.15, 1.45, 1.15, 1.06, 1.68, 0.55, 1.74],
          [-0.75, 1.15, 0.43, 1.15, 0.43, 1.74, -0.75, 1.74],
          [-0.87, 1.15, -1.85, 1.15, -1.75, 1.74, -0.87, 1.74],
        ],
      }[body];
      for (const pane of panes) pen.poly(pane, glass);
      pen.stroke([-2, 0.78, 1.95, 0.78], 0.035, { color: darken(paint.color, 0.4), alpha: 0.7 });
      pen.stroke([-0.04, 0.5, -0.04, 1], 0.03, { color: darken(paint.color, 0.5), alpha: 0.8 });
      pen.rect(-0.36, 0.84, 0.22, 0.05, darken(paint.color, 0.5));
      pen.rounded(-2.16, 0.34, 4.32, 0.16, 0.08, hex("#3a3a40"));
      for (const x of [-1.25, 1.28]) {
        pen.ellipse(x, 0.36, 0.42, 0.42, darken(paint.color, 0.6));
        wheel(pen, x, 0.34);
      }
      lamps(pen, 2.02, -2.06, 0.74, night);
    },
  };
}

export function truck(random: Random, night = false): Thing {
  const cab = named(random, ["red", "blue", "green", "orange", "white", "yellow"]);
  const load = random.pick(["#ece6da", "#c9cfd4", "#d8c9a8"].map(hex));
  return {
    category: "truck",
    attributes: { color: cab.name, size: "large" },
    width: 7.6,
    height: 3.2,
    draw(pen) {
      pen.shadow(0, 4.1, 0.45, 1.5);
      pen.rect(-3.7, 0.55, 7.2, 0.35, hex("#33343c"));
      pen.rounded(-3.75, 0.85, 5.1, 2.4, 0.1, shaded(load, 0.2));
      for (let x = -3; x < 1.2; x += 0.85) pen.rect(x, 0.95, 0.05, 2.2, { color: darken(load, 0.35), alpha: 0.6 });
      pen.curve(
        [1.55, 0.5, 3.7, 0.5, 3.75, 1.4, 3.45, 1.75, 3.1, 2.6, 2.6, 2.72, 1.6, 2.72],
        down(lighten(cab.color, 0.2), darken(cab.color, 0.2)),
        3,
      );
      pen.poly([2.25, 1.65, 3.3, 1.65, 2.98, 2.45, 2.25, 2.45], glass);
      pen.stroke([2.1, 0.7, 2.1, 2.5], 0.04, darken(cab.color, 0.5));
      for (const x of [-2.9, -1.95, 2.65]) wheel(pen, x, 0.5);
      lamps(pen, 3.66, -3.7, 1.05, night);
    },
  };
}

export function bus(random: Random, night = false): Thing {
  const paint = named(random, ["red", "yellow", "green", "blue", "orange", "purple"]);
  const letters = random.pick(["BUS", "CITY", "ZOO", "7", "24"]);
  return {
    category: "bus",
    attributes: { color: paint.name, size: "large" },
    width: 9.6,
    height: 3.1,
    draw(pen) {
      pen.shadow(0, 5.1, 0.45, 1.5);
      pen.rounded(-4.8, 0.4, 9.6, 2.75, 0.4, down(lighten(paint.color, 0.18), darken(paint.color, 0.2)));
      pen.rect(-4.8, 0.95, 9.6, 0.22, hex("#f4efe4"));
      const pane = night ? { color: hex("#ffe2a0"), to: hex("#f0b860"), run: "down" as const, shines: true } : glass;
      for (let i = 0; i < 5; i++) pen.rounded(-4.4 + i * 1.42, 1.5, 1.24, 1.05, 0.12, pane);
      pen.rounded(2.75, 0.55, 0.85, 2, 0.1, pane);
      pen.rounded(3.85, 1.35, 0.88, 1.2, 0.12, pane);
      pen.rounded(-1.6, 2.66, 2.4, 0.44, 0.06, hex("#26262c"));
      pen.word(letters, -0.4, 2.72, 0.31, { color: hex("#ffc94a"), shines: true });
      for (const x of [-3, 2]) {
        pen.ellipse(x, 0.52, 0.62, 0.6, darken(paint.color, 0.6));
        wheel(pen, x, 0.5);
      }
      lamps(pen, 4.7, -4.74, 0.8, night);
    },
  };
}

export function bicycle(random: Random): Thing {
  const paint = named(random, ["red", "blue", "green", "orange", "black", "yellow"]);
  return {
    category: "bicycle",
    attributes: { color: paint.name, size: "small" },
    width: 1.9,
    height: 1.12,
    draw(pen) {
      pen.shadow(0, 0.95, 0.12);
      for (const x of [-0.58, 0.58]) {
        const rim: number[] = [];
        for (let i = 0; i <= 20; i++)
          rim.push(x + 0.35 * Math.cos((i / 10) * Math.PI), 0.37 + 0.35 * Math.sin((i / 10) * Math.PI));
        pen.stroke(rim, 0.065, hex("#2a2a30"));
        for (let i = 0; i < 3; i++) {
          const [dx, dy] = [0.34 * Math.cos((i * Math.PI) / 3), 0.34 * Math.sin((i * Math.PI) / 3)];
          pen.stroke([x - dx, 0.37 - dy, x + dx, 0.37 + dy], 0.015, { color: hex("#9a9ca2"), alpha: 0.8 });
        }
      }
      const tube = shaded(paint.color, 0.2);
      pen.stroke([-0.58, 0.37, -0.1, 0.36, 0.36, 0.84, -0.24, 0.8, -0.58, 0.37], 0.075, tube);
      pen.stroke([-0.1, 0.36, -0.3, 0.95], 0.07, tube);
      pen.stroke([0.58, 0.37, 0.32, 1.02, 0.52, 1.08], 0.065, tube);
      pen.stroke([-0.46, 0.98, -0.16, 0.98], 0.1, hex("#3a2a24"));
      pen.ellipse(-0.1, 0.36, 0.1, 0.1, hex("#55585e"));
    },
  };
}

/** On the water line y = 0. */
export function boat(random: Random): Thing {
  const sailing = random.chance(0.6);
  const hull = named(random, ["red", "blue", "white", "brown", "green", "black"]);
  const sail = random.pick(["#f8f2e4", "#f4e2c0", "#f0e8ea"].map(hex));
  const stripe = named(random, ["red", "blue", "orange"]).color;
  return {
    category: "boat",
    attributes: {
      color: hull.name,
      species: sailing ? "sailing boat" : "fishing boat",
      size: sailing ? "large" : "small",
    },
    width: sailing ? 5.4 : 6,
    height: sailing ? 6.6 : 3.3,
    draw(pen) {
      reflection(pen, hull.color, sailing ? 5 : 5.6);
      if (sailing) {
        pen.stroke([-0.1, 0.6, -0.1, 6.6], 0.12, hex("#6a4a34"));
        pen.curve([0.05, 1.25, 0.05, 6.3, 0.9, 3.6, 2.2, 1.25, 1.2, 1.05], shaded(sail, 0.16), 4);
        pen.curve([-0.3, 1.35, -0.3, 5.6, -1.2, 3.4, -2.1, 1.4, -1.1, 1.2], shaded(darken(sail, 0.1), 0.16), 4);
        pen.poly([0.05, 2.2, 1.62, 2.2, 1.9, 1.75, 0.05, 1.75], { color: stripe, alpha: 0.85 });
        pen.poly([-0.1, 6.6, 0.75, 6.35, -0.1, 6.1], stripe);
      } else {
        pen.rounded(-1.6, 0.85, 2, 1.5, 0.12, shaded(hex("#f4efe4"), 0.18));
        pen.rect(-1.85, 2.25, 2.5, 0.2, shaded(stripe));
        pen.rounded(-1.3, 1.35, 0.6, 0.6, 0.08, glass);
        pen.rounded(-0.4, 1.35, 0.6, 0.6, 0.08, glass);
        pen.stroke([1.2, 0.8, 1.2, 3.3], 0.1, hex("#5a4030"));
        pen.stroke([1.2, 3.2, 2.9, 1.05], 0.03, hex("#5a4030"));
        pen.stroke([1.2, 3.2, -1.6, 2.5], 0.03, hex("#5a4030"));
      }
      const half = sailing ? 2.5 : 2.9;
      pen.curve(
        [
          -half,
          1,
          -half * 0.8,
          0.1,
          -half * 0.4,
          -0.1,
          half * 0.5,
          -0.1,
          half * 0.85,
          0.35,
          half * 1.06,
          1.15,
          half * 0.4,
          0.85,
          -half * 0.4,
          0.82,
        ],
        down(lighten(hull.color, 0.12), darken(hull.color, 0.3)),
        4,
      );
      pen.bend([-half, 0.98, -half * 0.3, 0.8, half * 0.4, 0.84, half * 1.04, 1.12], 0.11, lighten(hull.color, 0.6));
      pen.rect(-half * 0.9, -0.12, half * 1.8, 0.1, { color: hex("#eef6f8"), alpha: 0.55 });
    },
  };
}

/** A broken, fading image in the water. */
function reflection(pen: Pen, color: Color, width: number): void {
  for (let i = 0; i < 6; i++) {
    const y = -0.1 - i * 0.17;
    const half = (width / 2) * (1 - i * 0.12) * pen.random.uniform(0.75, 1);
    pen.ellipse(pen.random.uniform(-0.15, 0.15), y, half, 0.08, { color: darken(color, 0.35), alpha: 0.42 - i * 0.06 });
  }
}

/** Hangs in the air; y = 0 is the basket's floor. */
export function balloon(random: Random): Thing {
  const paint = named(random, ["red", "yellow", "orange", "purple", "blue", "green"]);
  const second = random.pick(["#f6efe0", "#f3c934", "#e8e0f0"].map(hex));
  const gores = paint.name === "yellow" ? hex("#f6efe0") : second;
  return {
    category: "hot-air balloon",
    attributes: { color: paint.name, size: "large" },
    width: 11,
    height: 17,
    draw(pen) {
      const skin = [
        -1.1, 3.6, -3.6, 6.8, -5.2, 10, -4.6, 14, -2.2, 16.5, 0, 17, 2.2, 16.5, 4.6, 14, 5.2, 10, 3.6, 6.8, 1.1, 3.6,
      ];
      pen.curve(skin, ball(paint.color, 0.36), 4);
      for (const x of [-0.62, 0, 0.62]) {
        const strip = (k: number) => [x * k * 5.1 * 0.24, 3.7, x * k * 5, 9, x * k * 4.6, 13.6, x * k * 1.6, 16.8];
        const left = strip(0.76).map((value, i) => (i % 2 ? value : value - 0.55 * [0.25, 1, 0.9, 0.4][i >> 1]));
        const right = strip(0.76).map((value, i) => (i % 2 ? value : value + 0.55 * [0.25, 1, 0.9, 0.4][i >> 1]));
        const back: number[] = [];
        for (let i = 6; i >= 0; i -= 2) back.push(right[i], right[i + 1]);
        pen.curve([...left, ...back], ball(gores, 0.3), 3);
      }
      for (const x of [-0.9, -0.3, 0.3, 0.9]) pen.stroke([x, 1.4, x * 1.2, 3.7], 0.06, hex("#4a3a30"));
      pen.poly([-1, 1.6, 1, 1.6, 0.8, 0, -0.8, 0], shaded(hex("#8a5a34"), 0.3));
      pen.rect(-1.1, 1.4, 2.2, 0.3, hex("#5c3a22"));
    },
  };
}

/** In flight, seen from the side. */
export function aeroplane(random: Random): Thing {
  const paint = named(random, ["red", "blue", "green", "orange"]);
  return {
    category: "aeroplane",
    attributes: { size: "large" },
    width: 14,
    height: 4,
    draw(pen) {
      pen.poly([-6.4, 2, -7.2, 4.6, -5.8, 4.6, -4.2, 2.2], shaded(paint.color));
      pen.curve(
        [-7, 1.9, -4, 2.5, 4.6, 2.5, 6.4, 2.1, 7, 1.5, 6.2, 0.95, 4, 0.7, -4, 1, -6.4, 1.5],
        down(hex("#fbf8f2"), hex("#a8b0bc")),
        4,
      );
      pen.poly([1.2, 1.3, -0.8, 1.3, -3.6, -0.8, -2.4, -0.8], shaded(hex("#8f98a6")));
      pen.rect(-6, 1.55, 11.8, 0.18, paint.color);
      for (let x = -3.6; x < 4.6; x += 0.85) pen.ellipse(x, 2, 0.18, 0.2, hex("#34506a"));
      pen.poly([5.4, 2.3, 6.4, 2, 6, 1.9, 5.3, 1.95], hex("#34506a"));
    },
  };
}
