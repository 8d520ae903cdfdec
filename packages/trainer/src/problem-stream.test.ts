import { answerOnly } from "@ssl4rl/core";
import { position, rotation } from "@ssl4rl/tasks";
import { describe, expect, it } from "vitest";
import { evenArms, recipeArms } from "./arm.js";
import { ProblemStream } from "./problem-stream.js";
import { noisePictures } from "./test-checkpoint.js";

const tasks = [rotation.create({ size: 56 }), position.create({ size: 56 })];

describe("ProblemStream", () => {
  it("gives the same problem at an index, whatever was asked before", async () => {
    const forward = new ProblemStream(() => noisePictures(7), evenArms(tasks), answerOnly, 1);
    const keys = (await forward.slice(0, 40)).map(({ key }) => key);
    const fresh = new ProblemStream(() => noisePictures(7), evenArms(tasks), answerOnly, 1);
    for (const index of [33, 2, 17, 39, 0]) expect((await fresh.get(index)).key).toBe(keys[index]);
  });

  it("lets tasks take turns and goes through all pictures before one comes again", async () => {
    const problems = await new ProblemStream(() => noisePictures(7), evenArms(tasks), answerOnly, 1).slice(0, 28);
    expect(problems.map(({ task }) => task.id.split("@")[0])).toEqual(
      Array.from({ length: 28 }, (_, i) => (i % 2 ? "position" : "rotation")),
    );
    const turned = problems.filter((_, i) => i % 2 === 0).map(({ picture }) => picture);
    expect(new Set(turned.slice(0, 7)).size).toBe(7);
    expect(new Set(turned.slice(7)).size).toBe(7);
    expect(turned.slice(0, 7)).not.toEqual(turned.slice(7));
  });

  it("balances the answers of each task", async () => {
    const problems = await new ProblemStream(() => noisePictures(5), evenArms(tasks), answerOnly, 3).slice(0, 80);
    for (const task of tasks) {
      const counts = new Map<string, number>();
      for (const { target } of problems.filter((problem) => problem.task.id === task.id)) {
        counts.set(target, (counts.get(target) ?? 0) + 1);
      }
      expect([...counts.values()]).toEqual([10, 10, 10, 10]);
    }
  });

  it("knows the true answer of a problem before it is made", async () => {
    const stream = new ProblemStream(() => noisePictures(5), evenArms(tasks), answerOnly, 3);
    const turns = [9, 0, 4].flatMap((turn) => [0, 1].map((arm) => ({ arm, turn })));
    const before = turns.map((turn) => stream.target(turn));
    expect((await stream.poseAll(turns)).map(({ target }) => target)).toEqual(before);
  });

  it("does not tie the answers of two tasks together", async () => {
    const problems = await new ProblemStream(() => noisePictures(50), evenArms(tasks), answerOnly, 0).slice(0, 800);
    let agree = 0;
    for (let i = 0; i < problems.length; i += 2) {
      const index = (k: number) =>
        Array.from({ length: 4 }, (_, a) => tasks[k].answers.print(tasks[k].answers.at(a))).indexOf(
          problems[i + k].target,
        );
      agree += index(0) === index(1) ? 1 : 0;
    }
    expect(agree / 400).toBeGreaterThan(0.17);
    expect(agree / 400).toBeLessThan(0.33);
  });

  it("draws tasks by weight, each from its own beginning", async () => {
    const arms = recipeArms({ tasks: [{ task: "rotation", weight: 3 }, { task: "position" }], size: 56 });
    const weighed = await new ProblemStream(() => noisePictures(7), arms, answerOnly, 1).slice(0, 40);
    const even = await new ProblemStream(() => noisePictures(7), evenArms(tasks), answerOnly, 1).slice(0, 60);
    for (const { id } of tasks) {
      const keys = (problems: typeof weighed) => problems.filter(({ task }) => task.id === id).map(({ key }) => key);
      expect(keys(weighed).length).toBe(id === tasks[0].id ? 30 : 10);
      expect(keys(even).slice(0, keys(weighed).length)).toEqual(keys(weighed));
    }
  });

  it("does not tie the answers of two option sets of a task together", async () => {
    const arms = evenArms([rotation.create({ size: 56 }), rotation.create({ size: 84 })]);
    const problems = await new ProblemStream(() => noisePictures(30), arms, answerOnly, 1).each(60);
    const targets = (k: number) => problems.filter((_, i) => i % 2 === k).map(({ target }) => target);
    expect(targets(0)).not.toEqual(targets(1));
    expect([...targets(0)].sort()).toEqual([...targets(1)].sort());
  });

  it("notes pictures a task cannot use and takes the next", async () => {
    const stream = new ProblemStream(() => noisePictures(6, [2, 4]), evenArms(tasks), answerOnly, 1);
    const problems = await stream.slice(0, 24);
    expect(problems.every(({ picture }) => picture !== "picture-2" && picture !== "picture-4")).toBe(true);
    const skipped = [...stream.skipped.values()];
    expect(new Set(skipped.map(({ picture }) => picture))).toEqual(new Set(["picture-2", "picture-4"]));
    expect(skipped.find(({ task }) => task.startsWith("rotation"))?.reason).toMatch(/same when turned/);
  });

  it("says so when no picture can be used", async () => {
    const stream = new ProblemStream(() => noisePictures(3, [0, 1, 2]), evenArms(tasks), answerOnly, 1);
    await expect(stream.get(0)).rejects.toThrow(/None of the 3 pictures of noise can be used for rotation@1/);
  });
});
