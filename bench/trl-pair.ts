import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answerKind, type Problem, protocols, verifier } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import { checkRecipe, printRecipe, type Recipe, recipeArms } from "@ssl4rl/trainer";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { type Peer, startPeer } from "./python-peer.js";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
export const tinyVl = path("../checkpoints/tiny-vl");
/** Responses whose loss TRL computes at a time, on all cores together. */
const BATCH = 160;
const ssl4rl = path("../packages/ssl4rl/bin/ssl4rl.js");

/** GRPO as both do it: on the CPU in float32, without a reference, at one learning rate, every weight decayed alike. */
export function pairRecipe(own: Readonly<Record<string, unknown>>): Recipe {
  return checkRecipe(
    { model: tinyVl, protocol: "answer-only", maxNewTokens: 8, weightDecay: 0, size: 112, ...own },
    "the bench's recipe",
  );
}

/** The set that `ssl4rl build` makes of the recipe for TRL: rows, reward.py and launch.py. */
export function buildSet(recipe: Recipe, rows: number, folder: string): string {
  const [yaml, set] = [join(folder, "recipe.yaml"), join(folder, "set")];
  writeFileSync(yaml, printRecipe(recipe));
  const flags = ["--rows", String(rows), "--validation", "0", "--format", "trl", "--out", set];
  execFileSync(process.execPath, [ssl4rl, "build", yaml, ...flags], { stdio: ["ignore", "ignore", "pipe"] });
  return set;
}

/** The problems of that set, from its own rows. */
export async function readSet(set: string, recipe: Recipe): Promise<Problem[]> {
  const { files } = JSON.parse(readFileSync(join(set, "manifest.json"), "utf8")) as { files: { name: string }[] };
  const tasks = recipeArms(recipe).map(({ task }) => task);
  const problems: Problem[] = [];
  for (const { name } of files) {
    const file = await asyncBufferFromFile(join(set, name));
    for (const row of await parquetReadObjects({ file, compressors, utf8: false })) {
      problems.push(await problemOf(row as unknown as Row, tasks));
    }
  }
  return problems;
}

interface Row {
  readonly prompt: readonly [{ readonly content: readonly { readonly type: string; readonly text: string | null }[] }];
  readonly images: readonly { readonly bytes: Uint8Array }[];
  readonly task: string;
  readonly target: string;
  readonly answer: string;
  readonly protocol: string;
  readonly picture: string;
  readonly key: string;
}

async function problemOf(row: Row, tasks: readonly Problem["task"][]): Promise<Problem> {
  const [{ content }] = row.prompt;
  const protocol = protocols.find(({ name }) => name === row.protocol)!;
  const answers = answerKind(JSON.parse(row.answer));
  const before = content.flatMap(({ type }, i) => (type === "image" ? [content[i - 1]?.text ?? null] : []));
  return {
    key: row.key,
    task: tasks.find(({ id }) => id === row.task)!,
    protocol,
    answers,
    picture: row.picture,
    images: await Promise.all(row.images.map(({ bytes }) => decodePicture(bytes, { minSide: 1, maxSide: 4096 }))),
    // The space that parts a label from its picture is the layout's.
    labels: before.every((text) => text !== null) ? before.map((text) => text.slice(0, -1)) : [],
    prompt: content[content.length - 1].text!,
    drawn: {},
    target: row.target,
    solution: protocol.wrap(row.target),
    verify: verifier(answers, protocol, row.target),
  };
}

/** How TRL shares out a step over the cores. */
export interface Hands {
  readonly processes: 1 | 2;
  /** Of each process. */
  readonly threads: number;
  /** Responses that a process computes the loss of at a time. */
  readonly batch: number;
}

/** A step that TRL took. */
export interface TrlStep {
  readonly reward: number;
  readonly gradNorm: number;
  readonly length: number;
  readonly entropy: number;
  readonly loss: number;
  readonly cost: { readonly clock: number; readonly processor: number };
  readonly phases: Readonly<Record<string, number>>;
  /** Bytes of each process. */
  readonly peak: readonly number[];
}

/** TRL on that set: launch.py as it was built, told to stay on the CPU and to take rows in their order. */
export function startTrl(
  set: string,
  recipe: Recipe,
  { processes, threads, batch }: Hands,
  { completions = "-", gradients = "-" } = {},
): Promise<Peer> {
  const passes = (recipe.prompts * recipe.rollouts) / (processes * batch);
  const options = {
    use_cpu: true,
    bf16: false,
    use_vllm: false,
    gradient_checkpointing: false,
    ddp_find_unused_parameters: false,
    model_init_kwargs: '{"dtype":"float32"}',
    shuffle_dataset: false,
    save_strategy: "no",
    disable_tqdm: true,
    seed: recipe.seed,
    per_device_train_batch_size: batch,
    gradient_accumulation_steps: passes,
    steps_per_generation: passes,
    max_steps: recipe.steps,
    output_dir: join(set, "trl"),
  };
  const flags = Object.entries(options).flatMap(([key, value]) => [
    `--${key}`,
    typeof value === "boolean" ? (value ? "True" : "False") : String(value),
  ]);
  const places = [set, String(processes), String(threads), completions, gradients];
  return startPeer("trl_peer.py", [...places, ...flags], "no TRL: set PYTHON to an interpreter that has it");
}

/** TRL in the way that takes its second step soonest: a process with all cores, or one with each, as `accelerate` has it. */
export async function startQuickestTrl(set: string, recipe: Recipe): Promise<Peer> {
  const all = recipe.prompts * recipe.rollouts;
  const ways = ([1, 2] as const).map((processes): Hands => {
    const threads = Math.max(1, Math.floor(availableParallelism() / processes));
    return { processes, threads, batch: Math.min(all / processes, BATCH / processes) };
  });
  const seconds: number[] = [];
  for (const way of ways) {
    const peer = await startTrl(set, recipe, way);
    await peer.ask("step");
    seconds.push(((await peer.ask("step")) as TrlStep).cost.clock);
    peer.stop();
    console.log(`TRL, ${describe(way)}: ${seconds[seconds.length - 1].toFixed(1)} s a step`);
  }
  return startTrl(set, recipe, ways[seconds.indexOf(Math.min(...seconds))]);
}

const describe = ({ processes, threads, batch }: Hands) =>
  `processes ${processes}, threads of each ${threads}, responses in a batch of each ${batch}`;
