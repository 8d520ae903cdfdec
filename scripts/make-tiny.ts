/**
 * Makes checkpoints/tiny-vl: a small Qwen2.5-VL of our own, with its own byte-level BPE, warmed up by supervised
 * learning on the procedural world only. It reads the prompts, answers in the asked form, answers simple questions about
 * world pictures better than chance, and stands at chance on the self-supervised tasks.
 *
 *     npm run make:tiny [-- --steps N --out DIR --pictures N]
 */
import { parseArgs } from "node:util";
import { Random } from "@ssl4rl/core";
import { saveCheckpoint } from "@ssl4rl/models";
import { answersTo, chatFrame, type LessonGroup } from "./teach.js";
import { newTinyCheckpoint } from "./tiny-checkpoint.js";
import {
  formGroup,
  pairGroup,
  pictureGroup,
  uprightQuestion,
  type WorldPicture,
  worldPicture,
} from "./tiny-lessons.js";
import { warmUp } from "./warm-up.js";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "1200" },
    out: { type: "string", default: "checkpoints/tiny-vl" },
    pictures: { type: "string", default: "8000" },
  },
});

const pictures = drawPictures("train", Number(flags.pictures));
const checkpoint = newTinyCheckpoint(
  Array.from({ length: 300 }, (_, i) => batchOf(Random.from("corpus", i)).flat())
    .flat()
    .flatMap(({ lessons }) => lessons.flatMap(({ text, response }) => [...chatFrame(), text, response])),
);
await warmUp(checkpoint, {
  steps: Number(flags.steps),
  rate: 1e-3,
  rise: 100,
  lessons: batchOf,
  kinds: ["one picture", "two", "forms"],
  saveEvery: 500,
  save() {
    saveCheckpoint(flags.out, checkpoint);
    examine();
  },
});

function drawPictures(split: string, length: number): WorldPicture[] {
  const drawn: WorldPicture[] = [];
  for (let i = 0; i < length; i++) {
    drawn.push(worldPicture(split, i));
    if (i % 2000 === 1999) console.log(`${i + 1} pictures drawn`);
  }
  return drawn;
}

/** One step's lessons: questions and captions on 18 pictures and 8 pairs (half of them one picture twice), 8 forms. */
function batchOf(random: Random): [LessonGroup[], LessonGroup[], LessonGroup[]] {
  const some = () => random.pick(pictures);
  return [
    Array.from({ length: 18 }, () => pictureGroup(some(), 6, random)),
    Array.from({ length: 8 }, (_, i) => {
      const first = some();
      return pairGroup(first, i % 2 ? some() : first, 4, random);
    }),
    Array.from({ length: 8 }, () => formGroup(some(), random)).filter((group) => group !== null),
  ];
}

/** Held-out pictures: accuracy on labelled questions, share of well-formed answers to self-supervised ones. */
function examine(): void {
  const held = drawPictures("held-out", 400);
  const random = Random.from("examine");
  const questions = held.map((picture) => ({
    images: [picture.image],
    lessons: [uprightQuestion(picture, random)],
  }));
  const said = answersTo(checkpoint, questions);
  const right = said.filter((text, i) => text.endsWith(answerOf(questions[i]))).length;
  const guessing = questions.reduce((sum, { lessons }) => sum + 1 / optionCount(lessons[0].text), 0);
  const forms = held.flatMap((picture) => formGroup(picture, random) ?? []);
  const blank = (text: string) =>
    text.replace(/<think>.*<\/think>/, "").replace(/[0-9]+(\/[0-9])?|[a-z]+-[a-z]+/g, "X");
  const wellFormed = answersTo(checkpoint, forms).filter(
    (text, i) => blank(text) === blank(forms[i].lessons[0].response),
  ).length;
  console.log(
    `questions right ${(right / questions.length).toFixed(3)} (guessing ${(guessing / questions.length).toFixed(3)}), ` +
      `well-formed self-supervised answers ${(wellFormed / forms.length).toFixed(3)}`,
  );
}

function answerOf({ lessons }: LessonGroup): string {
  return lessons[0].response.replace(/<think>.*<\/think> /, "");
}

function optionCount(text: string): number {
  const letters = text.match(/^[A-D]\. /gm);
  return letters ? letters.length : text.split("\n")[0].split(/, | or /).length;
}
