import type { SceneKind } from "../scene.js";
import { ask, isIndoors, type View, type WorldQuestion } from "./view.js";

const group = "coarse_perception";

/** What people call the place, and the families it belongs to: two places of one family are never offered together. */
const places: Partial<Record<SceneKind, readonly [place: string, ...families: string[]]>> = {
  street: ["street", "town"],
  "night city": ["city", "town"],
  village: ["village", "town", "green"],
  park: ["park", "green", "water"],
  garden: ["garden", "green"],
  coast: ["beach", "water"],
  harbour: ["harbour", "water", "town"],
  mountains: ["mountains", "green", "hills"],
  lake: ["lake", "water", "green", "hills"],
  farm: ["farm", "green"],
  desert: ["desert", "hills"],
  "living room": ["living room", "living"],
  bedroom: ["bedroom", "sleeping"],
  kitchen: ["kitchen", "cooking"],
  aquarium: ["under water", "water"],
};

/** Without one of these a room could be another one. */
const proof: Partial<Record<SceneKind, readonly string[]>> = {
  "living room": ["sofa", "television"],
  bedroom: ["bed"],
};

const topics: Partial<Record<SceneKind, string>> = {
  "animal portrait": "an animal",
  portrait: "a person",
  facade: "a building",
  aquarium: "fish",
  "table top": "a table",
  "open sky": "the sky",
};

export function coarseQuestions(view: View): WorldQuestion[] {
  return [...place(view), ...hour(view), ...weather(view), ...quality(view), ...topic(view), ...feeling(view)];
}

function place(view: View): WorldQuestion[] {
  const { scene, random } = view;
  const [answer, ...families] = places[scene.kind] ?? [];
  const needed = proof[scene.kind];
  if (answer === undefined || (needed && !view.seen.some(({ category }) => needed.includes(category)))) return [];
  const others = Object.values(places)
    .filter(([name, ...groups]) => name !== answer && !groups.some((family) => families.includes(family)))
    .map(([name]) => name);
  return [ask(view, group, "image_scene", "Where was this picture taken?", answer, random.shuffle(others).slice(0, 3))];
}

function hour(view: View): WorldQuestion[] {
  const { scene } = view;
  const { time } = scene.light;
  if (isIndoors(scene.kind) || scene.kind === "facade" || scene.kind === "animal portrait") return [];
  if (time === "sunset") {
    if (scene.finish.monochrome || scene.weather === "fog") return [];
    return [ask(view, group, "image_scene", "What time of day is it?", "sunset", ["noon", "midnight"])];
  }
  return [ask(view, group, "image_scene", "Is it day or night?", time, [time === "day" ? "night" : "day"])];
}

function weather(view: View): WorldQuestion[] {
  const { scene, random } = view;
  if (isIndoors(scene.kind) || scene.kind === "facade" || scene.kind === "animal portrait") return [];
  const words = { clear: "sunny", cloudy: "cloudy", rain: "rainy", snow: "snowy", fog: "foggy" } as const;
  if ((scene.weather === "clear" || scene.weather === "cloudy") && scene.light.time !== "day") return [];
  // A clear sky holds a cloud at times and a rainy one always does.
  const near: readonly string[] = scene.weather === "fog" ? ["cloudy"] : ["sunny", "cloudy", "foggy"];
  const others = ["sunny", "cloudy", "rainy", "snowy", "foggy"].filter(
    (word) => word !== words[scene.weather] && !near.includes(word),
  );
  if (scene.weather === "rain" || scene.weather === "snow") others.push("sunny");
  return [
    ask(
      view,
      group,
      "image_weather",
      "What is the weather like?",
      words[scene.weather],
      random.shuffle(others).slice(0, 3),
    ),
  ];
}

function quality(view: View): WorldQuestion[] {
  const { scene, random, sharp } = view;
  const out: WorldQuestion[] = [];
  const { monochrome } = scene.finish;
  if (!sharp || random.chance(0.15))
    out.push(
      ask(view, group, "image_quality", "Is the picture sharp or blurry?", sharp ? "sharp" : "blurry", [
        sharp ? "blurry" : "sharp",
      ]),
    );
  if (monochrome || random.chance(0.15)) {
    const [style, other] = monochrome ? ["black and white", "full colour"] : ["full colour", "black and white"];
    out.push(ask(view, group, "image_style", "What is the style of this picture?", style, [other]));
  }
  return out;
}

function topic(view: View): WorldQuestion[] {
  const answer = topics[view.scene.kind];
  if (answer === undefined || (answer === "the sky" && view.clear.length > 3)) return [];
  const others = Object.values(topics).filter(
    (other) => other !== answer && !(answer === "fish" && other === "an animal"),
  );
  const alive = answer === "an animal" ? others.filter((other) => other !== "fish") : others;
  return [
    ask(
      view,
      group,
      "image_topic",
      "What does this picture mainly show?",
      answer,
      view.random.shuffle(alive).slice(0, 3),
    ),
  ];
}

function feeling(view: View): WorldQuestion[] {
  const face = view.clear.find(({ attributes }) => attributes.mood !== undefined);
  if (!face) return [];
  const { mood } = face.attributes;
  return [
    ask(view, group, "image_emotion", "How does this person feel?", mood ?? "", [mood === "happy" ? "sad" : "happy"]),
  ];
}
