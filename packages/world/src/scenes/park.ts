import { cat, dog, duck, flyingBird } from "../objects/animals.js";
import { person } from "../objects/people.js";
import { bush, flower, type Season, stone, tree, tuft } from "../objects/plants.js";
import { bench, fence, lamp } from "../objects/street.js";
import { bicycle } from "../objects/vehicles.js";
import { type Color, hex, lighten, mix, vary } from "../palette.js";
import type { Stage } from "../stage.js";
import { band, ground, hills, land, precipitation, signpost, sky, treeline } from "./backdrop.js";

const lawns: Readonly<Record<Season, readonly Color[]>> = {
  summer: ["#7aa64c", "#6b9a4a", "#88ae54"].map(hex),
  spring: ["#8fbc5a", "#9cc468"].map(hex),
  autumn: ["#a8a04c", "#b89a50", "#98984a"].map(hex),
  winter: ["#e8eef4", "#e2e8f0"].map(hex),
};

function seasonOf(stage: Stage): Season {
  return stage.weather === "snow" ? "winter" : stage.random.pick(["summer", "summer", "spring", "autumn"] as const);
}

/** Lawn, trees, a winding path, a pond at times; people and dogs. */
export function park(stage: Stage): void {
  const { random, horizon } = stage;
  const season = seasonOf(stage);
  const lawn = vary(random.pick(lawns[season]), random);
  sky(stage);
  if (random.chance(0.5)) hills(stage, horizon + 0.02, random.uniform(0.05, 0.12), mix(lawn, hex("#5a7a6a"), 0.5), 0.5);
  treeline(
    stage,
    horizon + 0.02,
    random.uniform(0.06, 0.1),
    season === "autumn" ? hex("#b8803c") : season === "winter" ? hex("#9ab0b4") : hex("#4f8048"),
    0.3,
  );
  land(stage, lawn);
  const pond = random.chance(0.35);
  if (pond) lilyPond(stage, lawn);
  else path(stage, season === "winter" ? hex("#c8d0d8") : hex("#d8c49a"));
  const species =
    season === "winter" ? (["bare", "pine"] as const) : (["oak", "oak", "birch", "poplar", "pine"] as const);
  for (let i = 0; i < 5 + random.int(4); i++) {
    stage.seek(
      tree(random, random.pick(species), season),
      () => [random.float(), horizon + random.uniform(0.05, 0.32)],
      { crowd: 0.35 },
    );
  }
  for (let i = random.int(3); i > 0; i--)
    stage.seek(bush(random, season), () => [random.float(), horizon + random.uniform(0.12, 0.4)], { crowd: 0.15 });
  if (random.chance(0.3))
    stage.seek(lamp(random, stage.night), () => [random.uniform(0.1, 0.9), horizon + random.uniform(0.12, 0.3)], {
      crowd: 0.3,
    });
  const far = pond ? 0.84 : horizon + 0.2;
  const place = (): [number, number] => [random.uniform(0.08, 0.92), random.uniform(far, 1)];
  if (random.chance(0.6)) stage.seek(bench(random), place, { crowd: 0.1 });
  for (let i = random.int(4); i > 0; i--)
    stage.seek(person(random, { umbrella: stage.weather === "rain" }), place, { crowd: 0.08 });
  for (let i = random.int(3); i > 0; i--)
    stage.seek(dog(random), place, { crowd: 0.08, unit: stage.unitAt(0.96) * 1.2 });
  if (random.chance(0.2)) stage.seek(cat(random), place, { crowd: 0.08, unit: stage.unitAt(1) * 1.3 });
  if (random.chance(0.3)) stage.seek(bicycle(random), place, { crowd: 0.08 });
  signpost(stage, 0.45);
  birds(stage);
  if (season !== "winter") meadow(stage, lawn, random.int(10));
  stage.perform();
  precipitation(stage);
}

/** Flowers close up before a fence or a hedge; butterflies would be too small to see. */
export function garden(stage: Stage): void {
  const { random, horizon } = stage;
  const lawn = vary(random.pick(lawns.summer), random);
  sky(stage);
  treeline(stage, horizon + 0.03, 0.12, hex("#4f8048"), 0.25);
  land(stage, lawn);
  const line = horizon + random.uniform(0.1, 0.16);
  if (random.chance(0.7))
    fence(stage.pen(0, line, 0.14), 0, 7.4, random.pick(["#f4efe4", "#b08a5c", "#8fb0a0"].map(hex)));
  else for (let x = 0; x < 1.1; x += 0.12) bush(random).draw(stage.pen(x, line, 0.09));
  if (random.chance(0.6))
    stage.put(
      tree(random, random.pick(["oak", "birch"]), random.pick(["summer", "spring"])),
      random.uniform(0.1, 0.9),
      line + 0.03,
      { unit: random.uniform(0.06, 0.085) },
    );
  const guest = random.int(4);
  const near = (): [number, number] => [random.uniform(0.2, 0.8), random.uniform(0.77, 0.9)];
  if (guest === 0) stage.seek(cat(random), near, { unit: random.uniform(0.4, 0.55) });
  if (guest === 1) stage.seek(dog(random), near, { unit: random.uniform(0.32, 0.42) });
  if (guest === 2) stage.seek(person(random), near, { unit: random.uniform(0.24, 0.32) });
  bed(stage, line);
  birds(stage);
  stage.perform();
  precipitation(stage);
}

/** Two rows of flowers along the lower edge; the big ones can be counted. */
function bed(stage: Stage, line: number): void {
  const { random } = stage;
  const count = 2 + random.int(5);
  stage.scenery.add("flower").add("bush");
  for (let i = 0; i < 24; i++) {
    const y = random.uniform(line + 0.02, line + 0.14);
    flower(random).draw(stage.pen(random.float(), y, random.uniform(0.07, 0.1)));
  }
  for (let i = 0; i < 60; i++) {
    const y = random.uniform(line + 0.1, 1);
    tuft(stage.pen(random.float(), y, 0.05 + 0.1 * (y - line)), hex("#5f9440"));
  }
  for (let i = 0; i < count; i++) {
    stage.seek(flower(random), () => [(i + random.uniform(0.25, 0.75)) / count, random.uniform(0.93, 1.02)], {
      unit: random.uniform(0.42, 0.62),
      crowd: 0.06,
    });
  }
}

function lilyPond(stage: Stage, lawn: Color): void {
  const { random, horizon, mood } = stage;
  const page = stage.page();
  const [cx, cy] = [random.uniform(0.3, 0.7), horizon + (1 - horizon) * random.uniform(0.38, 0.48)];
  const [rx, ry] = [random.uniform(0.32, 0.46), (1 - horizon) * 0.2];
  page.blob(cx, cy + 0.008, rx * 1.04, ry * 1.1, mix(lawn, hex("#6a5a3a"), 0.5), 0.06);
  page.blob(
    cx,
    cy,
    rx,
    ry,
    {
      color: mix(mood.sky[2], hex("#3a7a94"), 0.4),
      to: mix(mood.sky[0], hex("#1f5468"), 0.5),
      run: "down",
      texture: ground(stage, 0.12, 0.2),
    },
    0.05,
  );
  for (let i = 0; i < 8; i++)
    page.ellipse(
      cx + random.uniform(-0.6, 0.6) * rx,
      cy + random.uniform(-0.6, 0.6) * ry,
      random.uniform(0.02, 0.06),
      0.002,
      { color: hex("#ffffff"), alpha: 0.4 },
    );
  stage.scenery.add("flower");
  for (let i = 0; i < 6; i++) {
    const [x, y] = [cx + random.uniform(-0.75, 0.75) * rx, cy + random.uniform(-0.7, 0.7) * ry];
    page.ellipse(x, y, 0.022, 0.008, vary(hex("#5f9a4a"), random));
    if (random.chance(0.4)) page.ellipse(x, y - 0.005, 0.009, 0.006, hex("#f6c8d8"));
  }
  for (let i = random.int(4); i > 0; i--) {
    stage.seek(duck(random, true), () => [cx + random.uniform(-0.6, 0.6) * rx, cy + random.uniform(-0.3, 0.6) * ry], {
      unit: random.uniform(0.16, 0.22),
      crowd: 0.02,
    });
  }
}

function path(stage: Stage, color: Color): void {
  const { random, horizon } = stage;
  const depth = 1 - horizon;
  const [far, near, sway] = [random.uniform(0.3, 0.7), random.uniform(0.2, 0.8), random.uniform(-0.2, 0.2)];
  const middle = (far + near) / 2 + sway;
  const points = [
    far - 0.006,
    horizon + 0.025,
    middle - 0.06,
    horizon + depth * 0.35,
    near - 0.25,
    1.04,
    near + 0.22,
    1.04,
    middle + 0.05,
    horizon + depth * 0.35,
    far + 0.008,
    horizon + 0.025,
  ];
  stage
    .page()
    .curve(points, { color: lighten(color, 0.12), to: color, run: "down", texture: ground(stage, 0.16, 0.2) }, 8);
}

/** Grass and small flowers in front; scenery. */
export function meadow(stage: Stage, lawn: Color, blooms: number): void {
  const { random, horizon } = stage;
  const grass = mix(lawn, hex("#3f6a34"), 0.3);
  if (blooms > 0) stage.scenery.add("flower");
  for (let i = 0; i < 30; i++) {
    const y = horizon + (1 - horizon) * (0.3 + 0.72 * random.float());
    tuft(stage.pen(random.float(), y, stage.unitAt(y) * 0.8), grass);
  }
  for (let i = 0; i < blooms; i++) {
    const y = horizon + (1 - horizon) * random.uniform(0.5, 1);
    flower(random).draw(stage.pen(random.float(), y, stage.unitAt(y) * 0.9));
  }
  for (let i = random.int(3); i > 0; i--) {
    const y = random.uniform(0.75, 1);
    stone(stage.pen(random.float(), y), random.uniform(0.3, 0.8));
  }
}

/** A few birds in the air, big enough to be seen. */
export function birds(stage: Stage, most = 3): void {
  const { random, horizon, weather, night } = stage;
  if (night || weather === "rain" || weather === "snow" || weather === "fog" || horizon < 0.25 || random.chance(0.6))
    return;
  const facing = random.pick([1, -1] as const);
  for (let i = 1 + random.int(most); i > 0; i--) {
    stage.seek(flyingBird(random), () => [random.uniform(0.08, 0.92), random.uniform(0.1, horizon * 0.6)], {
      unit: random.uniform(0.06, 0.11),
      facing,
      crowd: 0,
    });
  }
}

/** Sand, soil, snow: bare ground in one tone. */
export function bareGround(stage: Stage, color: Color, from: number): void {
  band(stage, from, 1.01, {
    color: lighten(color, 0.12),
    to: mix(color, hex("#7a5a40"), 0.16),
    run: "down",
    texture: ground(stage, 0.14, 0.4, 4),
  });
}
