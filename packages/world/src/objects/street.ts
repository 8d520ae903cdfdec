import type { Random } from "@ssl4rl/core";
import { type Color, type ColorName, darken, hex, lighten, named } from "../palette.js";
import { down, type Pen, shaded } from "../pen.js";
import type { Thing } from "../stage.js";

export function lamp(_random: Random, lit: boolean): Thing {
  return {
    category: "street lamp",
    attributes: { size: "large", lit },
    width: 1.2,
    height: 4.6,
    draw(pen) {
      pen.shadow(0, 0.4, 0.1);
      const iron = hex("#33363e");
      pen.rect(-0.16, 0, 0.32, 0.4, shaded(iron));
      pen.stroke([0, 0.2, 0, 3.8], 0.13, shaded(iron), 0.09);
      pen.stroke([-0.3, 3.7, 0.3, 3.7], 0.07, iron);
      pen.poly([-0.2, 3.8, 0.2, 3.8, 0.3, 4.35, -0.3, 4.35], {
        color: lit ? hex("#fff0b4") : hex("#dfe6e4"),
        shines: lit,
      });
      pen.poly([-0.38, 4.35, 0.38, 4.35, 0, 4.65], shaded(iron));
      if (!lit) return;
      pen.glow(0, 4.1, 2.6, hex("#ffd98a"), 0.6);
      pen.glow(0, 4.1, 0.7, hex("#fff6d8"), 0.9);
      pen.ellipse(0, 0, 2, 0.3, {
        color: hex("#ffd98a"),
        to: hex("#ffd98a"),
        run: "rings",
        alpha: 0.35,
        alphaTo: 0,
        shines: true,
      });
    },
  };
}

export const signWords: readonly string[] = [
  "STOP",
  "EXIT",
  "ZOO",
  "TAXI",
  "BUS",
  "PARK",
  "OPEN",
  "FARM",
  "BEACH",
  "LAKE",
  "CAMP",
  "CLUB",
  "HOME",
  "WEST",
  "EAST",
];
export const signLetters: readonly string[] = [..."ABCDEFGHJKLMPQRTUVY"];
const boards: readonly (readonly [ColorName, Color])[] = [
  ["red", hex("#fbf6ee")],
  ["blue", hex("#fbf6ee")],
  ["green", hex("#fbf6ee")],
  ["yellow", hex("#26262c")],
  ["white", hex("#26262c")],
  ["black", hex("#f6d34f")],
];

/** A board on a post with one letter or one word. */
export function sign(
  random: Random,
  text: string = random.chance(0.55) ? random.pick(signLetters) : random.pick(signWords),
): Thing {
  const [name, ink] = random.pick(boards);
  const board = named(random, [name]).color;
  const single = text.length === 1;
  const letterHeight = single ? 0.62 : 0.42;
  const width = single ? 0.95 : text.length * letterHeight * 0.92 + 0.38;
  const height = single ? 0.95 : 0.74;
  const round = single && random.chance(0.5);
  const base = single ? 1.5 : 1.25;
  return {
    category: "sign",
    attributes: { color: name, letters: text, letterHeight },
    width,
    height: base + height,
    draw(pen) {
      pen.shadow(0, 0.35, 0.08);
      const posts = width > 1.4 ? [-width * 0.34, width * 0.34] : [0];
      for (const x of posts) pen.stroke([x, 0, x, base + 0.3], 0.085, shaded(hex("#7c7f86")));
      const rim = lighten(board, 0.75);
      if (round) {
        pen.ellipse(0, base + height / 2, width / 2, height / 2, name === "white" ? hex("#b8342c") : rim);
        pen.ellipse(0, base + height / 2, width * 0.44, height * 0.44, shaded(board, 0.12));
      } else {
        pen.rounded(-width / 2, base, width, height, 0.09, name === "white" ? hex("#3a3c44") : rim);
        pen.rounded(-width / 2 + 0.05, base + 0.05, width - 0.1, height - 0.1, 0.06, shaded(board, 0.12));
      }
      pen.word(text, 0, base + (height - letterHeight) / 2, letterHeight, ink, 0.2);
    },
  };
}

export function bench(random: Random): Thing {
  const wood = random.pick(["#9a6a3e", "#7c5230", "#3f6a4a", "#a87a4c"].map(hex));
  return {
    category: "bench",
    attributes: { size: "small" },
    width: 1.8,
    height: 0.9,
    draw(pen) {
      pen.shadow(0, 1, 0.14);
      const iron = hex("#33363e");
      for (const x of [-0.72, 0.72]) {
        pen.stroke([x, 0, x, 0.45, x - 0.03, 0.9], 0.075, iron);
        pen.stroke([x + 0.1, 0, x + 0.1, 0.4], 0.06, iron);
      }
      for (const y of [0.55, 0.68, 0.81]) pen.rounded(-0.9, y, 1.8, 0.1, 0.02, shaded(wood, 0.18));
      pen.rounded(-0.92, 0.4, 1.84, 0.1, 0.02, shaded(lighten(wood, 0.2), 0.15));
    },
  };
}

export function trafficLight(random: Random): Thing {
  const color = random.pick(["red", "yellow", "green"] as const);
  return {
    category: "traffic light",
    attributes: { color, lit: true },
    width: 0.6,
    height: 3.4,
    draw(pen) {
      pen.shadow(0, 0.3, 0.08);
      pen.stroke([0, 0, 0, 2.3], 0.12, shaded(hex("#55585e")));
      pen.rounded(-0.27, 2.1, 0.54, 1.4, 0.1, shaded(hex("#26282e"), 0.1));
      const glows = { red: "#ff4032", yellow: "#ffc62e", green: "#3ee06a" } as const;
      (["green", "yellow", "red"] as const).forEach((name, i) => {
        const y = 2.34 + i * 0.45;
        const on = name === color;
        pen.ellipse(0, y, 0.17, 0.17, { color: on ? hex(glows[name]) : darken(hex(glows[name]), 0.82), shines: on });
        if (on) pen.glow(0, y, 0.42, hex(glows[name]), 0.5);
      });
    },
  };
}

/** Scenery: pickets from x0 to x1 (metres). */
export function fence(pen: Pen, x0: number, x1: number, color: Color = hex("#f0eadc")): void {
  const step = 0.42;
  for (const y of [0.35, 0.75]) pen.rect(x0, y, x1 - x0, 0.09, down(color, darken(color, 0.2)));
  for (let x = x0; x < x1; x += step)
    pen.poly([x, 0, x + 0.17, 0, x + 0.17, 0.98, x + 0.085, 1.12, x, 0.98], shaded(color, 0.15));
}

/** A pillar box with its slot and its plate of hours. */
export function letterBox(random: Random): Thing {
  const paint = named(random, ["red", "blue", "yellow", "green"]);
  return {
    category: "letter box",
    attributes: { color: paint.name, size: "small" },
    width: 0.6,
    height: 1.25,
    draw(pen) {
      pen.shadow(0, 0.4, 0.09);
      pen.rect(-0.22, 0, 0.44, 0.12, hex("#33363e"));
      pen.rounded(-0.28, 0.1, 0.56, 1.15, 0.26, shaded(paint.color, 0.3));
      pen.rect(-0.17, 0.86, 0.34, 0.06, darken(paint.color, 0.7));
      pen.rect(-0.14, 0.5, 0.28, 0.2, hex("#f6f0e2"));
    },
  };
}

/** A beach parasol; open. */
export function parasol(random: Random): Thing {
  const paint = named(random, ["red", "yellow", "blue", "orange", "green"]);
  return {
    category: "parasol",
    attributes: { color: paint.name, size: "large" },
    width: 2.6,
    height: 2.4,
    draw(pen) {
      pen.shadow(0, 1.3, 0.22);
      pen.stroke([0, 0, 0.1, 2.2], 0.07, hex("#e8dcc4"));
      pen.curve(
        [-1.3, 1.5, -0.9, 2.05, 0.1, 2.45, 1.1, 2.1, 1.45, 1.55, 1, 1.66, 0.6, 1.6, 0.1, 1.7, -0.4, 1.58, -0.9, 1.64],
        shaded(paint.color, 0.25),
        4,
      );
      for (const s of [-1, 1])
        pen.curve(
          [0.1, 2.42, 0.1 + s * 0.28, 2.1, 0.1 + s * 0.46, 1.62, 0.1 + s * 0.9, 1.64, 0.1 + s * 0.6, 2.12],
          shaded(hex("#fbf4e6"), 0.16),
          3,
        );
    },
  };
}
