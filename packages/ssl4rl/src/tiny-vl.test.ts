import { answerOnly, type Image, orList, protocols, Random, type Task } from "@ssl4rl/core";
import { type Checkpoint, loadCheckpoint } from "@ssl4rl/models";
import { position, rotation } from "@ssl4rl/tasks";
import { noGrad, scope } from "@ssl4rl/torch";
import { evaluate, evenArms, type Graded, ProblemStream, scores } from "@ssl4rl/trainer";
import { composeScene, questionsAbout, render, worldSource } from "@ssl4rl/world";
import { beforeAll, describe, expect, it } from "vitest";
import { checkpointFolder } from "./models.js";
import { Progress } from "./progress.js";

// What the checkpoint that comes with ssl4rl promises: it knows the forms and something of the world, no task.
const folder = await checkpointFolder("tiny-vl", new Progress());
const PICTURES = 160;
let checkpoint: Checkpoint;
beforeAll(() => {
  checkpoint = loadCheckpoint(folder);
});

function greedy(inputs: readonly { text: string; images: readonly Image[] }[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < inputs.length; i += 16) {
    const { text } = scope(() =>
      noGrad(() => {
        const prompt = checkpoint.prefill(checkpoint.prepare(inputs.slice(i, i + 16)));
        return checkpoint.sample(prompt, { each: 1, maxNewTokens: 48, temperature: 0, seed: 0 });
      }),
    );
    texts.push(...text.map(([first]) => first));
  }
  return texts;
}

describe("checkpoints/tiny-vl", () => {
  it.each([rotation, position])("answers $name in the asked form and stands at chance", async (factory) => {
    const task: Task = factory.create({ size: 112 }) as Task;
    const source = worldSource({ seed: "test", length: PICTURES, size: 140 });
    const problems = await new ProblemStream(() => source, evenArms([task]), answerOnly, 5).slice(0, PICTURES);
    const graded: Graded[] = [];
    for await (const pass of evaluate(checkpoint, problems, { promptsPerPass: 16, maxNewTokens: 12 }))
      graded.push(...pass);
    const score = scores(graded)[task.id];
    expect(score.formatError).toBeLessThanOrEqual(0.05);
    expect(score.low).toBeLessThanOrEqual(1 / task.answers.size);
    expect(score.accuracy).toBeLessThanOrEqual(0.35);
  });

  it.each(protocols.map(({ name }) => name))("answers in the form of the %s protocol", async (name) => {
    const protocol = protocols.find((one) => one.name === name)!;
    const task = rotation.create({ size: 112 }) as Task;
    const source = worldSource({ seed: "test", length: 40, size: 140 });
    const problems = await new ProblemStream(() => source, evenArms([task]), protocol, 5).slice(0, 40);
    const texts = greedy(problems.map(({ prompt, images }) => ({ text: prompt, images })));
    const wellFormed = texts.filter((text, i) => problems[i].verify(text).format).length;
    expect(wellFormed / texts.length).toBeGreaterThanOrEqual(0.95);
  });

  it("answers questions about pictures it has not seen better than a guess", () => {
    const asked = Array.from({ length: 300 }, (_, i) => {
      const scene = composeScene("test", "questions", i);
      const [question] = questionsAbout(scene, Random.from("test", i));
      return { ...question, image: render(scene, { width: 112, height: 112 }) };
    });
    const texts = greedy(
      asked.map(({ question, options, image }) => ({
        text: `${question} ${orList(options)}?\n${answerOnly.instruction}`,
        images: [image],
      })),
    );
    const right = texts.filter((text, i) => answerOnly.read(text) === asked[i].options[asked[i].answer]).length;
    const guess = asked.reduce((sum, { options }) => sum + 1 / options.length, 0);
    // Three standard errors of a guesser above the guesser.
    expect(right).toBeGreaterThan(guess + 3 * Math.sqrt(guess * (1 - guess / asked.length)));
  });
});
