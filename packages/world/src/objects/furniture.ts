import type { Random } from "@ssl4rl/core";
import { type Color, type ColorName, darken, hex, lighten, mix, named, vary } from "../palette.js";
import { ball, down, type Pen, shaded } from "../pen.js";
import type { Thing } from "../stage.js";

const woods = ["#8a5c36", "#a87a4c", "#6a4428", "#c09a6a", "#54382a"].map(hex);
const fabrics: readonly ColorName[] = ["red", "blue", "green", "gray", "yellow", "purple", "orange", "brown", "pink"];

function wood(random: Random): Color {
  return vary(random.pick(woods), random);
}

/** Seen from the front. Things may stand on it at `height`. */
export function table(random: Random, width = random.uniform(1.3, 1.9), height = 0.75): Thing {
  const timber = wood(random);
  const cloth = random.chance(0.25) ? named(random, ["white", "red", "blue", "yellow"]).color : null;
  return {
    category: "table",
    attributes: { size: "large", color: "brown" },
    width,
    height: height + 0.06,
    draw(pen) {
      pen.shadow(0, width * 0.6, 0.14);
      const half = width / 2;
      for (const x of [-half + 0.2, half - 0.2])
        pen.poly([x - 0.035, 0.09, x + 0.035, 0.09, x + 0.04, height, x - 0.04, height], darken(timber, 0.4));
      for (const x of [-half + 0.08, half - 0.08])
        pen.poly([x - 0.04, 0, x + 0.04, 0, x + 0.055, height, x - 0.055, height], shaded(timber, 0.3));
      pen.rect(-half + 0.06, height - 0.12, width - 0.12, 0.1, darken(timber, 0.22));
      pen.poly(
        [
          -half - 0.04,
          height - 0.03,
          half + 0.04,
          height - 0.03,
          half - 0.06,
          height + 0.1,
          -half + 0.06,
          height + 0.1,
        ],
        down(lighten(timber, 0.22), timber),
      );
      pen.rect(-half - 0.04, height - 0.08, width + 0.08, 0.055, darken(timber, 0.12));
      if (cloth) {
        pen.poly(
          [
            -half * 0.6,
            height - 0.03,
            half * 0.6,
            height - 0.03,
            half * 0.56,
            height + 0.1,
            -half * 0.56,
            height + 0.1,
          ],
          lighten(cloth, 0.3),
        );
        pen.poly(
          [
            -half * 0.6,
            height - 0.03,
            half * 0.6,
            height - 0.03,
            half * 0.6,
            height - 0.22,
            0,
            height - 0.3,
            -half * 0.6,
            height - 0.22,
          ],
          shaded(cloth, 0.15),
        );
      }
    },
  };
}

export function chair(random: Random): Thing {
  const timber = wood(random);
  const seat = named(random, ["red", "blue", "green", "yellow", "white"]);
  return {
    category: "chair",
    attributes: { color: "brown", size: "small" },
    width: 0.55,
    height: 0.98,
    draw(pen) {
      pen.shadow(0, 0.36, 0.09);
      pen.stroke([0.16, 0.06, 0.14, 0.45], 0.04, darken(timber, 0.4));
      pen.stroke([-0.16, 0.06, -0.17, 0.45], 0.04, darken(timber, 0.4));
      pen.stroke([-0.22, 0, -0.21, 0.5, -0.26, 0.98], 0.05, shaded(timber));
      pen.stroke([0.22, 0, 0.21, 0.45], 0.05, shaded(timber));
      pen.stroke([-0.1, 0.5, -0.14, 0.95], 0.035, darken(timber, 0.15));
      pen.rounded(-0.3, 0.84, 0.24, 0.14, 0.04, shaded(timber));
      pen.rounded(-0.3, 0.64, 0.22, 0.08, 0.03, shaded(timber));
      pen.poly(
        [-0.27, 0.43, 0.27, 0.43, 0.22, 0.53, -0.2, 0.53],
        down(lighten(seat.color, 0.2), darken(seat.color, 0.1)),
      );
      pen.rect(-0.27, 0.4, 0.54, 0.045, darken(timber, 0.2));
    },
  };
}

export function sofa(random: Random): Thing {
  const fabric = named(random, fabrics);
  const cushions = [
    named(random, ["yellow", "white", "orange", "pink", "blue"]).color,
    named(random, ["white", "green", "red"]).color,
  ];
  return {
    category: "sofa",
    attributes: { color: fabric.name, size: "large" },
    width: 2.1,
    height: 0.88,
    draw(pen) {
      pen.shadow(0, 1.2, 0.16);
      const c = fabric.color;
      for (const x of [-0.9, 0.86]) pen.rect(x, 0, 0.06, 0.12, hex("#3a2a22"));
      pen.rounded(-0.95, 0.3, 1.9, 0.58, 0.12, down(lighten(c, 0.1), darken(c, 0.2)));
      pen.stroke([0, 0.45, 0, 0.85], 0.018, { color: darken(c, 0.4), alpha: 0.7 });
      for (const [i, cushion] of cushions.entries()) {
        pen.at(i ? 0.55 : -0.55, 0.46, 1, i ? -0.2 : 0.15).rounded(-0.17, 0, 0.34, 0.32, 0.07, shaded(cushion, 0.25));
      }
      pen.rounded(-0.9, 0.1, 1.8, 0.22, 0.04, darken(c, 0.25));
      for (const x of [-0.84, 0.01]) pen.rounded(x, 0.28, 0.83, 0.2, 0.08, down(lighten(c, 0.2), darken(c, 0.06)));
      for (const x of [-1.06, 0.82]) pen.rounded(x, 0.1, 0.24, 0.52, 0.11, down(lighten(c, 0.16), darken(c, 0.22)));
    },
  };
}

export function bed(random: Random): Thing {
  const blanket = named(random, ["blue", "red", "green", "purple", "pink", "yellow", "orange"]);
  const timber = wood(random);
  return {
    category: "bed",
    attributes: { color: blanket.name, size: "large" },
    width: 2.7,
    height: 1.35,
    draw(root) {
      const pen = root.at(0, 0, 1.18);
      pen.shadow(0, 1.35, 0.18);
      pen.rounded(-1.15, 0, 0.14, 1.15, 0.05, shaded(timber, 0.3));
      pen.rounded(1.02, 0, 0.12, 0.7, 0.05, shaded(timber, 0.3));
      pen.rect(-1.05, 0.14, 2.1, 0.22, shaded(darken(timber, 0.1)));
      pen.rounded(-1.03, 0.32, 2.06, 0.24, 0.06, shaded(hex("#f4efe6"), 0.12));
      pen.curve([-1, 0.54, -0.98, 0.72, -0.76, 0.78, -0.5, 0.72, -0.48, 0.55], ball(hex("#faf7f0"), 0.16), 4);
      pen.curve(
        [
          -0.56, 0.2, -0.52, 0.6, -0.2, 0.68, 0.4, 0.64, 0.9, 0.66, 1.04, 0.56, 1.04, 0.2, 0.7, 0.16, 0.2, 0.21, -0.2,
          0.16,
        ],
        down(lighten(blanket.color, 0.16), darken(blanket.color, 0.2)),
        4,
      );
      pen.curve([-0.58, 0.5, -0.54, 0.64, -0.36, 0.68, -0.34, 0.22, -0.5, 0.2], lighten(blanket.color, 0.55), 3);
    },
  };
}

/** A lamp on a foot; it shines when lit. */
export function floorLamp(random: Random, lit: boolean): Thing {
  const shade = named(random, ["yellow", "white", "red", "green", "orange"]);
  return {
    category: "lamp",
    attributes: { color: shade.name, size: "large", lit },
    width: 0.5,
    height: 1.65,
    draw(pen) {
      pen.shadow(0, 0.3, 0.07);
      pen.ellipse(0, 0.03, 0.18, 0.035, hex("#3a3a40"));
      pen.stroke([0, 0.03, 0, 1.3], 0.035, shaded(hex("#6a6258")));
      const top = lit
        ? { color: lighten(shade.color, 0.75), to: lighten(shade.color, 0.15), run: "down" as const, shines: true }
        : shaded(shade.color, 0.2);
      pen.poly([-0.25, 1.22, 0.25, 1.22, 0.15, 1.65, -0.15, 1.65], top);
      if (lit) pen.glow(0, 1.4, 0.95, hex("#ffdf9a"), 0.5);
    },
  };
}

/** Open shelves full of books and small things. */
export function shelf(random: Random): Thing {
  const timber = wood(random);
  const boards = 3 + random.int(2);
  const width = random.uniform(1, 1.5);
  const height = boards * 0.42 + 0.1;
  return {
    category: "bookshelf",
    attributes: { size: "large" },
    width,
    height,
    draw(pen) {
      pen.shadow(0, width * 0.6, 0.1);
      const half = width / 2;
      pen.rect(-half, 0, width, height, shaded(darken(timber, 0.1)));
      for (let i = 0; i < boards; i++) {
        const y = 0.06 + i * 0.42;
        pen.rect(-half + 0.05, y, width - 0.1, 0.38, darken(timber, 0.5));
        let x = -half + 0.07;
        while (x < half - 0.14) {
          const wide = random.uniform(0.045, 0.085);
          if (random.chance(0.1)) {
            x += wide * 1.5;
            continue;
          }
          const tall = random.uniform(0.22, 0.34);
          const cover = vary(
            named(random, ["red", "blue", "green", "yellow", "brown", "white", "purple", "orange"]).color,
            random,
            0.1,
          );
          pen.rect(x, y, wide, tall, shaded(mix(cover, timber, 0.2), 0.2));
          pen.rect(x, y + tall * 0.72, wide, 0.02, lighten(cover, 0.5));
          x += wide + 0.006;
        }
        pen.rect(-half, y - 0.06, width, 0.06, shaded(lighten(timber, 0.12), 0.15));
      }
      pen.rect(-half - 0.03, height - 0.04, width + 0.06, 0.06, lighten(timber, 0.16));
    },
  };
}

/** Hangs; y = 0 is its lower edge. A small landscape or a portrait in a frame. */
export function picture(random: Random): Thing {
  const frame = random.pick(["#b8923e", "#3a2c26", "#f2ede2", "#7a4a2c"].map(hex));
  const [width, height] = random.pick([
    [0.8, 0.6],
    [0.55, 0.7],
    [0.6, 0.6],
  ]);
  const sky = random.pick(["#a8cfe4", "#f4c890", "#c8d8e8"].map(hex));
  const land = random.pick(["#6a9a58", "#c8a860", "#5a7a8a"].map(hex));
  return {
    category: "painting",
    attributes: { size: "small" },
    width,
    height,
    draw(pen) {
      const half = width / 2;
      pen.rect(-half + 0.03, -0.04, width, height, { color: hex("#1a1630"), alpha: 0.22 });
      pen.rect(-half, 0, width, height, shaded(frame, 0.3));
      pen.rect(-half + 0.06, 0.06, width - 0.12, height - 0.12, down(sky, lighten(sky, 0.5)));
      pen.ellipse(half * 0.4, height * 0.68, 0.06, 0.06, hex("#fbe9a8"));
      const hill = (level: number, color: Color) =>
        pen.poly(
          [
            -half + 0.06,
            0.06,
            half - 0.06,
            0.06,
            half - 0.06,
            height * level,
            width * 0.12,
            height * (level + 0.08),
            -width * 0.15,
            height * (level - 0.07),
            -half + 0.06,
            height * (level + 0.1),
          ],
          color,
        );
      hill(0.46, lighten(land, 0.25));
      hill(0.3, darken(land, 0.15));
    },
  };
}

/** Hangs; y = 0 is its lower edge. */
export function clock(random: Random): Thing {
  const rim = named(random, ["red", "black", "blue", "white", "brown"]);
  const hour = random.int(12);
  return {
    category: "clock",
    attributes: { color: rim.name, size: "small", hour },
    width: 0.62,
    height: 0.62,
    draw(root) {
      const pen = root.at(0, 0, 1.4);
      pen.ellipse(0.02, 0.19, 0.23, 0.23, { color: hex("#1a1630"), alpha: 0.2 });
      pen.ellipse(0, 0.22, 0.22, 0.22, shaded(rim.color, 0.25));
      pen.ellipse(0, 0.22, 0.18, 0.18, hex("#fbf7ea"));
      for (let i = 0; i < 12; i++) {
        const [x, y] = [Math.sin((i * Math.PI) / 6), Math.cos((i * Math.PI) / 6)];
        pen.stroke([x * 0.15, 0.22 + y * 0.15, x * 0.165, 0.22 + y * 0.165], 0.014, hex("#2a262c"));
      }
      const angle = (hour * Math.PI) / 6;
      pen.stroke([0, 0.22, 0.09 * Math.sin(angle), 0.22 + 0.09 * Math.cos(angle)], 0.024, hex("#2a262c"));
      pen.stroke([0, 0.22, 0, 0.36], 0.016, hex("#2a262c"));
    },
  };
}

/** A window in the wall with what is outside; y = 0 is the sill. */
export function roomWindow(random: Random, sky: readonly Color[], night: boolean): Thing {
  const curtain = random.chance(0.6)
    ? named(random, ["red", "blue", "green", "yellow", "white", "orange", "purple"]).color
    : null;
  const width = random.uniform(1, 1.5);
  const height = random.uniform(1.1, 1.4);
  const land = night ? hex("#1a2438") : random.pick(["#6a9a58", "#8aa860", "#5a8a6a"].map(hex));
  const far = random.int(3);
  return {
    category: "window",
    attributes: { size: "large" },
    width: width + (curtain ? 0.5 : 0.2),
    height: height + 0.15,
    draw(pen) {
      const half = width / 2;
      pen.rect(-half - 0.08, -0.06, width + 0.16, height + 0.14, shaded(hex("#f6f2ea"), 0.1));
      const shines = true;
      pen.rect(-half, 0, width, height, { color: sky[0], to: sky[2], run: "down", shines });
      if (night) {
        pen.ellipse(half * 0.4, height * 0.72, 0.08, 0.08, { color: hex("#f6f0d8"), shines });
        for (let i = 0; i < 7; i++)
          pen.ellipse(random.uniform(-0.9, 0.9) * half, height * random.uniform(0.5, 0.95), 0.01, 0.01, {
            color: hex("#f6f0e8"),
            shines,
          });
      } else pen.ellipse(-half * 0.4, height * 0.76, width * 0.2, 0.06, { color: hex("#ffffff"), alpha: 0.75, shines });
      pen.curve(
        [
          -half,
          0,
          -half,
          height * 0.3,
          -half * 0.3,
          height * 0.42,
          half * 0.4,
          height * 0.27,
          half,
          height * 0.36,
          half,
          0,
        ],
        { color: mix(land, sky[2], 0.35), shines },
        3,
      );
      pen.rect(-half, 0, width, height * 0.2, { color: land, shines });
      if (far === 0)
        pen.poly([-0.3, height * 0.16, 0.05, height * 0.16, -0.12, height * 0.5], { color: darken(land, 0.3), shines });
      if (far === 1) {
        pen.rect(0, height * 0.16, 0.26, height * 0.2, { color: hex(night ? "#3a3a50" : "#f0e4d0"), shines });
        pen.poly([-0.04, height * 0.36, 0.3, height * 0.36, 0.13, height * 0.5], {
          color: hex(night ? "#2a2438" : "#a8503c"),
          shines,
        });
      }
      pen.rect(-0.025, 0, 0.05, height, hex("#f2ede4"));
      pen.rect(-half, height * 0.52, width, 0.05, hex("#f2ede4"));
      pen.rect(-half - 0.14, -0.1, width + 0.28, 0.07, shaded(hex("#fbf8f2"), 0.15));
      if (!curtain) return;
      for (const s of [-1, 1]) {
        pen.curve(
          [
            s * (half + 0.2),
            height + 0.1,
            s * half * 0.55,
            height + 0.1,
            s * half * 0.62,
            height * 0.5,
            s * half * 0.85,
            -0.14,
            s * (half + 0.22),
            -0.16,
          ],
          shaded(curtain, 0.25),
          4,
        );
        for (const x of [0.75, 0.95])
          pen.bend([s * half * x, height, s * half * (x + 0.06), height * 0.4, s * half * (x + 0.12), -0.1], 0.02, {
            color: darken(curtain, 0.35),
            alpha: 0.5,
          });
      }
      pen.stroke([-half - 0.3, height + 0.1, half + 0.3, height + 0.1], 0.045, hex("#6a4a34"));
    },
  };
}

/** Scenery: an oval rug on the floor. */
export function rug(pen: Pen, width: number, depth: number): void {
  const color = named(pen.random, ["red", "blue", "green", "orange", "purple", "gray"]).color;
  pen.ellipse(0, 0, width / 2, depth / 2, darken(color, 0.15));
  pen.ellipse(0, 0, width * 0.46, depth * 0.44, lighten(color, 0.45));
  pen.ellipse(0, 0, width * 0.42, depth * 0.39, color);
  pen.ellipse(0, 0, width * 0.25, depth * 0.22, lighten(color, 0.3));
}

export function fridge(random: Random): Thing {
  const paint = named(random, ["white", "gray", "red", "blue", "green"]);
  return {
    category: "fridge",
    attributes: { color: paint.name, size: "large" },
    width: 0.78,
    height: 1.8,
    draw(pen) {
      pen.shadow(0, 0.5, 0.1);
      pen.rounded(-0.38, 0.04, 0.76, 1.76, 0.1, shaded(paint.color, 0.2));
      pen.rect(-0.38, 1.18, 0.76, 0.025, darken(paint.color, 0.4));
      for (const [y, h] of [
        [0.72, 0.36],
        [1.28, 0.24],
      ])
        pen.rounded(0.24, y, 0.05, h, 0.02, hex("#c8ccd0"));
      pen.rect(-0.22, 1.42, 0.14, 0.12, hex("#f6d34f"));
      pen.rect(-0.05, 1.5, 0.12, 0.1, hex("#ee8fb0"));
      for (const x of [-0.3, 0.24]) pen.rect(x, 0, 0.07, 0.05, hex("#2a2a30"));
    },
  };
}

export function stove(random: Random): Thing {
  const paint = named(random, ["white", "black", "red"]);
  return {
    category: "stove",
    attributes: { color: paint.name, size: "large" },
    width: 0.72,
    height: 0.9,
    draw(pen) {
      pen.shadow(0, 0.45, 0.09);
      pen.rect(-0.36, 0.03, 0.72, 0.87, shaded(paint.color, 0.2));
      pen.rect(-0.37, 0.88, 0.74, 0.05, hex("#2c2c32"));
      pen.rounded(-0.28, 0.16, 0.56, 0.42, 0.04, hex("#24242a"));
      pen.rounded(-0.23, 0.2, 0.46, 0.32, 0.03, down(hex("#5a3a24"), hex("#c8742c")));
      pen.rect(-0.26, 0.6, 0.52, 0.035, hex("#c8ccd0"));
      for (let i = 0; i < 4; i++)
        pen.ellipse(-0.24 + i * 0.16, 0.76, 0.045, 0.045, hex(paint.name === "black" ? "#c8ccd0" : "#33343c"));
    },
  };
}

/** Scenery: a run of kitchen cupboards with a worktop, its foot at y = 0. */
export function cupboards(pen: Pen, x0: number, x1: number, color: Color, top: Color): void {
  const doors = Math.max(1, Math.round((x1 - x0) / 0.55));
  const step = (x1 - x0) / doors;
  pen.rect(x0, 0, x1 - x0, 0.1, hex("#3a3430"));
  for (let i = 0; i < doors; i++) {
    pen.rect(x0 + i * step, 0.1, step, 0.75, shaded(color, 0.14));
    pen.rect(x0 + i * step + 0.05, 0.16, step - 0.1, 0.62, shaded(darken(color, 0.07), 0.1));
    pen.rounded(x0 + i * step + step * 0.78, 0.62, 0.03, 0.12, 0.012, hex("#4a4640"));
  }
  pen.rect(x0 - 0.03, 0.85, x1 - x0 + 0.06, 0.06, shaded(top, 0.15));
}

export function tv(_random: Random): Thing {
  return {
    category: "television",
    attributes: { color: "black", size: "large" },
    width: 1.3,
    height: 0.86,
    draw(pen) {
      pen.shadow(0, 0.5, 0.05);
      pen.rect(-0.2, 0, 0.4, 0.04, hex("#26262c"));
      pen.rect(-0.05, 0, 0.1, 0.14, hex("#26262c"));
      pen.rounded(-0.65, 0.1, 1.3, 0.76, 0.03, hex("#1c1c22"));
      pen.rect(-0.61, 0.14, 1.22, 0.68, { color: hex("#4a5a70"), to: hex("#1a1f2c"), run: "light" });
      pen.poly([-0.5, 0.82, -0.15, 0.82, -0.45, 0.14, -0.61, 0.14, -0.61, 0.6], { color: hex("#ffffff"), alpha: 0.08 });
    },
  };
}
