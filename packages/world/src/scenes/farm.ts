import { cat, cow, dog, hen, horse, sheep } from "../objects/animals.js";
import { barn, house, windmill } from "../objects/buildings.js";
import { person } from "../objects/people.js";
import { tree } from "../objects/plants.js";
import { fence } from "../objects/street.js";
import { truck } from "../objects/vehicles.js";
import { type Color, darken, hex, lighten, mix, vary } from "../palette.js";
import type { Stage } from "../stage.js";
import { band, ground, hills, land, precipitation, signpost, sky, treeline } from "./backdrop.js";
import { birds, meadow } from "./park.js";

/** Fields in stripes, a barn or a windmill, animals behind and before a fence. */
export function farm(stage: Stage): void {
  const { random, horizon, night } = stage;
  const grass = vary(random.pick(["#86a850", "#7a9a48", "#98a850", "#6f9a50"].map(hex)), random);
  sky(stage);
  hills(stage, horizon + 0.02, random.uniform(0.04, 0.12), mix(grass, hex("#5a7a6a"), 0.45), 0.45);
  treeline(stage, horizon + 0.015, 0.03, hex("#4a7048"), 0.35);
  fields(stage, grass);
  const yard = horizon + random.uniform(0.11, 0.18);
  stage.put(
    random.chance(0.7) ? barn(random) : windmill(random),
    random.pick([random.uniform(0.16, 0.4), random.uniform(0.6, 0.84)]),
    yard,
  );
  if (random.chance(0.5))
    stage.seek(house(random, night ? 0.7 : 0), () => [random.uniform(0.12, 0.88), yard + random.uniform(-0.02, 0.03)], {
      crowd: 0.05,
    });
  for (let i = 1 + random.int(3); i > 0; i--)
    stage.seek(
      tree(random, random.pick(["oak", "poplar", "oak"])),
      () => [random.float(), horizon + random.uniform(0.06, 0.2)],
      { crowd: 0.15 },
    );
  const rail = yard + random.uniform(0.07, 0.11);
  if (random.chance(0.6))
    fence(stage.pen(0, rail), 0, 1.1 / stage.unitAt(rail), random.pick(["#f0eadc", "#9a7a54"].map(hex)));
  const herd = random.pick([cow, horse, sheep]);
  const place = (): [number, number] => [random.uniform(0.1, 0.9), random.uniform(rail + 0.08, 0.98)];
  for (let i = 1 + random.int(4); i > 0; i--) stage.seek(herd(random), place, { crowd: 0.08 });
  if (random.chance(0.4)) stage.seek(random.pick([cow, horse, sheep])(random), place, { crowd: 0.08 });
  const small = { crowd: 0.05, unit: stage.unitAt(0.98) * 1.35 };
  for (let i = random.int(4); i > 0; i--) stage.seek(hen(random), place, small);
  if (random.chance(0.25)) stage.seek(random.pick([dog, cat])(random), place, small);
  if (random.chance(0.4)) stage.seek(person(random), place, { crowd: 0.08 });
  if (random.chance(0.2))
    stage.seek(truck(random, night), () => [random.uniform(0.25, 0.75), rail + 0.08], { crowd: 0.05 });
  signpost(stage, 0.45);
  birds(stage);
  meadow(stage, grass, random.int(6));
  stage.perform();
  precipitation(stage);
}

/** Strips of crops that run to the horizon. */
function fields(stage: Stage, grass: Color): void {
  const { random, horizon } = stage;
  land(stage, grass);
  const end = horizon + (1 - horizon) * random.uniform(0.18, 0.3);
  const crops = ["#d8b850", "#b8a848", "#8fae4a", "#a87a4c", "#c8c058"].map(hex);
  const focus = random.uniform(0.2, 0.8);
  const strips = 5 + random.int(4);
  for (let i = 0; i < strips; i++) {
    const [a, b] = [-1 + (3 * i) / strips, -1 + (3 * (i + 1)) / strips];
    const crop = vary(random.pick(crops), random);
    const far = (x: number) => focus + (x - focus) * 0.2;
    stage.page(0.12).poly([far(a), horizon + 0.008, far(b), horizon + 0.008, b, end, a, end], {
      color: lighten(crop, 0.1),
      to: darken(crop, 0.08),
      run: "down",
      texture: ground(stage, 0.2, 0.1),
    });
  }
  band(stage, end - 0.004, end + 0.004, darken(grass, 0.25));
}
