import type { Random } from "@ssl4rl/core";
import { type ColorName, darken, hex, lighten, named, vary } from "../palette.js";
import { ball, down, type Pen, shaded } from "../pen.js";
import type { Thing } from "../stage.js";
import { signLetters } from "./street.js";

const glaze: readonly ColorName[] = ["red", "blue", "green", "yellow", "white", "orange", "purple", "pink"];

export function cup(random: Random): Thing {
  const paint = named(random, glaze);
  const steam = random.chance(0.4);
  return {
    category: "cup",
    attributes: { color: paint.name, size: "small" },
    width: 0.13,
    height: 0.1,
    draw(pen) {
      pen.shadow(0, 0.075, 0.018, 1.3);
      pen.bend([0.042, 0.075, 0.082, 0.07, 0.075, 0.035, 0.04, 0.028], 0.014, shaded(darken(paint.color, 0.1)));
      pen.curve(
        [-0.05, 0.1, -0.048, 0.04, -0.034, 0.004, 0.034, 0.004, 0.048, 0.04, 0.05, 0.1],
        shaded(paint.color, 0.32),
        3,
      );
      pen.ellipse(0, 0.098, 0.052, 0.013, lighten(paint.color, 0.35));
      pen.ellipse(0, 0.097, 0.044, 0.009, hex("#5a3420"));
      if (steam)
        for (const x of [-0.015, 0.015])
          pen.bend(
            [x, 0.11, x + 0.012, 0.13, x - 0.006, 0.15, x + 0.008, 0.175],
            0.01,
            { color: hex("#ffffff"), alpha: 0.35 },
            0.003,
          );
    },
  };
}

export function bottle(random: Random): Thing {
  const paint = named(random, ["green", "brown", "blue", "red"]);
  return {
    category: "bottle",
    attributes: { color: paint.name, size: "large" },
    width: 0.09,
    height: 0.3,
    draw(pen) {
      pen.shadow(0, 0.06, 0.016, 1.3);
      pen.curve(
        [
          -0.04, 0.002, -0.042, 0.15, -0.034, 0.185, -0.015, 0.215, -0.014, 0.285, 0.014, 0.285, 0.015, 0.215, 0.034,
          0.185, 0.042, 0.15, 0.04, 0.002,
        ],
        shaded(paint.color, 0.4),
        3,
      );
      pen.rect(-0.041, 0.05, 0.082, 0.085, shaded(hex("#f4ead2"), 0.15));
      pen.rect(-0.03, 0.085, 0.06, 0.02, darken(paint.color, 0.3));
      pen.rect(-0.017, 0.268, 0.034, 0.035, hex("#c8a85a"));
      pen.stroke([-0.028, 0.145, -0.028, 0.175], 0.007, { color: hex("#ffffff"), alpha: 0.6 });
    },
  };
}

export function glassOfWater(random: Random): Thing {
  const drink = random.pick(["#e8862a", "#d8e8f0", "#b03a4a", "#e8c85a"].map(hex));
  return {
    category: "glass",
    attributes: { size: "small" },
    width: 0.08,
    height: 0.13,
    draw(pen) {
      pen.shadow(0, 0.05, 0.014);
      pen.poly([-0.038, 0.13, 0.038, 0.13, 0.03, 0, -0.03, 0], { color: hex("#dfeef2"), alpha: 0.72 });
      pen.poly([-0.034, 0.095, 0.034, 0.095, 0.027, 0.008, -0.027, 0.008], { ...shaded(drink, 0.2), alpha: 0.88 });
      pen.ellipse(0, 0.13, 0.038, 0.007, { color: hex("#ffffff"), alpha: 0.8 });
      pen.stroke([-0.025, 0.11, -0.02, 0.03], 0.007, { color: hex("#ffffff"), alpha: 0.6 });
      pen.stroke([0.005, 0.03, 0.03, 0.19], 0.008, hex("#e05a6a"));
    },
  };
}

type Fruit = "apple" | "orange" | "lemon" | "pear" | "banana";

export function fruit(
  random: Random,
  species: Fruit = random.pick(["apple", "orange", "lemon", "pear", "banana"]),
): Thing {
  const choices: Record<Fruit, readonly ColorName[]> = {
    apple: ["red", "green", "yellow"],
    orange: ["orange"],
    lemon: ["yellow"],
    pear: ["green", "yellow"],
    banana: ["yellow"],
  };
  const paint = named(random, choices[species]);
  const height = { apple: 0.085, orange: 0.085, lemon: 0.062, pear: 0.11, banana: 0.07 }[species];
  return {
    category: species,
    attributes: { color: paint.name, size: "small" },
    width: species === "banana" ? 0.18 : 0.088,
    height,
    draw(pen) {
      pen.shadow(0, species === "banana" ? 0.09 : 0.055, 0.015, 1.3);
      if (species === "banana") {
        pen.curve(
          [
            -0.085, 0.062, -0.06, 0.016, 0, 0.002, 0.06, 0.018, 0.088, 0.066, 0.078, 0.07, 0.045, 0.042, 0, 0.034,
            -0.045, 0.04, -0.075, 0.07,
          ],
          shaded(paint.color, 0.22),
          4,
        );
        pen.ellipse(-0.082, 0.066, 0.008, 0.01, hex("#5a4020"));
        pen.ellipse(0.084, 0.07, 0.007, 0.01, hex("#5a4020"));
        return;
      }
      if (species === "pear") {
        pen.curve(
          [
            0, 0.002, -0.042, 0.012, -0.046, 0.045, -0.022, 0.078, -0.012, 0.105, 0.012, 0.105, 0.022, 0.078, 0.046,
            0.045, 0.042, 0.012,
          ],
          ball(paint.color),
          4,
        );
        pen.stroke([0, 0.1, 0.008, 0.125], 0.007, hex("#5a3a24"));
        return;
      }
      if (species === "lemon") {
        pen.curve(
          [-0.05, 0.03, -0.032, 0.008, 0, 0, 0.032, 0.008, 0.052, 0.03, 0.032, 0.054, 0, 0.062, -0.032, 0.054],
          ball(paint.color),
          4,
        );
        return;
      }
      pen.ellipse(0, 0.042, 0.044, 0.042, ball(paint.color, 0.36));
      if (species === "apple") {
        pen.bend([0, 0.076, 0.004, 0.09, 0.012, 0.1], 0.007, hex("#5a3a24"));
        pen.curve([0.006, 0.086, 0.026, 0.1, 0.044, 0.092, 0.026, 0.082], hex("#5a9a48"), 3);
      } else pen.ellipse(0.002, 0.08, 0.007, 0.004, hex("#4a7a34"));
      pen.ellipse(0.016 * pen.facing * pen.side, 0.06, 0.01, 0.007, { color: hex("#ffffff"), alpha: 0.55 });
    },
  };
}

/** A bowl heaped with fruit. */
export function fruitBowl(random: Random): Thing {
  const paint = named(random, ["blue", "white", "brown", "green"]);
  const heap = Array.from({ length: 5 }, () =>
    vary(named(random, ["red", "orange", "yellow", "green"]).color, random, 0.05),
  );
  return {
    category: "bowl",
    attributes: { color: paint.name, size: "large" },
    width: 0.34,
    height: 0.2,
    draw(pen) {
      pen.shadow(0, 0.19, 0.03, 1.3);
      for (const [i, color] of heap.entries()) {
        const [x, y] = [[-0.085, 0.085, 0, -0.045, 0.048][i], [0.125, 0.125, 0.13, 0.17, 0.165][i]];
        pen.ellipse(x, y, 0.05, 0.048, ball(color, 0.34));
      }
      pen.curve(
        [-0.17, 0.125, -0.12, 0.03, -0.06, 0.004, 0.06, 0.004, 0.12, 0.03, 0.17, 0.125, 0, 0.105],
        shaded(paint.color, 0.3),
        4,
      );
      pen.bend([-0.165, 0.122, 0, 0.102, 0.165, 0.122], 0.012, lighten(paint.color, 0.5));
    },
  };
}

/** A vase with three flowers. */
export function vase(random: Random): Thing {
  const paint = named(random, ["blue", "white", "red", "green", "purple"]);
  const heads = Array.from(
    { length: 3 },
    () => named(random, ["red", "yellow", "pink", "white", "orange", "purple"]).color,
  );
  return {
    category: "vase",
    attributes: { color: paint.name, size: "large" },
    width: 0.26,
    height: 0.42,
    draw(pen) {
      pen.shadow(0, 0.09, 0.02, 1.3);
      heads.forEach((color, i) => {
        const [x, y] = [[-0.09, 0.085, 0][i], [0.33, 0.32, 0.39][i]];
        pen.bend([0, 0.17, x * 0.5, 0.26, x, y], 0.01, hex("#4e8a3e"));
        pen.curve([x * 0.5, 0.25, x * 0.9 + 0.03, 0.27, x + 0.05, 0.25, x * 0.7 + 0.02, 0.235], hex("#5a9a48"), 3);
        for (let k = 0; k < 6; k++)
          pen.ellipse(
            x + 0.027 * Math.cos(k * 1.05),
            y + 0.027 * Math.sin(k * 1.05),
            0.024,
            0.018,
            shaded(color, 0.22),
            k * 1.05,
          );
        pen.ellipse(x, y, 0.016, 0.016, hex("#f2c53a"));
      });
      pen.curve(
        [
          -0.035, 0.2, -0.03, 0.16, -0.07, 0.1, -0.062, 0.03, -0.035, 0.003, 0.035, 0.003, 0.062, 0.03, 0.07, 0.1, 0.03,
          0.16, 0.035, 0.2,
        ],
        shaded(paint.color, 0.34),
        3,
      );
      pen.ellipse(0, 0.195, 0.036, 0.009, darken(paint.color, 0.4));
    },
  };
}

export function book(random: Random): Thing {
  const paint = named(random, ["red", "blue", "green", "purple", "orange", "brown"]);
  return {
    category: "book",
    attributes: { color: paint.name, size: "small" },
    width: 0.28,
    height: 0.07,
    draw(pen) {
      pen.shadow(0, 0.16, 0.02, 1.2);
      pen.rounded(-0.135, 0.002, 0.27, 0.062, 0.008, shaded(paint.color, 0.25));
      pen.rect(-0.115, 0.013, 0.26, 0.04, down(hex("#fbf6e8"), hex("#d8ccb4")));
      pen.rect(-0.137, 0.002, 0.03, 0.062, darken(paint.color, 0.2));
      for (const y of [0.024, 0.034, 0.044]) pen.rect(-0.105, y, 0.25, 0.003, hex("#c4b89e"));
    },
  };
}

export function candle(random: Random, lit: boolean): Thing {
  const wax = named(random, ["white", "red", "yellow"]);
  return {
    category: "candle",
    attributes: { color: wax.name, size: "small", lit },
    width: 0.08,
    height: 0.23,
    draw(pen) {
      pen.shadow(0, 0.06, 0.015);
      pen.ellipse(0, 0.012, 0.05, 0.012, shaded(hex("#b8923e")));
      pen.rounded(-0.022, 0.01, 0.044, 0.17, 0.008, shaded(wax.color, 0.25));
      pen.stroke([0, 0.18, 0, 0.195], 0.005, hex("#2a2422"));
      if (!lit) return;
      pen.glow(0, 0.21, 0.14, hex("#ffcf7a"), 0.65);
      pen.curve(
        [-0.012, 0.2, 0, 0.192, 0.012, 0.2, 0.002, 0.245],
        { color: hex("#fff2b8"), to: hex("#ff9a2e"), run: "down", shines: true },
        4,
      );
    },
  };
}

export function toyBall(random: Random): Thing {
  const paint = named(random, ["red", "blue", "green", "yellow", "orange", "purple"]);
  return {
    category: "ball",
    attributes: { color: paint.name, size: "small" },
    width: 0.3,
    height: 0.3,
    draw(pen) {
      pen.shadow(0, 0.19, 0.045, 1.2);
      pen.ellipse(0, 0.15, 0.15, 0.15, ball(paint.color, 0.4));
      pen.bend([-0.13, 0.2, 0, 0.14, 0.14, 0.19], 0.028, { color: hex("#fbf6ea"), alpha: 0.85 });
      pen.ellipse(0.06 * pen.facing * pen.side, 0.21, 0.03, 0.022, { color: hex("#ffffff"), alpha: 0.6 });
    },
  };
}

/** A wooden cube with a letter on its face. */
export function letterBlock(random: Random): Thing {
  const paint = named(random, ["red", "blue", "green", "yellow", "orange", "purple"]);
  const letter = random.pick(signLetters);
  const timber = hex("#e4c48e");
  return {
    category: "toy block",
    attributes: { color: paint.name, size: "small", letters: letter, letterHeight: 0.1 },
    width: 0.19,
    height: 0.2,
    draw(pen) {
      pen.shadow(0, 0.14, 0.025, 1.3);
      pen.poly([-0.09, 0.17, 0.07, 0.17, 0.1, 0.2, -0.055, 0.2], lighten(timber, 0.45));
      pen.poly([0.07, 0, 0.1, 0.035, 0.1, 0.2, 0.07, 0.17], darken(timber, 0.3));
      pen.rect(-0.09, 0, 0.16, 0.17, shaded(timber, 0.14));
      pen.rect(-0.075, 0.015, 0.13, 0.14, shaded(paint.color, 0.12));
      pen.word(letter, -0.01, 0.034, 0.1, hex(paint.name === "yellow" ? "#3a2c26" : "#fbf6ea"), 0.2);
    },
  };
}

export function teapot(random: Random): Thing {
  const paint = named(random, glaze);
  return {
    category: "teapot",
    attributes: { color: paint.name, size: "large" },
    width: 0.32,
    height: 0.2,
    draw(pen) {
      pen.shadow(0, 0.14, 0.025, 1.3);
      pen.bend([-0.085, 0.13, -0.16, 0.13, -0.15, 0.06, -0.08, 0.05], 0.018, shaded(darken(paint.color, 0.12)));
      pen.curve(
        [0.07, 0.04, 0.12, 0.075, 0.165, 0.145, 0.145, 0.148, 0.1, 0.11, 0.07, 0.1],
        shaded(paint.color, 0.2),
        4,
      );
      pen.curve(
        [-0.06, 0.003, -0.105, 0.06, -0.09, 0.12, -0.04, 0.15, 0.04, 0.15, 0.09, 0.12, 0.105, 0.06, 0.06, 0.003],
        ball(paint.color, 0.34),
        4,
      );
      pen.curve(
        [-0.055, 0.145, 0, 0.132, 0.055, 0.145, 0.035, 0.168, 0, 0.174, -0.035, 0.168],
        shaded(lighten(paint.color, 0.1), 0.2),
        3,
      );
      pen.ellipse(0, 0.183, 0.014, 0.014, darken(paint.color, 0.2));
      pen.bend([-0.09, 0.075, 0, 0.062, 0.09, 0.075], 0.01, { color: lighten(paint.color, 0.7), alpha: 0.85 });
    },
  };
}

/** A plant in a pot. `scale` 1 is 0.5 m high: for a sill or a table; 2.4 for the floor. */
export function potPlant(random: Random, scale = 1): Thing {
  const pot = named(random, ["brown", "white", "blue", "orange", "red"]);
  const leaf = vary(random.pick(["#4c8a3a", "#5f9a3e", "#3f7a52"].map(hex)), random);
  const pointed = random.chance(0.5);
  return {
    category: "plant",
    attributes: { color: "green", size: scale > 1.5 ? "large" : "small" },
    width: 0.42 * scale,
    height: 0.52 * scale,
    draw(root: Pen) {
      const pen = root.at(0, 0, scale);
      pen.shadow(0, 0.13, 0.025, 1.2);
      const leaves = 13;
      for (let i = 0; i < leaves; i++) {
        const angle = Math.PI * (0.08 + (0.84 * ((i * 5) % leaves)) / (leaves - 1));
        const reach = random.uniform(0.2, 0.32);
        const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
        const wide = pointed ? 0.028 : 0.055;
        const tone = vary(i < 6 ? darken(leaf, 0.28) : lighten(leaf, 0.08), random, 0.08);
        const [x0, y0, x1, y1] = [dx * 0.03, 0.18, dx * reach, 0.18 + dy * reach];
        pen.curve(
          [
            x0,
            y0,
            x0 + (x1 - x0) * 0.55 - dy * wide,
            y0 + (y1 - y0) * 0.6 + dx * wide,
            x1,
            y1 - Math.abs(dx) * 0.05,
            x0 + (x1 - x0) * 0.55 + dy * wide,
            y0 + (y1 - y0) * 0.6 - dx * wide,
          ],
          shaded(tone, 0.22),
          4,
        );
      }
      pen.poly([-0.11, 0.2, 0.11, 0.2, 0.08, 0, -0.08, 0], shaded(pot.color, 0.32));
      pen.rounded(-0.12, 0.165, 0.24, 0.05, 0.012, shaded(lighten(pot.color, 0.12), 0.25));
    },
  };
}
