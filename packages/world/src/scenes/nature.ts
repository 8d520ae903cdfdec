import { cow, flyingBird, horse, sheep } from "../objects/animals.js";
import { house } from "../objects/buildings.js";
import { person } from "../objects/people.js";
import { bush, cactus, stone, tree } from "../objects/plants.js";
import { aeroplane, balloon, boat, car } from "../objects/vehicles.js";
import { type Color, darken, hex, lighten, mix, vary } from "../palette.js";
import { isSolid, type Shape } from "../sketch.js";
import type { Stage } from "../stage.js";
import { band, ground, hills, land, mountains as peaks, precipitation, signpost, sky, treeline } from "./backdrop.js";
import { bareGround, birds, meadow } from "./park.js";

const rocks = ["#7a7c90", "#8a7a78", "#6a7a8a", "#8f8494", "#7c8276"].map(hex);

/** Peaks behind meadows and firs; a hut, hikers, grazing animals. */
export function mountains(stage: Stage): void {
  const { random, horizon, weather } = stage;
  const snowy = weather === "snow" || random.chance(0.2);
  const grass = snowy ? hex("#e8eef6") : vary(random.pick(["#7a9a50", "#8aa45a", "#98a058"].map(hex)), random);
  sky(stage);
  const rock = vary(random.pick(rocks), random);
  peaks(stage, horizon + 0.02, horizon * random.uniform(0.6, 0.88), mix(rock, stage.mood.sky[1], 0.2), 0.4, true);
  if (random.chance(0.7))
    peaks(stage, horizon + 0.03, horizon * random.uniform(0.3, 0.5), rock, 0.22, random.chance(0.6));
  hills(stage, horizon + 0.03, random.uniform(0.05, 0.1), mix(grass, hex("#3f6a54"), snowy ? 0.2 : 0.5), 0.2);
  treeline(stage, horizon + 0.025, 0.045, snowy ? hex("#5a7a7c") : hex("#3a6448"), 0.18);
  land(stage, grass);
  if (random.chance(0.4))
    stage.put(house(random, stage.night ? 0.7 : 0), random.uniform(0.15, 0.85), horizon + random.uniform(0.09, 0.16));
  for (let i = 0; i < 5 + random.int(5); i++) {
    const y = horizon + random.uniform(0.05, 0.4);
    stage.seek(tree(random, "pine", snowy ? "winter" : "summer"), () => [random.float(), y], {
      crowd: 0.3,
      unit: stage.unitAt(y) * 0.62,
    });
  }
  const place = (): [number, number] => [random.uniform(0.1, 0.9), random.uniform(horizon + 0.24, 0.98)];
  if (!snowy)
    for (let i = random.int(4); i > 0; i--) stage.seek(random.pick([cow, sheep, horse])(random), place, { crowd: 0.1 });
  for (let i = random.int(3); i > 0; i--)
    stage.seek(person(random, { pose: random.pick(["walking", "standing"]) }), place, { crowd: 0.1 });
  signpost(stage, 0.45);
  birds(stage, 2);
  if (!snowy) meadow(stage, grass, random.int(8));
  stage.perform();
  precipitation(stage);
}

/** Still water that mirrors the far shore: below the shore line the picture stands on its head, a little darker. */
export function lake(stage: Stage): void {
  const { random, horizon, mood } = stage;
  const shore = horizon + 0.03;
  sky(stage);
  const rock = vary(random.pick(rocks), random);
  if (random.chance(0.75))
    peaks(stage, shore, horizon * random.uniform(0.45, 0.7), mix(rock, mood.sky[1], 0.2), 0.3, random.chance(0.7));
  const wood = random.pick(["#3f6e4c", "#b07a3c", "#4f7a50", "#5a7a5c"].map(hex));
  hills(stage, shore, random.uniform(0.05, 0.12), wood, 0.25);
  treeline(stage, shore, random.uniform(0.05, 0.09), wood, 0.14);
  const scenery = stage.shapes.filter(isMirrored);
  const edge = shore + (1 - shore) * random.uniform(0.62, 0.8);
  const deep = mix(mood.sky[0], hex("#1f4a5c"), 0.5);
  band(stage, shore, 1.01, mix(mood.sky[1], deep, 0.4));
  stage.shapes.push(...scenery.map((shape) => mirrored(shape, shore)));
  band(stage, shore, 1.01, { color: deep, to: deep, run: "down", alpha: 0.16, alphaTo: 0.5, shines: true });
  band(stage, shore, 1.01, {
    color: lighten(mood.sky[2], 0.3),
    alpha: 0.5,
    texture: { kind: "cloud", seed: random.int(256), amount: 0.34, width: 0.5, height: 0.035, octaves: 3 },
  });
  band(stage, shore - 0.004, shore + 0.006, { color: lighten(mood.sky[2], 0.2), alpha: 0.45 });
  for (let i = 1 + random.int(2); i > 0; i--) {
    const y = shore + (edge - shore) * random.uniform(0.25, 0.75);
    stage.seek(boat(random), () => [random.uniform(0.15, 0.85), y], { unit: 0.03 + (y - shore) * 0.09, crowd: 0.05 });
  }
  const bank = random.pick(["#7a9a50", "#b8a070", "#8aa45a"].map(hex));
  const line = [-0.02, 1.02];
  for (let i = 0; i <= 10; i++) line.push(i / 10, edge + 0.03 * Math.sin(i * 1.3 + edge * 40) + (i - 5) * 0.004);
  line.push(1.02, 1.02);
  stage
    .page()
    .curve(
      line,
      { color: lighten(bank, 0.1), to: darken(bank, 0.12), run: "down", texture: ground(stage, 0.18, 0.4, 4) },
      4,
    );
  const place = (): [number, number] => [random.uniform(0.08, 0.92), random.uniform(edge + 0.08, 1)];
  if (random.chance(0.5)) stage.seek(person(random), place, { unit: random.uniform(0.14, 0.2) });
  if (random.chance(0.4))
    stage.seek(tree(random, random.pick(["pine", "birch"]), "summer"), place, {
      unit: random.uniform(0.05, 0.065),
      crowd: 0.1,
    });
  for (let i = 0; i < 4; i++)
    stone(stage.pen(random.float(), random.uniform(edge + 0.05, 1), 0.1), random.uniform(0.3, 0.9));
  if (random.chance(0.4)) stage.seek(bush(random), place, { unit: 0.06, crowd: 0.1 });
  birds(stage, 2);
  stage.perform();
  precipitation(stage);
}

function isMirrored(shape: Shape): boolean {
  return isSolid(shape) || shape.paint.rings !== undefined;
}

/** The shape's image in water whose surface is at height `y`. */
function mirrored(shape: Shape, y: number): Shape {
  const { line, rings, color, to } = shape.paint;
  // Seen at a grazing angle the image is a little shorter than the thing.
  const flip = (v: number): number => y + (y - v) * 0.9;
  return {
    outline: shape.outline.map((value, i) => (i % 2 ? flip(value) : value)),
    owner: -1,
    paint: {
      ...shape.paint,
      color: darken(color, 0.1),
      to: to && darken(to, 0.1),
      line: line && [line[0], flip(line[1]), line[2], flip(line[3])],
      rings: rings && [rings[0], flip(rings[1]), rings[2], rings[3] * 0.9],
    },
  };
}

/** Dunes or red rock, cactuses, a lonely car. */
export function desert(stage: Stage): void {
  const { random, horizon } = stage;
  const sand = vary(random.pick(["#e0b878", "#d89a64", "#e8c890", "#c88458"].map(hex)), random);
  sky(stage);
  if (random.chance(0.6)) mesas(stage, darken(mix(sand, hex("#a84a34"), 0.5), 0.08));
  else peaks(stage, horizon + 0.02, horizon * 0.3, mix(sand, hex("#8a6a7a"), 0.5), 0.4, false);
  bareGround(stage, sand, horizon);
  for (let i = 0; i < 3; i++) {
    const y = horizon + 0.04 + i * (1 - horizon) * 0.2;
    hills(stage, y + 0.06, 0.07 + i * 0.02, vary(lighten(sand, 0.1 - i * 0.05), random, 0.03), 0.2 - i * 0.08, 1 + i);
  }
  bareGround(stage, darken(sand, 0.03), horizon + (1 - horizon) * 0.62);
  for (let i = 1 + random.int(4); i > 0; i--)
    stage.seek(cactus(random), () => [random.uniform(0.06, 0.94), random.uniform(horizon + 0.2, 0.98)], {
      crowd: 0.05,
    });
  if (random.chance(0.3))
    stage.seek(tree(random, "palm"), () => [random.uniform(0.1, 0.9), random.uniform(horizon + 0.2, 0.8)], {
      crowd: 0.1,
    });
  if (random.chance(0.35))
    stage.seek(car(random, stage.night), () => [random.uniform(0.25, 0.75), random.uniform(horizon + 0.25, 0.9)], {
      crowd: 0.05,
    });
  if (random.chance(0.3))
    stage.seek(horse(random), () => [random.uniform(0.2, 0.8), random.uniform(horizon + 0.3, 0.95)], { crowd: 0.05 });
  signpost(stage, 0.4);
  if (random.chance(0.25))
    stage.seek(person(random), () => [random.uniform(0.15, 0.85), random.uniform(horizon + 0.3, 0.98)], {
      crowd: 0.05,
    });
  for (let i = 0; i < 6; i++) {
    const y = random.uniform(horizon + 0.2, 1);
    stone(stage.pen(random.float(), y), random.uniform(0.2, 0.8), mix(sand, hex("#7a6a60"), 0.5));
  }
  birds(stage, 2);
  stage.perform();
}

/** Table mountains in layers of red rock. */
function mesas(stage: Stage, color: Color): void {
  const { random, horizon } = stage;
  const page = stage.page(0.22);
  for (let k = 0; k < 3; k++) {
    const cx = (k + random.uniform(0.2, 0.8)) / 3;
    const [half, height] = [random.uniform(0.06, 0.16), horizon * random.uniform(0.2, 0.42)];
    const base = horizon + 0.01;
    const foot = half * 1.7;
    page.poly(
      [
        cx - foot,
        base,
        cx - half * 1.1,
        base - height * 0.35,
        cx - half,
        base - height,
        cx + half,
        base - height * 0.98,
        cx + half * 1.1,
        base - height * 0.35,
        cx + foot,
        base,
      ],
      { color: lighten(color, 0.18), to: darken(color, 0.3), run: "light" },
    );
    for (let i = 1; i < 4; i++)
      page.rect(cx - half * 1.02, base - height * (0.4 + i * 0.14), half * 2.04, height * 0.03, {
        color: darken(color, 0.4),
        alpha: 0.35,
      });
  }
}

/** Mostly air: balloons, birds, an aeroplane over a low horizon. */
export function openSky(stage: Stage): void {
  const { random, horizon } = stage;
  sky(stage);
  const grass = vary(random.pick(["#7a9a50", "#c8b060", "#6a9a6a"].map(hex)), random);
  hills(stage, horizon + 0.03, 0.07, mix(grass, hex("#5a7a8a"), 0.5), 0.5);
  hills(stage, horizon + 0.06, 0.07, mix(grass, hex("#4a7060"), 0.3), 0.3, 4);
  land(stage, grass, horizon + 0.05);
  treeline(stage, horizon + 0.07, 0.035, hex("#3f6e4c"), 0.2);
  const place = (): [number, number] => [random.uniform(0.14, 0.86), random.uniform(0.3, horizon - 0.02)];
  const show = random.int(3);
  if (show === 0)
    for (let i = 1 + random.int(4); i > 0; i--)
      stage.seek(balloon(random), place, { unit: random.uniform(0.01, 0.021), facing: 1, crowd: 0 });
  else if (show === 1) {
    stage.seek(aeroplane(random), () => [random.uniform(0.3, 0.7), random.uniform(0.2, horizon - 0.15)], {
      unit: random.uniform(0.03, 0.05),
      crowd: 0,
    });
  } else {
    const facing = random.pick([1, -1] as const);
    for (let i = 2 + random.int(4); i > 0; i--)
      stage.seek(flyingBird(random), place, { unit: random.uniform(0.12, 0.24), facing, crowd: 0 });
  }
  if (random.chance(0.3))
    stage.seek(tree(random, "oak"), () => [random.uniform(0.1, 0.9), 0.98], { unit: 0.03, crowd: 0 });
  if (random.chance(0.3))
    stage.seek(house(random), () => [random.uniform(0.15, 0.85), 0.97], { unit: 0.022, crowd: 0 });
  stage.perform();
}
