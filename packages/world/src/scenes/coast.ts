import { dog, flyingBird } from "../objects/animals.js";
import { house, lighthouse, shop } from "../objects/buildings.js";
import { person } from "../objects/people.js";
import { tree } from "../objects/plants.js";
import { lamp, parasol } from "../objects/street.js";
import { toyBall } from "../objects/tableware.js";
import { boat } from "../objects/vehicles.js";
import { type Color, darken, hex, lighten, mix, vary } from "../palette.js";
import type { Stage } from "../stage.js";
import { band, ground, hills, precipitation, signpost, sky, water } from "./backdrop.js";
import { birds } from "./park.js";

const seas = ["#2f7fa8", "#2a8f9a", "#3a78b0", "#3f96a0", "#4a88a8"].map(hex);

/** Sea to the horizon, a beach in front. */
export function coast(stage: Stage): void {
  const { random, horizon, weather } = stage;
  const gray = weather === "rain" || weather === "fog";
  const sea = gray ? hex("#6a7f8a") : vary(random.pick(seas), random);
  sky(stage);
  if (random.chance(0.45)) headland(stage);
  const beach = horizon + (1 - horizon) * random.uniform(0.42, 0.62);
  water(stage, horizon, beach + 0.06, sea);
  const sand = vary(random.pick(["#ecd6a4", "#e6c890", "#f0dfb8", "#d8c09a"].map(hex)), random);
  surf(stage, beach, sand);
  const afloat = 1 + random.int(3);
  for (let i = 0; i < afloat; i++) {
    const y = horizon + (beach - horizon) * random.uniform(0.12, 0.7);
    stage.seek(boat(random), () => [random.uniform(0.1, 0.9), y], { unit: 0.014 + (y - horizon) * 0.16, crowd: 0.02 });
  }
  const place = (): [number, number] => [random.uniform(0.08, 0.92), random.uniform(beach + 0.1, 1)];
  if (random.chance(0.35))
    stage.put(
      tree(random, "palm"),
      random.pick([random.uniform(0.06, 0.25), random.uniform(0.75, 0.94)]),
      beach + 0.14,
      { unit: random.uniform(0.065, 0.085) },
    );
  for (let i = random.int(3); i > 0; i--)
    stage.seek(parasol(random), place, { unit: random.uniform(0.1, 0.14), crowd: 0.08 });
  for (let i = random.int(4); i > 0; i--)
    stage.seek(person(random, { umbrella: weather === "rain" }), place, {
      unit: random.uniform(0.12, 0.2),
      crowd: 0.08,
    });
  if (random.chance(0.3)) stage.seek(dog(random), place, { unit: random.uniform(0.2, 0.28), crowd: 0.05 });
  if (random.chance(0.3)) stage.seek(toyBall(random), place, { unit: random.uniform(0.24, 0.34), crowd: 0.02 });
  signpost(stage, 0.35);
  birds(stage, 4);
  stage.perform();
  precipitation(stage);
}

/** Boats before a quay with bright houses; the viewer stands on the water's other side. */
export function harbour(stage: Stage): void {
  const { random, horizon, night, weather } = stage;
  sky(stage);
  hills(stage, horizon + 0.02, random.uniform(0.08, 0.16), hex("#6a8a6a"), 0.4);
  const quay = horizon + random.uniform(0.08, 0.13);
  const unit = random.uniform(0.026, 0.036);
  band(stage, horizon, quay, { color: hex("#8f8a80"), texture: ground(stage, 0.1, 0.2) });
  let x = random.uniform(-0.1, 0.02);
  while (x < 1) {
    const thing = random.chance(0.25) ? shop(random, night ? 0.8 : 0) : house(random, night ? 0.6 : 0);
    stage.put(thing, x + (thing.width * unit) / 2, quay - 0.02, { unit, facing: 1, crowd: 1 });
    x += thing.width * unit + (random.chance(0.7) ? 0.002 : random.uniform(0.03, 0.1));
  }
  if (random.chance(0.5))
    stage.put(lighthouse(random, night), random.pick([0.1, 0.9]), quay, { unit: unit * 0.95, crowd: 1 });
  if (random.chance(0.5)) stage.put(lamp(random, night), random.uniform(0.2, 0.8), quay - 0.004, { unit, crowd: 1 });
  const sea = weather === "rain" || weather === "fog" ? hex("#5f7480") : vary(random.pick(seas), random);
  water(stage, quay, 1.01, sea);
  const page = stage.page();
  band(stage, quay, quay + 0.03, { color: hex("#7a746c"), to: hex("#4a4640"), run: "down" });
  for (let i = 0; i < 26; i++) {
    // Broken light and walls in the water.
    const color = night ? hex("#ffcf7a") : random.pick(["#e8d8c0", "#c87a5a", "#d8b878", "#a8b8b0"].map(hex));
    const y = quay + 0.04 + random.float() ** 2 * 0.22;
    page.ellipse(random.float(), y, random.uniform(0.012, 0.04), 0.003, {
      color,
      alpha: random.uniform(0.2, 0.45),
      shines: night,
    });
  }
  const count = 2 + random.int(3);
  for (let i = 0; i < count; i++) {
    const y = quay + (1 - quay) * random.uniform(0.2, 0.85);
    stage.seek(boat(random), () => [random.uniform(0.15, 0.85), y], { unit: 0.022 + (y - quay) * 0.085, crowd: 0.04 });
  }
  if (random.chance(0.5))
    for (let i = 1 + random.int(3); i > 0; i--)
      stage.seek(flyingBird(random), () => [random.uniform(0.1, 0.9), random.uniform(0.08, horizon * 0.6)], {
        unit: random.uniform(0.07, 0.12),
        crowd: 0,
      });
  stage.perform();
  precipitation(stage);
}

/** A cape with a lighthouse at times. */
function headland(stage: Stage): void {
  const { random, horizon } = stage;
  const right = random.chance(0.5);
  const rock = random.pick(["#7a8a6a", "#8a8278", "#6f8272"].map(hex));
  const at = (x: number) => (right ? 1 - x : x);
  const height = random.uniform(0.06, 0.12);
  const width = random.uniform(0.3, 0.5);
  stage
    .page(0.3)
    .curve(
      [
        at(-0.05),
        horizon + 0.01,
        at(-0.05),
        horizon - height * 1.2,
        at(width * 0.3),
        horizon - height,
        at(width * 0.7),
        horizon - height * 0.55,
        at(width),
        horizon - 0.004,
        at(width + 0.02),
        horizon + 0.01,
      ],
      { color: lighten(rock, 0.12), to: darken(rock, 0.2), run: "down" },
      5,
    );
  if (random.chance(0.7))
    stage.put(lighthouse(random, stage.night), at(width * 0.42), horizon - height * 0.8, {
      unit: random.uniform(0.011, 0.015),
      crowd: 1,
    });
}

/** Wet sand, foam and dry sand along a curved shore. */
function surf(stage: Stage, beach: number, sand: Color): void {
  const { random } = stage;
  const page = stage.page();
  const sway = random.uniform(-0.05, 0.05);
  const shore = (lift: number): number[] => {
    const out: number[] = [-0.03, 1.03];
    for (let i = 0; i <= 12; i++)
      out.push(i / 12, beach + lift + sway * Math.sin((i / 12) * Math.PI * 1.2) + 0.008 * Math.sin(i * 1.9));
    out.push(1.03, 1.03);
    return out;
  };
  page.curve(shore(-0.012), { color: hex("#ffffff"), alpha: 0.5 }, 4);
  page.curve(shore(0), hex("#f8fafa"), 4);
  page.curve(shore(0.016), mix(sand, hex("#6a5a4a"), 0.4), 4);
  page.curve(
    shore(0.045),
    {
      color: lighten(sand, 0.14),
      to: mix(sand, hex("#9a7a5a"), 0.25),
      run: "down",
      texture: ground(stage, 0.1, 0.2, 4),
    },
    4,
  );
  for (let i = 0; i < 5; i++)
    page.ellipse(
      random.float(),
      random.uniform(beach + 0.12, 0.99),
      random.uniform(0.006, 0.013),
      0.005,
      lighten(hex("#e8c8b8"), random.float() * 0.6),
    );
}
