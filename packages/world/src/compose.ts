import { Random } from "@ssl4rl/core";
import { measure } from "./measure.js";
import type { Finish, Light, Scene, SceneKind, Weather, WorldObject } from "./scene.js";
import { animalPortrait, aquarium, facade, portrait } from "./scenes/closeup.js";
import { coast, harbour } from "./scenes/coast.js";
import { farm } from "./scenes/farm.js";
import { bedroom, kitchen, livingRoom, tableTop } from "./scenes/indoors.js";
import { desert, lake, mountains, openSky } from "./scenes/nature.js";
import { garden, park } from "./scenes/park.js";
import { nightCity, street, village } from "./scenes/street.js";
import { airOf, roomAir, Stage } from "./stage.js";

/** Rises whenever the same seed draws another picture. */
export const worldVersion = 1;

interface Recipe {
  readonly kind: SceneKind;
  readonly compose: (stage: Stage) => void;
  readonly weight: number;
  /** Hours it may show; the same hour twice is twice as likely. */
  readonly times: readonly Light["time"][];
  readonly weathers: readonly Weather[];
  /** Height of the horizon in the picture, and of the eyes above the ground in metres. */
  readonly horizon: readonly [number, number];
  readonly eye: readonly [number, number];
  readonly indoors?: true;
}

const open: readonly Weather[] = ["clear", "clear", "clear", "cloudy", "cloudy", "rain", "fog"];
const allDay: readonly Light["time"][] = ["day", "day", "day", "sunset", "night"];

const withSnow: readonly Weather[] = [...open, "snow"];
const fair: readonly Weather[] = ["clear", "clear", "cloudy"];
const indoors: readonly Light["time"][] = ["day", "day", "day", "night"];

const recipes: readonly Recipe[] = [
  { kind: "street", compose: street, weight: 4, times: allDay, weathers: withSnow, horizon: [0.3, 0.5], eye: [2.2, 4] },
  {
    kind: "night city",
    compose: nightCity,
    weight: 2,
    times: ["night"],
    weathers: ["clear", "cloudy", "rain"],
    horizon: [0.35, 0.5],
    eye: [2.4, 4.5],
  },
  {
    kind: "village",
    compose: village,
    weight: 3,
    times: allDay,
    weathers: withSnow,
    horizon: [0.32, 0.5],
    eye: [2.6, 5],
  },
  { kind: "park", compose: park, weight: 4, times: allDay, weathers: withSnow, horizon: [0.28, 0.5], eye: [1.8, 3.4] },
  {
    kind: "garden",
    compose: garden,
    weight: 2,
    times: ["day", "day", "sunset"],
    weathers: fair,
    horizon: [0.25, 0.42],
    eye: [1.6, 2],
  },
  { kind: "coast", compose: coast, weight: 4, times: allDay, weathers: open, horizon: [0.28, 0.52], eye: [2, 3] },
  { kind: "harbour", compose: harbour, weight: 3, times: allDay, weathers: open, horizon: [0.32, 0.45], eye: [3, 4] },
  {
    kind: "mountains",
    compose: mountains,
    weight: 3,
    times: allDay,
    weathers: withSnow,
    horizon: [0.42, 0.6],
    eye: [2, 3.6],
  },
  {
    kind: "lake",
    compose: lake,
    weight: 2,
    times: ["day", "day", "sunset", "night"],
    weathers: ["clear", "cloudy"],
    horizon: [0.35, 0.48],
    eye: [2, 3],
  },
  { kind: "farm", compose: farm, weight: 4, times: allDay, weathers: open, horizon: [0.28, 0.46], eye: [2.2, 3.6] },
  {
    kind: "desert",
    compose: desert,
    weight: 2,
    times: ["day", "day", "sunset", "night"],
    weathers: fair,
    horizon: [0.35, 0.55],
    eye: [2, 3.4],
  },
  {
    kind: "open sky",
    compose: openSky,
    weight: 2,
    times: ["day", "day", "sunset"],
    weathers: fair,
    horizon: [0.72, 0.88],
    eye: [20, 30],
  },
  {
    kind: "living room",
    compose: livingRoom,
    indoors: true,
    weight: 4,
    times: indoors,
    weathers: fair,
    horizon: [0.3, 0.42],
    eye: [0.95, 1.25],
  },
  {
    kind: "bedroom",
    compose: bedroom,
    indoors: true,
    weight: 2,
    times: indoors,
    weathers: fair,
    horizon: [0.3, 0.42],
    eye: [0.95, 1.25],
  },
  {
    kind: "kitchen",
    compose: kitchen,
    indoors: true,
    weight: 3,
    times: indoors,
    weathers: fair,
    horizon: [0.3, 0.4],
    eye: [1, 1.3],
  },
  {
    kind: "table top",
    compose: tableTop,
    indoors: true,
    weight: 3,
    times: indoors,
    weathers: fair,
    horizon: [0.2, 0.3],
    eye: [1, 1],
  },
  {
    kind: "facade",
    compose: facade,
    weight: 2,
    times: ["day", "day", "night"],
    weathers: fair,
    horizon: [0.1, 0.2],
    eye: [1.6, 2],
  },
  {
    kind: "animal portrait",
    compose: animalPortrait,
    weight: 3,
    times: ["day", "day", "sunset"],
    weathers: fair,
    horizon: [0.3, 0.5],
    eye: [1, 1.4],
  },
  {
    kind: "portrait",
    compose: portrait,
    indoors: true,
    weight: 2,
    times: ["day"],
    weathers: fair,
    horizon: [0.3, 0.5],
    eye: [1, 1],
  },
  {
    kind: "aquarium",
    compose: aquarium,
    indoors: true,
    weight: 2,
    times: ["day"],
    weathers: ["clear"],
    horizon: [0, 0.1],
    eye: [1, 1],
  },
];

/** Each recipe as often as its weight says. */
const deck = recipes.flatMap((recipe) => Array.from({ length: recipe.weight }, () => recipe));

/** A picture of the world as data. The same parts give the same scene, on every machine and in any order. */
export function composeScene(...seedParts: readonly (string | number)[]): Scene {
  const random = Random.from(`world@${worldVersion}`, ...seedParts);
  const recipe = random.pick(deck);
  const light: Light = { time: random.pick(recipe.times), side: random.pick(["left", "right"]) };
  const weather = random.pick(recipe.weathers);
  const outside = airOf(light, weather, random);
  const air = recipe.indoors ? roomAir(outside, light, random) : outside;
  const stage = new Stage(
    random,
    light,
    weather,
    air,
    random.uniform(...recipe.horizon),
    random.uniform(...recipe.eye),
  );
  recipe.compose(stage);
  const measures = measure(stage.shapes, stage.actors.length);
  const objects = stage.actors.map(({ thing, y, unit, facing, on }, i): WorldObject => {
    const { letterHeight } = thing.attributes;
    return {
      category: thing.category,
      attributes:
        letterHeight === undefined ? thing.attributes : { ...thing.attributes, letterHeight: letterHeight * unit },
      ...measures[i],
      facing: facing > 0 ? "right" : "left",
      distance: on < 0 && y > stage.horizon ? 1 / stage.unitAt(y) : 1 / unit,
      on,
    };
  });
  return {
    seed: JSON.stringify(seedParts),
    kind: recipe.kind,
    light,
    weather,
    objects,
    scenery: [...stage.scenery],
    shapes: stage.shapes,
    finish: finish(random),
  };
}

function finish(random: Random): Finish {
  const warm = random.uniform(-0.03, 0.03);
  return {
    grain: random.uniform(1, 4),
    vignette: random.uniform(0, 0.28),
    blur: random.chance(0.03) ? random.uniform(0.012, 0.02) : 0,
    monochrome: random.chance(0.03),
    balance: [1 + warm, 1, 1 - warm],
  };
}
