import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint } from "@ssl4rl/models";
import { setThreads } from "@ssl4rl/torch";
import { grpo, type Recipe } from "@ssl4rl/trainer";
import { grpoInput } from "./grpo-input.js";
import { buildSet, pairRecipe, readSet, startTrl, type TrlStep, tinyVl } from "./trl-pair.js";

const BLOCK = 10;
/** Of a difference that chance alone makes, 1 in 20 is beyond 2 standard errors, 1 in 370 beyond 3. */
const BEYOND = 3;
const sides = ["ssl4rl", "TRL"] as const;
type Side = (typeof sides)[number];

interface CurveOptions {
  readonly steps: string;
  readonly seeds: string;
  readonly csv?: string | undefined;
}

/**
 * Mean rewards of whole runs, each with rows and draws of its own seed, the rows the same for both. They agree when in every
 * block of steps the means over the seeds are within 3 standard errors of each other; the spread over seeds is pooled over
 * blocks, for that of three runs alone says little.
 */
export async function curves(folder: string, { steps, seeds, csv }: CurveOptions): Promise<void> {
  const numbers = Array.from({ length: Number(seeds) }, (_, seed) => seed);
  const known = csv && existsSync(csv) ? readRewards(csv) : new Map<string, number[]>();
  if (csv && known.size === 0) writeFileSync(csv, "side,seed,step,reward\n");
  for (const seed of numbers) {
    const recipe = pairRecipe({
      tasks: [{ task: "rotation" }],
      reward: { accuracy: 1, format: 0.5 },
      // Warm enough for errors of form, which are unlearnt soon: there is something to see.
      temperature: 1.5,
      prompts: 16,
      rollouts: 8,
      promptsPerPass: 16,
      learningRate: 2e-4,
      steps: Number(steps),
      seed,
    });
    const missing = sides.filter((side) => (known.get(`${side},${seed}`)?.length ?? 0) < recipe.steps);
    if (missing.length === 0) continue;
    const own = join(folder, `curves-${seed}`);
    mkdirSync(own);
    const set = buildSet(recipe, recipe.steps * recipe.prompts, own);
    for (const side of missing) {
      const start = performance.now();
      const rewards = side === "TRL" ? await theirRewards(set, recipe) : await ourRewards(set, recipe);
      console.log(`${side}, seed ${seed}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
      known.set(`${side},${seed}`, rewards);
      if (csv) appendFileSync(csv, rewards.map((reward, step) => `${side},${seed},${step},${reward}\n`).join(""));
    }
  }
  compare(Number(steps), (side) => numbers.map((seed) => known.get(`${side},${seed}`)!));
}

async function ourRewards(set: string, recipe: Recipe): Promise<number[]> {
  setThreads(1); // so small a model's operators are too short to be shared out
  const rewards: number[] = [];
  const input = grpoInput(recipe, loadCheckpoint(tinyVl), await readSet(set, recipe));
  for await (const { metrics } of grpo(input, recipe)) {
    rewards.push(metrics.reward);
  }
  return rewards;
}

async function theirRewards(set: string, recipe: Recipe): Promise<number[]> {
  const peer = await startTrl(set, recipe, { processes: 2, threads: 1, batch: 64 });
  const rewards: number[] = [];
  while (rewards.length < recipe.steps) rewards.push(((await peer.ask("step")) as TrlStep).reward);
  peer.stop();
  return rewards;
}

function readRewards(csv: string): Map<string, number[]> {
  const rewards = new Map<string, number[]>();
  for (const line of readFileSync(csv, "utf8").trim().split("\n").slice(1)) {
    const [side, seed, step, reward] = line.split(",");
    const run = rewards.get(`${side},${seed}`) ?? [];
    run[Number(step)] = Number(reward);
    rewards.set(`${side},${seed}`, run);
  }
  return rewards;
}

function compare(steps: number, runs: (side: Side) => number[][]): void {
  const blocks = Array.from({ length: Math.ceil(steps / BLOCK) }, (_, k) => {
    const [from, to] = [k * BLOCK, Math.min(steps, (k + 1) * BLOCK)];
    const [ours, theirs] = sides.map((side) => spread(runs(side).map((run) => spread(run.slice(from, to)).mean)));
    return { name: `steps ${from + 1} to ${to}`, ours, theirs };
  });
  const n = runs("ssl4rl").length;
  const pooled = blocks.flatMap(({ ours, theirs }) => [ours.variance, theirs.variance]);
  const error = Math.sqrt((2 * spread(pooled).mean) / n);
  const print = ({ mean, variance }: Spread) => `${mean.toFixed(3)} ± ${Math.sqrt(variance).toFixed(3)}`;
  const beyond = (ours: Spread, theirs: Spread) => Math.abs(ours.mean - theirs.mean) / error;
  console.log(`reward, mean ± standard deviation over ${n} runs; standard error of a difference ${error.toFixed(4)}`);
  console.table(
    Object.fromEntries(
      blocks.map(({ name, ours, theirs }) => [
        name,
        {
          ssl4rl: print(ours),
          TRL: print(theirs),
          difference: Number((ours.mean - theirs.mean).toFixed(3)),
          "standard errors": Number(beyond(ours, theirs).toFixed(1)),
        },
      ]),
    ),
  );
  const far = blocks.filter(({ ours, theirs }) => !(beyond(ours, theirs) <= BEYOND));
  if (far.length > 0) throw new Error(`The curves differ beyond ${BEYOND} standard errors: ${far[0].name}.`);
  console.log(`The curves agree: no block's means are further apart than ${BEYOND} standard errors.`);
}

interface Spread {
  readonly mean: number;
  /** With ddof 1. */
  readonly variance: number;
}

function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}
