import { answerOnly, type Image, isSkip, type Protocol, pose, protocols, type Random } from "@ssl4rl/core";
import type { PromptInput } from "@ssl4rl/models";
import { registry } from "@ssl4rl/tasks";
import { composeScene, questionsAbout, render, type Scene, type WorldQuestion } from "@ssl4rl/world";
import { SIDE } from "./tiny-checkpoint.js";

/** One thing the tiny model is shown: a prompt and the response it should give. */
export interface Lesson {
  readonly input: PromptInput;
  readonly response: string;
}

export interface WorldPicture {
  readonly id: string;
  readonly scene: Scene;
  readonly image: Image;
}

export function worldPicture(split: string, index: number): WorldPicture {
  const id = `${split}/${index}`;
  const scene = composeScene("tiny", split, index);
  return { id, scene, image: render(scene, { width: SIDE, height: SIDE }) };
}

/** A labelled question on one picture, or on the second of two, as multiple choice. */
export function questionLesson(picture: WorldPicture, other: WorldPicture | null, random: Random): Lesson | null {
  const questions = questionsAbout(picture.scene, random);
  if (questions.length === 0) return null;
  const question = pickByCategory(questions, random);
  const about = other ? "Look at picture 2. " : "";
  const letters = question.options.map((option, i) => `${"ABCD"[i]}. ${option}`).join("\n");
  const protocol = pickProtocol(random);
  return {
    input: {
      text: `${about}${question.question}\n${letters}\n${protocol.instruction}`,
      images: other ? [other.image, picture.image] : [picture.image],
    },
    response: protocol.wrap("ABCD"[question.answer], thought(picture.scene)),
  };
}

/** What is in the picture, nearest and largest things first. */
export function captionLesson(picture: WorldPicture): Lesson {
  return {
    input: { text: "What is in the picture?", images: [picture.image] },
    response: caption(picture.scene),
  };
}

/**
 * A self-supervised question with an answer drawn blindly: it teaches the form of the answer and nothing about the
 * picture, so that the model starts at chance and spreads its guesses over all answers.
 */
export function formLesson(picture: WorldPicture, random: Random): Lesson | null {
  const factory = random.pick(registry);
  const task = factory.create({ size: SIDE, ...random.pick(formOptions[factory.name] ?? [{}]) });
  const protocol = pickProtocol(random);
  const problem = pose(
    { ...picture, name: picture.id },
    task,
    protocol,
    random.int(task.answers.size),
    random.uint32(),
  );
  if (isSkip(problem)) return null;
  const blind = task.answers.print(task.answers.at(random.int(task.answers.size)));
  return {
    input: { text: problem.prompt, images: problem.images },
    response: protocol.wrap(blind, thought(picture.scene)),
  };
}

/** Option sets whose prompts the model learns to read. */
const formOptions: Record<string, Record<string, unknown>[]> = {
  rotation: [{}, {}, { step: 45 }, { direction: "clockwise" }],
  position: [{}, {}, { grid: 3 }],
};

function pickProtocol(random: Random): Protocol {
  return random.chance(0.8) ? answerOnly : random.pick(protocols);
}

/** Rare kinds of questions are asked as often as common ones. */
function pickByCategory(questions: readonly WorldQuestion[], random: Random): WorldQuestion {
  const category = random.pick([...new Set(questions.map((question) => question.category))]);
  return random.pick(questions.filter((question) => question.category === category));
}

function thought(scene: Scene): string {
  return `A ${scene.kind}.`;
}

function caption(scene: Scene): string {
  const seen = scene.objects
    .filter(({ visible, box }) => visible > 0.5 && box.width * box.height > 0.003)
    .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
    .slice(0, 6)
    .map(({ category, attributes, box }) => {
      const middle = box.x + box.width / 2;
      const side = middle < 0.37 ? " left" : middle > 0.63 ? " right" : "";
      return `${attributes.color ? `${attributes.color} ` : ""}${category}${side}`;
    });
  return `${scene.kind}, ${scene.light.time}, ${scene.weather}: ${seen.join(", ")}.`;
}
