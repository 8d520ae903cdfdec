import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCheckpoint } from "@ssl4rl/models";
import { setThreads } from "@ssl4rl/torch";
import { grpo, Replica, type StepMetrics } from "@ssl4rl/trainer";
import { grpoInput } from "./grpo-input.js";
import { type Cost, median } from "./model-pair.js";
import { buildSet, pairRecipe, readSet, startQuickestTrl, type TrlStep, tinyVl } from "./trl-pair.js";

const ROUNDS = 5;

const shapes = {
  /** That of `npm run demo`: two pictures of 112 x 112. */
  demo: { tasks: [{ task: "rotation" }], prompts: 40, rollouts: 16, promptsPerPass: 10 },
  /** Longer prompts, for sharing them is the point: five pictures, and answers that the checkpoint can give. */
  inpainting: { tasks: [{ task: "inpainting" }], prompts: 20, rollouts: 16, promptsPerPass: 10 },
};

/** Each shape in a process of its own, so that its peak of memory is its own. */
export function speed(folder: string): void {
  for (const shape of Object.keys(shapes)) {
    const own = join(folder, shape);
    mkdirSync(own);
    const child = [...process.execArgv, fileURLToPath(import.meta.url), shape, own];
    if (spawnSync(process.execPath, child, { stdio: "inherit" }).status !== 0) throw new Error(`${shape} failed`);
  }
}

/** Steps in turns, after one that warms up. At so small a learning rate both go on drawing as the checkpoint does. */
async function measure(shape: keyof typeof shapes, folder: string): Promise<void> {
  const recipe = pairRecipe({ ...shapes[shape], learningRate: 1e-8, replicas: 2, steps: ROUNDS + 1 });
  const set = buildSet(recipe, recipe.steps * recipe.prompts, folder);
  const problems = await readSet(set, recipe);
  const input = grpoInput(recipe, loadCheckpoint(tinyVl), problems);
  const replica = await Replica.open(recipe, tinyVl);
  setThreads(1);
  const steps = grpo({ ...input, replica }, recipe);
  const peer = await startQuickestTrl(set, recipe);
  const [{ ids }] = input.policy.prepare([{ text: problems[0].prompt, ...problems[0] }]).prompts;
  console.log(
    `\n${shape}: ${recipe.prompts} prompts of ${ids.length} tokens, ${problems[0].images.length} pictures, ` +
      `${recipe.rollouts} responses of at most ${recipe.maxNewTokens}`,
  );

  const ours: (Cost & StepMetrics)[] = [];
  const theirs: TrlStep[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    const { metrics } = (await steps.next()).value!;
    const { user, system } = process.cpuUsage(before);
    const clock = metrics.machine.seconds;
    const other: TrlStep = await peer.ask("step");
    console.log(`step ${round}: ${clock.toFixed(2)} and ${other.cost.clock.toFixed(2)} s`);
    if (round === 0) continue;
    ours.push({ clock, processor: (user + system) / 1e6, ...metrics });
    theirs.push(other);
  }
  peer.stop();
  await replica.close();

  const [mine, other] = [median(ours), median(theirs.map(({ cost }) => cost))];
  const length = (all: readonly { length: number }[]) => all.reduce((sum, one) => sum + one.length, 0) / all.length;
  console.table({
    "seconds per step": row(mine.clock, other.clock),
    "processor seconds": row(mine.processor, other.processor),
    "peak memory, MiB": row(
      ours[ROUNDS - 1].machine.peakBytes / 2 ** 20,
      theirs[ROUNDS - 1].peak.reduce((sum, bytes) => sum + bytes) / 2 ** 20,
    ),
    "tokens of a response": row(length(ours), length(theirs)),
  });
  console.log("seconds by phase, means; of one of our two threads, and of one of TRL's processes:");
  console.table({
    ssl4rl: meanPhases(ours.map(({ machine }) => machine.phases)),
    TRL: meanPhases(theirs.map(({ phases }) => phases)),
  });
}

function meanPhases(steps: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum = (name: string) => steps.reduce((total, phases) => total + phases[name], 0);
  return Object.fromEntries(Object.keys(steps[0]).map((name) => [name, Number((sum(name) / steps.length).toFixed(3))]));
}

const row = (ours: number, theirs: number) => ({
  ssl4rl: Number(ours.toPrecision(3)),
  TRL: Number(theirs.toPrecision(3)),
  times: Number((theirs / ours).toFixed(2)),
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await measure(process.argv[2] as keyof typeof shapes, process.argv[3]);
}
