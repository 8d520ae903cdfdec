/** What holds for every task. A new line in the registry is tested with no further work; `variants` adds options. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  Image,
  isSkip,
  type Picture,
  type Problem,
  pose,
  protocols,
  reward,
  rewards,
  type Skip,
  type Task,
  thinkAnswer,
  UserError,
} from "@ssl4rl/core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { registry } from "./registry.js";
import { checkerboard, flat, paint, texture } from "./test-picture.js";

/** Options worth a run of their own, beside the defaults. Small sizes keep the 45° sampler quick. */
const variants: Record<string, object[]> = {
  rotation: [
    { direction: "clockwise", size: 112 },
    { step: 45, size: 84 },
    { step: 45, direction: "clockwise", size: 56 },
  ],
  position: [{ size: 112 }, { grid: 3, size: 168 }, { grid: 6 }],
};

const tasks: [string, Task][] = registry.flatMap((factory) =>
  [{}, ...(variants[factory.name] ?? [])].map((options): [string, Task] => [
    `${factory.name} ${JSON.stringify(options)}`,
    factory.create(options as Record<string, unknown>),
  ]),
);

const named = (id: string, image: Image): Picture => ({ id, name: `${id}.png`, image });
const pictures = [
  named("square", texture(1, 256, 256)),
  named("wide", texture(2, 331, 190)),
  named("tall", texture(3, 180, 401)),
];

function posed(picture: Picture, task: Task, answer: number, variant = 0): Problem {
  const problem: Problem | Skip = pose(picture, task, thinkAnswer, answer, variant);
  if (isSkip(problem)) throw new Error(`${picture.name} was skipped: ${problem.skip}`);
  return problem;
}

/** All answers of a small space, a spread of a large one. */
function someAnswers(task: Task, most = 64): number[] {
  const n = Math.min(task.answers.size, most);
  return Array.from({ length: n }, (_, i) => Math.floor((i * task.answers.size) / n));
}

const sizes = (problem: Problem) => problem.images.map(({ width, height }) => `${width}x${height}`).join(" ");
const bytes = (problem: Problem) => problem.images.map(({ data }) => Buffer.from(data).toString("base64")).join(" ");

describe.each(tasks)("%s", (_, task) => {
  const few = someAnswers(task, 9);

  it("pays its solution in full, and any other answer less, under every protocol", () => {
    for (const protocol of protocols) {
      for (const answer of few) {
        const problem = pose(pictures[0], task, protocol, answer, 0);
        if (isSkip(problem)) throw new Error(problem.skip);
        expect(problem.verify(problem.solution)).toEqual({ accuracy: 1, format: true, given: problem.target });
        for (const other of someAnswers(task)) {
          if (other === answer) continue;
          const verdict = problem.verify(protocol.wrap(task.answers.print(task.answers.at(other))));
          expect(verdict.format).toBe(true);
          expect(verdict.accuracy).toBeLessThan(1);
        }
      }
    }
  });

  it("pays nothing for no answer, a list of all answers, or an answer with a word more", () => {
    const problem = posed(pictures[0], task, few[0]);
    const all = someAnswers(task).map((answer) => task.answers.print(task.answers.at(answer)));
    const dodges = ["", all.join(", "), all.join(" or "), `${problem.target}.`, `${problem.target} ${problem.target}`];
    for (const dodge of [...dodges, task.answers.form, "X"]) {
      const verdict = problem.verify(thinkAnswer.wrap(dodge));
      expect(verdict, dodge).toEqual({ accuracy: 0, format: false, given: null });
      for (const weights of Object.values(rewards)) expect(reward(verdict, weights)).toBe(0);
    }
    expect(problem.verify(problem.target).format).toBe(false);
    expect(problem.verify(problem.prompt).format).toBe(false);
  });

  it.runIf(task.answers.size <= 1024)("lets a blind guess earn what it states as chance", () => {
    const answers = Array.from({ length: task.answers.size }, (_, i) => task.answers.at(i));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const truth of answers) {
      expect(mean(answers.map((given) => task.answers.compare(given, truth)))).toBeCloseTo(task.answers.chance, 12);
    }
  });

  it("gives the same bytes for the same names in any order", () => {
    const plan = pictures.flatMap((picture) => few.slice(0, 3).map((answer) => ({ picture, answer })));
    const forward = plan.map(({ picture, answer }) => bytes(posed(picture, task, answer, 1)));
    const backward = plan.toReversed().map(({ picture, answer }) => bytes(posed(picture, task, answer, 1)));
    expect(backward.toReversed()).toEqual(forward);
  });

  it("gives other bytes for another variant", () => {
    const made = [0, 1, 2, 3].map((variant) => bytes(posed(pictures[0], task, few[0], variant)));
    expect(new Set(made).size).toBeGreaterThan(1);
  });

  it("emits pictures whose sizes do not depend on the answer and are whole visual tokens", () => {
    for (const picture of pictures) {
      const problems = few.flatMap((answer) => [0, 1].map((variant) => posed(picture, task, answer, variant)));
      expect(new Set(problems.map(sizes)).size).toBe(1);
      for (const { width, height } of problems[0].images) {
        expect([width % 28, height % 28]).toEqual([0, 0]);
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(28);
      }
    }
  });

  it("leaves the source picture as it was", () => {
    for (const { id, image } of pictures) {
      const before = Uint8Array.from(image.data);
      posed(named(id, image), task, few[0]);
      expect(Buffer.compare(image.data, before)).toBe(0);
    }
  });

  it("asks in words that hold for every answer and do not name the true one", () => {
    const prompts = new Set(few.map((answer) => posed(pictures[0], task, answer).prompt));
    expect(prompts.size).toBe(1);
    expect([...prompts][0]).toContain(task.prompt);
  });

  it.each([
    ["a single pixel", flat(1, 1)],
    ["8 x 8 pixels", texture(4, 8, 8)],
    ["27 x 27 pixels", texture(5, 27, 27)],
    ["a strip of 27 x 900 pixels", texture(6, 27, 900)],
    ["a strip of 900 x 27 pixels", texture(7, 900, 27)],
    ["a grey picture", flat(200, 200)],
    ["a black picture", flat(200, 300, 0)],
    ["a nearly grey picture", paint(200, 200, (x, y) => new Array(3).fill(128 + ((x * y) % 2)))],
    ["a fine checkerboard", checkerboard(256, 2)],
    ["a checkerboard", checkerboard(256, 8)],
  ])("skips %s with a reason", (_, image) => {
    for (const answer of few) {
      for (const variant of [0, 1]) {
        const problem = pose(named("odd", image), task, thinkAnswer, answer, variant);
        expect(isSkip(problem) && problem.skip).toMatch(/\w+ \w+/);
      }
    }
  });
});

describe.each(registry.map((factory) => [factory.name, factory] as const))("the options of %s", (name, factory) => {
  it("have defaults, all of which the task shows", () => {
    expect(Object.keys(factory.create().options).sort()).toEqual(Object.keys(factory.options.shape).sort());
  });

  it("may be given in any order for the same task", () => {
    const { options } = factory.create();
    const reversed = Object.fromEntries(Object.entries(options).toReversed());
    expect(JSON.stringify(factory.create(reversed).options)).toBe(JSON.stringify(options));
  });

  it("are refused by task and name when unknown", () => {
    const create = () => factory.create({ colour: "red" });
    expect(create).toThrow(UserError);
    expect(create).toThrow(new RegExp(`${name}.*colour`));
  });

  it.each(Object.keys(factory.options.shape))("are refused by task, name and value when out of range: %s", (key) => {
    for (const value of [-1, 1.5, 1e9, "a word", null, [90], Number.NaN]) {
      const create = () => factory.create({ [key]: value });
      expect(create, String(value)).toThrow(UserError);
      expect(create).toThrow(name);
      expect(create).toThrow(key);
      expect(create).toThrow(`got ${typeof value === "number" ? value : JSON.stringify(value)}`);
    }
  });

  it("are described by the id, a sentence and a version", () => {
    expect(factory.create().id).toMatch(new RegExp(`^${name}@[1-9]\\d*$`));
    expect(factory.about).toMatch(/^[A-Z].*[.?]$/);
  });
});

const photos = fileURLToPath(new URL("../../../../shared/data/photos/", import.meta.url));

describe.skipIf(!existsSync(photos))("real photographs (needs ../shared/data/photos)", () => {
  async function read(path: string): Promise<Picture> {
    const { data, info } = await sharp(photos + path)
      .autoOrient()
      .resize({ width: 256, height: 256, fit: "inside" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return named(path, new Image(info.width, info.height, new Uint8Array(data)));
  }

  it.each(tasks)("carry %s: one size, whole tokens, a solution that pays; few are skipped", async (_, task) => {
    const names = ["coco", "imagenet-sample", "samples"].flatMap((folder) =>
      readdirSync(photos + folder)
        .sort()
        .slice(0, 10)
        .map((file) => `${folder}/${file}`),
    );
    let skipped = 0;
    for (const [i, name] of names.entries()) {
      const picture = await read(name);
      const answers = [i, i + 1].map((answer) => answer % task.answers.size);
      const problems = answers.map((answer) => pose(picture, task, thinkAnswer, answer, 0));
      const whole = problems.flatMap((problem) => (isSkip(problem) ? [] : [problem]));
      skipped += problems.length - whole.length;
      expect(new Set(whole.map(sizes)).size).toBeLessThanOrEqual(1);
      for (const problem of whole) {
        expect(problem.images.every(({ width, height }) => width % 28 === 0 && height % 28 === 0)).toBe(true);
        expect(problem.verify(problem.solution).accuracy).toBe(1);
      }
    }
    expect(names).toHaveLength(30);
    expect(skipped).toBeLessThan(0.25 * 2 * names.length);
  });
});
