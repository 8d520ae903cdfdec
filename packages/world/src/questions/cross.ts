import { alike } from "../palette.js";
import type { WorldObject } from "../scene.js";
import { allClear, ask, isIndoors, plural, sameWord, singles, type View, type WorldQuestion } from "./view.js";

const group = "finegrained_perception (cross-instance)";

export function crossQuestions(view: View): WorldQuestion[] {
  if (!view.sharp) return [];
  return [...sides(view), ...levels(view), ...depth(view), ...sizes(view), ...sameColour(view), ...actions(view)];
}

/** Pairs of single objects with plainly different names, a few per scene. */
function pairs(view: View, most: number): readonly (readonly [WorldObject, WorldObject])[] {
  const list = view.random.shuffle(singles(view));
  const out: [WorldObject, WorldObject][] = [];
  for (let i = 0; i < list.length; i++) {
    for (let j = i + 1; j < list.length && out.length < most; j++) {
      if (!sameWord(list[i].category, list[j].category)) out.push([list[i], list[j]]);
    }
  }
  return out;
}

function sides(view: View): WorldQuestion[] {
  return pairs(view, 4).flatMap(([a, b]) => {
    const gap = Math.max(b.box.x - (a.box.x + a.box.width), a.box.x - (b.box.x + b.box.width));
    if (gap < 0.01) return [];
    const [truth, other] = a.box.x < b.box.x ? ["left", "right"] : ["right", "left"];
    return [
      ask(view, group, "spatial_relationship", `On which side of the ${b.category} is the ${a.category}?`, truth, [
        other,
      ]),
    ];
  });
}

function levels(view: View): WorldQuestion[] {
  return pairs(view, 3).flatMap(([a, b]) => {
    const gap = Math.max(b.box.y - (a.box.y + a.box.height), a.box.y - (b.box.y + b.box.height));
    if (gap < 0.02) return [];
    const [truth, other] = a.box.y < b.box.y ? ["above", "below"] : ["below", "above"];
    return [
      ask(view, group, "spatial_relationship", `Is the ${a.category} above or below the ${b.category}?`, truth, [
        other,
      ]),
    ];
  });
}

/** In the air or on a wall, where the foot says nothing about the distance. */
const aloft = ["bird", "hot-air balloon", "aeroplane", "painting", "clock", "window", "fish"];

function depth(view: View): WorldQuestion[] {
  if (isIndoors(view.scene.kind)) return [];
  return pairs(view, 3).flatMap(([a, b]) => {
    if (aloft.includes(a.category) || aloft.includes(b.category)) return [];
    const foot = ({ box }: WorldObject): number => box.y + box.height;
    const far = Math.max(a.distance, b.distance) / Math.min(a.distance, b.distance);
    if (far < 1.5 || Math.abs(foot(a) - foot(b)) < 0.08 || a.distance < b.distance !== foot(a) > foot(b)) return [];
    const [near, away] = a.distance < b.distance ? [a, b] : [b, a];
    return [
      ask(view, group, "spatial_relationship", "Which of these is nearer to the viewer?", near.category, [
        away.category,
      ]),
    ];
  });
}

function sizes(view: View): WorldQuestion[] {
  return pairs(view, 2).flatMap(([a, b]) => {
    const [large, small] = area(a) > area(b) ? [a, b] : [b, a];
    if (area(large) < 2 * area(small) || large.box.width < small.box.width || large.box.height < small.box.height)
      return [];
    return [
      ask(view, group, "attribute_comparison", "Which of these looks larger here?", large.category, [small.category]),
    ];
  });
}

function area({ box }: WorldObject): number {
  return box.width * box.height;
}

const uniform = [
  "car",
  "bus",
  "boat",
  "dog",
  "cat",
  "horse",
  "sheep",
  "hen",
  "fish",
  "sofa",
  "cup",
  "parasol",
  "bottle",
  "book",
  "ball",
  "teapot",
  "flower",
  "house",
  "person",
];

function sameColour(view: View): WorldQuestion[] {
  if (!view.colours) return [];
  const out: WorldQuestion[] = [];
  for (const category of uniform) {
    const all = allClear(view, category);
    if (all?.length !== 2) continue;
    const question =
      category === "person"
        ? "Do the tops of both people have the same colour?"
        : `Do the two ${plural(category)} have the same colour?`;
    const [a, b] = all.map(({ attributes }) => attributes.color);
    if (a === undefined || b === undefined) continue;
    // Equal colours are rare; ask for them always, for others seldom.
    if (a === b) out.push(ask(view, group, "attribute_comparison", question, "yes", ["no"]));
    else if (!alike(a, b) && view.random.chance(0.22))
      out.push(ask(view, group, "attribute_comparison", question, "no", ["yes"]));
  }
  return out;
}

/** What else it might be doing, for each thing it does. Walking is near to standing and to running. */
const doings: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  person: {
    walking: ["waving", "sitting", "sleeping"],
    standing: ["running", "sitting", "sleeping", "swimming"],
    running: ["waving", "sitting", "sleeping"],
    waving: ["running", "sitting", "sleeping"],
  },
  dog: {
    standing: ["running", "sitting", "sleeping"],
    running: ["sitting", "standing", "sleeping"],
    sitting: ["running", "walking", "sleeping"],
  },
  cat: {
    sitting: ["walking", "sleeping", "jumping"],
    sleeping: ["walking", "sitting", "jumping"],
    walking: ["sitting", "sleeping", "eating"],
  },
  horse: { eating: ["jumping", "sleeping", "running"], standing: ["eating", "lying down", "running"] },
  duck: { swimming: ["flying", "walking", "sleeping"], standing: ["flying", "swimming", "sleeping"] },
  bird: { flying: ["swimming", "sleeping", "eating"] },
};

function actions(view: View): WorldQuestion[] {
  return singles(view).flatMap(({ category, attributes, visible }) => {
    const others = attributes.action === undefined ? undefined : doings[category]?.[attributes.action];
    if (!others || visible < 0.9) return [];
    return [
      ask(
        view,
        group,
        "action_recognition",
        `What is the ${category} doing?`,
        attributes.action ?? "",
        view.random.shuffle(others).slice(0, 3),
      ),
    ];
  });
}
