import { answerOnly, Image, isSkip, orList, type Protocol, pose, protocols, Random } from "@ssl4rl/core";
import { position, rotation, type TaskFactory } from "@ssl4rl/tasks";
import { composeScene, questionsAbout, render, type Scene, type WorldQuestion } from "@ssl4rl/world";
import type { Lesson, LessonGroup } from "./teach.js";
import { SIDE } from "./tiny-checkpoint.js";

export interface WorldPicture {
  readonly id: string;
  readonly scene: Scene;
  readonly image: Image;
  readonly questions: readonly WorldQuestion[];
}

export function worldPicture(split: string, index: number): WorldPicture {
  const id = `${split}/${index}`;
  const scene = composeScene("tiny", split, index);
  const questions = questionsAbout(scene, Random.from("questions", id));
  return { id, scene, image: render(scene, { width: SIDE, height: SIDE }), questions };
}

/**
 * A picture as a lesson shows it, half of the time turned by quarter turns: whatever stands in it is to be known in any
 * position, and where it stands is told as seen. No lesson says by how many degrees a picture is turned.
 */
interface Shown {
  readonly picture: WorldPicture;
  readonly quarters: number;
  readonly image: Image;
}

function show(picture: WorldPicture, random: Random): Shown {
  const quarters = random.chance(0.5) ? random.int(4) : 0;
  return { picture, quarters, image: picture.image.quarterTurns(quarters) };
}

/** `count` lessons on one picture: labelled questions of many kinds, and what is in it. */
export function pictureGroup(picture: WorldPicture, count: number, random: Random): LessonGroup {
  const shown = show(picture, random);
  const questions = Array.from({ length: count - 1 }, () => questionLesson(shown, "", random));
  return { images: [shown.image], lessons: [...questions, captionLesson(shown, "the picture")] };
}

/** `count` labelled questions on two pictures, which may be the same, and what is in one of them. */
export function pairGroup(first: WorldPicture, second: WorldPicture, count: number, random: Random): LessonGroup {
  const pair = [show(first, random), show(second, random)];
  const lessons = Array.from({ length: count }, (_, i) => {
    const which = random.int(2);
    return i === 0
      ? captionLesson(pair[which], `picture ${which + 1}`)
      : questionLesson(pair[which], `Look at picture ${which + 1}. `, random);
  });
  return { images: pair.map(({ image }) => image), lessons };
}

/**
 * A self-supervised question with an answer drawn blindly: it teaches the form of the answer and to spread guesses over
 * all answers. The pictures show nothing, so that the model does not learn to look away from real ones.
 */
export function formGroup(picture: WorldPicture, random: Random): LessonGroup | null {
  const factory = random.pick(taught);
  const task = factory.create({ size: SIDE, ...random.pick(formOptions[factory.name] ?? [{}]) });
  const protocol = pickProtocol(random);
  const posed = { id: picture.id, name: picture.id, image: noise(random) };
  const problem = pose(posed, task, protocol, random.int(task.answers.size), random.uint32());
  if (isSkip(problem)) return null;
  const blind = task.answers.print(task.answers.at(random.int(task.answers.size)));
  return {
    images: problem.images,
    lessons: [{ text: problem.prompt, response: protocol.wrap(blind, thought(picture.scene)) }],
  };
}

/** A picture that shows nothing: blocks of random colours. */
function noise(random: Random): Image {
  const data = new Uint8Array(SIDE * SIDE * 3);
  const blocks = 1 + random.int(16);
  const colors = Array.from({ length: blocks * blocks * 3 }, () => random.int(256));
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const block = Math.floor((y * blocks) / SIDE) * blocks + Math.floor((x * blocks) / SIDE);
      data.set(colors.slice(3 * block, 3 * block + 3), (y * SIDE + x) * 3);
    }
  }
  return new Image(SIDE, SIDE, data);
}

/** The tasks whose forms the model learns; others it may learn by training. */
const taught: readonly TaskFactory[] = [rotation as TaskFactory, position as TaskFactory];

/** Option sets whose prompts the model learns to read. */
const formOptions: Record<string, Record<string, unknown>[]> = {
  rotation: [{}, {}, { step: 45 }, { direction: "clockwise" }],
  position: [{}, {}, { grid: 3 }],
};

/** A question on an upright picture: mostly answered by the option's own words, now and then by its letter. */
export function uprightQuestion(picture: WorldPicture, random: Random): Lesson {
  return questionLesson({ picture, quarters: 0, image: picture.image }, "", random);
}

function questionLesson({ picture, quarters }: Shown, about: string, random: Random): Lesson {
  if (random.chance(0.15)) return edgeLesson(picture, quarters, about, random);
  const fitting = picture.questions.filter(({ category }) => quarters === 0 || turnProof.has(category));
  const { question, options, answer } = pickByCategory(fitting.length ? fitting : picture.questions, random);
  const protocol = pickProtocol(random);
  const byLetter = random.chance(0.15);
  const choices = byLetter
    ? `\n${options.map((option, i) => `${"ABCD"[i]}. ${option}`).join("\n")}`
    : ` ${orList(options)}?`;
  return {
    text: `${about}${question}${choices}\n${protocol.instruction}`,
    response: protocol.wrap(byLetter ? "ABCD"[answer] : options[answer], thought(picture.scene)),
  };
}

/** Where the ground is, as seen: the one thing told about how a picture stands. */
function edgeLesson(picture: WorldPicture, quarters: number, about: string, random: Random): Lesson {
  const edges = ["bottom", "right", "top", "left"];
  const protocol = pickProtocol(random);
  return {
    text: `${about}Which edge is the ground at: ${orList(edges)}?\n${protocol.instruction}`,
    response: protocol.wrap(edges[quarters], thought(picture.scene)),
  };
}

/** Kinds of questions whose answer stays true when the picture is turned. */
const turnProof = new Set([
  "image_scene",
  "image_style",
  "image_topic",
  "image_weather",
  "object_existence",
  "object_counting",
  "attribute_recognition",
  "function_reasoning",
  "physical_property_reasoning",
  "identity_reasoning",
]);

/** What is in the picture and where, largest things first; places as seen, in the turned picture. */
function captionLesson({ picture: { scene }, quarters }: Shown, about: string): Lesson {
  const seen = scene.objects
    .filter(({ visible, box }) => visible > 0.5 && box.width * box.height > 0.004)
    .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
    .slice(0, 4)
    .map(({ category, attributes, box }) => {
      let [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      for (let i = 0; i < quarters; i++) [x, y] = [y, 1 - x];
      return `${attributes.color ? `${attributes.color} ` : ""}${category} ${y < 0.5 ? "top" : "bottom"} ${x < 0.5 ? "left" : "right"}`;
    });
  return {
    text: `What is in ${about}?`,
    response: `${scene.kind}, ${scene.light.time}, ${scene.weather}: ${seen.join(", ")}.`,
  };
}

/** Short forms carry most of the teaching; the long ones only have to be known. */
function pickProtocol(random: Random): Protocol {
  return random.chance(0.85) ? answerOnly : random.pick(protocols);
}

/** Rare kinds of questions are asked as often as common ones. */
function pickByCategory(questions: readonly WorldQuestion[], random: Random): WorldQuestion {
  const category = random.pick([...new Set(questions.map((question) => question.category))]);
  return random.pick(questions.filter((question) => question.category === category));
}

function thought(scene: Scene): string {
  return `A ${scene.kind}.`;
}
