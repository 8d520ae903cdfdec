import { sign } from "../objects/street.js";
import { type Color, darken, hex, lighten, mix, vary } from "../palette.js";
import type { Ink } from "../pen.js";
import type { Texture } from "../sketch.js";
import type { Stage } from "../stage.js";

/** A colour across a band of the picture, from y0 down to y1. */
export function band(stage: Stage, y0: number, y1: number, ink: Color | Ink, haze = 0): void {
  stage.page(haze).poly([-0.01, y0, 1.01, y0, 1.01, y1, -0.01, y1], ink);
}

/** Lumps on the ground, in perspective. */
export function ground(stage: Stage, amount: number, width = 0.6, octaves = 3): Texture {
  return { kind: "grain", seed: stage.random.int(256), amount, width, height: width, octaves, horizon: stage.horizon };
}

/** Lumps on an upright surface; `size` in pictures. */
export function rough(stage: Stage, amount: number, size: number, octaves = 2): Texture {
  return { kind: "grain", seed: stage.random.int(256), amount, width: size, height: size, octaves };
}

/** Sky with sun or moon, stars and clouds, down to a little below the horizon. */
export function sky(stage: Stage): void {
  const { random, horizon, mood, light, weather } = stage;
  const page = stage.page();
  const [top, middle, low] = mood.sky;
  const shines = true;
  const foot = horizon + 0.02;
  const half = horizon * random.uniform(0.5, 0.7);
  // The middle goes under both, or the seam between them would show.
  band(stage, -0.01, foot, { color: middle, shines });
  band(stage, -0.01, half, { color: top, to: middle, run: "down", shines });
  band(stage, half, foot, { color: middle, to: low, run: "down", shines });
  const clear = weather === "clear" || weather === "cloudy";
  const x = mood.side < 0 ? random.uniform(0.08, 0.42) : random.uniform(0.58, 0.92);
  if (light.time === "night") {
    if (clear) {
      for (let i = 0; i < 46; i++) {
        const size = random.uniform(0.0012, 0.0032);
        const y = random.float() ** 1.5 * horizon * 0.95;
        page.ellipse(random.float(), y, size, size, {
          color: hex("#fdf6e4"),
          alpha: random.uniform(0.4, 0.95),
          shines,
        });
      }
      const y = horizon * random.uniform(0.14, 0.4);
      const size = random.uniform(0.03, 0.055);
      page.glow(x, y, size * 4.5, hex("#cfd8f4"), 0.35);
      const moon = { color: hex("#fffbe8"), to: hex("#e4dcc4"), run: "light" as const, shines };
      if (random.chance(0.5)) page.curve(crescent(x, y, size), moon, 3);
      else {
        page.ellipse(x, y, size, size, moon);
        for (const [dx, dy, r] of [
          [-0.3, 0.2, 0.2],
          [0.25, -0.25, 0.16],
          [0.2, 0.42, 0.12],
        ])
          page.ellipse(x + dx * size, y + dy * size, r * size, r * size, { color: hex("#d4cbb4"), alpha: 0.7, shines });
      }
    }
  } else if (light.time === "sunset") {
    const y = horizon * random.uniform(0.72, 0.94);
    page.glow(x, y, 0.6, hex("#ffd890"), 0.55);
    page.glow(x, y, 0.2, hex("#fff0c0"), 0.7);
    if (clear) page.ellipse(x, y, 0.05, 0.05, { color: hex("#fffbe6"), to: hex("#ffdf8c"), run: "down", shines });
  } else if (clear) {
    const y = horizon * random.uniform(0.12, 0.45);
    if (weather === "clear" && random.chance(0.7)) {
      page.glow(x, y, 0.34, hex("#fffbe0"), 0.6);
      page.ellipse(x, y, 0.042, 0.042, { color: hex("#fffdf0"), shines });
    }
  }
  clouds(stage);
}

/** The outer arc from the lower to the upper horn, and back along the inner one. */
function crescent(x: number, y: number, size: number): number[] {
  const points: number[] = [];
  for (let i = 0; i <= 8; i++) {
    const angle = (0.38 + (i / 8) * 1.24) * Math.PI;
    points.push(x + size * Math.cos(angle), y - size * Math.sin(angle));
  }
  for (let i = 7; i > 0; i--) {
    const angle = (0.38 + (i / 8) * 1.24) * Math.PI;
    points.push(x + size * (0.42 * Math.cos(angle) + 0.21), y - size * 0.95 * Math.sin(angle));
  }
  return points;
}

function clouds(stage: Stage): void {
  const { random, horizon, mood, light, weather } = stage;
  const [top, middle, low] = mood.sky;
  const lit =
    light.time === "night"
      ? lighten(middle, 0.14)
      : light.time === "sunset"
        ? mix(low, hex("#ffe0c0"), 0.5)
        : hex("#ffffff");
  const dim = light.time === "day" ? mix(middle, hex("#8a94a8"), 0.35) : darken(mix(top, middle, 0.6), 0.1);
  const cover = {
    clear: random.uniform(0.1, 0.34),
    cloudy: random.uniform(0.45, 0.62),
    rain: 0.7,
    snow: 0.6,
    fog: 0.3,
  }[weather];
  const seed = random.int(256);
  const texture: Texture = {
    kind: "cloud",
    seed,
    amount: cover,
    width: random.uniform(0.3, 0.55),
    height: random.uniform(0.1, 0.17),
    octaves: 4,
  };
  const shines = true;
  band(stage, -0.01, horizon * 0.96, {
    color: weather === "rain" ? mix(lit, dim, 0.5) : lit,
    to: mix(lit, low, 0.6),
    run: "down",
    alpha: 0.85,
    alphaTo: 0.35,
    shines,
    texture,
  });
  // The same clouds a little lower and darker are their shaded bellies.
  band(stage, -0.01, horizon * 0.96, {
    color: dim,
    to: mix(dim, low, 0.7),
    run: "down",
    alpha: 0.55,
    alphaTo: 0.2,
    shines,
    texture: { ...texture, amount: cover - 0.12 },
  });
  if (light.time === "day" && (weather === "clear" || weather === "cloudy") && random.chance(0.6)) {
    const count = 1 + random.int(3);
    for (let i = 0; i < count; i++)
      cumulus(
        stage,
        random.uniform(0.05, 0.95),
        horizon * random.uniform(0.15, 0.75),
        random.uniform(0.06, 0.13),
        lit,
        dim,
      );
  }
}

/** A heap cloud with a flat, darker base. */
function cumulus(stage: Stage, x: number, y: number, size: number, lit: Color, dim: Color): void {
  const { random } = stage;
  const page = stage.page();
  const shines = true;
  const puffs = 9;
  for (const pass of [0, 1]) {
    for (let i = 0; i < puffs; i++) {
      const t = (i + 0.5) / puffs;
      const heap = Math.sin(t * Math.PI);
      const r = size * (0.22 + 0.34 * heap) * random.uniform(0.85, 1.15);
      const [cx, cy] = [x + (t - 0.5) * size * 2.6, y - r * 0.55 - heap * size * 0.16];
      if (pass === 0)
        page.ellipse(cx, cy + r * 0.16, r * 1.1, r * 0.9, {
          color: mix(dim, lit, 0.45),
          to: mix(dim, lit, 0.4),
          run: "rings",
          alpha: 0.95,
          alphaTo: 0.15,
          shines,
        });
      else
        page.ellipse(cx + stage.mood.side * r * 0.1, cy - r * 0.12, r * 0.86, r * 0.74, {
          color: lit,
          to: lit,
          run: "rings",
          alpha: 1,
          alphaTo: 0.1,
          shines,
        });
    }
  }
}

/** A rolling ridge. `rise` is how far it reaches above `base`; haze makes it far. */
export function hills(stage: Stage, base: number, rise: number, color: Color, haze: number, bumps = 3): void {
  const { random } = stage;
  const phase = [random.float(), random.float(), random.float()].map((p) => p * 2 * Math.PI);
  const points: number[] = [];
  for (let i = 0; i <= 48; i++) {
    const x = i / 48;
    const wave =
      Math.sin(x * bumps * 2.1 + phase[0]) * 0.5 +
      Math.sin(x * bumps * 4.3 + phase[1]) * 0.25 +
      Math.sin(x * bumps * 9.7 + phase[2]) * 0.08;
    points.push(x * 1.02 - 0.01, base - rise * (0.5 + wave * 0.6));
  }
  points.push(1.01, base + 0.05, -0.01, base + 0.05);
  stage.page(haze).poly(points, {
    color: lighten(color, 0.1),
    to: darken(color, 0.12),
    run: "down",
    texture: rough(stage, 0.12, 0.05, 3),
  });
}

/** Jagged peaks with a lit and a shaded flank and snow on top. */
export function mountains(stage: Stage, base: number, rise: number, color: Color, haze: number, snow: boolean): void {
  const { random, mood } = stage;
  const page = stage.page(haze);
  const count = 3 + random.int(3);
  for (let k = 0; k < count; k++) {
    const cx = (k + random.uniform(0.1, 0.9)) / count;
    const height = rise * random.uniform(0.6, 1.05);
    const half = height * random.uniform(0.75, 1.15);
    const ridge = (from: number, to: number, steps: number): number[] => {
      const out: number[] = [];
      for (let i = 1; i < steps; i++) {
        const t = i / steps;
        out.push(from + (to - from) * t + random.uniform(-0.06, 0.06) * half, t);
      }
      return out;
    };
    const left = ridge(cx, cx - half, 6);
    const right = ridge(cx, cx + half, 6);
    const spine = ridge(cx, cx + half * random.uniform(-0.3, 0.3), 6);
    const flank = (line: readonly number[]): number[] =>
      line.map((value, i) => (i % 2 ? base - height * (1 - value) : value));
    const reversed = (line: readonly number[]): number[] => {
      const out: number[] = [];
      for (let i = line.length - 2; i >= 0; i -= 2) out.push(line[i], line[i + 1]);
      return out;
    };
    const [l, r, s] = [flank(left), flank(right), flank(spine)];
    const apex = [cx, base - height];
    const foot = spine[spine.length - 2];
    const bright = {
      color: lighten(color, 0.16),
      to: color,
      run: "down" as const,
      texture: rough(stage, 0.2, 0.06, 3),
    };
    const dark = {
      color: darken(color, 0.34),
      to: darken(color, 0.2),
      run: "down" as const,
      texture: rough(stage, 0.2, 0.06, 3),
    };
    page.poly(
      [...apex, ...l, cx - half, base + 0.02, foot, base + 0.02, ...reversed(s)],
      mood.side < 0 ? bright : dark,
    );
    page.poly(
      [...apex, ...r, cx + half, base + 0.02, foot, base + 0.02, ...reversed(s)],
      mood.side < 0 ? dark : bright,
    );
    if (!snow) continue;
    const line = 0.24 + random.uniform(0, 0.16);
    const cap = (edge: readonly number[], lit: boolean): void => {
      // The snow's lower rim: zigzag between the ridge and the spine.
      const at = (path: readonly number[], t: number): number => cx + ((path[4] - cx) / path[5]) * t;
      const [xe, xs] = [at(edge, line), at(spine, line)];
      const rim: number[] = [];
      for (let i = 0; i <= 5; i++)
        rim.push(xe + ((xs - xe) * i) / 5, base - height * (1 - line - (i % 2 ? 0.09 : -0.05) * (i === 0 ? 0 : 1)));
      page.poly(
        [
          ...apex,
          xe * 0.5 + cx * 0.5,
          base - height * (1 - line / 2),
          ...rim,
          ...[cx * 0.5 + xs * 0.5, base - height * (1 - line / 2)],
        ],
        lit ? hex("#fbfaf6") : hex("#b9c6dc"),
      );
    };
    cap(left, mood.side < 0);
    cap(right, mood.side > 0);
  }
}

/** Far woods along the horizon. */
export function treeline(stage: Stage, y: number, size: number, color: Color, haze: number): void {
  const { random } = stage;
  const page = stage.page(haze);
  stage.scenery.add("tree");
  const firs = random.chance(0.5);
  for (let x = -0.02; x < 1.02; x += size * random.uniform(0.3, 0.6)) {
    const tall = size * random.uniform(0.6, 1.2);
    const tone = vary(color, random, 0.1);
    if (firs)
      page.poly([x - tall * 0.28, y, x + tall * 0.28, y, x, y - tall * 1.3], {
        color: tone,
        to: darken(tone, 0.3),
        run: "light",
      });
    else
      page.blob(x, y - tall * 0.4, tall * 0.5, tall * 0.5, {
        color: lighten(tone, 0.08),
        to: darken(tone, 0.3),
        run: "light",
      });
  }
}

/** The open ground from the horizon down, with its blades or crumbs. */
export function land(stage: Stage, color: Color, from = stage.horizon): void {
  const far = mix(color, stage.mood.haze, stage.mood.density * 0.6);
  band(stage, from, 1.01, {
    color: lighten(far, 0.06),
    to: darken(color, 0.1),
    run: "down",
    texture: ground(stage, 0.2, 0.5, 4),
  });
  // Fine structure nearby, where single blades can be told.
  band(stage, from + (1 - from) * 0.45, 1.01, {
    color: darken(color, 0.3),
    to: darken(color, 0.35),
    run: "down",
    alpha: 0,
    alphaTo: 0.22,
    texture: { kind: "cloud", seed: stage.random.int(256), amount: 0.45, width: 0.03, height: 0.05, octaves: 2 },
  });
}

/** Water from y0 to y1, with waves and the sun's path. */
export function water(stage: Stage, y0: number, y1: number, color: Color): void {
  const { random, mood, light } = stage;
  const far = mix(color, mood.sky[2], 0.55);
  band(stage, y0, y1, {
    color: far,
    to: darken(color, 0.16),
    run: "down",
    texture: { ...ground(stage, 0.2, 0.5, 3), height: 0.16 },
  });
  const page = stage.page();
  const tint = light.time === "night" ? hex("#8a9cc8") : light.time === "sunset" ? hex("#ffdca0") : hex("#ffffff");
  for (let i = 0; i < 40; i++) {
    const t = random.float() ** 1.6;
    const y = y0 + 0.006 + (y1 - y0) * t;
    const length = 0.008 + 0.05 * t;
    page.ellipse(random.float(), y, length, 0.0008 + 0.0035 * t, {
      color: tint,
      alpha: random.uniform(0.12, 0.4),
      shines: true,
    });
  }
}

/** At times a sign in front, large enough to be read at 112 pixels. */
export function signpost(stage: Stage, chance: number): void {
  const { random } = stage;
  if (!random.chance(chance)) return;
  const board = sign(random);
  const reach = (board.width * 0.2) / 2;
  stage.seek(board, () => [random.uniform(reach, 1 - reach), random.uniform(0.9, 0.98)], {
    unit: random.uniform(0.13, 0.21),
    facing: 1,
    crowd: 0.04,
  });
}

/** Rain or snow in front of everything. */
export function precipitation(stage: Stage): void {
  const { random, weather } = stage;
  const page = stage.page();
  if (weather === "rain") {
    const slant = random.uniform(-0.35, 0.35);
    for (let i = 0; i < 110; i++) {
      const [x, y, length] = [random.uniform(-0.1, 1.1), random.uniform(-0.1, 1), random.uniform(0.025, 0.06)];
      page.stroke([x, y, x + slant * length, y + length], random.uniform(0.0026, 0.0046), {
        color: hex("#dfe8f0"),
        alpha: random.uniform(0.32, 0.58),
        shines: true,
      });
    }
  } else if (weather === "snow") {
    for (let i = 0; i < 120; i++) {
      const size = random.uniform(0.002, 0.0065);
      page.ellipse(random.float(), random.float(), size, size, {
        color: hex("#ffffff"),
        alpha: random.uniform(0.55, 0.95),
        shines: true,
      });
    }
  } else if (weather === "fog") {
    const { haze } = stage.mood;
    const veil = { color: haze, to: haze, run: "down" as const, shines: true };
    band(stage, stage.horizon - 0.25, stage.horizon + 0.05, { ...veil, alpha: 0, alphaTo: 0.45 });
    band(stage, stage.horizon + 0.05, 0.98, { ...veil, alpha: 0.45, alphaTo: 0 });
  }
}
