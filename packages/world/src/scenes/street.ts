import { cat, dog } from "../objects/animals.js";
import { church, house, shop, tower } from "../objects/buildings.js";
import { person } from "../objects/people.js";
import { bush, tree } from "../objects/plants.js";
import { bench, fence, lamp, letterBox, trafficLight } from "../objects/street.js";
import { bicycle, bus, car, truck } from "../objects/vehicles.js";
import { type Color, darken, hex, lighten, mix, vary } from "../palette.js";
import type { Stage } from "../stage.js";
import { band, ground, hills, land, precipitation, signpost, sky, treeline } from "./backdrop.js";

/** A road across the picture, houses behind it, a pavement in front. */
export function street(stage: Stage): void {
  const { random, night, weather } = stage;
  sky(stage);
  const snow = weather === "snow";
  const lights = night ? 0.55 : 0;
  const kerb = stage.horizon + random.uniform(0.13, 0.2);
  const rim = kerb + random.uniform(0.17, 0.24);
  skyline(stage, kerb, lights);
  band(stage, kerb - 0.05, kerb, { color: snow ? hex("#e4eaf0") : hex("#a8a49c"), texture: ground(stage, 0.1, 0.2) });
  row(stage, kerb - 0.03, lights);
  road(stage, kerb, rim);
  pavement(stage, rim, snow);
  const front = rim + (1 - rim) * 0.3;
  trees(stage, kerb - 0.012);
  const lane = (t: number) => kerb + (rim - kerb) * t;
  vehicles(stage, lane(0.42), lane(0.86));
  walkers(stage, front, Math.min(1.02, rim + (1 - rim) * 0.9));
  stage.perform();
  precipitation(stage);
}

/** A dense city at night or at dusk: towers and lit windows. */
export function nightCity(stage: Stage): void {
  const { random } = stage;
  sky(stage);
  const kerb = stage.horizon + random.uniform(0.16, 0.24);
  const rim = kerb + random.uniform(0.18, 0.26);
  const page = stage.page();
  page.ellipse(0.5, stage.horizon + 0.05, 0.8, 0.3, {
    color: hex("#d8905a"),
    to: hex("#d8905a"),
    run: "rings",
    alpha: 0.3,
    alphaTo: 0,
    shines: true,
  });
  band(stage, stage.horizon, kerb, hex("#4a4a5a"));
  stage.scenery.add("tower");
  for (let x = -0.05; x < 1.05; ) {
    const thing = tower(random, 0.4);
    const unit = stage.unitAt(kerb) * random.uniform(0.16, 0.26);
    stage.owner = -1;
    thing.draw(stage.pen(x + (thing.width * unit) / 2, kerb - 0.03, unit));
    x += thing.width * unit * random.uniform(0.9, 1.3);
  }
  let x = random.uniform(-0.1, 0.1);
  while (x < 1) {
    const thing = random.chance(0.35) ? shop(random, 0.9) : tower(random, 0.55);
    const unit = stage.unitAt(kerb) * (thing.category === "shop" ? 0.85 : 0.5);
    stage.put(thing, x + (thing.width * unit) / 2, kerb - 0.02, { unit, facing: 1, crowd: 1 });
    x += thing.width * unit + random.uniform(0.01, 0.14);
  }
  band(stage, kerb - 0.03, kerb, hex("#8a8890"));
  road(stage, kerb, rim);
  pavement(stage, rim, false);
  // Light lies on the road below windows and lamps.
  for (let i = 0; i < 7; i++) {
    const color = random.pick(["#ffcf7a", "#ff8a5a", "#8ac8ff", "#ffd890"].map(hex));
    page.ellipse(random.float(), random.uniform(kerb, rim), random.uniform(0.03, 0.09), random.uniform(0.01, 0.03), {
      color,
      to: color,
      run: "rings",
      alpha: 0.3,
      alphaTo: 0,
      shines: true,
    });
  }
  for (const at of [random.uniform(0.08, 0.4), random.uniform(0.6, 0.92)])
    stage.put(lamp(random, true), at, kerb - 0.005, { crowd: 0.9 });
  vehicles(stage, kerb + (rim - kerb) * 0.45, kerb + (rim - kerb) * 0.88);
  walkers(stage, rim + (1 - rim) * 0.35, Math.min(1, rim + (1 - rim) * 0.85));
  stage.perform();
  precipitation(stage);
}

/** A few houses and a church on a green, with a path leading in. */
export function village(stage: Stage): void {
  const { random, night, weather } = stage;
  const snow = weather === "snow" || random.chance(0.12);
  const season = snow ? "winter" : random.pick(["summer", "autumn", "spring"] as const);
  const lights = night ? 0.6 : 0;
  const grass = snow
    ? hex("#e8eef4")
    : vary(random.pick(["#7a9f4e", "#8aa656", "#6a9448", "#a0a050"].map(hex)), random);
  sky(stage);
  const { horizon } = stage;
  hills(stage, horizon + 0.02, random.uniform(0.06, 0.16), mix(grass, hex("#4a6a5a"), 0.4), 0.45);
  treeline(stage, horizon + 0.015, 0.035, mix(grass, hex("#2f5a44"), 0.6), 0.3);
  land(stage, grass);
  path(stage, random.uniform(0.3, 0.7), random.uniform(0.2, 0.8), snow ? hex("#cfd6de") : hex("#cdb890"));
  if (random.chance(0.6)) stage.put(church(random, lights), random.uniform(0.15, 0.85), horizon + 0.1);
  const houses = 2 + random.int(3);
  for (let i = 0; i < houses; i++) {
    const y = horizon + random.uniform(0.1, 0.3);
    stage.seek(house(random, lights), () => [random.uniform(0.06, 0.94), y], { crowd: 0.3 });
  }
  for (let i = 0; i < 5; i++) {
    const species =
      season === "winter"
        ? random.pick(["pine", "bare"] as const)
        : random.pick(["oak", "birch", "poplar", "pine"] as const);
    stage.seek(tree(random, species, season), () => [random.float(), horizon + random.uniform(0.07, 0.45)], {
      crowd: 0.2,
    });
  }
  if (random.chance(0.5)) {
    const y = horizon + random.uniform(0.3, 0.42);
    fence(stage.pen(0, y), 0, random.uniform(0.3, 0.5) / stage.unitAt(y));
  }
  if (random.chance(0.45))
    stage.seek(car(random, night), () => [random.uniform(0.2, 0.8), horizon + random.uniform(0.35, 0.5)]);
  signpost(stage, 0.7);
  walkers(stage, Math.min(0.9, horizon + 0.4), 1);
  stage.perform();
  precipitation(stage);
}

/** Far roofs behind the first row. */
function skyline(stage: Stage, y: number, lights: number): void {
  const { random, weather } = stage;
  band(stage, stage.horizon, y, vary(weather === "snow" ? hex("#dfe6ee") : hex("#7f9468"), random), 0.3);
  if (random.chance(0.35)) {
    treeline(stage, y - 0.03, 0.1, hex("#4f7a48"), 0.35);
    return;
  }
  stage.scenery.add("tower");
  for (let x = -0.05; x < 1.05; ) {
    const thing = tower(random, lights * 0.6);
    const unit = stage.unitAt(y) * random.uniform(0.12, 0.22);
    thing.draw(stage.pen(x + (thing.width * unit) / 2, y - 0.03, unit));
    x += thing.width * unit * random.uniform(0.95, 1.6);
  }
}

/** The first row of buildings, from left to right. */
function row(stage: Stage, y: number, lights: number): void {
  const { random } = stage;
  const unit = stage.unitAt(y) * random.uniform(0.75, 0.95);
  let x = random.uniform(-0.12, 0.06);
  while (x < 0.98) {
    const thing = random.chance(0.3) ? shop(random, lights * 1.5) : house(random, lights);
    const wide = thing.width * unit;
    stage.put(thing, x + wide / 2, y, { unit, facing: 1, crowd: 1 });
    x += wide + (random.chance(0.5) ? 0.005 : random.uniform(0.04, 0.16));
  }
}

function road(stage: Stage, top: number, bottom: number): void {
  const { random, weather } = stage;
  const wet = weather === "rain";
  const asphalt = weather === "snow" ? hex("#a8b0ba") : vary(hex(wet ? "#4f5660" : "#6a6a70"), random, 0.08);
  band(stage, top, bottom, {
    color: lighten(asphalt, 0.12),
    to: darken(asphalt, 0.14),
    run: "down",
    texture: ground(stage, 0.14, 0.15),
  });
  if (wet)
    for (let i = 0; i < 6; i++)
      stage
        .page()
        .ellipse(random.float(), random.uniform(top + 0.02, bottom - 0.02), random.uniform(0.05, 0.14), 0.008, {
          color: stage.mood.sky[2],
          alpha: 0.35,
        });
  const page = stage.page();
  const middle = top + (bottom - top) * 0.52;
  const dash = random.uniform(0.06, 0.1);
  for (let x = -random.float() * dash; x < 1; x += dash * 2)
    page.poly([x, middle, x + dash, middle, x + dash * 0.98, middle + 0.009, x - dash * 0.02, middle + 0.009], {
      color: hex("#f2ead2"),
      alpha: 0.85,
    });
  if (random.chance(0.3)) {
    const x = random.uniform(0.15, 0.75);
    for (let i = 0; i < 5; i++) {
      const [a, b] = [x + i * 0.035, x + i * 0.044 - 0.02];
      page.poly([a, top, a + 0.018, top, b + 0.024, bottom, b, bottom], { color: hex("#f2ede2"), alpha: 0.8 });
    }
  }
  band(stage, top - 0.007, top, lighten(hex("#c4beb4"), 0.1));
}

function pavement(stage: Stage, top: number, snow: boolean): void {
  const stone = snow
    ? hex("#e2e8ee")
    : vary(stage.random.pick(["#b8b0a4", "#c4b8a4", "#a8a8a8"].map(hex)), stage.random);
  band(stage, top, 1.01, {
    color: lighten(stone, 0.1),
    to: darken(stone, 0.1),
    run: "down",
    texture: ground(stage, 0.08, 0.12),
  });
  band(stage, top, top + 0.014, { color: lighten(stone, 0.3), to: darken(stone, 0.25), run: "down" });
  const page = stage.page();
  const seam = { color: darken(stone, 0.4), alpha: 0.3 };
  // Slabs: rows at equal metres, columns towards the vanishing point.
  for (let metre = 1; metre < 12; metre++) {
    const y = stage.horizon + ((1 - stage.horizon) * 1) / (1 + metre * 0.12);
    if (y > top + 0.016) page.stroke([0, y, 1, y], 0.002, seam);
  }
  for (let k = -9; k <= 9; k++) {
    const [x0, x1] = [0.5 + k * 0.13 * ((top - stage.horizon) / (1 - stage.horizon)), 0.5 + k * 0.13];
    page.stroke([x0, top + 0.015, x1, 1], 0.002, seam);
  }
}

function path(stage: Stage, far: number, near: number, color: Color): void {
  const { horizon } = stage;
  const bend = (far - near) * 0.4;
  const points = [
    far - 0.008,
    horizon + 0.012,
    (far + near) / 2 - 0.05 + bend,
    horizon + (1 - horizon) * 0.35,
    near - 0.24,
    1.02,
    near + 0.24,
    1.02,
    (far + near) / 2 + 0.06 + bend,
    horizon + (1 - horizon) * 0.35,
    far + 0.008,
    horizon + 0.012,
  ];
  stage
    .page()
    .curve(
      points,
      { color: lighten(color, 0.1), to: darken(color, 0.1), run: "down", texture: ground(stage, 0.14, 0.15) },
      8,
    );
}

function trees(stage: Stage, far: number): void {
  const { random, weather } = stage;
  const season = weather === "snow" ? "winter" : random.pick(["summer", "summer", "autumn", "spring"] as const);
  const species = season === "winter" ? "bare" : random.pick(["oak", "birch", "poplar"] as const);
  const count = random.int(4);
  for (let i = 0; i < count; i++)
    stage.put(tree(random, species, season), (i + random.uniform(0.2, 0.8)) / count, far, {
      unit: stage.unitAt(far) * 0.7,
      crowd: 0.6,
    });
  if (random.chance(0.4)) stage.put(bush(random, season), random.float(), far, { unit: stage.unitAt(far), crowd: 0.2 });
  for (let i = random.int(3); i > 0; i--)
    stage.put(lamp(random, stage.night), random.uniform(0.05, 0.95), far, { crowd: 0.9 });
  if (random.chance(0.35)) stage.put(trafficLight(random), random.uniform(0.08, 0.92), far + 0.012, { crowd: 0.9 });
}

function vehicles(stage: Stage, far: number, near: number): void {
  const { random, night } = stage;
  const count = 1 + random.int(3);
  for (let i = 0; i < count; i++) {
    const make = random.pick([car, car, car, truck, bus, bicycle]);
    const [y, facing] = random.chance(0.5) ? [far, -1 as const] : [near, 1 as const];
    stage.seek(make(random, night), () => [random.uniform(0.12, 0.88), y], { facing, crowd: 0.12 });
  }
}

/** People, pets and small things of the pavement. */
function walkers(stage: Stage, far: number, near: number): void {
  const { random, weather } = stage;
  signpost(stage, 0.7);
  const count = random.int(4);
  const place = (): [number, number] => [random.uniform(0.07, 0.93), random.uniform(far, near)];
  for (let i = 0; i < count; i++)
    stage.seek(person(random, { umbrella: weather === "rain" && random.chance(0.7) }), place, { crowd: 0.1 });
  if (random.chance(0.35)) stage.seek(dog(random), place, { crowd: 0.1, unit: stage.unitAt(near) * 1.15 });
  if (random.chance(0.2)) stage.seek(cat(random), place, { crowd: 0.1, unit: stage.unitAt(near) * 1.3 });
  if (random.chance(0.2)) stage.seek(bench(random), place, { crowd: 0.1 });
  if (random.chance(0.2)) stage.seek(letterBox(random), place, { crowd: 0.1 });
}
