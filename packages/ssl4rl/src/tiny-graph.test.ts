import { answerOnly, type Graph, graphNodes, makeGraph, Random, type Task } from "@ssl4rl/core";
import { type Checkpoint, loadCheckpoint } from "@ssl4rl/models";
import { attributeMask, linkPrediction, neighborPrediction } from "@ssl4rl/tasks";
import { evaluate, evenArms, type Graded, ProblemStream, scores } from "@ssl4rl/trainer";
import { beforeAll, describe, expect, it } from "vitest";
import { checkpointFolder } from "./models.js";
import { Progress } from "./progress.js";

// What the checkpoint that comes with ssl4rl promises: it knows the forms, and finds which texts have words in common.
const folder = await checkpointFolder("tiny-graph", new Progress());
const QUESTIONS = 160;
let checkpoint: Checkpoint;
beforeAll(() => {
  checkpoint = loadCheckpoint(folder);
});

/** Titles of three words of one topic each; edges join nodes of one topic. */
function topics(): Graph {
  const words = (
    "learning model picture number question answer token reward memory folder command package network training evaluation " +
    "benchmark checkpoint gradient attention language vision template sampling length accuracy confidence interval chance " +
    "protocol format prompt response policy reference difference baseline parameter optimiser schedule curriculum"
  ).split(" ");
  const random = Random.from("topics");
  const title = (topic: number) =>
    random
      .shuffle(words.slice(4 * topic, 4 * topic + 4))
      .slice(0, 3)
      .join(" ");
  return makeGraph({
    name: "topics",
    about: "Papers that cite each other.",
    noun: "paper",
    nodes: Array.from({ length: 200 }, (_, i) => ({ title: title(i % 10), body: null })),
    edges: Array.from({ length: 800 }, (_, i) => ({
      head: i % 200,
      tail: (i + 10 * (1 + random.int(19))) % 200,
      relation: 0,
    })),
    directed: false,
  });
}

async function asked(task: Task) {
  const source = graphNodes(topics(), { transductive: true });
  const problems = await new ProblemStream(() => source, evenArms([task]), answerOnly, 5).slice(0, QUESTIONS);
  const graded: Graded[] = [];
  for await (const pass of evaluate(checkpoint, problems, { promptsPerPass: 16, maxNewTokens: 12 }))
    graded.push(...pass);
  return scores(graded)[task.id];
}

const short = { text: "title", budget: 700 };

describe("checkpoints/tiny-graph", () => {
  it.each([
    neighborPrediction.create({ ...short, sample: "2x1", candidates: 4, neighbours: 1 }),
    linkPrediction.create({ ...short, sample: "3x1" }),
  ])("answers $id in the asked form", async (task) => {
    expect((await asked(task as Task)).formatError).toBeLessThanOrEqual(0.05);
  });

  it("tells by its neighbours' words which text was masked, better than a guess", async () => {
    const { low, chance, formatError } = await asked(attributeMask.create({ ...short, sample: "3x1" }) as Task);
    expect(formatError).toBeLessThanOrEqual(0.05);
    expect(low).toBeGreaterThan(chance);
  });
});
