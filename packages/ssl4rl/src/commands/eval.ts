import { protocols, UserError } from "@ssl4rl/core";
import { benchmarkNamed, sslBenches } from "@ssl4rl/eval";
import {
  evaluate,
  type Graded,
  openPolicy,
  ProblemStream,
  type Recipe,
  RunFolder,
  recipeArms,
  scores,
} from "@ssl4rl/trainer";
import { Command, Option } from "commander";
import { type AnswererFlags, checkpointAt, endpointAt, isUrl } from "../answerers.js";
import { type BenchmarkFlags, evaluateBenchmarks, nameList } from "../evaluate-benchmarks.js";
import { dataOption, deviceName, pictureSide, positiveNumber, share, wholeNumber } from "../flags.js";
import { checkpointFolder } from "../models.js";
import { isSslBench } from "../open-benchmarks.js";
import { Progress } from "../progress.js";
import { loadRecipe, parseTaskFlag } from "../recipes.js";
import { runPath } from "../run-path.js";
import { describeScore } from "../score-line.js";
import { openAll, openPictures } from "../sources.js";

interface Flags extends AnswererFlags {
  readonly run?: string;
  readonly model: string;
  readonly device: string;
  readonly images: string;
  readonly heldOut?: number;
  readonly size: number;
  readonly depth?: string;
  readonly videos?: string;
  readonly graph?: string;
  readonly task: string[];
  readonly questions: number;
  readonly json?: boolean;
  readonly bench?: string[];
  readonly data: string;
  readonly out?: string;
  readonly minPixels?: number;
  readonly maxPixels?: number;
}

export function evalCommand(): Command {
  return new Command("eval")
    .description(
      "Ask a model self-supervised questions about pictures, or published benchmarks: accuracy, 95% interval, chance level.",
    )
    .option("--run <dir>", "a run folder: its newest checkpoint, its tasks, its held-out pictures")
    .option(
      "--model <dir>",
      "without --run: a checkpoint in Hugging Face layout, owner/name on its Hub, tiny-vl, or with --bench an endpoint's URL",
      "tiny-vl",
    )
    .option("--device <name>", "without --run: cpu, or cuda where libtorch has it", deviceName, "cpu")
    .option("--json", "print one line of JSON on standard output")
    .option(
      "--images <dir>",
      "pictures to make questions of, or world; without --bench a folder's, and not with --run",
      "world",
    )
    .optionsGroup("Self-supervised questions:")
    .option("--depth <dir>", "without --run: a folder of RGB-D pairs, for tasks that need a depth")
    .option("--videos <dir>", "without --run: a folder of videos or frame folders, for tasks that need frames")
    .option("--graph <dir>", "without --run: a graph, for tasks that are posed on its nodes")
    .option("--task <name...>", "without --run: tasks, with options after a colon", ["rotation"])
    .option("--questions <n>", "questions per task", wholeNumber, 400)
    .optionsGroup("Benchmarks (docs/benchmarks.md lists them; docs/evaluation.md has more):")
    .option("--bench <ids>", "benchmarks, with commas between", nameList)
    .addOption(dataOption())
    .option("--size <px>", "ssl-r1-bench, ssl4rl-bench, world-questions: side of the pictures", pictureSide, 504)
    .option(
      "--held-out <share>",
      "ssl-r1-bench, ssl4rl-bench: only pictures that training with such a heldOut leaves out",
      share,
    )
    .option("--protocol <name>", "how they are asked and judged (default: each benchmark's own)")
    .option("--out <dir>", "where answers and scores go; a second call goes on with what is there")
    .option("--limit <n>", "questions of each benchmark at most, in whole groups", positiveNumber)
    .option("--retry-failed", "ask again where calls had failed for good")
    .option("--max-tokens <n>", "tokens of a response (default: the protocol's, or 1024)", positiveNumber)
    .option("--min-pixels <n>", "area of a picture as the model sees it (default: the protocol's)", positiveNumber)
    .option("--max-pixels <n>", "the same, at most; an endpoint gets pictures of that size", positiveNumber)
    .option("--concurrency <n>", "calls of an endpoint at once; prompts in a pass of a checkpoint", positiveNumber, 8)
    .option("--model-name <name>", "of an endpoint that has several models")
    .addOption(new Option("--token <text>", "the endpoint's API key").env("SSL4RL_TOKEN"))
    .option("--timeout <seconds>", "for one call of an endpoint", positiveNumber, 300)
    .addHelpText(
      "after",
      `
Examples:
  ssl4rl eval --run runs/demo
  ssl4rl eval --model tiny-vl --images ~/photos --task rotation
  ssl4rl eval --model runs/both/checkpoints/step-000600 --bench mmvp,mmstar --data ~/LMUData --out results/both
  ssl4rl eval --model http://127.0.0.1:8000/v1 --bench mmbench-dev-en --protocol vlmevalkit --out results/served
  ssl4rl eval --model tiny-vl --bench ssl-r1-bench,world-questions --protocol answer-only --size 112 --limit 500 --out results/tiny`,
    )
    .action(async (flags: Flags, command: Command) => {
      const progress = new Progress();
      const source = (name: string) => command.getOptionValueSource(name);
      if (flags.bench) {
        const given = ["depth", "videos", "graph", "task", "questions"].find((name) => source(name) === "cli");
        if (given) throw new UserError(`--${given} asks about pictures, --bench asks a benchmark: leave out one.`, 2);
        checkPictureFlags(flags.bench, source);
        const { minPixels = 1, maxPixels = Number.POSITIVE_INFINITY } = flags;
        if (minPixels > maxPixels) {
          throw new UserError(`--min-pixels ${minPixels} is above --max-pixels ${maxPixels}.`, 2);
        }
        if (!flags.out) throw new UserError("Where should the answers go? Give a folder with --out.", 2);
        const { bench, out } = flags;
        await evaluateBenchmarks(
          { ...(flags as Omit<BenchmarkFlags, "bench" | "out">), bench, out },
          () => openAnswerer(flags, progress),
          progress,
        );
        return;
      }
      const only = benchmarkFlags.find((name) => source(name) === "cli");
      if (only) throw new UserError(`${flagName(only)} belongs to benchmarks: name some with --bench.`, 2);
      await askTasks(flags, progress);
    });
}

/** What has no meaning without --bench. */
const benchmarkFlags = [
  ...["out", "protocol", "limit", "size", "heldOut", "retryFailed", "modelName"],
  ...["maxTokens", "minPixels", "maxPixels"],
];

const flagName = (option: string) => `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Flags that say what questions are made of belong to benchmarks that are made. */
function checkPictureFlags(bench: readonly string[], source: (name: string) => string | undefined): void {
  const wanted = bench.map(benchmarkNamed);
  const given = (names: readonly string[]) => names.find((name) => source(name) === "cli");
  const pictures = given(["images", "heldOut"]);
  if (pictures && !wanted.some(isSslBench)) {
    const ids = sslBenches.map(({ id }) => id).join(" and ");
    throw new UserError(`${flagName(pictures)} is for ${ids}: ${bench.join(", ")} has pictures of its own.`, 2);
  }
  if (given(["size"]) && wanted.every(({ layouts }) => layouts.length > 0)) {
    throw new UserError(`--size is for pictures that are made: those of ${bench.join(", ")} are asked as they are.`, 2);
  }
}

/** Which recipe's settings hold, and which checkpoint is asked: a run's newest, or the model of the flags. */
async function chosen(flags: Flags, progress: Progress) {
  const run = flags.run === undefined ? null : RunFolder.open(runPath(flags.run));
  const recipe: Recipe = run?.recipe ?? {
    ...loadRecipe("photos").recipe,
    model: flags.model,
    device: flags.device,
    images: flags.images,
    depth: flags.depth,
    videos: flags.videos,
    graph: flags.graph,
    tasks: flags.task.map(parseTaskFlag),
  };
  const saved = run?.latestCheckpoint()?.folder ?? null;
  const model = saved && !recipe.lora ? saved : await checkpointFolder(recipe.model, progress);
  return { run, recipe, saved, model };
}

async function openAnswerer(flags: Flags, progress: Progress) {
  if (flags.run === undefined && isUrl(flags.model)) return endpointAt(flags.model, flags);
  const { recipe, saved, model } = await chosen(flags, progress);
  return checkpointAt(recipe, model, saved, flags);
}

async function askTasks(flags: Flags, progress: Progress): Promise<void> {
  const { run, recipe, saved, model } = await chosen(flags, progress);
  const arms = recipeArms(recipe);
  const tasks = arms.map(({ task }) => task);
  const pictures = run ? (await openPictures(recipe, tasks)).heldOut : await openAll(recipe, tasks, flags.questions);
  const protocol = protocols.find(({ name }) => name === recipe.protocol)!;
  const exam = await new ProblemStream(pictures, arms, protocol, recipe.seed + 1).each(flags.questions);
  const policy = openPolicy(recipe, model, saved);
  const graded: Graded[] = [];
  for await (const pass of evaluate(policy, exam, recipe)) {
    graded.push(...pass);
    progress.update(`${graded.length} of ${exam.length} questions`);
  }
  const result = scores(graded);
  for (const [task, score] of Object.entries(result)) progress.say(describeScore(task, score));
  if (flags.json)
    console.log(
      JSON.stringify({
        model: saved ?? model,
        images: [...new Set(tasks.map((task) => pictures(task).name))].join(", "),
        tasks: result,
      }),
    );
}
