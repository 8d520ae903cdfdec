// What the tiny model learns of the papers' tasks on pictures of the world, singly and together:
//   npm run bench -- learning OUT [singles] [mixture]
// A warm-up comes first: the checkpoint has never seen most forms of answers, and where no answer can be read nothing is paid.
// Supervised steps on right answers teach the forms, and something of the easier tasks. Every other run starts there.
// singles  each task by itself
// mixture  SSL-R1's five tasks: in equal shares, by the adaptive schedule, and with each of its parts left out
// Three seeds of each; every run of a part samples the same number of rollouts. Two runs at a time, on a core each. A run
// that stands in OUT is not taken again, and one that was interrupted goes on. Ends with Markdown tables.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkRecipe, parseRecipe, printRecipe, type Recipe, RunFolder } from "@ssl4rl/trainer";
import { average, described, fixed, interval, SEEDS, table } from "./three-seeds.js";
import { rolloutsByTask, sampled, train } from "./train-run.js";

const demoFile = fileURLToPath(new URL("../recipes/demo.yaml", import.meta.url));

const demo = parseRecipe(readFileSync(demoFile, "utf8"), demoFile);

/** What all runs of GRPO have: the demo's settings with smaller batches, on one core. */
const common = {
  ...demo,
  /** Of a run without refilling. */
  steps: 150,
  prompts: 24,
  rollouts: 16,
  promptsPerPass: 12,
  replicas: 1,
  maxNewTokens: 16,
  schedule: "constant",
  // At the demo's 5e-4, but not falling, both runs of jigsaw that were watched lost the form of answers at once and for good.
  learningRate: 2.5e-4,
  reward: { accuracy: 1, partial: 1 },
};

type Entry = Recipe["tasks"][number];

const ladders: Record<string, Entry> = {
  rotation: { task: "rotation", step: 90 },
  similarity: { task: "similarity", levels: [{ strength: "weak" }, { strength: "strong" }] },
  inpainting: { task: "inpainting", levels: [{ share: 0.5 }, { share: 0.25 }] },
  ordering: { task: "jigsaw", layout: "tiles", levels: [{ rows: 1 }, { rows: 2 }], columns: 2 },
  correspondence: { task: "correspondence", levels: [{ points: 4 }, { points: 6 }] },
};
const sslR1 = Object.values(ladders);

const singles: Record<string, Entry> = {
  rotation: ladders.rotation,
  position: { task: "position", grid: 2 },
  contrastive: { task: "contrastive", strength: "weak" },
  "jigsaw 2 x 2": { task: "jigsaw", layout: "tiles", rows: 2, columns: 2 },
  "similarity weak": { task: "similarity", strength: "weak" },
  "inpainting 0.5": { task: "inpainting", share: 0.5 },
  "correspondence 4": { task: "correspondence", points: 4 },
};

const { images, worldPictures, size, protocol, learningRate, warmupSteps } = demo;
const warmUp = {
  method: "supervised",
  tasks: [...sslR1, singles.position, singles.contrastive],
  steps: 300,
  prompts: 48,
  promptsPerPass: 12,
  maxNewTokens: common.maxNewTokens,
  evaluationQuestions: 200,
  ...{ images, worldPictures, size, protocol, learningRate, warmupSteps },
};

const adaptive = {
  curriculum: { learnability: true, ladder: true },
  advantageScale: "task",
  loss: { mean: "task" },
  refillRounds: 3,
};

interface Part {
  /** Asked before and after, of each task and level. */
  readonly evaluationQuestions: number;
  /** Changes to the common settings, by name. */
  readonly runs: Record<string, Record<string, unknown>>;
}

const parts: Record<string, Part> = {
  singles: {
    evaluationQuestions: 200,
    runs: Object.fromEntries(Object.entries(singles).map(([name, entry]) => [name, { tasks: [entry] }])),
  },
  mixture: {
    evaluationQuestions: 100,
    runs: {
      uniform: { tasks: sslR1 },
      adaptive: { tasks: sslR1, ...adaptive },
      "without learnability": { tasks: sslR1, ...adaptive, curriculum: { ladder: true } },
      "without ladder": { tasks: sslR1, ...adaptive, curriculum: { learnability: true } },
      "without task scale": { tasks: sslR1, ...adaptive, advantageScale: "group" },
      "without task mean": { tasks: sslR1, ...adaptive, loss: {} },
      "without refill": { tasks: sslR1, ...adaptive, refillRounds: 0 },
    },
  },
};

interface Taken {
  readonly steps: number;
  /** Rollouts of each task and level. */
  readonly rollouts: Readonly<Record<string, number>>;
  readonly before: Readonly<Record<string, Score>>;
  readonly after: Readonly<Record<string, Score>>;
}

type Score = { readonly accuracy: number; readonly chance: number };

export default async function bench(): Promise<void> {
  const [out, ...words] = process.argv.slice(3);
  const unknown = words.filter((word) => !(word in parts));
  if (!out || unknown.length > 0) throw new Error(`npm run bench -- learning OUT [${Object.keys(parts).join("] [")}]`);
  mkdirSync(out, { recursive: true });
  const model = await warmedUp(out);
  const chosen = Object.entries(parts).filter(([part]) => words.length === 0 || words.includes(part));
  const wanted = chosen.flatMap(([part, { runs }]) =>
    SEEDS.flatMap((seed) => Object.keys(runs).map((name) => ({ part, name, seed }))),
  );
  // Two hands on one list.
  const left = wanted.values();
  const hand = async () => {
    for (const { part, name, seed } of left) await take(out, model, part, name, seed);
  };
  await Promise.all([hand(), hand()]);
  for (const [part, { runs }] of chosen) {
    const taken = Object.keys(runs).map((name) => [name, SEEDS.map((seed) => read(out, part, name, seed))] as const);
    console.log(part === "singles" ? singlesTable(taken) : mixtureTable(taken) + sharesTable(taken));
  }
}

/** The checkpoint that all runs start from. */
async function warmedUp(out: string): Promise<string> {
  const folder = join(out, "warm-up");
  writeFileSync(`${folder}.yaml`, printRecipe(checkRecipe(warmUp, "warm-up")));
  const words = existsSync(join(folder, "recipe.yaml")) ? ["--resume"] : [`${folder}.yaml`];
  if (!existsSync(join(folder, "eval", "after.json"))) await train(folder, Number.POSITIVE_INFINITY, words);
  return RunFolder.open(folder).latestCheckpoint()!.folder;
}

/** Takes a run, or what is left of it. */
async function take(out: string, model: string, part: string, name: string, seed: number): Promise<void> {
  const { evaluationQuestions, runs } = parts[part];
  const folder = folderOf(out, part, name, seed);
  const budget = common.steps * common.prompts * common.rollouts;
  const recipe = checkRecipe({ ...common, ...runs[name], model, evaluationQuestions, seed }, name);
  if (!existsSync(join(folder, "recipe.yaml"))) {
    writeFileSync(`${folder}.yaml`, printRecipe(recipe));
    await train(folder, budget, [`${folder}.yaml`]);
  }
  if (existsSync(join(folder, "eval", "after.json"))) return;
  if (sampled(folder) < budget) await train(folder, budget, ["--resume"]);
  // What refilling made dearer had to stop at its budget; it is examined where it stands.
  const run = RunFolder.open(folder);
  if (!run.readEvaluation("after")) {
    await train(folder, Number.POSITIVE_INFINITY, ["--resume", "--steps", String(run.readMetrics().length)]);
  }
  console.error(`${part}, ${name}, seed ${seed}: ${run.readMetrics().length} steps`);
}

function read(out: string, part: string, name: string, seed: number): Taken {
  const folder = folderOf(out, part, name, seed);
  const run = RunFolder.open(folder);
  return {
    steps: run.readMetrics().length,
    rollouts: rolloutsByTask(folder),
    before: run.readEvaluation("before")!.tasks,
    after: run.readEvaluation("after")!.tasks,
  };
}

function folderOf(out: string, part: string, name: string, seed: number): string {
  return join(out, `${part}-${name.replaceAll(" ", "-")}-${seed}`);
}

function singlesTable(taken: readonly (readonly [string, readonly Taken[]])[]): string {
  const rows = taken.map(([name, runs]) => {
    const [[label, { chance }]] = Object.entries(runs[0].after);
    const before = average(runs.map((run) => run.before[label].accuracy));
    const after = runs.map((run) => run.after[label].accuracy);
    const { low } = interval(after);
    return [name, chance, before, after.map(fixed).join(" "), described(after), low > chance ? "yes" : "no"];
  });
  return table(["task", "chance", "before", "after, by seed", "mean, 95 % interval", "above chance"], rows);
}

/** Accuracies above guessing: 0 for chance, 1 for always right, below 0 for less; a task's is the mean over its levels. */
function mixtureTable(taken: readonly (readonly [string, readonly Taken[]])[]): string {
  const rows = taken.map(([name, runs]) => {
    const rates = runs.map(({ after }) =>
      sslR1.map(({ task }) =>
        average(ofLevels(after, task).map(({ accuracy, chance }) => (accuracy - chance) / (1 - chance))),
      ),
    );
    return [
      name,
      runs.map(({ steps }) => steps).join(" "),
      ...sslR1.map((_, k) => average(rates.map((run) => run[k]))),
      rates.map((run) => fixed(average(run))).join(" "),
      described(rates.map(average)),
      described(rates.map((run) => Math.min(...run))),
    ];
  });
  const head = ["run", "steps", ...Object.keys(ladders), "mean, by seed", "mean of tasks", "worst task"];
  return table(head, rows);
}

/** Where the rollouts went: a task's share, as the mean of the seeds. */
function sharesTable(taken: readonly (readonly [string, readonly Taken[]])[]): string {
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const rows = taken.map(([name, runs]) => [
    name,
    ...sslR1.map(({ task }) =>
      average(runs.map(({ rollouts }) => sum(ofLevels(rollouts, task)) / sum(Object.values(rollouts)))),
    ),
  ]);
  return table(["share of the rollouts", ...Object.keys(ladders)], rows);
}

/** What is told of each of a task's levels. */
function ofLevels<Value>(labelled: Readonly<Record<string, Value>>, task: string): Value[] {
  return Object.keys(labelled)
    .filter((label) => label.startsWith(`${task}@`))
    .map((label) => labelled[label]);
}
