import type { Random } from "@ssl4rl/core";
import { type Color, darken, hex, lighten, named, vary } from "../palette.js";
import { ball, down, type Pen, shaded } from "../pen.js";
import type { Thing } from "../stage.js";

const eye = hex("#1c1a22");

function leg(pen: Pen, points: readonly number[], width: number, coat: Color): void {
  // Darker where it leaves the belly's shade, or it would look stuck on.
  pen.bend(points, width, down(darken(coat, 0.1), darken(coat, 0.04)), width * 0.5);
}

export function horse(random: Random): Thing {
  const coat = named(random, ["brown", "black", "white", "gray"]);
  const mane = coat.name === "white" ? hex("#d8d0c0") : darken(coat.color, 0.45);
  const grazing = random.chance(0.3);
  return {
    category: "horse",
    attributes: { color: coat.name, size: "large", action: grazing ? "eating" : "standing" },
    width: 2.7,
    height: grazing ? 1.55 : 2.15,
    draw(pen) {
      pen.shadow(0, 1.25, 0.2);
      const far = darken(coat.color, 0.28);
      leg(pen, [0.66, 1, 0.72, 0.5, 0.7, 0.02], 0.2, far);
      leg(pen, [-0.6, 1, -0.72, 0.52, -0.6, 0.02], 0.24, far);
      pen.bend([-0.92, 1.36, -1.16, 1.15, -1.16, 0.62], 0.17, mane, 0.07);
      const head = grazing
        ? [
            0.45, 1.5, 0.8, 1.32, 1.1, 0.85, 1.3, 0.42, 1.42, 0.16, 1.3, 0.04, 1.16, 0.14, 1.02, 0.42, 0.82, 0.74, 0.74,
            0.95,
          ]
        : [
            0.45, 1.5, 0.7, 1.76, 0.9, 2.06, 1.04, 2.1, 1.2, 1.94, 1.42, 1.66, 1.38, 1.54, 1.22, 1.54, 1.02, 1.7, 0.92,
            1.5, 0.82, 1.12,
          ];
      pen.curve(
        [-0.96, 1.16, -0.9, 1.4, -0.62, 1.52, -0.1, 1.42, ...head, 0.62, 0.94, 0.1, 0.84, -0.4, 0.9, -0.82, 0.92],
        shaded(coat.color, 0.3),
        4,
      );
      if (grazing) pen.curve([0.42, 1.52, 0.8, 1.36, 1.12, 0.9, 1.26, 0.56, 1.02, 0.82, 0.7, 1.22], mane, 3);
      else {
        pen.curve([0.36, 1.5, 0.66, 1.86, 0.92, 2.12, 0.82, 1.86, 0.62, 1.5], mane, 3);
        pen.poly([0.9, 2.04, 0.92, 2.24, 1.02, 2.06], darken(coat.color, 0.15));
        pen.ellipse(1.13, 1.9, 0.035, 0.035, eye);
        pen.ellipse(1.38, 1.6, 0.03, 0.025, darken(coat.color, 0.55));
      }
      leg(pen, [0.5, 1.02, 0.52, 0.5, 0.5, 0.02], 0.22, coat.color);
      leg(pen, [-0.78, 1.1, -0.9, 0.54, -0.8, 0.02], 0.3, coat.color);
      for (const x of [0.7, -0.6, 0.5, -0.8]) pen.rect(x - 0.075, 0, 0.16, 0.09, hex("#2c2622"));
    },
  };
}

export function cow(random: Random): Thing {
  const coat = named(random, ["white", "brown", "black"]);
  const patch =
    coat.name === "white"
      ? random.pick([hex("#2e2a2c"), hex("#8a5432")])
      : coat.name === "black"
        ? hex("#f0ece4")
        : hex("#f2e6d4");
  const patched = coat.name === "white" || random.chance(0.4);
  const spots = [
    [-0.55, 1.2, 0.3, 0.2],
    [0.15, 1.05, 0.22, 0.24],
    [0.6, 1.24, 0.16, 0.14],
    [-0.2, 0.85, 0.16, 0.1],
  ];
  return {
    category: "cow",
    attributes: { ...(patched ? {} : { color: coat.name }), size: "large", action: "standing" },
    width: 2.7,
    height: 1.65,
    draw(pen) {
      pen.shadow(0, 1.35, 0.2);
      const far = darken(coat.color, 0.28);
      leg(pen, [0.78, 0.9, 0.8, 0.45, 0.78, 0.03], 0.22, far);
      leg(pen, [-0.68, 0.9, -0.72, 0.45, -0.66, 0.03], 0.24, far);
      pen.bend([-0.98, 1.34, -1.16, 1.1, -1.14, 0.66], 0.06, coat.color);
      pen.ellipse(-1.14, 0.6, 0.07, 0.12, darken(patch, 0.2));
      pen.curve(
        [
          -1.02, 1.14, -0.96, 1.4, -0.5, 1.46, 0.2, 1.42, 0.7, 1.5, 0.98, 1.42, 1.02, 1.1, 0.88, 0.78, 0.4, 0.62, -0.3,
          0.6, -0.9, 0.72,
        ],
        shaded(coat.color, 0.28),
        4,
      );
      pen.ellipse(-0.42, 0.58, 0.2, 0.13, shaded(hex("#eeb0a8")));
      if (patched) for (const [x, y, rx, ry] of spots) pen.blob(x, y, rx, ry, shaded(patch, 0.15), 0.22);
      leg(pen, [0.6, 0.9, 0.6, 0.45, 0.58, 0.03], 0.24, coat.color);
      leg(pen, [-0.82, 0.95, -0.88, 0.45, -0.84, 0.03], 0.28, coat.color);
      for (const x of [0.78, -0.66, 0.58, -0.84]) pen.rect(x - 0.08, 0, 0.16, 0.09, hex("#2c2622"));
      pen.bend([1.0, 1.5, 0.9, 1.66, 1.02, 1.74], 0.06, hex("#e8dcc0"), 0.02);
      pen.bend([1.2, 1.52, 1.32, 1.64, 1.28, 1.76], 0.06, hex("#e8dcc0"), 0.02);
      pen.ellipse(0.88, 1.42, 0.15, 0.07, darken(coat.color, 0.2), 0.3);
      pen.curve(
        [0.95, 1.48, 1.12, 1.56, 1.28, 1.48, 1.44, 1.16, 1.46, 1, 1.32, 0.94, 1.16, 1.02, 1, 1.2],
        shaded(coat.name === "white" && patched ? lighten(patch, 0.08) : coat.color, 0.2),
        4,
      );
      pen.ellipse(1.38, 1.03, 0.13, 0.1, shaded(hex("#e6a8a0")), -0.5);
      pen.ellipse(1.2, 1.36, 0.035, 0.04, eye);
    },
  };
}

export function sheep(random: Random): Thing {
  const coat = named(random, ["white", "white", "white", "black", "gray"]);
  const face = coat.name === "black" ? hex("#d8ccb8") : hex("#3a3438");
  return {
    category: "sheep",
    attributes: { color: coat.name, size: "small", action: "standing" },
    width: 1.5,
    height: 1.02,
    draw(pen) {
      pen.shadow(0, 0.75, 0.14);
      for (const x of [-0.42, -0.26, 0.24, 0.4]) pen.stroke([x, 0.4, x, 0.02], 0.1, darken(face, 0.1));
      pen.ellipse(0, 0.6, 0.58, 0.34, darken(coat.color, 0.2));
      for (let i = 0; i < 16; i++) {
        const angle = i * 2.4;
        const reach = 0.25 + 0.75 * ((i % 5) / 4);
        const [x, y] = [Math.cos(angle) * 0.48 * reach, 0.62 + Math.sin(angle) * 0.26 * reach];
        pen.ellipse(x, y, 0.19, 0.17, ball(vary(coat.color, random, 0.02), 0.18));
      }
      pen.ellipse(0.5, 0.88, 0.12, 0.05, darken(face, 0.2), 0.6);
      pen.curve([0.5, 0.92, 0.64, 0.94, 0.78, 0.72, 0.76, 0.58, 0.64, 0.58, 0.52, 0.72], shaded(face, 0.2), 4);
      pen.ellipse(0.52, 0.95, 0.13, 0.1, ball(coat.color, 0.15));
      pen.ellipse(0.66, 0.8, 0.03, 0.03, coat.name === "black" ? eye : hex("#f0ece0"));
    },
  };
}

/** Side view, 0.62 m high. `action` tells standing, sitting and running apart. */
export function dog(random: Random): Thing {
  const coat = named(random, ["brown", "white", "black", "gray", "orange"]);
  const collar = named(random, ["red", "blue", "green"]).color;
  const action = random.pick(["standing", "running", "sitting"] as const);
  const ear = darken(coat.color, coat.name === "black" ? 0.2 : 0.42);
  const belly = lighten(coat.color, 0.4);
  return {
    category: "dog",
    attributes: { color: coat.name, size: "small", action },
    width: action === "sitting" ? 0.85 : 1.25,
    height: action === "sitting" ? 0.86 : 0.76,
    draw(pen) {
      pen.shadow(0, action === "sitting" ? 0.42 : 0.6, 0.09);
      const far = darken(coat.color, 0.28);
      const head = action === "sitting" ? pen.at(-0.34, 0.14) : pen;
      if (action === "sitting") {
        pen.bend([-0.3, 0.1, -0.5, 0.12, -0.58, 0.3], 0.1, shaded(coat.color), 0.05);
        pen.curve(
          [-0.36, 0.04, -0.36, 0.26, -0.18, 0.5, -0.06, 0.72, 0.1, 0.76, 0.2, 0.6, 0.18, 0.3, 0.2, 0.04],
          shaded(coat.color, 0.28),
          4,
        );
        pen.ellipse(-0.18, 0.18, 0.2, 0.17, shaded(lighten(coat.color, 0.05), 0.25));
        pen.curve([0.06, 0.6, 0.18, 0.56, 0.18, 0.3, 0.08, 0.32], belly, 3);
        for (const x of [0.06, 0.17]) {
          pen.stroke([x, 0.4, x + 0.02, 0.05], 0.1, x > 0.1 ? shaded(coat.color) : far);
          pen.ellipse(x + 0.05, 0.04, 0.08, 0.045, coat.color);
        }
        pen.ellipse(-0.06, 0.05, 0.15, 0.05, coat.color);
      } else {
        const run = action === "running" ? 1 : 0;
        leg(pen, [0.28, 0.36, 0.3 + run * 0.16, 0.2, 0.26 + run * 0.34, 0.03 + run * 0.1], 0.11, far);
        leg(pen, [-0.32, 0.36, -0.38 - run * 0.14, 0.2, -0.34 - run * 0.3, 0.03 + run * 0.06], 0.12, far);
        pen.bend([-0.42, 0.46, -0.58, 0.56, -0.62, 0.72], 0.085, coat.color, 0.04);
        pen.curve(
          [
            -0.46, 0.42, -0.44, 0.54, -0.1, 0.54, 0.2, 0.58, 0.36, 0.66, 0.44, 0.5, 0.36, 0.3, 0.1, 0.26, -0.2, 0.3,
            -0.4, 0.26,
          ],
          shaded(coat.color, 0.28),
          4,
        );
        pen.curve([0.34, 0.34, 0.1, 0.27, -0.18, 0.3, 0.1, 0.33], belly, 3);
        leg(pen, [0.34, 0.4, 0.37 + run * 0.12, 0.2, 0.36 + run * 0.24, 0.03 + run * 0.02], 0.12, coat.color);
        leg(pen, [-0.38, 0.4, -0.46 - run * 0.04, 0.2, -0.42 - run * 0.16, 0.03], 0.15, coat.color);
        for (const x of [0.4 + run * 0.24, -0.38 - run * 0.16])
          pen.ellipse(x, 0.035 + run * 0.01, 0.075, 0.035, coat.color);
      }
      head.curve(
        [0.3, 0.5, 0.32, 0.72, 0.46, 0.78, 0.58, 0.72, 0.74, 0.66, 0.76, 0.58, 0.64, 0.53, 0.5, 0.5, 0.4, 0.44],
        shaded(coat.color, 0.25),
        4,
      );
      head.stroke([0.3, 0.56, 0.43, 0.47], 0.055, collar);
      head.curve([0.34, 0.76, 0.44, 0.74, 0.45, 0.58, 0.37, 0.5, 0.3, 0.6], shaded(ear, 0.15), 4);
      head.ellipse(0.545, 0.69, 0.025, 0.028, eye);
      head.ellipse(0.755, 0.635, 0.04, 0.034, eye);
      head.bend([0.74, 0.585, 0.66, 0.57, 0.6, 0.59], 0.014, darken(coat.color, 0.6));
    },
  };
}

/** Sitting, seen from the front, or walking. */
export function cat(
  random: Random,
  action: "sitting" | "sleeping" | "walking" = random.pick(["sitting", "walking"]),
): Thing {
  const coat = named(random, ["orange", "gray", "black", "white", "brown"]);
  const striped = coat.name === "orange" || coat.name === "gray" || coat.name === "brown";
  const stripe = darken(coat.color, 0.32);
  const sizes = { sitting: [0.42, 0.56], sleeping: [0.62, 0.26], walking: [0.78, 0.5] } as const;
  const [width, height] = sizes[action];
  const iris = random.pick(["#b8d060", "#e8b840", "#7ac0d0"].map(hex));
  return {
    category: "cat",
    attributes: { color: coat.name, size: "small", action },
    width,
    height,
    draw(pen) {
      pen.shadow(0, width * 0.55, 0.07);
      if (action === "sleeping") {
        pen.curve(
          [-0.3, 0.06, -0.28, 0.2, -0.08, 0.27, 0.14, 0.24, 0.29, 0.12, 0.26, 0.02, -0.1, 0, -0.24, 0.01],
          shaded(coat.color, 0.3),
          4,
        );
        if (striped)
          for (const x of [-0.16, -0.06, 0.04])
            pen.bend([x, 0.25, x - 0.03, 0.17, x - 0.01, 0.12], 0.025, stripe, 0.01);
        pen.bend([-0.24, 0.06, -0.1, 0.015, 0.1, 0.03], 0.06, darken(coat.color, 0.15), 0.04);
        catFace(pen.at(0.22, 0.11, 0.78), coat.color, iris, false, stripe, striped);
        return;
      }
      if (action === "sitting") {
        pen.bend([0.12, 0.04, 0.26, 0.05, 0.28, 0.2, 0.22, 0.28], 0.055, shaded(coat.color), 0.035);
        pen.curve(
          [-0.15, 0, -0.17, 0.14, -0.1, 0.32, 0, 0.38, 0.1, 0.32, 0.17, 0.14, 0.15, 0],
          shaded(coat.color, 0.3),
          4,
        );
        if (coat.name !== "white") pen.ellipse(0, 0.24, 0.06, 0.09, { color: lighten(coat.color, 0.5), alpha: 0.8 });
        for (const x of [-0.055, 0.055]) {
          pen.stroke([x, 0.2, x, 0.03], 0.06, shaded(lighten(coat.color, 0.08), 0.2));
          pen.ellipse(x, 0.025, 0.045, 0.028, lighten(coat.color, 0.25));
        }
        if (striped)
          for (const s of [-1, 1])
            for (const y of [0.12, 0.19]) pen.stroke([s * 0.15, y, s * 0.1, y + 0.015], 0.02, stripe);
        catFace(pen.at(0, 0.42), coat.color, iris, true, stripe, striped);
        return;
      }
      const far = darken(coat.color, 0.28);
      leg(pen, [0.2, 0.24, 0.26, 0.12, 0.28, 0.02], 0.07, far);
      leg(pen, [-0.2, 0.24, -0.2, 0.12, -0.12, 0.02], 0.08, far);
      pen.bend([-0.28, 0.28, -0.4, 0.34, -0.38, 0.5], 0.055, shaded(coat.color), 0.035);
      pen.curve(
        [-0.32, 0.24, -0.26, 0.34, 0, 0.34, 0.22, 0.36, 0.28, 0.28, 0.2, 0.19, -0.05, 0.18, -0.26, 0.18],
        shaded(coat.color, 0.28),
        4,
      );
      if (striped)
        for (const x of [-0.16, -0.08, 0, 0.08]) pen.bend([x, 0.335, x - 0.02, 0.28, x, 0.23], 0.024, stripe, 0.01);
      leg(pen, [0.22, 0.26, 0.2, 0.12, 0.16, 0.02], 0.075, coat.color);
      leg(pen, [-0.25, 0.28, -0.32, 0.13, -0.28, 0.02], 0.1, coat.color);
      catFace(pen.at(0.3, 0.36, 0.82), coat.color, iris, true, stripe, striped);
    },
  };
}

/** A round head with pointed ears, around (0, 0), 0.26 wide. */
function catFace(pen: Pen, coat: Color, iris: Color, awake: boolean, stripe: Color, striped: boolean): void {
  for (const s of [-1, 1]) {
    pen.poly([s * 0.125, 0.02, s * 0.12, 0.17, s * 0.02, 0.09], shaded(coat, 0.2));
    pen.poly([s * 0.1, 0.06, s * 0.103, 0.135, s * 0.05, 0.09], hex("#e8a8a4"));
  }
  pen.ellipse(0, 0, 0.135, 0.11, ball(coat, 0.22));
  if (striped) for (const x of [-0.035, 0, 0.035]) pen.stroke([x, 0.1, x * 0.7, 0.06], 0.016, stripe);
  pen.ellipse(0, -0.045, 0.055, 0.04, lighten(coat, 0.5));
  for (const s of [-1, 1]) {
    if (awake) {
      pen.ellipse(s * 0.055, 0.015, 0.028, 0.03, iris);
      pen.ellipse(s * 0.055, 0.015, 0.011, 0.027, eye);
    } else pen.bend([s * 0.03, 0.01, s * 0.055, -0.005, s * 0.08, 0.012], 0.012, eye);
    pen.stroke([s * 0.04, -0.045, s * 0.18, -0.03], 0.006, { color: hex("#f4f0e8"), alpha: 0.8 });
    pen.stroke([s * 0.04, -0.055, s * 0.17, -0.065], 0.006, { color: hex("#f4f0e8"), alpha: 0.8 });
  }
  pen.poly([-0.018, -0.022, 0.018, -0.022, 0, -0.042], hex("#d8706c"));
  pen.bend([-0.03, -0.062, -0.012, -0.07, 0, -0.05, 0.012, -0.07, 0.03, -0.062], 0.009, darken(coat, 0.6));
}

/** Wings up or gliding; y = 0 is its belly. */
export function flyingBird(random: Random): Thing {
  const coat = named(random, ["white", "black", "gray", "blue"]);
  const lift = random.uniform(0.15, 0.5);
  return {
    category: "bird",
    attributes: { color: coat.name, size: "small", action: "flying" },
    width: 1.5,
    height: 0.6,
    draw(pen) {
      pen.curve(
        [0.05, 0.12, -0.25, 0.2 + lift, -0.78, 0.12 + lift * 0.9, -0.4, 0.12 + lift * 0.35, -0.15, 0.04],
        shaded(darken(coat.color, 0.2), 0.2),
        4,
      );
      pen.poly([-0.2, 0.1, -0.55, 0.16, -0.5, 0.02], darken(coat.color, 0.15));
      pen.curve([-0.3, 0.08, 0, 0.2, 0.26, 0.17, 0.3, 0.08, 0.1, -0.02, -0.15, 0], shaded(coat.color, 0.3), 4);
      pen.ellipse(0.3, 0.16, 0.1, 0.085, coat.color);
      pen.poly([0.38, 0.18, 0.5, 0.13, 0.38, 0.12], hex("#f0a030"));
      pen.ellipse(0.33, 0.18, 0.018, 0.018, coat.name === "black" ? hex("#f4f0e8") : eye);
      pen.curve(
        [0.1, 0.14, 0.1, 0.3 + lift, 0.55, 0.3 + lift, 0.3, 0.16 + lift * 0.4, -0.1, 0.08],
        shaded(lighten(coat.color, 0.12), 0.2),
        4,
      );
    },
  };
}

/** A duck, on land or afloat (y = 0 is the water line). */
export function duck(random: Random, afloat = false): Thing {
  const coat = named(random, ["white", "yellow", "brown"]);
  const head = coat.name === "brown" ? hex("#2f6a4a") : coat.color;
  return {
    category: "duck",
    attributes: { color: coat.name, size: "small", action: afloat ? "swimming" : "standing" },
    width: 0.62,
    height: 0.5,
    draw(pen) {
      if (afloat)
        for (let i = 0; i < 3; i++)
          pen.ellipse(0, -0.02 - i * 0.05, 0.3 - i * 0.05, 0.02, { color: hex("#eef6f8"), alpha: 0.4 - i * 0.1 });
      else {
        pen.shadow(0, 0.3, 0.06);
        for (const x of [-0.04, 0.06]) {
          pen.stroke([x, 0.16, x, 0.02], 0.03, hex("#e8862a"));
          pen.ellipse(x + 0.03, 0.015, 0.055, 0.016, hex("#e8862a"));
        }
      }
      const body = afloat ? pen.at(0, -0.12) : pen;
      body.curve(
        [
          -0.34, 0.34, -0.22, 0.24, -0.16, 0.14, 0.08, 0.11, 0.24, 0.18, 0.26, 0.3, 0.16, 0.34, -0.06, 0.31, -0.24,
          0.33,
        ],
        shaded(coat.color, 0.28),
        4,
      );
      body.curve(
        [-0.22, 0.28, -0.02, 0.3, 0.08, 0.24, -0.06, 0.17, -0.18, 0.2],
        shaded(darken(coat.color, 0.16), 0.2),
        4,
      );
      body.bend([0.18, 0.26, 0.2, 0.38, 0.22, 0.44], 0.12, shaded(head, 0.15), 0.1);
      body.ellipse(0.23, 0.45, 0.1, 0.085, ball(head, 0.2));
      body.curve([0.3, 0.47, 0.44, 0.43, 0.43, 0.4, 0.3, 0.41], hex("#f0982a"), 3);
      body.ellipse(0.26, 0.47, 0.017, 0.018, eye);
    },
  };
}

export function hen(random: Random): Thing {
  const coat = named(random, ["white", "brown", "black", "orange"]);
  return {
    category: "hen",
    attributes: { color: coat.name, size: "small", action: "standing" },
    width: 0.55,
    height: 0.55,
    draw(pen) {
      pen.shadow(0, 0.28, 0.06);
      for (const x of [-0.04, 0.06]) {
        pen.stroke([x, 0.2, x, 0.02], 0.025, hex("#e0a030"));
        pen.stroke([x - 0.03, 0.01, x + 0.06, 0.01], 0.022, hex("#e0a030"));
      }
      pen.curve(
        [
          -0.34, 0.5, -0.2, 0.34, -0.06, 0.33, 0.08, 0.38, 0.13, 0.54, 0.24, 0.52, 0.24, 0.36, 0.14, 0.18, -0.04, 0.14,
          -0.2, 0.2, -0.28, 0.34,
        ],
        shaded(coat.color, 0.28),
        4,
      );
      pen.curve([-0.18, 0.3, 0.04, 0.32, 0.08, 0.25, -0.08, 0.2], darken(coat.color, 0.18), 3);
      for (const [x, y] of [
        [0.13, 0.57],
        [0.17, 0.59],
        [0.21, 0.57],
      ])
        pen.ellipse(x, y, 0.03, 0.035, hex("#d8342c"));
      pen.poly([0.24, 0.52, 0.34, 0.48, 0.24, 0.46], hex("#f0b030"));
      pen.ellipse(0.24, 0.42, 0.025, 0.04, hex("#d8342c"));
      pen.ellipse(0.2, 0.505, 0.016, 0.016, coat.name === "black" ? hex("#f4f0e8") : eye);
    },
  };
}

/** y = 0 is its lower side. */
export function fish(random: Random): Thing {
  const coat = named(random, ["orange", "yellow", "blue", "red", "purple", "pink"]);
  const striped = random.chance(0.5);
  const second = random.pick(["#fbf6ea", "#2a2c3a", "#f8e08a"].map(hex));
  const tall = random.uniform(0.75, 1.3);
  return {
    category: "fish",
    attributes: { color: coat.name, size: "small", action: "swimming" },
    width: 1,
    height: 0.5 * tall,
    draw(pen) {
      const h = 0.25 * tall;
      pen.curve([-0.26, h, -0.52, h + h * 0.9, -0.44, h, -0.52, h - h * 0.8], shaded(darken(coat.color, 0.12), 0.2), 4);
      pen.curve([-0.1, h * 1.8, 0.02, h * 2.35, 0.24, h * 1.75], darken(coat.color, 0.2), 4);
      pen.curve([-0.04, h * 0.3, -0.12, -h * 0.25, 0.12, h * 0.2], darken(coat.color, 0.2), 3);
      pen.curve(
        [-0.32, h, -0.1, h * 1.72, 0.2, h * 1.9, 0.44, h * 1.35, 0.5, h, 0.42, h * 0.6, 0.18, h * 0.12, -0.1, h * 0.28],
        countershaded(coat.color),
        4,
      );
      if (striped)
        for (const x of [-0.02, 0.2])
          pen.curve(
            [x - 0.03, h * 1.72, x + 0.05, h * 1.75, x + 0.08, h, x + 0.04, h * 0.24, x - 0.03, h * 0.26, x + 0.01, h],
            { color: second, alpha: 0.9 },
            3,
          );
      pen.poly([0.06, h * 0.95, -0.1, h * 1.2, -0.08, h * 0.68], lighten(coat.color, 0.25));
      pen.ellipse(0.36, h * 1.2, 0.055, 0.055, hex("#fbf8f0"));
      pen.ellipse(0.37, h * 1.2, 0.03, 0.032, eye);
      pen.bend([0.47, h * 0.86, 0.42, h * 0.8], 0.015, darken(coat.color, 0.5));
    },
  };
}

/** Dark above and pale below: how fish hide. */
function countershaded(color: Color) {
  return { color: darken(color, 0.16), to: lighten(color, 0.3), run: "down" as const };
}
