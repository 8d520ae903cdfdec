// What the tiny text model learns of each self-supervised task on real graphs, and what of it shows on benchmarks:
//   npm run bench -- transfer OUT GRAPHS [SEEDS]
// GRAPHS is the folder that holds cora and fb15k237 (docs/graphs.md). For each graph and each of the paper's three tasks one run of GRPO a
// seed (three, or as many as asked), all from checkpoints/tiny-graph; benchmarks of the same graph are asked before and after, 200
// questions each. Two runs at a time, on a core each. What stands in OUT is not done again, and what was interrupted goes on. Ends with
// Markdown tables.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readEvaluation, type Scores } from "@ssl4rl/eval";
import { checkRecipe, printRecipe, RunFolder } from "@ssl4rl/trainer";
import { average, fixed, ranged, SEEDS, table } from "./three-seeds.js";
import { ssl4rl, train } from "./train-run.js";

/** Prompts of two or three hundred tokens: titles of few nodes. */
const short = { text: "title", budget: 700 };
const attribute = { task: "attribute-mask", ...short, sample: "3x1" };
const neighbor = { task: "neighbor-prediction", ...short, sample: "2x1", candidates: 4, neighbours: 1 };

const graphs = {
  cora: {
    tasks: { attribute, neighbor, link: { task: "link-prediction", ...short, sample: "3x1" } },
    benchmarks: ["cora-node", "cora-link"],
  },
  fb15k237: {
    tasks: { attribute, neighbor, link: { task: "link-relation", ...short, sample: "3x1" } },
    benchmarks: ["fb15k237-relation", "fb15k237-tail"],
  },
} as const;

const common = {
  model: "tiny-graph",
  protocol: "answer-only",
  steps: 100,
  prompts: 24,
  rollouts: 16,
  promptsPerPass: 12,
  maxNewTokens: 12,
  learningRate: 2e-4,
  warmupSteps: 5,
  reward: { accuracy: 1, partial: 1 },
  // Near the start, as in the demo.
  beta: 0.04,
  evaluationQuestions: 400,
};

interface Wanted {
  readonly graph: keyof typeof graphs;
  readonly task: keyof (typeof graphs)["cora"]["tasks"];
  readonly seed: number;
}

export default async function bench(): Promise<void> {
  const [out, folder, seeds = `${SEEDS.length}`] = process.argv.slice(3);
  if (!folder || !/^[1-9]$/.test(seeds)) throw new Error("npm run bench -- transfer OUT GRAPHS [SEEDS]");
  mkdirSync(out, { recursive: true });
  const names = Object.keys(graphs) as Wanted["graph"][];
  for (const graph of names) await ask(folder, graph, join(out, "base"), ["--model", common.model]);
  const wanted = Array.from({ length: Number(seeds) }, (_, seed) => seed).flatMap((seed) =>
    names.flatMap((graph) =>
      (Object.keys(graphs[graph].tasks) as Wanted["task"][]).map((task): Wanted => ({ graph, task, seed })),
    ),
  );
  // Two hands on one list.
  const left = wanted.values();
  const hand = async () => {
    for (const each of left) await take(out, folder, each);
  };
  await Promise.all([hand(), hand()]);
  for (const graph of names) {
    console.log(
      pretextTable(
        out,
        wanted.filter((each) => each.graph === graph),
      ),
    );
    console.log(
      benchmarkTable(
        out,
        graph,
        wanted.filter((each) => each.graph === graph),
      ),
    );
  }
}

/** Takes a run, or what is left of it, and asks it the benchmarks of its graph. */
async function take(out: string, folder: string, wanted: Wanted): Promise<void> {
  const { graph, task, seed } = wanted;
  const run = runOf(out, wanted);
  const recipe = checkRecipe(
    { ...common, graph: join(folder, graph), tasks: [graphs[graph].tasks[task]], seed },
    `${graph} ${task}`,
  );
  if (!existsSync(join(run, "recipe.yaml"))) {
    writeFileSync(`${run}.yaml`, printRecipe(recipe));
    await train(run, Number.POSITIVE_INFINITY, [`${run}.yaml`]);
  } else if (!existsSync(join(run, "eval", "after.json"))) {
    await train(run, Number.POSITIVE_INFINITY, ["--resume"]);
  }
  await ask(folder, graph, `${run}-benchmarks`, ["--run", run]);
  console.error(`${graph}, ${task}, seed ${seed}: done`);
}

async function ask(folder: string, graph: Wanted["graph"], to: string, model: readonly string[]) {
  const asked = graphs[graph].benchmarks.filter((id) => !existsSync(join(to, id, "scores.json")));
  if (asked.length === 0) return;
  const how = ["--protocol", "answer-only", "--max-tokens", "12", "--concurrency", "16", "--limit", "200"];
  await ssl4rl("eval", ...model, "--bench", asked.join(","), "--data", folder, "--out", to, ...how);
}

function runOf(out: string, { graph, task, seed }: Wanted): string {
  return join(out, `${graph}-${task}-${seed}`);
}

/** Accuracy on held-out nodes: before, as the mean over the seeds, and after with the 95 % interval of each run. */
function pretextTable(out: string, wanted: readonly Wanted[]): string {
  const tasks = [...new Set(wanted.map(({ task }) => task))];
  const rows = tasks.map((task) => {
    const scores = wanted
      .filter((each) => each.task === task)
      .map((each) => {
        const run = RunFolder.open(runOf(out, each));
        const [[label, after]] = Object.entries(run.readEvaluation("after")!.tasks);
        return { label, before: run.readEvaluation("before")!.tasks[label].accuracy, after };
      });
    const after = scores.map(({ after }) => ranged(after.accuracy, after));
    return [
      wanted[0].graph,
      scores[0].label,
      scores[0].after.chance,
      average(scores.map(({ before }) => before)),
      ...after,
    ];
  });
  const seeds = [...new Set(wanted.map(({ seed }) => `after, seed ${seed}`))];
  return table(["graph", "task", "chance", "before", ...seeds], rows);
}

/** The headline of each benchmark and the share of unreadable answers: before, and after each task, as means over the seeds. */
function benchmarkTable(out: string, graph: Wanted["graph"], wanted: readonly Wanted[]): string {
  const base = scoresIn(join(out, "base"));
  const rows = graphs[graph].benchmarks.map((id) => {
    const before = base.get(id)!;
    const [{ low, high, chance }] = before.metrics;
    const after = Object.keys(graphs[graph].tasks).map((task) => {
      const runs = wanted.filter((each) => each.task === task);
      return accuracyOf(runs.map((each) => scoresIn(`${runOf(out, each)}-benchmarks`).get(id)!));
    });
    const majority = before.majority ? fixed(before.majority.share) : "–";
    return [id, chance!, majority, accuracyOf([before]), `${fixed(low!)} to ${fixed(high!)}`, ...after];
  });
  const tasks = Object.keys(graphs[graph].tasks).map((task) => `after ${task}`);
  return table(["benchmark", "chance", "majority", "before (unreadable)", "95 % interval", ...tasks], rows);
}

function accuracyOf(scores: readonly Scores[]): string {
  const accuracy = average(scores.map(({ metrics }) => metrics[0].value!));
  const unreadable = average(scores.map(({ unparsable }) => unparsable));
  return `${fixed(accuracy)} (${fixed(unreadable)})`;
}

function scoresIn(folder: string): Map<string, Scores> {
  return new Map(readEvaluation(folder).scores.map((scores) => [scores.benchmark, scores]));
}
