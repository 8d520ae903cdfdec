/** What holds for every task. A new line in the registry is tested with no further work; `variants` adds options. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Corruption,
  type Depth,
  Image,
  type Item,
  isSkip,
  type Picture,
  type Problem,
  pose,
  protocols,
  Random,
  type Skip,
  type Task,
  thinkAnswer,
  UserError,
} from "@ssl4rl/core";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { nodeOf, testGraph } from "./graph/test-graph.js";
import { registry } from "./registry.js";
import { asPicture, checkerboard, everything, flat, paint, texture } from "./test-picture.js";

/** Options worth a run of their own, beside the defaults. Small sizes are quick. */
const variants: Record<string, object[]> = {
  rotation: [
    { direction: "clockwise", size: 112 },
    { step: 45, size: 84 },
    { step: 45, direction: "clockwise", size: 56 },
  ],
  position: [{ size: 112 }, { grid: 3, size: 168 }, { grid: 6 }, { augment: true, size: 112 }],
  contrastive: [
    { strength: "strong", size: 112 },
    { probabilities: "paper", overlap: 0.5, size: 84 },
  ],
  similarity: [{ strength: "weak", size: 112 }],
  inpainting: [{ size: 112 }, { share: 0.25, size: 168 }],
  "patch-inpainting": [{ size: 112 }],
  jigsaw: [
    { rows: 3, columns: 3, layout: "composite", size: 168 },
    { convention: "piece-to-slot", gap: 0.2, size: 112 },
    { rows: 1, columns: 2, layout: "composite", size: 112 },
    { rows: 2, columns: 4, size: 224 },
  ],
  "jigsaw-grid": [
    { rows: 1, columns: 2, size: 112 },
    { rows: 3, columns: 2, mask: 0.2, size: 168 },
  ],
  "jigsaw-pair": [
    { rows: 4, columns: 1, size: 112 },
    { rows: 3, mask: 0.1, size: 112 },
  ],
  "patch-order": [
    { blank: true, size: 112 },
    { grid: "1x4", size: 168 },
    { grid: "3x1", size: 112 },
  ],
  "patch-flip": [{ size: 112 }],
  correspondence: [{ points: 4, size: 84 }],
  "clip-order": [
    { clips: 2, framesPerClip: 1, size: 112 },
    { clips: 8, size: 56 },
  ],
  "depth-order": [{ size: 112 }, { points: 3, gap: 0.05, size: 224 }, { points: 8, size: 224 }],
  "region-depth": [{ size: 112 }, { size: 280 }],
  "relative-position": [{ size: 112 }, { size: 280 }],
  "attribute-mask": [
    { options: 2, distractors: "random", edges: "incident" },
    { distractors: "nearby", text: "none" },
  ],
  "attribute-words": [{ blanks: 1 }, { bank: false }, { blanks: 3, text: "title" }],
  "attribute-text": [{ sample: "5x5x5", budget: 3000 }],
  "neighbor-prediction": [
    { candidates: 10, neighbours: 3 },
    { neighbours: 1, candidates: 2, edges: "incident" },
  ],
  "neighbor-choice": [{ candidates: 8, masked: 0.5 }],
  "neighbor-any": [{ candidates: 4, most: 2, hidden: 0.5 }],
  "link-prediction": [{ text: "none" }, { sample: "3", masked: 0.75, hidden: 0.9 }],
  "link-relation": [{ relations: 2, edges: "incident" }],
  "link-tail": [{ options: 2 }],
};

const tasks: [string, Task][] = registry.flatMap((factory) =>
  [{}, ...(variants[factory.name] ?? [])].map((options): [string, Task] => [
    `${factory.name} ${JSON.stringify(options)}`,
    factory.create(options as Record<string, unknown>),
  ]),
);

const pictures = [everything("square", 1, 256, 256), everything("wide", 2, 331, 190), everything("tall", 3, 180, 401)];
/** What graph tasks are posed on. */
const [papers, facts] = [testGraph(300), testGraph(300, { relations: 6 })];
/** Beside pictures, for tasks that show more than one. */
const others = [11, 12, 13, 14].map((seed) => everything(`other ${seed}`, seed, 240, 200));

/** What the task is posed on: the pictures, or nodes that can carry its question whatever the answer is. */
function itemsOf(task: Task): readonly Item[] {
  if (task.needs !== "graph") return pictures;
  const known = carriers.get(task) ?? nodesFor(task);
  carriers.set(task, known);
  return known;
}

const carriers = new WeakMap<Task, readonly Item[]>();

function nodesFor(task: Task): readonly Item[] {
  const nodes = [papers, facts].flatMap((graph) => {
    const all = Array.from({ length: 40 }, (_, i) => nodeOf(graph, 7 * i));
    const carries = (node: Item) =>
      someAnswers(task, 9).every((answer) =>
        [0, 1, 2, 3].every((variant) => !isSkip(pose(node, task, thinkAnswer, answer, variant))),
      );
    return all.filter(carries).slice(0, 2);
  });
  if (nodes.length < 2) throw new Error(`${task.id}: the test graphs have no node that carries it`);
  return nodes;
}

function posed(picture: Item, task: Task, answer: number, variant = 0): Problem {
  const known = problems.get(task) ?? new Map<string, Problem>();
  problems.set(task, known);
  const key = `${picture.id} ${answer} ${variant}`;
  const problem = known.get(key) ?? posedAnew(picture, task, answer, variant);
  known.set(key, problem);
  return problem;
}

/** Those of a task that several tests look at. */
const problems = new WeakMap<Task, Map<string, Problem>>();

function posedAnew(picture: Item, task: Task, answer: number, variant = 0): Problem {
  const problem: Problem | Skip = pose(picture, task, thinkAnswer, answer, variant, others.slice(0, task.others));
  if (isSkip(problem)) throw new Error(`${picture.name} was skipped: ${problem.skip}`);
  return problem;
}

/** A depth of which nothing is known. */
function unknown({ width, height }: Image): Depth {
  return { width, height, data: new Float32Array(width * height).fill(Number.NaN) };
}

/** All answers of a small space, a spread of a large one. */
function someAnswers(task: Task, most = 64): number[] {
  const size = Math.min(task.answers.size, 2 ** 32);
  const n = Math.min(size, most);
  return Array.from({ length: n }, (_, i) => Math.floor((i * size) / n));
}

function corrupted(task: Task, answer: number): Corruption {
  const random = Random.from("contract", answer);
  const corruption = task.corrupt(pictures[0], task.answers.at(answer), random, others.slice(0, task.others));
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption;
}

const sizes = (problem: Problem) => problem.images.map(({ width, height }) => `${width}x${height}`).join(" ");
const bytes = ({ images, prompt }: Problem) =>
  [prompt, ...images.map(({ data }) => Buffer.from(data).toString("base64"))].join(" ");

const oddPictures: [string, Image][] = [
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
];

describe.each(tasks)("%s", (_, task) => {
  const few = someAnswers(task, 9);
  const onPictures = task.needs !== "graph";
  const closed = Number.isFinite(task.answers.size);

  it("pays its solution in full, and any other answer less, under every protocol", () => {
    for (const protocol of protocols) {
      for (const answer of few) {
        const problem = pose(itemsOf(task)[0], task, protocol, answer, 0, others.slice(0, task.others));
        if (isSkip(problem)) throw new Error(problem.skip);
        expect(problem.verify(problem.solution)).toEqual({
          accuracy: 1,
          partial: 1,
          format: true,
          given: problem.target,
        });
        for (const other of someAnswers(task)) {
          if (other === answer) continue;
          const verdict = problem.verify(protocol.wrap(task.answers.print(task.answers.at(other))));
          expect(verdict.format).toBe(true);
          expect(verdict.accuracy).toBeLessThan(1);
        }
      }
    }
  });

  it.runIf(closed)("pays nothing for no answer, a list of all answers, or an answer with a word more", () => {
    const problem = posed(itemsOf(task)[0], task, few[0]);
    const all = someAnswers(task).map((answer) => task.answers.print(task.answers.at(answer)));
    const dodges = ["", all.join(", "), all.join(" or "), `${problem.target}.`, `${problem.target} ${problem.target}`];
    for (const dodge of [...dodges, task.answers.form, "X"]) {
      const verdict = problem.verify(thinkAnswer.wrap(dodge));
      expect(verdict, dodge).toEqual({ accuracy: 0, partial: 0, format: false, given: null });
    }
    expect(problem.verify(problem.target).format).toBe(false);
    expect(problem.verify(problem.prompt).format).toBe(false);
  });

  it.runIf(task.answers.size <= 1024)("lets a blind guess be right once in as many times as there are answers", () => {
    const { answers } = task;
    const all = Array.from({ length: answers.size }, (_, i) => answers.at(i));
    for (const truth of all) expect(all.filter((given) => answers.compare(given, truth) === 1)).toEqual([truth]);
  });

  it.runIf(task.answers.size > 1024 && closed)("pays a blind guesser what chance says, in 4000 guesses", () => {
    const { answers } = task;
    const random = Random.from("blind", task.id, JSON.stringify(task.options));
    const guesses = 4000;
    let right = 0;
    let parts = 0;
    for (let i = 0; i < guesses; i++) {
      const [truth, given] = [0, 0].map(() => answers.at(Math.floor(random.float() * answers.size)));
      const share = answers.compare(given, truth);
      if (share === 1) right++;
      // Each part of a permutation is right once in as many times as there are parts.
      parts += share;
    }
    const expected = guesses / answers.size;
    expect(right).toBeLessThanOrEqual(expected + 5 * Math.sqrt(expected) + 1);
    // The share of right parts has a mean of 1 / n and, as one part in n is right on average, a variance of 1 / n².
    expect(Math.abs((parts * answers.parts) / guesses - 1)).toBeLessThan(5 / Math.sqrt(guesses));
  });

  it("gives the same bytes for the same names in any order", () => {
    const plan = itemsOf(task).flatMap((picture) => few.slice(0, 3).map((answer) => ({ picture, answer })));
    const forward = plan.map(({ picture, answer }) => bytes(posedAnew(picture, task, answer, 1)));
    const backward = plan.toReversed().map(({ picture, answer }) => bytes(posedAnew(picture, task, answer, 1)));
    expect(backward.toReversed()).toEqual(forward);
  });

  it("gives other bytes for another variant", () => {
    const made = [0, 1, 2, 3].map((variant) => bytes(posed(itemsOf(task)[0], task, few[0], variant)));
    expect(new Set(made).size).toBeGreaterThan(1);
  });

  it.runIf(onPictures)("emits pictures whose sizes do not depend on the answer and are whole visual tokens", () => {
    for (const picture of pictures) {
      const problems = few.flatMap((answer) => [0, 1].map((variant) => posed(picture, task, answer, variant)));
      expect(new Set(problems.map(sizes)).size).toBe(1);
      for (const { width, height } of problems[0].images) {
        expect([width % 28, height % 28]).toEqual([0, 0]);
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(28);
      }
    }
  });

  it.runIf(onPictures)("leaves the source picture as it was", () => {
    for (const picture of pictures) {
      const before = Uint8Array.from(picture.image.data);
      posedAnew(picture, task, few[0]);
      expect(Buffer.compare(picture.image.data, before)).toBe(0);
    }
  });

  it.runIf(onPictures)("asks in words that hold for every answer and do not name the true one", () => {
    const corruptions = few.map((answer) => corrupted(task, answer));
    if (corruptions.some(({ prompt }) => prompt !== undefined)) return;
    const prompts = new Set(few.map((answer) => posed(pictures[0], task, answer).prompt));
    expect(prompts.size).toBe(1);
    expect([...prompts][0]).toContain(task.prompt);
  });

  it.runIf(!onPictures)("shows no picture, and answers without their mark", () => {
    for (const item of itemsOf(task)) {
      const { images, prompt, target } = posed(item, task, few[0]);
      expect(images).toEqual([]);
      expect(prompt.startsWith((item as ReturnType<typeof nodeOf>).graph.about)).toBe(true);
      expect(target).not.toContain("[");
    }
  });

  const odd = onPictures ? oddPictures : [];
  it.each(odd)("skips %s with a reason", (_, image) => {
    for (const answer of few) {
      for (const variant of [0, 1]) {
        const odd = { ...asPicture(image, "odd"), frames: new Array(120).fill(image), depth: unknown(image) };
        const problem = pose(odd, task, thinkAnswer, answer, variant, others.slice(0, task.others));
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
    return asPicture(new Image(info.width, info.height, new Uint8Array(data)), path);
  }

  const ofPixels = tasks.filter(([_, { needs }]) => needs === null);
  let photographs: Picture[] = [];

  beforeAll(async () => {
    const names = ["coco", "imagenet-sample", "samples"].flatMap((folder) =>
      readdirSync(photos + folder)
        .sort()
        .slice(0, 10)
        .map((file) => `${folder}/${file}`),
    );
    photographs = await Promise.all(names.map(read));
  });

  it.each(ofPixels)("carry %s: one size, whole tokens, a solution that pays; few are skipped", (_, task) => {
    let skipped = 0;
    for (const [i, picture] of photographs.entries()) {
      const answers = [i, i + 1].map((answer) => answer % task.answers.size);
      const beside = Array.from({ length: task.others }, (_, k) => photographs[(i + 1 + k) % photographs.length]);
      const problems = answers.map((answer) => pose(picture, task, thinkAnswer, answer, 0, beside));
      const whole = problems.flatMap((problem) => (isSkip(problem) ? [] : [problem]));
      skipped += problems.length - whole.length;
      expect(new Set(whole.map(sizes)).size).toBeLessThanOrEqual(1);
      for (const problem of whole) {
        expect(problem.images.every(({ width, height }) => width % 28 === 0 && height % 28 === 0)).toBe(true);
        expect(problem.verify(problem.solution).accuracy).toBe(1);
      }
    }
    expect(photographs).toHaveLength(30);
    expect(skipped).toBeLessThan(0.25 * 2 * photographs.length);
  });
});
