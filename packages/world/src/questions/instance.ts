import { shopWords } from "../objects/buildings.js";
import { signLetters, signWords } from "../objects/street.js";
import { alike, type ColorName } from "../palette.js";
import type { WorldObject } from "../scene.js";
import { absent, allClear, ask, plural, sameWord, singles, some, type View, type WorldQuestion } from "./view.js";

const group = "finegrained_perception (instance-level)";

/** What may be asked for and denied, by where it would be expected. */
const outdoorWords = [
  "car",
  "truck",
  "bus",
  "bicycle",
  "boat",
  "person",
  "dog",
  "cat",
  "cow",
  "horse",
  "sheep",
  "hen",
  "duck",
  "bird",
  "house",
  "church",
  "barn",
  "lighthouse",
  "windmill",
  "bench",
  "sign",
  "street lamp",
  "parasol",
  "cactus",
  "hot-air balloon",
  "aeroplane",
  "traffic light",
];
const indoorWords = [
  "sofa",
  "bed",
  "table",
  "chair",
  "lamp",
  "bookshelf",
  "clock",
  "painting",
  "cat",
  "dog",
  "person",
  "ball",
  "cup",
  "bottle",
  "vase",
  "book",
  "teapot",
  "fridge",
  "stove",
  "television",
  "plant",
  "candle",
  "toy block",
  "apple",
  "banana",
];

const colorWords: readonly ColorName[] = [
  "red",
  "orange",
  "yellow",
  "green",
  "blue",
  "purple",
  "pink",
  "brown",
  "white",
  "gray",
  "black",
];

/** The part whose colour is asked for, and colours that show on other parts. Things not listed have no one colour. */
const painted: Readonly<Record<string, { part?: string; also?: readonly ColorName[] }>> = {
  car: {},
  truck: { part: "cab of the truck", also: ["white", "gray", "yellow", "brown"] },
  bus: { also: ["white", "yellow", "black"] },
  bicycle: { part: "bicycle's frame", also: ["black", "gray"] },
  boat: { part: "hull of the boat", also: ["white", "red", "blue", "orange"] },
  dog: { also: ["white"] },
  cat: { also: ["white"] },
  horse: {},
  sheep: { also: ["black"] },
  hen: { also: ["red"] },
  person: { part: "person's top" },
  house: { part: "wall of the house" },
  barn: { part: "wall of the barn", also: ["white"] },
  sign: { also: ["white", "black", "red"] },
  flower: { also: ["green", "yellow", "brown"] },
  "letter box": {},
  parasol: { also: ["white"] },
  sofa: {},
  bed: { part: "blanket", also: ["white"] },
  fridge: {},
  stove: { also: ["black"] },
  cup: { also: ["brown"] },
  bottle: { also: ["white"] },
  book: { also: ["white"] },
  teapot: { also: ["white"] },
  vase: { part: "vase itself", also: ["red", "yellow", "pink", "white", "orange", "purple", "green"] },
  bowl: { part: "bowl itself", also: ["red", "orange", "yellow", "green"] },
  ball: { also: ["white"] },
  apple: {},
  pear: {},
  fish: { also: ["white", "black", "yellow"] },
};

export function instanceQuestions(view: View): WorldQuestion[] {
  if (!view.sharp) return [];
  return [
    ...existence(view),
    ...counting(view),
    ...colour(view),
    ...trafficLight(view),
    ...localization(view),
    ...reading(view),
  ];
}

function words(view: View): readonly string[] {
  const inside = ["living room", "bedroom", "kitchen", "table top"].includes(view.scene.kind);
  return inside ? indoorWords : outdoorWords;
}

function existence(view: View): WorldQuestion[] {
  const { random } = view;
  const here = [...new Set(view.clear.map(({ category }) => category))].filter((word) => words(view).includes(word));
  const missing = random.shuffle(words(view).filter((word) => absent(view, word)));
  const out: WorldQuestion[] = [];
  if (here.length > 0 && missing.length >= 3) {
    out.push(
      ask(view, group, "object_existence", "Which of these is in the picture?", random.pick(here), missing.slice(0, 3)),
    );
  }
  if (here.length >= 3 && missing.length > 0) {
    out.push(
      ask(
        view,
        group,
        "object_existence",
        "Which of these is not in the picture?",
        missing[0],
        random.shuffle(here).slice(0, 3),
      ),
    );
  }
  const yes = random.chance(0.5);
  const word = yes ? here[0] : missing[missing.length - 1];
  if (word !== undefined)
    out.push(
      ask(view, group, "object_existence", `Is there ${some(word)} in the picture?`, yes ? "yes" : "no", [
        yes ? "no" : "yes",
      ]),
    );
  return out;
}

const countable = [
  "car",
  "boat",
  "person",
  "dog",
  "cat",
  "cow",
  "horse",
  "sheep",
  "hen",
  "duck",
  "bird",
  "cactus",
  "hot-air balloon",
  "parasol",
  "fish",
  "painting",
  "cup",
  "bottle",
  "apple",
  "sofa",
  "chair",
  "bicycle",
  "church",
];

function counting(view: View): WorldQuestion[] {
  const out: WorldQuestion[] = [];
  for (const category of countable) {
    const all = allClear(view, category);
    if (
      !all ||
      all.length === 0 ||
      view.seen.some((other) => other.category !== category && sameWord(other.category, category))
    )
      continue;
    // Ones are everywhere; a few of them are enough.
    if (all.length === 1 && view.random.chance(0.8)) continue;
    const count = all.length;
    const first = Math.max(1, count - view.random.int(4));
    const others = [0, 1, 2, 3].map((i) => first + i).filter((n) => n !== count);
    out.push(
      ask(
        view,
        group,
        "object_counting",
        `How many ${plural(category)} are in the picture?`,
        `${count}`,
        others.map(String),
      ),
    );
  }
  return out;
}

function colour(view: View): WorldQuestion[] {
  if (!view.colours) return [];
  const out: WorldQuestion[] = [];
  for (const object of singles(view)) {
    const paint = painted[object.category];
    const { color, lit } = object.attributes;
    if (!paint || color === undefined || (lit && object.category === "lamp") || object.visible < 0.85) continue;
    const others = colorWords.filter((word) => !alike(word, color) && !paint.also?.includes(word));
    const chosen: ColorName[] = [];
    for (const word of view.random.shuffle(others))
      if (chosen.length < 3 && !chosen.some((other) => alike(other, word))) chosen.push(word);
    if (chosen.length === 0) continue;
    out.push(
      ask(view, group, "attribute_recognition", `What colour is the ${paint.part ?? object.category}?`, color, chosen),
    );
  }
  return out;
}

function trafficLight(view: View): WorldQuestion[] {
  const light = singles(view).find(({ category }) => category === "traffic light");
  if (!light || view.scene.finish.monochrome) return [];
  const color = light.attributes.color ?? "";
  return [
    ask(
      view,
      group,
      "attribute_recognition",
      "What colour does the traffic light show?",
      color,
      ["red", "yellow", "green"].filter((word) => word !== color),
    ),
  ];
}

/** Which side of the middle, when all of it is there; null when it lies across. */
export function half(start: number, length: number): 0 | 1 | null {
  if (start + length < 0.5) return 0;
  return start > 0.5 ? 1 : null;
}

function localization(view: View): WorldQuestion[] {
  const out: WorldQuestion[] = [];
  for (const object of singles(view)) {
    const { box, category } = object;
    const [across, down] = [half(box.x, box.width), half(box.y, box.height)];
    if (across === null) continue;
    const [left, right] = ["left", "right"];
    if (down === null)
      out.push(
        ask(view, group, "object_localization", `On which side is the ${category}?`, [left, right][across], [
          [left, right][1 - across],
        ]),
      );
    else {
      const corners = ["top left", "top right", "bottom left", "bottom right"];
      const truth = corners[down * 2 + across];
      out.push(
        ask(
          view,
          group,
          "object_localization",
          `Where in the picture is the ${category}?`,
          truth,
          corners.filter((corner) => corner !== truth),
        ),
      );
    }
  }
  return out;
}

/** Letters that differ by little at a few pixels. */
const similar = ["CGQODJU", "EFBPR", "MNHW", "UVYJ", "TYI", "KXH", "LEI", "AR"];

/** Writing that can be read at 112 pixels. */
export function isLegible({ attributes, visible }: WorldObject): boolean {
  return attributes.letters !== undefined && (attributes.letterHeight ?? 0) >= 0.055 && visible >= 0.98;
}

function reading(view: View): WorldQuestion[] {
  const out: WorldQuestion[] = [];
  for (const sign of singles(view).filter(isLegible)) {
    const text = sign.attributes.letters ?? "";
    const board = sign.category === "shop" ? "shop's board" : sign.category;
    // Beside a lettered shop, "the sign" is plain only when it holds a single letter.
    if (board === "sign" && text.length > 1 && view.seen.some(({ category }) => category === "shop")) continue;
    const choices =
      text.length === 1
        ? signLetters.filter((letter) => !similar.some((set) => set.includes(letter) && set.includes(text)))
        : sign.category === "shop"
          ? shopWords
          : signWords;
    const others = view.random.shuffle(choices.filter((word) => word !== text)).slice(0, 3);
    out.push(
      ask(
        view,
        group,
        "ocr",
        text.length === 1 ? `Which letter is on the ${board}?` : `What does the ${board} say?`,
        text,
        others,
      ),
    );
  }
  return out;
}
