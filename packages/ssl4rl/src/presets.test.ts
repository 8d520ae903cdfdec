/** The recipes that come with ssl4rl, and what those of the papers pay. */
import { readdirSync } from "node:fs";
import { companions, describeReward, isSkip, type Problem, pose, protocols, reward, type Task } from "@ssl4rl/core";
import { worldSource } from "@ssl4rl/world";
import { describe, expect, it } from "vitest";
import { recipesFolder } from "./models.js";
import { openPosing } from "./posing.js";
import { loadRecipe, recipeTasks } from "./recipes.js";

const names = readdirSync(recipesFolder).map((file) => file.replace(".yaml", ""));
const world = worldSource({ seed: "presets", length: 12, size: 240 });

/** A question of the recipe's task number `index`, and what a response to it earns. */
async function question(recipeName: string, index: number) {
  const { recipe } = loadRecipe(recipeName);
  const task = recipeTasks({ ...recipe, size: 168 })[index];
  const protocol = protocols.find(({ name }) => name === recipe.protocol)!;
  const problem = await posedOn(task, protocol);
  const pays = (response: string) => Number(reward(problem.verify(response), recipe.reward).toFixed(12));
  return { ...problem, pays, answer: (text: string) => pays(protocol.wrap(text, "I look.")) };
}

/** On the first picture of the world that can carry the task's question. */
async function posedOn(task: Task, protocol: (typeof protocols)[number]): Promise<Problem> {
  const reasons: string[] = [];
  for (let i = 0; i < world.length; i++) {
    const picture = await world.get(i);
    const others = isSkip(picture) ? picture : await companions(world, picture, task.others, task.id);
    if (isSkip(picture) || isSkip(others)) throw new Error("the world has no such pictures");
    const problem = pose(picture, task, protocol, 3 % task.answers.size, 0, others);
    if (!isSkip(problem)) return problem;
    reasons.push(problem.skip);
  }
  throw new Error(`${task.id}: ${reasons.join("; ")}`);
}

/** The true sequence with its first two numbers swapped: 2 of n places are wrong. */
function swapped(target: string, separator: string): string {
  const [a, b, ...rest] = target.split(separator);
  return [b, a, ...rest].join(separator);
}

describe.each(names)("recipe %s", (name) => {
  it("is read whole, its tasks are posed on pictures and pay their solution best", async () => {
    const { recipe } = loadRecipe(name);
    const tasks = recipeTasks(recipe);
    expect(tasks.length).toBeGreaterThan(0);
    for (const [i, { needs }] of tasks.entries()) {
      if (needs !== null) continue;
      const { pays, solution } = await question(name, i);
      expect(pays(solution)).toBeCloseTo(recipe.reward.accuracy + recipe.reward.format, 12);
      expect(pays("I do not know.")).toBe(0);
    }
  });
});

describe("settings of the papers", () => {
  it.each([
    ["ssl4rl", { prompts: 512, miniBatch: 128, rollouts: 5, beta: 0.01, clipHigh: 0.2 }],
    ["ssl-r1", { prompts: 256, rollouts: 16, beta: 0, steps: 2000 }],
  ])("%s", (name, settings) => {
    const { recipe } = loadRecipe(name);
    expect(recipe).toMatchObject({
      ...settings,
      temperature: 1,
      learningRate: 1e-6,
      advantageScale: "group",
      kl: { estimator: "k3", in: "loss" },
      loss: { type: "clip", mean: "dapo", entropy: 0, dualClip: 3 },
    });
  });
});

describe("adaptive recipes", () => {
  it.each(["ssl4rl", "ssl-r1"])("%s differs in levels and in how tasks go together, and in nothing else", (name) => {
    const adaptive = loadRecipe(`${name}-adaptive`).recipe;
    const { recipe } = loadRecipe(name);
    const { tasks, curriculum, refillRounds, advantageScale, loss } = recipe;
    expect({ ...adaptive, tasks, curriculum, refillRounds, advantageScale, loss }).toEqual(recipe);
    expect(adaptive.loss).toEqual({ ...loss, mean: "task" });
    expect(adaptive.tasks.map(({ task }) => task)).toEqual(tasks.map(({ task }) => task));
    // Each of the paper's tasks is one of the levels.
    const options = (some: typeof recipe) =>
      recipeTasks(some).map(({ id, options }) => JSON.stringify({ id, options }));
    expect(options(adaptive)).toEqual(expect.arrayContaining(options(recipe)));
  });
});

describe("rewards of the papers, for real questions and whole responses", () => {
  it("ssl4rl: 1 for the right answer and 0 for any other, half right or not", async () => {
    expect(describeReward(loadRecipe("ssl4rl").recipe.reward)).toBe("1 if right");
    for (const index of [0, 1, 2, 3]) {
      const { answer, target, task } = await question("ssl4rl", index);
      expect(answer(target)).toBe(1);
      expect(answer(task.answers.print(task.answers.at(0)))).toBe(0);
    }
    const jigsaw = await question("ssl4rl", 1);
    expect(jigsaw.answer(swapped(jigsaw.target, ","))).toBe(0);
    expect(jigsaw.pays(`<answer>${jigsaw.target}</answer>`)).toBe(0);
  });

  it("ssl4rl-code: half a jigsaw is worth half; what is no permutation is worth nothing", async () => {
    const { answer, target } = await question("ssl4rl-code", 1);
    expect(describeReward(loadRecipe("ssl4rl-code").recipe.reward)).toBe(
      "1 if right, 1 × share of right places if well-formed but wrong",
    );
    expect([target, swapped(target, ","), "2,2,2,2", "2,4,1"].map(answer)).toEqual([1, 0.5, 0, 0]);
  });

  it("ssl-r1: 1.2 for the right answer in a box, 0.2 for the form, and the share of right places in an order", async () => {
    const rotation = await question("ssl-r1", 0);
    const wrong = rotation.target === "90" ? "180" : "90";
    expect([rotation.target, wrong, "45"].map(rotation.answer)).toEqual([1.2, 0.2, 0]);
    const order = await question("ssl-r1", 3);
    expect(order.task.answers.parts).toBe(9);
    expect(order.answer(order.target)).toBe(1.2);
    expect(order.answer(swapped(order.target, ","))).toBeCloseTo(0.2 + 7 / 9, 12);
    const points = await question("ssl-r1", 4);
    expect(points.answer(swapped(points.target, ","))).toBeCloseTo(0.2 + 4 / 6, 12);
    expect(points.pays(`<think>I look.</think> <answer>${points.target}</answer>`)).toBe(0);
  });

  it("visual-jigsaw: 1.2 when right, 0.2 and a fifth of the share when half right, nothing without the form", async () => {
    const { answer, pays, target, task } = await question("visual-jigsaw", 0);
    expect(describeReward(loadRecipe("visual-jigsaw").recipe.reward)).toBe(
      "1 if right, 0.2 × share of right places if well-formed but wrong, + 0.2 if well-formed",
    );
    expect(task.answers.parts).toBe(9);
    expect(answer(target)).toBe(1.2);
    // One swap in nine tiles is what the published scorer pays 0.3556 for.
    expect(answer(swapped(target, ","))).toBeCloseTo(0.3556, 4);
    expect(["8,4,6,1,9,2,5,100,-7", "1,1,1,1,1,1,1,1,1", `${target},10`, `[${target}]`, ""].map(answer)).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(pays(target)).toBe(0);
    const { recipe } = loadRecipe("visual-jigsaw");
    const half = { accuracy: 0, partial: 0.5, format: true, given: "" };
    expect(reward(half, recipe.reward)).toBeCloseTo(0.2 + 0.1, 12);
  });

  it("jigsaw-r1: 1.5 when right, 0.5 for the form, and the share of right patches of a grid", async () => {
    const pair = await question("jigsaw-r1", 0);
    expect([pair.target, pair.target === "A" ? "B" : "A", "I"].map(pair.answer)).toEqual([1.5, 0.5, 0]);
    // The published code pays the last capital letter of a response without any tag.
    expect(pair.pays(`The answer is ${pair.target}`)).toBe(0);
    const grid = await question("jigsaw-r1", 1);
    const [a, b, c, d] = grid.target.split(/\s/);
    expect([grid.target, `${b} ${a}\n${c} ${d}`, `${a} ${b} ${c} ${d}`].map(grid.answer)).toEqual([1.5, 1, 0]);
  });

  it("spatial-ssrl: 1 when exactly right, 0.1 for the form, nothing for right places", async () => {
    const order = await question("spatial-ssrl", 0);
    expect(describeReward(loadRecipe("spatial-ssrl").recipe.reward)).toBe("0.9 if right, + 0.1 if well-formed");
    expect([order.target, swapped(order.target, "-"), "0-1"].map(order.answer)).toEqual([1, 0.1, 0]);
    expect(order.pays(`\\boxed{${order.target}}`)).toBe(0);
    const flip = await question("spatial-ssrl", 1);
    expect([flip.target, flip.target === "0-0" ? "0-1" : "0-0", "4-0"].map(flip.answer)).toEqual([1, 0.1, 0]);
  });
});

it("other tasks than the preset's do without its curriculum", async () => {
  const { tasks } = await openPosing({ preset: "ssl4rl-adaptive", task: ["rotation"] }, 4);
  expect(tasks.map(({ id }) => id)).toEqual(["rotation@1"]);
});
