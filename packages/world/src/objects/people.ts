import type { Random } from "@ssl4rl/core";
import { type Color, type ColorName, darken, hex, lighten, named, vary } from "../palette.js";
import { ball, shaded } from "../pen.js";
import type { Thing } from "../stage.js";

const skins = ["#f2cfae", "#e3b08a", "#c68a62", "#96603c", "#6b432c"].map(hex);
const hairs = ["#2a211e", "#5a3a24", "#8a5a2c", "#d8b060", "#a8402a", "#8a8a8e"].map(hex);
const clothes: readonly ColorName[] = ["red", "blue", "green", "yellow", "orange", "purple", "white", "pink", "black"];

type Pose = "standing" | "walking" | "waving" | "running";

/** What a person looks like; the same from afar and in a portrait. */
interface Look {
  readonly skin: Color;
  readonly hair: Color;
  readonly long: boolean;
  readonly hat: Color | null;
}

export function look(random: Random): Look {
  return {
    skin: random.pick(skins),
    hair: random.pick(hairs),
    long: random.chance(0.45),
    hat: random.chance(0.2) ? named(random, ["red", "blue", "brown", "black", "yellow"]).color : null,
  };
}

/** A grown-up (1.72 m) or a child (1.15 m); the colour is that of shirt, coat or dress. */
export function person(random: Random, options: { pose?: Pose; child?: boolean; umbrella?: boolean } = {}): Thing {
  const child = options.child ?? random.chance(0.2);
  const pose = options.pose ?? random.pick(["standing", "walking", "walking", "waving", "running"] as const);
  const shirt = named(random, clothes);
  const { skin, hair, long, hat } = look(random);
  const dress = long && random.chance(0.6);
  const legs = random.pick(["#2c3a5a", "#3a3436", "#6a5a48", "#4a5a6a"].map(hex));
  const umbrella = options.umbrella ? named(random, ["red", "blue", "yellow", "green", "black"]).color : null;
  const scale = child ? 0.68 : 1;
  return {
    category: "person",
    attributes: {
      color: shirt.name,
      size: child ? "small" : "large",
      action: pose,
      species: child ? "child" : "adult",
    },
    width: (umbrella ? 1.3 : pose === "running" ? 0.9 : 0.66) * scale,
    height: (umbrella ? 2.25 : 1.74) * scale,
    draw(root) {
      const pen = root.at(0, 0, scale);
      pen.shadow(0, 0.42, 0.09);
      const stride = { standing: 0.05, waving: 0.06, walking: 0.2, running: 0.34 }[pose];
      const lift = pose === "running" ? 0.16 : 0;
      const bare = dress ? skin : legs;
      const shoe = darken(legs, 0.5);
      pen.stroke([-0.06, 0.84, -stride * 0.5, 0.45, -stride - 0.02, 0.06 + lift], 0.16, shaded(darken(bare, 0.2)), 0.1);
      pen.ellipse(-stride + 0.04, 0.045 + lift, 0.1, 0.048, shoe);
      pen.stroke([0.06, 0.84, stride * 0.75 + lift * 0.4, 0.46, stride, 0.06], 0.17, shaded(bare), 0.11);
      pen.ellipse(stride + 0.06, 0.045, 0.11, 0.05, shoe);
      const sleeve = shaded(darken(shirt.color, 0.16));
      const swing = stride * 1.1 + 0.04;
      pen.stroke([-0.15, 1.36, -0.2 + swing * 0.5, 1.08, -0.14 + swing, 0.86 + lift * 0.6], 0.11, sleeve, 0.085);
      pen.ellipse(-0.13 + swing, 0.83 + lift * 0.6, 0.05, 0.055, skin);
      if (dress)
        pen.curve(
          [-0.17, 1.42, -0.14, 1.1, -0.3, 0.5, 0, 0.46, 0.3, 0.5, 0.14, 1.1, 0.17, 1.42, 0, 1.46],
          shaded(shirt.color, 0.26),
          4,
        );
      else
        pen.curve(
          [-0.2, 1.4, -0.18, 1.1, -0.17, 0.78, 0, 0.76, 0.17, 0.78, 0.18, 1.1, 0.2, 1.4, 0, 1.47],
          shaded(shirt.color, 0.26),
          4,
        );
      pen.rect(-0.05, 1.4, 0.1, 0.12, darken(skin, 0.2));
      if (long)
        pen.curve([-0.14, 1.66, -0.16, 1.46, -0.13, 1.3, 0, 1.28, 0.1, 1.32, 0.12, 1.6], shaded(darken(hair, 0.1)), 4);
      pen.ellipse(0, 1.6, 0.115, 0.135, ball(skin, 0.2));
      pen.curve(
        [-0.125, 1.56, -0.13, 1.68, -0.04, 1.76, 0.07, 1.75, 0.125, 1.66, 0.06, 1.67, -0.04, 1.66],
        shaded(hair),
        4,
      );
      for (const x of [0.01, 0.075]) pen.ellipse(x, 1.61, 0.014, 0.017, hex("#231c1c"));
      pen.bend([0.01, 1.535, 0.045, 1.525, 0.08, 1.538], 0.014, hex("#a04a40"));
      if (hat) {
        pen.ellipse(0.01, 1.7, 0.19, 0.032, darken(hat, 0.15));
        pen.curve([-0.12, 1.7, -0.1, 1.81, 0, 1.84, 0.1, 1.81, 0.12, 1.7], shaded(hat), 4);
      }
      if (umbrella) {
        pen.stroke([0.26, 1.1, 0.26, 2.1], 0.025, hex("#4a3a34"));
        pen.stroke([0.17, 1.36, 0.28, 1.2, 0.26, 1.16], 0.11, shaded(shirt.color), 0.085);
        pen.curve(
          [
            -0.46, 1.84, -0.3, 2.08, 0.1, 2.26, 0.5, 2.14, 0.82, 1.86, 0.6, 1.9, 0.4, 1.86, 0.2, 1.92, 0, 1.87, -0.22,
            1.91,
          ],
          shaded(umbrella, 0.28),
          4,
        );
        return;
      }
      if (pose === "waving") {
        pen.stroke([0.16, 1.38, 0.36, 1.46, 0.4, 1.72], 0.11, shaded(shirt.color), 0.08);
        pen.ellipse(0.41, 1.78, 0.055, 0.06, skin);
      } else {
        pen.stroke(
          [0.16, 1.37, 0.2 - swing * 0.4, 1.08, 0.16 - swing, 0.88 + lift * 0.4],
          0.115,
          shaded(shirt.color),
          0.09,
        );
        pen.ellipse(0.15 - swing, 0.85 + lift * 0.4, 0.052, 0.055, skin);
      }
    },
  };
}

/** Head and shoulders from the front, 1 m wide; y = 0 is cut off by the picture's edge. */
export function bust(random: Random): Thing {
  const shirt = named(random, clothes);
  const { skin, hair, long, hat } = look(random);
  const cut = random.pick(["smooth", "curly", "bun", "bald"] as const);
  const beard = !long && random.chance(0.35);
  const mood = random.pick(["happy", "sad"] as const);
  const glasses = random.chance(0.3);
  const iris = random.pick(["#4a3424", "#3a6a8a", "#4a7a4a"].map(hex));
  return {
    category: "person",
    attributes: { color: shirt.name, mood, species: "adult" },
    width: 1,
    height: 1.06,
    draw(pen) {
      if (long)
        pen.curve(
          [-0.26, 0.86, -0.33, 0.6, -0.3, 0.3, 0, 0.26, 0.3, 0.3, 0.33, 0.6, 0.26, 0.86, 0, 1],
          shaded(darken(hair, 0.15), 0.2),
          4,
        );
      pen.curve(
        [-0.52, -0.1, -0.5, 0.16, -0.34, 0.3, -0.1, 0.36, 0.1, 0.36, 0.34, 0.3, 0.5, 0.16, 0.52, -0.1],
        shaded(shirt.color, 0.28),
        4,
      );
      pen.curve([-0.1, 0.5, -0.1, 0.36, 0, 0.28, 0.1, 0.36, 0.1, 0.5], shaded(darken(skin, 0.18), 0.15), 4);
      pen.curve([-0.13, 0.38, 0, 0.24, 0.13, 0.38, 0.17, 0.33, 0, 0.16, -0.17, 0.33], lighten(shirt.color, 0.25), 2);
      if (cut === "bun" && !hat) pen.ellipse(0, 1.03, 0.11, 0.1, ball(hair, 0.25));
      if (cut === "curly") {
        for (let i = 0; i < 15; i++) {
          const angle = -0.25 + (i / 14) * (Math.PI + 0.5);
          pen.ellipse(
            0.25 * Math.cos(angle),
            0.76 + 0.23 * Math.sin(angle),
            0.085,
            0.085,
            ball(vary(hair, random), 0.22),
          );
        }
      }
      for (const s of [-1, 1]) pen.ellipse(s * 0.225, 0.66, 0.04, 0.06, shaded(darken(skin, 0.1)));
      pen.curve(
        [
          -0.22, 0.72, -0.2, 0.54, -0.1, 0.43, 0, 0.41, 0.1, 0.43, 0.2, 0.54, 0.22, 0.72, 0.15, 0.88, 0, 0.93, -0.15,
          0.88,
        ],
        ball(skin, 0.2),
        4,
      );
      if (beard) {
        pen.curve(
          [
            -0.2, 0.66, -0.19, 0.5, -0.1, 0.39, 0, 0.36, 0.1, 0.39, 0.19, 0.5, 0.2, 0.66, 0.13, 0.55, 0, 0.57, -0.13,
            0.55,
          ],
          shaded(darken(hair, 0.1), 0.2),
          4,
        );
        pen.curve([-0.11, 0.54, 0, 0.56, 0.11, 0.54, 0.07, 0.44, -0.07, 0.44], skin, 3);
      }
      if (cut === "bald" && !long) {
        for (const s of [-1, 1])
          pen.curve(
            [s * 0.2, 0.84, s * 0.25, 0.78, s * 0.25, 0.64, s * 0.21, 0.6, s * 0.205, 0.72],
            shaded(hair, 0.2),
            3,
          );
      } else {
        pen.curve(
          [
            -0.24, 0.66, -0.26, 0.84, -0.14, 0.99, 0.02, 1.02, 0.18, 0.97, 0.26, 0.82, 0.24, 0.66, 0.19, 0.8, 0.05,
            0.87, -0.12, 0.82,
          ],
          shaded(hair, 0.25),
          4,
        );
      }
      if (hat) {
        pen.curve([-0.25, 0.86, -0.22, 1.06, 0, 1.12, 0.22, 1.06, 0.25, 0.86], shaded(hat, 0.25), 4);
        pen.ellipse(0, 0.87, 0.36, 0.05, shaded(darken(hat, 0.15)));
      }
      const sad = mood === "sad";
      for (const s of [-1, 1]) {
        pen.ellipse(s * 0.09, 0.69, 0.042, sad ? 0.026 : 0.032, hex("#fbf8f4"));
        pen.ellipse(s * 0.09, 0.688, 0.022, 0.024, iris);
        pen.ellipse(s * 0.09, 0.688, 0.011, 0.012, hex("#141216"));
        const brow = sad
          ? [s * 0.135, 0.745, s * 0.09, 0.76, s * 0.05, 0.785]
          : [s * 0.14, 0.755, s * 0.09, 0.78, s * 0.045, 0.765];
        pen.bend(brow, 0.022, darken(hair, 0.2));
        if (!sad)
          pen.ellipse(s * 0.13, 0.6, 0.045, 0.03, {
            color: hex("#e0605a"),
            to: hex("#e0605a"),
            run: "rings",
            alpha: 0.4,
            alphaTo: 0,
          });
        if (glasses) {
          const rim: number[] = [];
          for (let i = 0; i <= 16; i++)
            rim.push(s * 0.09 + 0.064 * Math.cos((i / 8) * Math.PI), 0.69 + 0.055 * Math.sin((i / 8) * Math.PI));
          pen.stroke(rim, 0.014, hex("#2a262c"));
        }
      }
      if (glasses) pen.stroke([-0.028, 0.7, 0.028, 0.7], 0.014, hex("#2a262c"));
      pen.bend([0.015, 0.68, 0.03, 0.6, -0.01, 0.585], 0.016, darken(skin, 0.28));
      if (sad) {
        pen.bend([-0.07, 0.49, -0.03, 0.515, 0.03, 0.515, 0.07, 0.49], 0.022, hex("#9a4a44"));
        pen.ellipse(0.12, 0.61, 0.014, 0.024, { color: hex("#bfe0f4"), alpha: 0.9 });
      } else {
        pen.curve(
          [-0.1, 0.535, -0.05, 0.525, 0.05, 0.525, 0.1, 0.535, 0.06, 0.475, 0, 0.46, -0.06, 0.475],
          hex("#8a2e30"),
          4,
        );
        pen.curve([-0.075, 0.528, 0, 0.52, 0.075, 0.528, 0.05, 0.505, -0.05, 0.505], hex("#fbf8f2"), 3);
      }
    },
  };
}
