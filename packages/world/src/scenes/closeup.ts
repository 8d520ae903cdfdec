import { cat, cow, dog, fish, horse, sheep } from "../objects/animals.js";
import { pane, windowAt } from "../objects/buildings.js";
import { bust } from "../objects/people.js";
import { sign } from "../objects/street.js";
import { potPlant } from "../objects/tableware.js";
import { type Color, darken, hex, lighten, mix, vary } from "../palette.js";
import { shaded } from "../pen.js";
import type { Stage } from "../stage.js";
import { band, ground, land, rough, sky, treeline } from "./backdrop.js";
import { meadow } from "./park.js";

/** Soft discs of light: the far away, out of focus. */
function bokeh(stage: Stage, top: Color, bottom: Color, until: number): void {
  const { random } = stage;
  band(stage, -0.01, until, { color: lighten(top, 0.1), to: bottom, run: "down" });
  for (let i = 0; i < 26; i++) {
    const size = random.uniform(0.03, 0.12);
    const color = vary(mix(top, bottom, random.float()), random, 0.2);
    stage.page().ellipse(random.float(), random.float() * until, size, size, {
      color: lighten(color, 0.25),
      to: lighten(color, 0.2),
      run: "rings",
      alpha: 0.4,
      alphaTo: 0.05,
    });
  }
}

/** One animal, large, on grass or indoors. */
export function animalPortrait(stage: Stage): void {
  const { random } = stage;
  const make = random.pick([dog, dog, cat, cat, horse, cow, sheep]);
  const animal = make(random);
  const outside = make !== cat || random.chance(0.5);
  const floor = random.uniform(0.55, 0.72);
  if (outside) {
    const grass = vary(random.pick(["#7aa64c", "#8aa050", "#a8a058"].map(hex)), random);
    if (random.chance(0.5))
      bokeh(stage, random.pick(["#8fb87a", "#7aa0a8", "#c8b078"].map(hex)), mix(grass, hex("#d8e0b0"), 0.3), floor);
    else {
      sky(stage);
      treeline(stage, stage.horizon + 0.02, 0.09, hex("#4f8048"), 0.3);
    }
    land(stage, grass, Math.min(floor, stage.horizon + 0.02));
    meadow(stage, grass, 4);
  } else {
    const wall = vary(random.pick(["#d8c4b4", "#b8c8c8", "#c8b8d0", "#e0d0a8"].map(hex)), random);
    band(stage, -0.01, floor, {
      color: lighten(wall, 0.15),
      to: darken(wall, 0.12),
      run: "down",
      texture: rough(stage, 0.04, 0.2),
    });
    const boards = random.pick(["#a87848", "#8a6040", "#c09868"].map(hex));
    band(stage, floor, 1.01, {
      color: boards,
      to: darken(boards, 0.16),
      run: "down",
      texture: ground(stage, 0.1, 0.08),
    });
    band(stage, floor - 0.02, floor, { color: hex("#f2ede4"), to: hex("#c8c0b4"), run: "down" });
  }
  const unit = Math.min(0.8 / animal.width, 0.68 / animal.height) * random.uniform(0.85, 1);
  stage.put(animal, random.uniform(0.44, 0.56), random.uniform(0.86, 0.94), { unit });
  stage.perform();
}

/** A person's head and shoulders. */
export function portrait(stage: Stage): void {
  const { random } = stage;
  const tones = random
    .pick([
      ["#a8c0c8", "#e0d8c8"],
      ["#c8a890", "#ecd8c0"],
      ["#8fa890", "#d8e0c0"],
      ["#9a98b8", "#e0d0d8"],
      ["#5a6a7a", "#a8b0b0"],
    ])
    .map(hex);
  bokeh(stage, tones[0], tones[1], 1.01);
  stage.put(bust(random), random.uniform(0.42, 0.58), 1.0, { unit: random.uniform(0.72, 0.92), facing: 1 });
  stage.perform();
}

/** A wall with windows, a door and a sign, seen straight on: no sky, no horizon. */
export function facade(stage: Stage): void {
  const { random, night } = stage;
  const brick = random.chance(0.55);
  const wall = vary(
    brick
      ? random.pick(["#a8604a", "#8f5444", "#b87a5c", "#9a7060"].map(hex))
      : random.pick(["#e8d4b0", "#d8a890", "#a8bcc4", "#c8cca8", "#e0b8a8"].map(hex)),
    random,
  );
  for (const word of ["house", "flower", "window"]) stage.scenery.add(word);
  const page = stage.page();
  const foot = random.uniform(0.86, 0.93);
  band(stage, -0.01, foot, {
    color: lighten(wall, 0.08),
    to: darken(wall, 0.12),
    run: "down",
    texture: rough(stage, 0.08, 0.06, 3),
  });
  if (brick) courses(stage, wall, foot);
  const stone = hex("#a8a098");
  band(stage, foot - 0.07, foot, { ...shaded(darken(stone, 0.1), 0.14), texture: rough(stage, 0.1, 0.03) });
  band(stage, foot, 1.01, {
    color: lighten(stone, 0.08),
    to: darken(stone, 0.15),
    run: "down",
    texture: rough(stage, 0.08, 0.03),
  });
  band(stage, foot, foot + 0.025, {
    color: hex("#1a1630"),
    to: hex("#1a1630"),
    run: "down",
    alpha: 0.4,
    alphaTo: 0,
    shines: true,
  });
  const pen = stage.pen(0, foot, 0.22);
  const doorAt = random.pick([0.2, 0.5, 0.8]) / 0.22;
  const frame = random.pick(["#f4efe4", "#e0d4bc", "#f0f2f2"].map(hex));
  const flowers = random.pick(["#e0485a", "#f2c53a", "#c86ab8", "#ffffff"].map(hex));
  for (const x of [0.2, 0.5, 0.8].map((at) => at / 0.22)) {
    for (const y of [1.15, 3.05]) {
      if (y < 2 && x === doorAt) continue;
      const lit = night && random.chance(0.7);
      windowAt(pen, x - 0.42, y, 0.84, 1.05, lit, frame);
      pen.poly(
        [x - 0.55, y + 1.2, x + 0.55, y + 1.2, x + 0.48, y + 1.36, x - 0.48, y + 1.36],
        shaded(lighten(stone, 0.3), 0.15),
      );
      for (const s of [-1, 1]) {
        const shutter = darken(flowers === hex("#ffffff") ? hex("#4a7a6a") : hex("#3f6a6a"), 0.05);
        if (!brick) pen.rect(x + s * 0.68 - 0.14, y - 0.05, 0.28, 1.15, shaded(shutter, 0.18));
      }
      if (y > 2 || random.chance(0.5)) {
        pen.rect(x - 0.5, y - 0.3, 1, 0.18, shaded(hex("#8a5a3a"), 0.2));
        for (let i = 0; i < 11; i++) {
          const px = x - 0.46 + i * 0.092;
          pen.blob(px, y - 0.08, 0.08, 0.09, vary(hex("#4e8a3e"), random), 0.2);
          if (i % 2) pen.ellipse(px, y - 0.03 + random.uniform(-0.03, 0.03), 0.055, 0.055, flowers);
        }
      }
    }
  }
  door(stage, doorAt, night, frame);
  if (random.chance(0.7)) {
    const board = sign(random);
    const x = doorAt < 2 ? random.uniform(0.42, 0.75) : random.uniform(0.2, 0.55);
    stage.put(board, x, foot + 0.05, { unit: 0.2, facing: 1 });
  }
  if (random.chance(0.6))
    stage.seek(potPlant(random, 2), () => [random.uniform(0.08, 0.92), foot + 0.02], { unit: 0.2, crowd: 0.05 });
  if (random.chance(0.4))
    stage.seek(cat(random), () => [random.uniform(0.1, 0.9), foot + 0.05], { unit: 0.42, crowd: 0.05 });
  page.ellipse(stage.mood.side < 0 ? 0 : 1, 0, 1.1, 0.8, {
    color: hex("#fff0d0"),
    to: hex("#fff0d0"),
    run: "rings",
    alpha: 0.22,
    alphaTo: 0,
  });
  stage.perform();
}

/** Rows of bricks, every other shifted by half. */
function courses(stage: Stage, wall: Color, foot: number): void {
  const { random } = stage;
  const page = stage.page();
  const [wide, high] = [0.062, 0.024];
  const mortar = lighten(wall, 0.35);
  for (let row = 0, y = 0; y < foot; row++, y += high) {
    page.rect(0, y, 1, 0.0028, { color: mortar, alpha: 0.6 });
    for (let x = row % 2 ? 0 : -wide / 2; x < 1; x += wide) {
      page.rect(x, y, 0.0028, high, { color: mortar, alpha: 0.6 });
      if (random.chance(0.16))
        page.rect(x + 0.003, y + 0.003, wide - 0.003, high - 0.003, {
          color: random.chance(0.5) ? darken(wall, 0.25) : lighten(wall, 0.2),
          alpha: 0.45,
        });
    }
  }
}

function door(stage: Stage, x: number, night: boolean, frame: Color): void {
  const { random } = stage;
  const pen = stage.pen(0, 0.9, 0.22);
  const paint = random.pick(["#2f5a6a", "#8a2f2c", "#3f5a3a", "#5a3a26", "#d8a030"].map(hex));
  pen.rect(x - 0.62, -0.1, 1.24, 2.35, shaded(frame, 0.14));
  pen.rect(x - 0.48, -0.1, 0.96, 2.2, shaded(paint, 0.22));
  for (const [dx, dy] of [
    [-0.36, 0.15],
    [0.06, 0.15],
    [-0.36, 0.85],
    [0.06, 0.85],
  ])
    pen.rect(x + dx, dy, 0.3, 0.5, shaded(darken(paint, 0.22), 0.2));
  pen.rounded(x - 0.32, 1.5, 0.64, 0.42, 0.2, pane(night));
  pen.ellipse(x + 0.38, 0.75, 0.055, 0.055, hex("#e8c860"));
  pen.rect(x - 0.8, -0.2, 1.6, 0.14, shaded(hex("#b8b0a4"), 0.15));
  pen.rect(x - 0.95, -0.36, 1.9, 0.17, shaded(hex("#a49c90"), 0.15));
}

/** Fish over sand and weed; light falls in from above. */
export function aquarium(stage: Stage): void {
  const { random } = stage;
  const page = stage.page();
  const sea = random
    .pick([
      ["#7fd0e0", "#1f6a9a"],
      ["#8fe0d0", "#1a6f80"],
      ["#6ab0e8", "#20508a"],
    ])
    .map(hex);
  band(stage, -0.01, 1.01, { color: sea[0], to: sea[1], run: "down", texture: rough(stage, 0.06, 0.3) });
  for (let i = 0; i < 5; i++) {
    const x = random.uniform(0, 1);
    page.poly([x, -0.01, x + 0.05, -0.01, x + random.uniform(0.05, 0.28), 0.9, x - 0.08, 0.9], {
      color: hex("#ffffff"),
      to: hex("#ffffff"),
      run: "down",
      alpha: 0.2,
      alphaTo: 0,
      shines: true,
    });
  }
  stage.scenery.add("plant");
  const bottom = random.uniform(0.8, 0.88);
  const sand = random.pick(["#e8d4a4", "#d8c8b0", "#c8b89a"].map(hex));
  page.curve(
    [
      -0.05,
      1.05,
      -0.05,
      bottom + 0.02,
      0.25,
      bottom - 0.02,
      0.55,
      bottom + 0.02,
      0.8,
      bottom - 0.015,
      1.05,
      bottom + 0.01,
      1.05,
      1.05,
    ],
    { color: mix(sand, sea[1], 0.15), to: mix(sand, sea[1], 0.35), run: "down", texture: rough(stage, 0.14, 0.02) },
    6,
  );
  for (let i = 0; i < 6 + random.int(6); i++) {
    const x = random.float();
    const tall = random.uniform(0.12, 0.36);
    const weed = vary(random.pick(["#4a9a5a", "#2f8a6a", "#8aa848", "#c8607a"].map(hex)), random);
    const foot = bottom + random.uniform(0, 0.1);
    for (let k = -1; k <= 1; k++) {
      const lean = k * 0.03 + random.uniform(-0.02, 0.02);
      page.bend(
        [
          x + k * 0.008,
          foot,
          x + lean,
          foot - tall * 0.4,
          x + lean * 0.2,
          foot - tall * 0.7,
          x + lean * 1.6,
          foot - tall,
        ],
        0.016,
        { color: lighten(weed, 0.15), to: darken(weed, 0.3), run: "down" },
        0.004,
      );
    }
  }
  for (let i = 0; i < 5; i++) {
    const size = random.uniform(0.03, 0.08);
    const stonePen = stage.pen(random.float(), bottom + random.uniform(0.03, 0.12), 1);
    stonePen.blob(0, size * 0.4, size, size * 0.6, shaded(vary(hex("#7a8088"), random), 0.35));
  }
  for (let i = 2 + random.int(4); i > 0; i--) {
    stage.seek(fish(random), () => [random.uniform(0.16, 0.84), random.uniform(0.24, bottom - 0.04)], {
      unit: random.uniform(0.16, 0.32),
      crowd: 0.02,
    });
  }
  for (let i = 0; i < 3; i++) {
    const x = random.uniform(0.1, 0.9);
    for (let k = 0; k < 5; k++) {
      const size = random.uniform(0.004, 0.012);
      const y = random.uniform(0.05, 0.7);
      page.ellipse(x + random.uniform(-0.02, 0.02), y, size, size, {
        color: hex("#ffffff"),
        to: hex("#c8f0f8"),
        run: "down",
        alpha: 0.55,
        shines: true,
      });
    }
  }
  stage.perform();
}
