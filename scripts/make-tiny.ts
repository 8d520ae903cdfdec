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
import { AdamW, clipGradNorm, noGrad, schedules, scope } from "@ssl4rl/torch";
import { newTinyCheckpoint } from "./tiny-checkpoint.js";
import {
  captionLesson,
  formLesson,
  type Lesson,
  questionLesson,
  type WorldPicture,
  worldPicture,
} from "./tiny-lessons.js";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "2000" },
    out: { type: "string", default: "checkpoints/tiny-vl" },
    pictures: { type: "string", default: "6000" },
  },
});
const steps = Number(flags.steps);
const BATCH = 64;
const PASS = 16;
const PEAK_RATE = 1.5e-3;
const WARM_UP = 100;

const pictures = drawPictures("train", Number(flags.pictures));
const checkpoint = newTinyCheckpoint(corpus());
const parameters = [...checkpoint.model.parameters().values()];
const count = parameters.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
console.log(`${count} parameters, ${checkpoint.tokenizer.size} tokens`);

const optimizer = new AdamW(parameters, { lr: PEAK_RATE, weightDecay: 0.01 });
const factor = schedules.cosine({ steps, warmup: WARM_UP });
const started = performance.now();
let recent = 0;
for (let step = 0; step < steps; step++) {
  optimizer.lr = PEAK_RATE * factor(step);
  const batch = Array.from({ length: BATCH }, (_, i) => lesson(Random.from("lesson", step, i)));
  recent += learn(batch);
  if ((step + 1) % 50 === 0) {
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `step ${step + 1}/${steps}  loss ${(recent / 50).toFixed(3)}  ${(seconds / (step + 1)).toFixed(2)} s/step  ` +
        `${Math.round(((steps - step - 1) * seconds) / (step + 1))} s left`,
    );
    recent = 0;
  }
  if ((step + 1) % 400 === 0) {
    saveCheckpoint(flags.out, checkpoint);
    examine();
  }
}
saveCheckpoint(flags.out, checkpoint);
examine();

function drawPictures(split: string, length: number): WorldPicture[] {
  const drawn: WorldPicture[] = [];
  for (let i = 0; i < length; i++) {
    drawn.push(worldPicture(split, i));
    if (i % 1000 === 999) console.log(`${i + 1} pictures drawn`);
  }
  return drawn;
}

/** A mixture: half labelled questions, a quarter captions, a quarter forms of the self-supervised answers. */
function lesson(random: Random): Lesson {
  for (;;) {
    const picture = random.pick(pictures);
    const kind = random.float();
    const made =
      kind < 0.25
        ? captionLesson(picture)
        : kind < 0.4
          ? questionLesson(picture, random.pick(pictures), random)
          : kind < 0.75
            ? questionLesson(picture, null, random)
            : formLesson(picture, random);
    if (made) return made;
  }
}

/** Texts the tokenizer learns its merges from: the prompts and responses of a sample of lessons. */
function corpus(): string[] {
  return Array.from({ length: 4000 }, (_, i) => lesson(Random.from("corpus", i))).flatMap(({ input, response }) => [
    input.text,
    response,
  ]);
}

/** One supervised step: the mean negative log-likelihood per response token over the batch. */
function learn(batch: readonly Lesson[]): number {
  const ids = batch.map(({ response }) => [
    ...checkpoint.tokenizer.encodeText(response),
    checkpoint.tokenizer.stopTokens[0],
  ]);
  const tokens = ids.reduce((sum, { length }) => sum + length, 0);
  // Prompts of like length together: less padding.
  const order = batch.map((_, i) => i).sort((a, b) => batch[a].input.text.length - batch[b].input.text.length);
  let loss = 0;
  for (let i = 0; i < order.length; i += PASS) {
    const part = order.slice(i, i + PASS);
    loss += scope(() => {
      const prompt = checkpoint.prefill(checkpoint.prepare(part.map((k) => batch[k].input)));
      const { logprobs } = checkpoint.logprobs(prompt, { ids: part.map((k) => [ids[k]]) }, { temperature: 1 });
      const nll = logprobs.sum().mul(-1 / tokens);
      nll.backward();
      return nll.item();
    });
  }
  scope(() => clipGradNorm(parameters, 1));
  optimizer.step();
  optimizer.zeroGrad();
  return loss;
}

/** Held-out pictures: accuracy on labelled questions and on blind ones, share of well-formed answers. */
function examine(): void {
  const held = drawPictures("held-out", 300);
  const random = Random.from("examine");
  const questions = held.flatMap((picture) => questionLesson(picture, null, random) ?? []);
  const forms = held.flatMap((picture) => formLesson(picture, random) ?? []);
  const right = answers(questions).filter((text, i) => text === questions[i].response).length;
  const guess = questions.reduce((sum, { input }) => sum + 1 / (input.text.match(/^[A-D]\. /gm)?.length ?? 4), 0);
  const blind = answers(forms);
  const form = (text: string) =>
    text.replace(/[0-9]+|[a-z]+-[a-z]+|[0-9]\/[0-9]/g, "X").replace(/<think>.*<\/think>/, "");
  const wellFormed = blind.filter((text, i) => form(text) === form(forms[i].response)).length;
  console.log(
    `questions ${(right / questions.length).toFixed(3)} (guessing ${(guess / questions.length).toFixed(3)}), ` +
      `well-formed self-supervised answers ${(wellFormed / forms.length).toFixed(3)}`,
  );
  console.log(answers([captionLesson(held[0]), captionLesson(held[1])]).join("\n"));
}

function answers(lessons: readonly Lesson[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < lessons.length; i += PASS) {
    const inputs = lessons.slice(i, i + PASS).map(({ input }) => input);
    const { text } = scope(() =>
      noGrad(() =>
        checkpoint.sample(checkpoint.prefill(checkpoint.prepare(inputs)), {
          each: 1,
          maxNewTokens: 60,
          temperature: 0,
          seed: 0,
        }),
      ),
    );
    texts.push(...text.map(([first]) => first));
  }
  return texts;
}
