import type { Random } from "@ssl4rl/core";
import { cat, dog } from "../objects/animals.js";
import {
  bed,
  chair,
  clock,
  cupboards,
  floorLamp,
  fridge,
  picture,
  roomWindow,
  rug,
  shelf,
  sofa,
  stove,
  table,
  tv,
} from "../objects/furniture.js";
import { person } from "../objects/people.js";
import {
  book,
  bottle,
  candle,
  cup,
  fruit,
  fruitBowl,
  glassOfWater,
  letterBlock,
  potPlant,
  teapot,
  toyBall,
  vase,
} from "../objects/tableware.js";
import { type Color, darken, hex, lighten, mix, vary } from "../palette.js";
import type { Stage, Thing } from "../stage.js";
import { band, ground, rough } from "./backdrop.js";

const walls = [
  "#e8dcc4",
  "#c8d4c8",
  "#d8c4b4",
  "#b8c8d4",
  "#e6d0c8",
  "#d4cce0",
  "#a8bcae",
  "#e8d8a8",
  "#8fa4b0",
  "#c89a84",
].map(hex);

/** Wall, skirting, floor and the light from one side. Returns the height of the floor's far edge. */
function room(stage: Stage): number {
  const { random, horizon, mood } = stage;
  const floor = horizon + random.uniform(0.22, 0.3);
  const wall = vary(random.pick(walls), random);
  const page = stage.page();
  band(stage, -0.01, floor, {
    color: lighten(wall, 0.14),
    to: darken(wall, 0.08),
    run: "down",
    texture: rough(stage, 0.03, 0.04),
  });
  const paper = random.int(4);
  if (paper === 0)
    for (let x = random.float() * 0.05; x < 1; x += 0.075)
      page.rect(x, -0.01, 0.03, floor, { color: lighten(wall, 0.4), alpha: 0.35 });
  if (paper === 1) {
    band(stage, floor - 0.16, floor, { color: lighten(wall, 0.5), to: lighten(wall, 0.3), run: "down" });
    band(stage, floor - 0.168, floor - 0.155, darken(wall, 0.18));
  }
  if (paper === 2)
    for (let y = 0.05; y < floor; y += 0.09)
      for (let x = 0.04 + ((y / 0.09) & 1) * 0.045; x < 1; x += 0.09)
        page.ellipse(x, y, 0.006, 0.008, { color: lighten(wall, 0.6), alpha: 0.55 });
  const side = mood.side < 0 ? -0.2 : 1.2;
  page.ellipse(side, 0.2, 1, 0.8, { color: hex("#fff4d8"), to: hex("#fff4d8"), run: "rings", alpha: 0.28, alphaTo: 0 });
  if (random.chance(0.5)) {
    band(stage, -0.01, 0.035, { color: hex("#f6f2ea"), to: darken(hex("#f6f2ea"), 0.12), run: "down" });
    band(stage, 0.035, 0.06, { color: hex("#1a1630"), to: hex("#1a1630"), run: "down", alpha: 0.16, alphaTo: 0 });
  }
  boards(stage, floor);
  band(stage, floor - 0.025, floor, { color: hex("#f4efe6"), to: darken(hex("#f4efe6"), 0.18), run: "down" });
  band(stage, floor, floor + 0.05, {
    color: hex("#1a1630"),
    to: hex("#1a1630"),
    run: "down",
    alpha: 0.28,
    alphaTo: 0,
    shines: true,
  });
  return floor;
}

/** Floor boards, or tiles, towards the vanishing point. */
function boards(stage: Stage, floor: number): void {
  const { random, horizon } = stage;
  const page = stage.page();
  const tiles = random.chance(0.3);
  const base = tiles
    ? random.pick(["#d8d0c4", "#c4b4a4", "#b8c0c0"].map(hex))
    : random.pick(["#b08050", "#94653c", "#c89c68", "#7a5236"].map(hex));
  band(stage, floor, 1.01, {
    color: lighten(base, 0.08),
    to: darken(base, 0.1),
    run: "down",
    texture: ground(stage, 0.08, 0.1),
  });
  const at = (metres: number, y: number) => 0.5 + metres * (y - horizon);
  for (let k = -12; k < 12; k++) {
    const [a, b] = [k * 0.22, (k + 1) * 0.22];
    if (!tiles) {
      const tone = vary(base, random, 0.08);
      page.poly([at(a, floor), floor, at(b, floor), floor, at(b, 1.01), 1.01, at(a, 1.01), 1.01], {
        color: tone,
        to: darken(tone, 0.08),
        run: "down",
        alpha: 0.75,
        texture: ground(stage, 0.1, 0.07),
      });
    }
    page.stroke([at(a, floor), floor, at(a, 1.01), 1.01], 0.0022, { color: darken(base, 0.5), alpha: 0.4 });
  }
  if (tiles)
    for (let z = 1; z < 16; z++) {
      const y = horizon + 1.1 / (1 + z * 0.24);
      if (y > floor && y < 1) page.stroke([0, y, 1, y], 0.0022, { color: darken(base, 0.5), alpha: 0.4 });
    }
}

/** Small in windows and in paintings: neither asked about nor denied. */
function outlook(stage: Stage): void {
  for (const word of ["tree", "house"]) stage.scenery.add(word);
}

/** Window, pictures, clock; furniture may stand before a share of `crowd` of the window. */
function hang(stage: Stage, floor: number, crowd: number): void {
  outlook(stage);
  const { random, mood, night } = stage;
  const unit = stage.unitAt(floor);
  const shift = random.uniform(0.15, 0.85);
  if (random.chance(0.75))
    stage.seek(roomWindow(random, mood.sky, night), () => [random.uniform(0.18, 0.82), floor - unit * 0.98], {
      unit,
      facing: 1,
      crowd,
    });
  for (let i = random.int(3); i > 0; i--)
    stage.seek(picture(random), () => [random.uniform(0.1, 0.9), floor - unit * random.uniform(1.35, 1.6)], {
      unit,
      facing: 1,
      crowd: 0,
    });
  if (random.chance(0.3))
    stage.seek(clock(random), () => [shift, floor - unit * random.uniform(1.5, 1.8)], { unit, facing: 1, crowd: 0 });
}

const onTables: readonly ((random: Random) => Thing)[] = [
  cup,
  cup,
  bottle,
  fruitBowl,
  vase,
  book,
  teapot,
  glassOfWater,
  letterBlock,
  (random) => fruit(random),
  (random) => potPlant(random, 0.7),
];

/** Sets small things on top of a table-like actor; bigger than life, so that they can be told. */
function lay(stage: Stage, support: number, count: number, height: number, swell = 1.5): void {
  const { random } = stage;
  const { x, y, unit, thing } = stage.actors[support];
  const half = (thing.width * unit) / 2;
  for (let i = 0; i < count; i++) {
    const item = random.pick(onTables)(random);
    const size = unit * swell;
    const reach = half - (item.width * size) / 2;
    stage.seek(item, () => [x + random.uniform(-reach, reach) * 0.88, y - unit * (height + random.uniform(0, 0.04))], {
      unit: size,
      crowd: 0.25,
      on: support,
    });
  }
}

export function livingRoom(stage: Stage): void {
  const { random, night } = stage;
  const floor = room(stage);
  hang(stage, floor, 0);
  const back = floor + 0.04;
  const at = (y: number) => (): [number, number] => [random.uniform(0.14, 0.86), y];
  if (random.chance(0.75)) stage.seek(sofa(random), () => [random.uniform(0.3, 0.7), back], { crowd: 0.1, facing: 1 });
  if (random.chance(0.6)) stage.seek(shelf(random), at(floor + 0.012), { crowd: 0.02, facing: 1 });
  if (random.chance(0.6)) stage.seek(floorLamp(random, night || random.chance(0.4)), at(back), { crowd: 0.05 });
  if (random.chance(0.5)) stage.seek(potPlant(random, 2.2), at(back + 0.01), { crowd: 0.05 });
  const front = random.uniform(0.8, 0.9);
  if (random.chance(0.5)) rug(stage.pen(random.uniform(0.35, 0.65), front + 0.02), 3, 0.55);
  if (random.chance(0.55)) {
    const coffee = stage.seek(table(random, random.uniform(1, 1.4), 0.46), () => [random.uniform(0.3, 0.7), front], {
      crowd: 0.35,
      facing: 1,
    });
    if (coffee >= 0) lay(stage, coffee, 1 + random.int(3), 0.5, 1.7);
  } else if (random.chance(0.35)) {
    const stand = stage.seek(table(random, 1.4, 0.4), at(back), { crowd: 0.1, facing: 1 });
    if (stand >= 0)
      stage.put(tv(random), stage.actors[stand].x, back - stage.actors[stand].unit * 0.46, {
        unit: stage.actors[stand].unit,
        facing: 1,
        on: stand,
        crowd: 1,
      });
  }
  life(stage, front);
  stage.perform();
}

export function bedroom(stage: Stage): void {
  const { random, night } = stage;
  const floor = room(stage);
  const back = floor + 0.05;
  // First of all, so that there is room for it.
  const sleeper = stage.put(bed(random), random.uniform(0.3, 0.7), back + 0.02);
  hang(stage, floor, 0.35);
  const { x, y, unit } = stage.actors[sleeper];
  if (random.chance(0.3)) {
    stage.put(cat(random, "sleeping"), x + unit * random.uniform(-0.2, 0.5), y - unit * 0.72, {
      unit: unit * 1.3,
      on: sleeper,
      crowd: 1,
    });
  }
  if (random.chance(0.7)) {
    const side = x < 0.5 ? 1 : -1;
    const stand = stage.put(table(random, 0.62, 0.55), x + side * unit * 1.75, y, { facing: 1, crowd: 0.1 });
    if (stand >= 0) lay(stage, stand, 1 + random.int(2), 0.59, 1.4);
  }
  const at = (y: number) => (): [number, number] => [random.uniform(0.1, 0.9), y];
  if (random.chance(0.6)) stage.seek(floorLamp(random, night || random.chance(0.3)), at(back), { crowd: 0.05 });
  if (random.chance(0.5)) stage.seek(shelf(random), at(floor + 0.012), { crowd: 0.02, facing: 1 });
  if (random.chance(0.5)) stage.seek(potPlant(random, 2), at(back), { crowd: 0.05 });
  if (random.chance(0.5)) rug(stage.pen(random.uniform(0.3, 0.7), 0.9), 2.4, 0.5);
  if (random.chance(0.5)) stage.seek(chair(random), at(random.uniform(0.8, 0.92)), { crowd: 0.05 });
  life(stage, 0.88);
  stage.perform();
}

export function kitchen(stage: Stage): void {
  const { random, night } = stage;
  const floor = room(stage);
  const unit = stage.unitAt(floor + 0.02);
  const front = random.pick(["#e8e0d0", "#8fb0a4", "#a8b8c8", "#c87a5a", "#6a7a8a", "#d8b878"].map(hex));
  const top = random.pick(["#6a4a34", "#4a4a50", "#b89468"].map(hex));
  const pen = stage.pen(0, floor + 0.02);
  const metres = 1 / unit;
  outlook(stage);
  splash(stage, floor, unit);
  cupboards(pen, -0.1, metres + 0.1, front, top);
  stage.seek(roomWindow(random, stage.mood.sky, night), () => [random.uniform(0.3, 0.7), floor - unit * 1.12], {
    unit,
    facing: 1,
    crowd: 0,
  });
  if (random.chance(0.7)) stage.put(stove(random), random.uniform(0.2, 0.8), floor + 0.026, { facing: 1, crowd: 1 });
  if (random.chance(0.7))
    stage.put(fridge(random), random.pick([random.uniform(0.07, 0.14), random.uniform(0.86, 0.93)]), floor + 0.03, {
      facing: 1,
      crowd: 0.6,
    });
  if (random.chance(0.3))
    stage.seek(clock(random), () => [random.uniform(0.12, 0.88), floor - unit * 1.7], { unit, facing: 1, crowd: 0 });
  for (let i = 1 + random.int(4); i > 0; i--) {
    const y = floor + 0.02 - unit * 0.91;
    stage.seek(random.pick(onTables)(random), () => [random.uniform(0.06, 0.94), y], { unit: unit * 1.5, crowd: 0.02 });
  }
  if (random.chance(0.65)) {
    const near = random.uniform(0.88, 1);
    const dining = stage.seek(table(random), () => [random.uniform(0.32, 0.68), near], { facing: 1, crowd: 0.9 });
    if (dining >= 0) {
      lay(stage, dining, 2 + random.int(3), 0.79, 1.5);
      if (random.chance(0.6)) stage.seek(chair(random), () => [random.pick([0.12, 0.88]), near - 0.02], { crowd: 0.2 });
    }
  }
  life(stage, 0.92);
  stage.perform();
}

/** Tiles behind the worktop. */
function splash(stage: Stage, floor: number, unit: number): void {
  const { random } = stage;
  const page = stage.page();
  const tile = vary(random.pick(["#f2ede2", "#cfe0e0", "#e8d4c0"].map(hex)), random);
  const [y0, y1] = [floor - unit * 1.45, floor - unit * 0.8];
  band(stage, y0, y1, tile);
  const step = unit * 0.16;
  for (let y = y0; y <= y1; y += step) page.stroke([0, y, 1, y], 0.002, darken(tile, 0.22));
  for (let x = 0; x < 1; x += step) page.stroke([x, y0, x, y1], 0.002, darken(tile, 0.22));
}

/** Who lives here. */
function life(stage: Stage, y: number): void {
  const { random } = stage;
  const place = (): [number, number] => [random.uniform(0.12, 0.88), random.uniform(y, 0.98)];
  if (random.chance(0.35))
    stage.seek(cat(random, random.pick(["sitting", "sleeping", "walking"])), place, {
      unit: stage.unitAt(0.95) * 1.1,
      crowd: 0.1,
    });
  if (random.chance(0.25)) stage.seek(dog(random), place, { unit: stage.unitAt(0.95) * 1.05, crowd: 0.1 });
  if (random.chance(0.25)) stage.seek(toyBall(random), place, { unit: stage.unitAt(0.95) * 1.2, crowd: 0.02 });
  if (random.chance(0.35))
    stage.seek(person(random, { pose: random.pick(["standing", "waving"]) }), place, { crowd: 0.2 });
}

/** Close to a table: no floor, seldom a window. */
export function tableTop(stage: Stage): void {
  const { random, night } = stage;
  const edge = random.uniform(0.52, 0.66);
  const wall = vary(random.pick(walls), random);
  band(stage, -0.01, edge, {
    color: lighten(wall, 0.1),
    to: darken(wall, 0.22),
    run: "down",
    texture: rough(stage, 0.05, 0.3),
  });
  const page = stage.page();
  if (random.chance(0.4)) {
    // Out-of-focus lights of the room behind.
    for (let i = 0; i < 9; i++) {
      const color = mix(wall, random.pick(["#ffe0a0", "#f0a070", "#a0c8e0"].map(hex)), 0.6);
      const size = random.uniform(0.03, 0.08);
      page.ellipse(random.float(), random.uniform(0, edge * 0.8), size, size, {
        color,
        to: color,
        run: "rings",
        alpha: 0.5,
        alphaTo: 0.1,
      });
    }
  }
  page.ellipse(stage.mood.side < 0 ? 0 : 1, 0.1, 0.9, 0.7, {
    color: hex("#fff4d8"),
    to: hex("#fff4d8"),
    run: "rings",
    alpha: 0.35,
    alphaTo: 0,
  });
  const cloth = random.chance(0.35);
  const top: Color = cloth
    ? random.pick(["#f2ede2", "#c85a4a", "#5a84a8", "#e0c070"].map(hex))
    : random.pick(["#a87448", "#7c5030", "#c89c68", "#5a3c28"].map(hex));
  band(stage, edge, 1.01, {
    color: lighten(top, 0.12),
    to: darken(top, 0.16),
    run: "down",
    texture: {
      kind: "grain",
      seed: random.int(256),
      amount: cloth ? 0.03 : 0.12,
      width: cloth ? 0.02 : 0.3,
      height: cloth ? 0.02 : 0.025,
      octaves: 3,
    },
  });
  if (cloth && random.chance(0.6)) {
    for (let k = -8; k <= 8; k++)
      page.poly(
        [0.5 + k * 0.07, edge, 0.5 + k * 0.07 + 0.035, edge, 0.5 + k * 0.13 + 0.065, 1.01, 0.5 + k * 0.13, 1.01],
        { color: lighten(top, 0.6), alpha: 0.45 },
      );
  }
  band(stage, edge - 0.004, edge + 0.006, darken(top, 0.25));
  const things: readonly ((random: Random) => Thing)[] = [
    ...onTables,
    (r) => candle(r, night || r.chance(0.6)),
    (r) => fruit(r),
    letterBlock,
    (r) => fruit(r),
    cup,
  ];
  const count = 2 + random.int(4);
  const unit = random.uniform(1.25, 1.8);
  for (let i = 0; i < count; i++) {
    const item = random.pick(things)(random);
    const scale = unit * (item.height > 0.35 ? 0.75 : item.height < 0.12 ? 1.25 : 1);
    stage.seek(item, () => [random.uniform(0.1, 0.9), random.uniform(edge + 0.06, 0.93)], { unit: scale, crowd: 0.1 });
  }
  if (random.chance(0.12))
    stage.seek(cat(random, "sitting"), () => [random.uniform(0.2, 0.8), edge + 0.12], { unit: 0.9, crowd: 0.3 });
  stage.perform();
}
