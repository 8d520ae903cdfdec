import type { WorldObject } from "../scene.js";
import { isLegible } from "./instance.js";
import {
  absent,
  allClear,
  ask,
  type Group,
  isIndoors,
  plural,
  sameWord,
  singles,
  type View,
  type WorldQuestion,
} from "./view.js";

/** A property: what has it for sure, and what might have it (never offered as wrong). */
interface Property {
  readonly group: Group;
  readonly category: string;
  readonly question: string;
  readonly has: readonly string[];
  readonly might?: readonly string[];
  /** Only these make fair distractors; by default anything. */
  readonly among?: readonly string[];
}

const attribute = "attribute_reasoning";
const relation = "relation_reasoning";
const animals = ["cow", "horse", "sheep", "hen", "dog", "cat", "duck", "bird", "fish"];
const greenery = ["tree", "bush", "flower", "cactus", "plant"];

const properties: readonly Property[] = [
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these is made to sit on?",
    has: ["bench", "chair", "sofa"],
    might: ["bed", "table", "car", "bicycle", "bus", "truck", "boat", "horse"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these is made to cross water?",
    has: ["boat"],
    might: ["duck", "aeroplane", "hot-air balloon"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these keeps food cold?",
    has: ["fridge"],
    might: ["bottle"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these is made to cook on?",
    has: ["stove"],
    might: ["teapot", "fridge"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these is made to sleep in?",
    has: ["bed"],
    might: ["sofa", "house"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these tells the time?",
    has: ["clock"],
    might: ["church", "television"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these is made to give light?",
    has: ["lamp", "street lamp", "candle", "lighthouse"],
    might: ["traffic light", "house", "tower", "shop", "car", "bus", "truck", "window", "television", "church"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these is made to drive on roads?",
    has: ["car", "bus", "truck"],
    might: ["bicycle"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these is moved with pedals?",
    has: ["bicycle"],
    might: ["boat"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these carries people through the air?",
    has: ["aeroplane", "hot-air balloon"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these do we drink from?",
    has: ["cup", "glass"],
    might: ["bottle", "teapot", "bowl", "vase"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these can be read?",
    has: ["book"],
    might: ["bookshelf", "sign", "clock", "bottle", "shop"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these is for people to live in?",
    has: ["house"],
    might: ["tower", "barn", "shop", "church", "lighthouse", "windmill", "boat"],
  },
  {
    group: attribute,
    category: "function_reasoning",
    question: "Which of these gives shade on the beach?",
    has: ["parasol"],
    might: ["tree", "house", "lighthouse"],
  },
  {
    group: attribute,
    category: "physical_property_reasoning",
    question: "Which of these is alive?",
    has: [...animals, "person", ...greenery],
    might: ["vase", "apple", "orange", "lemon", "pear", "banana", "bowl"],
  },
  {
    group: attribute,
    category: "physical_property_reasoning",
    question: "Which of these is as round as a globe?",
    has: ["ball", "orange"],
    might: [
      "apple",
      "lemon",
      "pear",
      "bowl",
      "teapot",
      "cup",
      "clock",
      "vase",
      "hot-air balloon",
      "bush",
      "tree",
      "sheep",
    ],
  },
  {
    group: attribute,
    category: "physical_property_reasoning",
    question: "Which of these is soft to lie on?",
    has: ["sofa", "bed"],
    might: ["sheep", "dog", "cat", "bush"],
  },
  {
    group: attribute,
    category: "physical_property_reasoning",
    question: "Which of these can be eaten?",
    has: ["apple", "orange", "lemon", "pear", "banana"],
    might: ["bowl", "cup", "glass", "bottle", "plant", "vase", "cow", "hen", "sheep", "duck", "fish"],
  },
  {
    group: attribute,
    category: "physical_property_reasoning",
    question: "Which of these has wheels?",
    has: ["car", "bus", "truck", "bicycle"],
    might: ["aeroplane"],
  },
  { group: relation, category: "nature_relation", question: "Which of these gives us wool?", has: ["sheep"] },
  {
    group: relation,
    category: "nature_relation",
    question: "Which of these lays eggs?",
    has: ["hen", "duck", "bird"],
    might: ["fish"],
    among: [...animals, "person", "tree"],
  },
  {
    group: relation,
    category: "nature_relation",
    question: "Which of these gives us milk?",
    has: ["cow"],
    might: ["sheep", "horse", "person", "dog", "cat"],
  },
  {
    group: relation,
    category: "nature_relation",
    question: "Which of these lives on light and water?",
    has: greenery,
    might: ["vase"],
    among: [...animals, "person"],
  },
  {
    group: relation,
    category: "nature_relation",
    question: "Which of these hunts mice?",
    has: ["cat"],
    might: ["dog", "bird", "hen"],
  },
];

export function attributeQuestions(view: View): WorldQuestion[] {
  return [...propertyQuestions(view, attribute), ...identity(view)];
}

export function relationQuestions(view: View): WorldQuestion[] {
  return [...propertyQuestions(view, relation), ...support(view), ...company(view)];
}

/** One of the things in the picture has the property; the other options are things in the picture that lack it. */
function propertyQuestions(view: View, group: Group): WorldQuestion[] {
  if (!view.sharp) return [];
  const here = view.random.shuffle([...new Set(view.clear.map(({ category }) => category))]);
  return properties.flatMap((property) => {
    if (property.group !== group) return [];
    const { has, might = [], among } = property;
    const truth = here.find((word) => has.includes(word));
    if (truth === undefined) return [];
    const others: string[] = [];
    for (const word of here) {
      const fair = !has.includes(word) && !might.includes(word) && (among?.includes(word) ?? true);
      if (fair && ![truth, ...others].some((other) => sameWord(other, word))) others.push(word);
    }
    return others.length === 0
      ? []
      : [ask(view, group, property.category, property.question, truth, others.slice(0, 3))];
  });
}

/** Only one animal, so that "this animal" is plain. */
function identity(view: View): WorldQuestion[] {
  const found = view.seen.filter(({ category }) => animals.includes(category));
  if (found.length !== 1 || !view.clear.includes(found[0]) || view.scene.scenery.some((name) => animals.includes(name)))
    return [];
  const others = animals.filter((name) => !sameWord(name, found[0].category));
  return [
    ask(
      view,
      attribute,
      "identity_reasoning",
      "What kind of animal is this?",
      found[0].category,
      view.random.shuffle(others).slice(0, 3),
    ),
  ];
}

/** What carries it: another thing, or the ground of the place. */
function support(view: View): WorldQuestion[] {
  if (!view.sharp) return [];
  const out: WorldQuestion[] = [];
  const { scene, random } = view;
  for (const object of singles(view)) {
    const under: WorldObject | undefined = scene.objects[object.on];
    if (under && (under.category === "table" || under.category === "bed")) {
      const others = ["chair", "sofa", "bookshelf", "floor", "bed", "table"].filter((word) => word !== under.category);
      out.push(
        ask(
          view,
          relation,
          "physical_relation",
          `What is the ${object.category} on?`,
          under.category,
          random.shuffle(others).slice(0, 3),
        ),
      );
    } else if (object.category === "boat") {
      out.push(
        ask(
          view,
          relation,
          "physical_relation",
          "What carries the boat?",
          "water",
          random.shuffle(["road", "sand", "grass", "table"]).slice(0, 3),
        ),
      );
    } else if (
      ["car", "bus", "truck"].includes(object.category) &&
      (scene.kind === "street" || scene.kind === "night city")
    ) {
      out.push(
        ask(
          view,
          relation,
          "physical_relation",
          `What is the ${object.category} on?`,
          "road",
          random.shuffle(["water", "roof", "table", "sofa"]).slice(0, 3),
        ),
      );
    }
  }
  return out;
}

/** Whom the people are with. */
function company(view: View): WorldQuestion[] {
  const people = allClear(view, "person");
  if (!people || people.length === 0) return [];
  const pets = view.seen.filter(({ category }) => animals.includes(category));
  const out: WorldQuestion[] = [];
  if (pets.length === 0) {
    const [truth, other] = people.length === 1 ? ["alone", "with others"] : ["with others", "alone"];
    if (people.length > 1 || view.random.chance(0.5))
      out.push(ask(view, relation, "social_relation", "Is someone here alone or with others?", truth, [other]));
  }
  if (people.length === 1 && pets.length === 1 && view.clear.includes(pets[0])) {
    const [pet] = pets;
    const others = ["dog", "cat", "horse", "cow", "bird", "another person"].filter(
      (word) => !sameWord(word, pet.category) && absent(view, word),
    );
    out.push(
      ask(
        view,
        relation,
        "social_relation",
        "Who keeps the person company?",
        pet.category,
        view.random.shuffle(others).slice(0, 3),
      ),
    );
  }
  return out;
}

const logic = "logic_reasoning";

const goods: Readonly<Record<string, string>> = {
  CAFE: "coffee",
  BAKERY: "bread",
  BOOKS: "novels",
  TOYS: "dolls",
  FRUIT: "apples",
  SHOES: "boots",
};

export function logicQuestions(view: View): WorldQuestion[] {
  return [...heading(view), ...soon(view), ...rules(view), ...signs(view), ...time(view), ...sums(view)];
}

/** Where something on its way will be next. */
function heading(view: View): WorldQuestion[] {
  return singles(view).flatMap(({ category, attributes, facing, visible }) => {
    const moving =
      ["car", "bus", "truck", "aeroplane", "fish"].includes(category) ||
      ["running", "flying"].includes(attributes.action ?? "");
    if (!moving || visible < 0.9) return [];
    return [
      ask(view, logic, "future_prediction", `Which way will the ${category} go next?`, facing, [
        facing === "left" ? "right" : "left",
      ]),
    ];
  });
}

function soon(view: View): WorldQuestion[] {
  const { scene } = view;
  if (isIndoors(scene.kind)) return [];
  if (scene.weather === "rain")
    return [
      ask(view, logic, "future_prediction", "What will the ground be like soon?", "wet", ["dusty", "hot", "sandy"]),
    ];
  if (scene.weather === "snow")
    return [
      ask(view, logic, "future_prediction", "What will walkers leave on the ground?", "footprints", [
        "bubbles",
        "petals",
        "sparks",
      ]),
    ];
  return [];
}

function rules(view: View): WorldQuestion[] {
  const light = singles(view).find(({ category }) => category === "traffic light");
  const color = light?.attributes.color;
  if (view.scene.finish.monochrome || (color !== "red" && color !== "green")) return [];
  const [truth, other] = color === "red" ? ["stop", "drive on"] : ["drive on", "stop"];
  return [
    ask(view, logic, "structuralized_imagetext_understanding", "What does the traffic light tell drivers?", truth, [
      other,
    ]),
  ];
}

function signs(view: View): WorldQuestion[] {
  const shops = view.seen.filter(({ category }) => category === "shop");
  if (shops.length !== 1 || !isLegible(shops[0]) || !view.sharp) return [];
  const truth = goods[shops[0].attributes.letters ?? ""];
  if (truth === undefined) return [];
  const others = Object.values(goods).filter((good) => good !== truth);
  return [
    ask(
      view,
      logic,
      "structuralized_imagetext_understanding",
      "What does the shop sell?",
      truth,
      view.random.shuffle(others).slice(0, 3),
    ),
  ];
}

/** The clock strikes the full hour. */
function time(view: View): WorldQuestion[] {
  const clock = singles(view).find(({ category }) => category === "clock");
  const hour = clock?.attributes.hour;
  if (!clock || hour === undefined || clock.box.width < 0.11 || clock.visible < 0.98) return [];
  const others = [3, 6, 9].map((turn) => `${((hour + turn + 11) % 12) + 1} o'clock`);
  return [
    ask(
      view,
      logic,
      "structuralized_imagetext_understanding",
      "What time is it?",
      `${((hour + 11) % 12) + 1} o'clock`,
      others,
    ),
  ];
}

const legs: Readonly<Record<string, number>> = { cow: 4, horse: 4, sheep: 4, hen: 2 };
const wheels: Readonly<Record<string, number>> = { bicycle: 2 };

/** What several things of one kind have together: known, not counted, for side views hide legs. */
function sums(view: View): WorldQuestion[] {
  if (!view.sharp) return [];
  const out: WorldQuestion[] = [];
  for (const [parts, word] of [
    [legs, "legs"],
    [wheels, "wheels"],
  ] as const) {
    for (const [category, each] of Object.entries(parts)) {
      const all = allClear(view, category);
      if (!all || all.length < 2 || all.length > 4) continue;
      const total = all.length * each;
      const others = [1, 2, 3, 4, 5].filter((n) => n !== all.length).map((n) => `${n * each}`);
      const question = `How many ${word} do the ${plural(category)} have together?`;
      out.push(
        ask(
          view,
          logic,
          "structuralized_imagetext_understanding",
          question,
          `${total}`,
          view.random.shuffle(others).slice(0, 3),
        ),
      );
    }
  }
  return out;
}
