import type { Random } from "@ssl4rl/core";
import type { Scene, SceneKind, WorldObject } from "../scene.js";

/** MMBench's six groups, by the names of its `l2-category` column. */
export const groups = [
  "coarse_perception",
  "finegrained_perception (instance-level)",
  "finegrained_perception (cross-instance)",
  "attribute_reasoning",
  "relation_reasoning",
  "logic_reasoning",
] as const;

export type Group = (typeof groups)[number];

/** A question about one scene with 2 to 4 options, exactly one of them true. */
export interface WorldQuestion {
  readonly question: string;
  readonly options: readonly string[];
  /** Index of the true option. */
  readonly answer: number;
  /** Leaf category; MMBench's own name where it has one. */
  readonly category: string;
  readonly group: Group;
}

/** A scene as a careful viewer of a 112-pixel picture sees it. */
export interface View {
  readonly scene: Scene;
  readonly random: Random;
  /** Whatever shows at all: what may not be denied. */
  readonly seen: readonly WorldObject[];
  /** Large enough and hardly covered: what may be asked about. */
  readonly clear: readonly WorldObject[];
  /** Details can be told; only the whole can when it is blurred. */
  readonly sharp: boolean;
  /** Colours are as named: daylight or a room by day, in colour, no fog. */
  readonly colours: boolean;
}

const rooms: readonly SceneKind[] = ["living room", "bedroom", "kitchen", "table top", "portrait", "aquarium"];

export function isIndoors(kind: SceneKind): boolean {
  return rooms.includes(kind);
}

export function viewOf(scene: Scene, random: Random): View {
  const { light, weather, finish, kind } = scene;
  const dim = !isIndoors(kind) && (light.time === "night" || weather === "fog");
  const sharp = finish.blur === 0;
  const area = dim ? 0.012 : 0.005;
  const isClear = ({ box, visible }: WorldObject): boolean =>
    sharp && visible >= 0.75 && box.width * box.height >= area && Math.min(box.width, box.height) >= 0.04;
  return {
    scene,
    random,
    seen: scene.objects.filter(({ box, visible }) => visible > 0.01 && box.width * box.height > 0.0002),
    clear: scene.objects.filter(isClear),
    sharp,
    colours: sharp && !finish.monochrome && light.time === "day" && weather !== "fog",
  };
}

/** All that shows of a category, or null when some of it is too small or too hidden to be asked about. */
export function allClear(view: View, category: string): readonly WorldObject[] | null {
  const seen = view.seen.filter((object) => object.category === category);
  if (view.scene.scenery.includes(category)) return null;
  return seen.every((object) => view.clear.includes(object)) ? seen : null;
}

/** The clear objects that are the only ones of their category. */
export function singles(view: View): readonly WorldObject[] {
  return view.clear.filter((object) => allClear(view, object.category)?.length === 1);
}

/** Things that one viewer calls by the one and another by the other word; the first word's distractors lack the rest. */
const alsoCalled: readonly (readonly string[])[] = [
  ["plant", "tree", "bush", "flower", "cactus", "vase"],
  ["tree", "bush", "cactus", "plant"],
  ["flower", "vase", "plant", "bush", "garden"],
  ["apple", "orange", "lemon", "pear", "bowl", "ball"],
  ["banana", "bowl"],
  ["cup", "glass", "teapot", "bowl"],
  ["bottle", "vase", "glass"],
  ["lamp", "street lamp", "traffic light", "candle", "lighthouse"],
  ["tower", "church", "lighthouse", "windmill", "house", "shop", "barn"],
  ["house", "shop", "barn", "church", "windmill"],
  ["car", "truck", "bus"],
  ["bird", "duck", "hen"],
  ["book", "bookshelf"],
  ["clock", "church"],
  ["sign", "shop", "traffic light", "bus"],
  ["painting", "window", "television"],
  ["window", "house", "shop", "tower", "church", "bus", "barn"],
  ["chair", "bench", "sofa"],
  ["bed", "sofa"],
  ["ball", "fruit"],
  ["hot-air balloon", "ball"],
  ["letter box", "sign"],
  ["toy block", "book", "sign"],
];

/** True when one thing could be called by both words. */
export function sameWord(a: string, b: string): boolean {
  return (
    a === b ||
    alsoCalled.some(([word, ...others]) => (word === a && others.includes(b)) || (word === b && others.includes(a)))
  );
}

/** True when nothing in the picture could be called by the word. */
export function absent(view: View, word: string): boolean {
  const { scene } = view;
  return (
    !scene.objects.some(({ category, visible }) => visible > 0 && sameWord(category, word)) &&
    !scene.scenery.some((name) => sameWord(name, word))
  );
}

/** The true option and the others in random order. */
export function ask(
  view: View,
  group: Group,
  category: string,
  question: string,
  truth: string,
  others: readonly string[],
): WorldQuestion {
  const options = view.random.shuffle([truth, ...others]);
  return { question, options, answer: options.indexOf(truth), category, group };
}

const plurals: Readonly<Record<string, string>> = {
  person: "people",
  sheep: "sheep",
  fish: "fish",
  bus: "buses",
  bench: "benches",
  church: "churches",
  "letter box": "letter boxes",
  bookshelf: "bookshelves",
  glass: "glasses",
};

export function plural(category: string): string {
  return plurals[category] ?? `${category}s`;
}

/** `a cow`, `an aeroplane` */
export function some(category: string): string {
  return `${/^[aeiou]/.test(category) ? "an" : "a"} ${category}`;
}
