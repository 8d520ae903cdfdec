import type { Random } from "@ssl4rl/core";
import { type Color, darken, hex, lighten, mix, type NamedColor, named, vary } from "../palette.js";
import { down, type Fill, type Pen, shaded } from "../pen.js";
import type { Thing } from "../stage.js";

const glass = { color: hex("#5f7f96"), to: hex("#a9c4d0"), run: "down" as const };
const lamplight = { color: hex("#ffd98a"), to: hex("#f7a94a"), run: "down" as const, shines: true };

/** Light in the window at night, sky in it by day. */
export function pane(lit: boolean): Fill {
  return lit ? lamplight : glass;
}

/** A window with frame, cross and sill; (x, y) is its lower left corner. */
export function windowAt(
  pen: Pen,
  x: number,
  y: number,
  width: number,
  height: number,
  lit: boolean,
  frame: Color = hex("#f2ede2"),
): void {
  const rim = Math.min(width, height) * 0.12;
  pen.rect(x - rim, y - rim, width + 2 * rim, height + 2 * rim, frame);
  pen.rect(x, y, width, height, pane(lit));
  pen.rect(x + width / 2 - rim * 0.35, y, rim * 0.7, height, frame);
  pen.rect(x, y + height * 0.55, width, rim * 0.7, frame);
  pen.rect(x - rim * 1.6, y - rim * 1.8, width + rim * 3.2, rim * 1.1, shaded(darken(frame, 0.12)));
}

const roofs = ["#8a3f34", "#a5533c", "#6d3a36", "#5b5560", "#4c5a66", "#7c4a30", "#94603c"].map(hex);
const wallNames = ["white", "yellow", "pink", "blue", "red", "green", "orange", "gray", "brown"] as const;

/** Painted walls: the named colour, calmed a little. */
function wallColor(random: Random): NamedColor {
  const paint = named(random, wallNames);
  return { name: paint.name, color: paint.name === "white" ? paint.color : mix(paint.color, hex("#efe6d6"), 0.28) };
}

/** A house with a gable or a hip roof, one or two floors. `lights` is the share of lit windows. */
export function house(random: Random, lights = 0): Thing {
  const wall = wallColor(random);
  const roof = vary(random.pick(roofs), random);
  const floors = random.chance(0.55) ? 2 : 1;
  const width = random.uniform(6, 9);
  const eaves = floors * 2.7 + 0.3;
  const ridge = eaves + random.uniform(1.9, 3);
  const gable = random.chance(0.45);
  const door = vary(random.pick(["#5a3a26", "#2f5a6a", "#8a2f2c", "#3f5a3a"].map(hex)), random);
  const columns = width > 7.4 ? 4 : 3;
  const doorColumn = random.int(columns);
  const lit = Array.from({ length: 12 }, () => random.chance(lights));
  const chimney = random.chance(0.7) ? random.uniform(0.2, 0.36) * random.pick([-1, 1]) : 0;
  const timber = random.chance(0.2);
  return {
    category: "house",
    attributes: { color: wall.name, size: floors === 2 ? "large" : "small", lit: lit.includes(true) },
    width: width + 0.8,
    height: ridge,
    draw(pen) {
      pen.shadow(0, width * 0.62, 0.8);
      const half = width / 2;
      if (chimney !== 0) {
        const x = chimney * width;
        pen.rect(x - 0.35, eaves, 0.7, ridge - eaves + 0.35, shaded(hex("#8c5648")));
        pen.rect(x - 0.45, ridge + 0.25, 0.9, 0.2, hex("#6d4238"));
      }
      const outline = gable
        ? [-half, 0, half, 0, half, eaves, 0, ridge - 0.15, -half, eaves]
        : [-half, 0, half, 0, half, eaves, -half, eaves];
      const plaster = { seed: floors, amount: 0.07, width: 0.03, height: 0.02, octaves: 2, kind: "grain" as const };
      pen.poly(outline, { ...shaded(wall.color, 0.16), texture: plaster });
      pen.rect(-half, 0, width, 0.35, darken(wall.color, 0.3));
      if (timber) {
        for (const x of [-half + 0.1, -half / 3, half / 3, half - 0.1])
          pen.rect(x - 0.09, 0.3, 0.18, eaves - 0.3, hex("#6b4a34"));
        pen.rect(-half, 2.7, width, 0.18, hex("#6b4a34"));
      }
      const step = width / columns;
      for (let floor = 0; floor < floors; floor++) {
        for (let column = 0; column < columns; column++) {
          const x = -half + (column + 0.5) * step;
          if (floor === 0 && column === doorColumn) {
            pen.rect(x - 0.62, 0, 1.24, 2.2, lighten(wall.color, 0.4));
            pen.rect(x - 0.5, 0, 1, 2.1, shaded(door));
            pen.rect(x - 0.3, 1.35, 0.6, 0.5, pane(lit[column]));
            pen.ellipse(x + 0.36, 1, 0.07, 0.07, hex("#e0c060"));
            pen.rect(x - 0.75, 0, 1.5, 0.16, hex("#a9a49c"));
          } else {
            windowAt(pen, x - 0.5, floor * 2.7 + 1, 1, 1.25, lit[(floor * columns + column) % 12]);
          }
        }
      }
      // The shadow of the eaves sits on the wall.
      pen.rect(-half, eaves - 0.35, width, 0.35, {
        color: hex("#1a1630"),
        to: hex("#1a1630"),
        run: "down",
        alpha: 0.35,
        alphaTo: 0,
      });
      const over = 0.45;
      if (gable) {
        const slope = (ridge - eaves) / half;
        const tip = [0, ridge + 0.12];
        const thick = 0.42;
        pen.poly(
          [
            ...tip,
            -half - over,
            eaves - over * slope,
            -half - over,
            eaves - over * slope - thick * 0.6,
            0,
            ridge - thick,
          ],
          shaded(roof, 0.15),
        );
        pen.poly(
          [
            ...tip,
            half + over,
            eaves - over * slope,
            half + over,
            eaves - over * slope - thick * 0.6,
            0,
            ridge - thick,
          ],
          shaded(darken(roof, 0.18), 0.15),
        );
        pen.ellipse(0, eaves + (ridge - eaves) * 0.35, 0.5, 0.5, hex("#f2ede2"));
        pen.ellipse(0, eaves + (ridge - eaves) * 0.35, 0.36, 0.36, pane(lit[11]));
      } else {
        const inset = width * 0.16;
        const roofShape = [
          -half - over,
          eaves - 0.1,
          half + over,
          eaves - 0.1,
          half - inset,
          ridge,
          -half + inset,
          ridge,
        ];
        pen.poly(roofShape, down(lighten(roof, 0.14), darken(roof, 0.2)));
        for (let row = 1; row < 5; row++) {
          const t = row / 5;
          const reach = half + over - (over + inset) * t;
          const y = eaves - 0.1 + (ridge - eaves + 0.1) * t;
          pen.rect(-reach, y, 2 * reach, 0.07, { color: darken(roof, 0.35), alpha: 0.5 });
        }
        pen.rect(-half - over, eaves - 0.22, width + 2 * over, 0.16, lighten(roof, 0.4));
      }
    },
  };
}

/** A tall building of storeys. `lights` is the share of lit windows. */
export function tower(random: Random, lights = 0): Thing {
  const width = random.uniform(9, 16);
  const storeys = 6 + random.int(12);
  const height = storeys * 3.2 + 2;
  const wall = vary(
    random.pick(["#b9a48e", "#8f99a6", "#a86f58", "#c9c0b0", "#6f8090", "#7a6a72", "#93a39a", "#b88a6a"].map(hex)),
    random,
  );
  const columns = Math.round(width / 2.2);
  const ribbon = random.chance(0.3);
  const crown = random.int(4);
  const lit = Array.from({ length: 61 }, () => random.chance(lights));
  return {
    category: "tower",
    attributes: { lit: lit.includes(true) },
    width,
    height,
    draw(pen) {
      const half = width / 2;
      if (crown === 0) pen.stroke([0, height, 0, height + 7], 0.5, hex("#4a4a56"), 0.15);
      if (crown === 1) pen.rect(-half * 0.6, height, half * 1.2, 2.4, shaded(darken(wall, 0.1)));
      if (crown === 2) pen.poly([-half, height, half, height, 0, height + width * 0.45], shaded(darken(wall, 0.25)));
      pen.rect(-half, 0, width, height, { ...shaded(wall, 0.22) });
      pen.rect(half * 0.62, 0, half * 0.38, height, { color: hex("#1a1630"), alpha: 0.16 });
      const step = width / columns;
      for (let storey = 0; storey < storeys; storey++) {
        const y = storey * 3.2 + 1.6;
        if (ribbon && lights === 0) {
          pen.rect(-half + 0.5, y, width - 1, 1.6, { color: hex("#46617a"), to: hex("#9dbccb"), run: "light" });
          continue;
        }
        for (let column = 0; column < columns; column++) {
          const on = lit[(storey * 17 + column * 7) % 61];
          pen.rect(
            -half + column * step + step * 0.2,
            y,
            step * 0.6,
            1.7,
            on ? pane(true) : lights > 0 ? hex("#3b4860") : hex("#54708a"),
          );
        }
      }
      pen.rect(-half - 0.2, height - 0.5, width + 0.4, 0.6, lighten(wall, 0.25));
    },
  };
}

export const shopWords: readonly string[] = ["CAFE", "BAKERY", "BOOKS", "TOYS", "HOTEL", "FRUIT", "BANK", "SHOES"];

/** A shop front with an awning and its word above the window. */
export function shop(random: Random, lights = 0): Thing {
  const letters = random.pick(shopWords);
  const wall = wallColor(random);
  const awning = named(random, ["red", "green", "blue", "orange", "purple"]);
  const lit = random.chance(lights);
  const width = Math.max(6.5, letters.length * 1.25 + 1.6);
  const height = 7.4;
  return {
    category: "shop",
    attributes: { color: wall.name, letters, letterHeight: 0.9, lit },
    width,
    height,
    draw(pen) {
      pen.shadow(0, width * 0.58, 0.6);
      const half = width / 2;
      pen.rect(-half, 0, width, height, shaded(wall.color, 0.16));
      for (let i = 0; i < 3; i++)
        windowAt(pen, -half + width * (0.12 + i * 0.3), 5.3, width * 0.16, 1.3, lit && i !== 1);
      pen.rect(-half - 0.2, height - 0.2, width + 0.4, 0.5, shaded(lighten(wall.color, 0.5)));
      pen.rect(-half, 0, width, 0.5, darken(wall.color, 0.35));
      pen.rect(-half + 0.5, 0.5, width * 0.56, 2.3, hex("#3a2c26"));
      pen.rect(-half + 0.62, 0.62, width * 0.56 - 0.24, 2.06, pane(lit));
      for (let i = 0; i < 4; i++) {
        const x = -half + 1 + i * width * 0.13;
        pen.ellipse(x, 0.9, 0.24, 0.3, shaded(vary(awning.color, random, 0.3)));
      }
      pen.rect(half * 0.32, 0, half * 0.48, 2.6, shaded(hex("#4a3328")));
      pen.rect(half * 0.4, 0.9, half * 0.32, 1.5, pane(lit));
      const stripes = 8;
      for (let i = 0; i < stripes; i++) {
        const [x0, x1] = [-half + (i / stripes) * width, -half + ((i + 1) / stripes) * width];
        const stripe = i % 2 ? hex("#f4eee2") : awning.color;
        pen.poly(
          [x0 * 0.96, 3.6, x1 * 0.96, 3.6, x1 * 1.04, 2.75, x0 * 1.04, 2.75],
          down(lighten(stripe, 0.1), darken(stripe, 0.15)),
        );
        pen.ellipse(((x0 + x1) / 2) * 1.04, 2.75, (x1 - x0) / 2, 0.2, darken(stripe, 0.12));
      }
      pen.rect(-half + 0.3, 3.65, width - 0.6, 1.35, shaded(hex("#f6f0e0"), 0.1));
      pen.word(letters, 0, 3.88, 0.9, hex("#2a2530"), 0.2);
    },
  };
}

/** A red or brown barn with a big door. */
export function barn(random: Random): Thing {
  const wall = named(random, ["red", "brown", "gray"]);
  const trim = hex("#f2ebdc");
  return {
    category: "barn",
    attributes: { color: wall.name, size: "large" },
    width: 11,
    height: 9,
    draw(pen) {
      pen.shadow(0, 6.6, 0.9);
      pen.poly([-5, 0, 5, 0, 5, 4.6, 3.4, 7.2, 0, 8.8, -3.4, 7.2, -5, 4.6], shaded(wall.color, 0.2));
      for (let x = -4.5; x < 5; x += 0.9) pen.rect(x, 0, 0.06, 4.8, { color: darken(wall.color, 0.4), alpha: 0.6 });
      const roof = hex("#5d5058");
      pen.stroke([-5.5, 4.1, -3.7, 7.4, 0, 9.1, 3.7, 7.4, 5.5, 4.1], 0.6, shaded(roof));
      pen.rect(-1.9, 0, 3.8, 3.7, trim);
      pen.rect(-1.65, 0, 3.3, 3.45, darken(wall.color, 0.25));
      pen.stroke([-1.6, 0.1, 1.6, 3.4], 0.22, trim);
      pen.stroke([1.6, 0.1, -1.6, 3.4], 0.22, trim);
      pen.rect(-0.95, 5.2, 1.9, 1.6, trim);
      pen.rect(-0.7, 5.4, 1.4, 1.2, hex("#2b2430"));
    },
  };
}

/** A striped lighthouse. Its lamp shines at night. */
export function lighthouse(random: Random, night: boolean): Thing {
  const stripe = named(random, ["red", "blue", "black"]);
  return {
    category: "lighthouse",
    attributes: { size: "large", lit: night },
    width: 6,
    height: 18,
    draw(pen) {
      pen.shadow(0, 3.4, 0.6);
      const half = (y: number) => 2.1 - y * 0.075;
      for (let i = 0; i < 5; i++) {
        const [y0, y1] = [i * 2.8, (i + 1) * 2.8];
        const paint = i % 2 ? stripe.color : hex("#f6f2ea");
        pen.poly([-half(y0), y0, half(y0), y0, half(y1), y1, -half(y1), y1], shaded(paint, 0.3));
      }
      pen.rect(-0.45, 0, 0.9, 1.7, hex("#4a3328"));
      pen.rect(-0.25, 5.8, 0.5, 0.9, hex("#33475a"));
      pen.rect(-1.6, 14, 3.2, 0.35, hex("#3a3a44"));
      pen.rect(-0.8, 14.3, 1.6, 1.7, night ? pane(true) : glass);
      pen.poly([-1.15, 16, 1.15, 16, 0, 17.8], shaded(stripe.color));
      if (night) {
        pen.poly([0.3, 15.2, 26, 17.6, 26, 12.6], {
          color: hex("#ffe9a8"),
          to: hex("#ffe9a8"),
          run: "light",
          alpha: 0.28,
          alphaTo: 0,
          shines: true,
        });
        pen.glow(0, 15.2, 4, hex("#fff0b8"), 0.85);
      }
    },
  };
}

/** A village church with a spire and a clock. */
export function church(random: Random, lights = 0): Thing {
  const wall = random.pick(["#efe8d8", "#d8cdb8", "#c9bda6"].map(hex));
  const roof = random.pick(["#5c6a78", "#7c4038", "#4f5a54"].map(hex));
  const lit = random.chance(lights);
  const hour = random.uniform(0, 2 * Math.PI);
  return {
    category: "church",
    attributes: { size: "large", lit },
    width: 12,
    height: 18,
    draw(pen) {
      pen.shadow(0, 7, 0.9);
      pen.rect(-2, 0, 8, 5.4, shaded(wall, 0.18));
      pen.poly([-2.3, 5.2, 6.3, 5.2, 5.6, 8.4, -2.3, 8.4], down(lighten(roof, 0.15), darken(roof, 0.15)));
      for (let i = 0; i < 3; i++) {
        pen.rounded(0.2 + i * 1.9, 1.6, 0.9, 2.6, 0.45, pane(lit));
      }
      pen.rect(-5.4, 0, 3.8, 10.5, shaded(lighten(wall, 0.15), 0.22));
      pen.poly([-5.8, 10.3, -1.2, 10.3, -3.5, 17.2], shaded(roof, 0.3));
      pen.stroke([-3.5, 17, -3.5, 18.4], 0.16, hex("#c9a648"));
      pen.stroke([-3.95, 17.9, -3.05, 17.9], 0.16, hex("#c9a648"));
      pen.ellipse(-3.5, 8.7, 1.05, 1.05, hex("#2e3340"));
      pen.ellipse(-3.5, 8.7, 0.88, 0.88, hex("#f6f0dc"));
      pen.stroke([-3.5, 8.7, -3.5 + 0.5 * Math.cos(hour), 8.7 + 0.5 * Math.sin(hour)], 0.14, hex("#2e3340"));
      pen.stroke([-3.5, 8.7, -3.5, 9.4], 0.1, hex("#2e3340"));
      pen.rounded(-4.1, 0, 1.2, 2.6, 0.6, hex("#5a3d2a"));
      pen.rounded(-3.9, 4.4, 0.8, 2, 0.4, pane(lit));
    },
  };
}

/** A windmill with four sails. */
export function windmill(random: Random): Thing {
  const angle = random.uniform(0.2, 1.3);
  const body = random.pick(["#e9dfcc", "#a8664c", "#c8b89a"].map(hex));
  return {
    category: "windmill",
    attributes: { size: "large" },
    width: 11,
    height: 14,
    draw(pen) {
      pen.shadow(0, 3.6, 0.6);
      pen.poly([-2.6, 0, 2.6, 0, 1.6, 8, -1.6, 8], shaded(body, 0.3));
      pen.curve([-1.9, 7.8, 1.9, 7.8, 1.3, 9.4, 0, 9.9, -1.3, 9.4], shaded(hex("#6a4436"), 0.25));
      pen.rounded(-0.6, 0, 1.2, 2.1, 0.5, hex("#4a3226"));
      pen.rect(-0.35, 4.4, 0.7, 1, hex("#3a4a5a"));
      for (let i = 0; i < 4; i++) {
        const sail = pen.at(0, 8.5, 1, angle + (i * Math.PI) / 2);
        sail.stroke([0, 0, 5.4, 0], 0.22, hex("#54382a"));
        sail.poly([0.9, 0.1, 5.4, 0.1, 5.4, 1.1, 0.9, 0.9], { color: hex("#f2ead8"), alpha: 0.92 });
        for (let k = 1; k < 5; k++) sail.stroke([k * 1.1, 0.1, k * 1.1, 1], 0.08, hex("#7c5c44"));
      }
      pen.ellipse(0, 8.5, 0.35, 0.35, hex("#3e2a22"));
    },
  };
}
