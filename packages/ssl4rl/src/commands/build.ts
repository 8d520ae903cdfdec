import { availableParallelism } from "node:os";
import { describeReward, UserError } from "@ssl4rl/core";
import { layoutNamed, layouts } from "@ssl4rl/data";
import type { Training } from "@ssl4rl/launch";
import { checkRecipe, type Recipe } from "@ssl4rl/trainer";
import { Command, InvalidArgumentError } from "commander";
import { build, type Manifest } from "../builder/build.js";
import { type Counting, showEstimate } from "../builder/dry-run.js";
import { QWEN2_5_VL, visionFamilies, visionFamilyNamed } from "../builder/image-tokens.js";
import type { Plan } from "../builder/plan.js";
import { positiveNumber, share, wholeNumber } from "../flags.js";
import { Progress } from "../progress.js";
import { loadRecipe, parseTaskFlag, recipeTasks } from "../recipes.js";

interface Flags {
  readonly preset?: string;
  readonly source?: string;
  readonly depth?: string;
  readonly videos?: string;
  readonly graph?: string;
  readonly task?: string[];
  readonly size?: number;
  readonly rows: number;
  readonly validation: number;
  readonly test: number;
  readonly dedupe?: boolean;
  readonly minSide: number;
  readonly format: string;
  readonly out?: string;
  readonly rowsPerFile: number;
  readonly shard: { readonly index: number; readonly count: number };
  readonly workers: number;
  readonly seed?: number;
  readonly resume?: boolean;
  readonly dryRun?: boolean;
  readonly model?: string;
  readonly minPixels?: number;
  readonly maxPixels?: number;
  readonly maxPromptTokens?: number;
  readonly json?: boolean;
}

const familyNames = visionFamilies.map(({ name }) => name).join(", ");

export function buildCommand(): Command {
  return new Command("build")
    .description("Build a training set from unlabelled pictures, in the layout of your trainer, with its verifier.")
    .argument("[recipe]", "a recipe file: tasks, protocol, reward, pictures")
    .option("--preset <name>", "the tasks, protocol and reward of a recipe: ssl4rl, ssl-r1, visual-jigsaw …")
    .option(
      "--source <path>",
      "pictures: a folder, WebDataset .tar shards, Parquet with an image column, a TSV with base64, or `world`",
    )
    .option("--depth <dir>", "a folder of RGB-D pairs, for tasks that need a depth")
    .option("--videos <dir>", "a folder of videos or frame folders, for tasks that need frames")
    .option("--graph <dir>", "a graph, for tasks that are posed on its nodes (default: --source, where all tasks are)")
    .option("--task <name...>", "tasks, with options after a colon (default: those of the recipe)")
    .option("--size <px>", "side of the pictures that tasks emit (default: the recipe's)", wholeNumber)
    .option("--rows <n>", "rows of all splits together; tasks take turns", positiveNumber, 1000)
    .option("--validation <share>", "share of the pictures, and of the rows, for validation", share, 0.05)
    .option("--test <share>", "the same for a test split", share, 0)
    .option("--dedupe", "leave out pictures that look nearly the same as an earlier one")
    .option("--min-side <px>", "leave out pictures with a shorter side below this", wholeNumber, 56)
    .option("--format <name>", layouts.map(({ name }) => name).join(", "), "verl")
    .option("--out <dir>", "the set's folder")
    .option("--rows-per-file <n>", "rows in a file", positiveNumber, 200)
    .option("--shard <i/n>", "make every n-th file only, beginning with the i-th: one process of n", shard, {
      index: 0,
      count: 1,
    })
    .option("--workers <n>", "threads", positiveNumber, availableParallelism())
    .option("--seed <n>", "names the random streams", wholeNumber)
    .option("--resume", "go on where a build in --out was cut off")
    .option("--dry-run", "make a few rows of each task, say what the set would be, write nothing")
    .option("--model <family>", `with --dry-run: whose tokens to count: ${familyNames} (default: ${QWEN2_5_VL.name})`)
    .option(
      "--min-pixels <n>",
      "with --dry-run: the model enlarges smaller pictures (default: its own limit)",
      wholeNumber,
    )
    .option(
      "--max-pixels <n>",
      "with --dry-run: the model shrinks larger pictures (default: its own limit)",
      wholeNumber,
    )
    .option("--max-prompt-tokens <n>", "with --dry-run: how many rows would a trainer's limit drop?", wholeNumber)
    .option("--json", "end with one line of JSON on standard output")
    .addHelpText(
      "after",
      "\nExamples:\n  ssl4rl build --preset ssl4rl-graph --source graphs/cora --rows 5000 --out sets/cora\n  ssl4rl build --preset ssl-r1 --source ~/photos --rows 5000 --format verl --out sets/ssl-r1\n" +
        "  ssl4rl build --preset ssl4rl --source shards/ --rows 100000 --shard 3/8 --out sets/big",
    )
    .action(async (recipeName: string | undefined, flags: Flags) => {
      if (recipeName && flags.preset) throw new UserError("Give a recipe or --preset, not both.", 2);
      const { name, recipe } = loadRecipe(recipeName ?? flags.preset ?? "photos");
      const plan = planOf(name, recipe, flags);
      const counting = countingOf(flags);
      if (flags.dryRun) await showEstimate(plan, counting, flags.json ?? false);
      else await runBuild(plan, trainingOf(name, recipe), flags);
    });
}

function countingOf({ dryRun, model, minPixels, maxPixels, maxPromptTokens }: Flags): Counting {
  const given = Object.entries({ model, minPixels, maxPixels, maxPromptTokens }).find(
    ([, value]) => value !== undefined,
  );
  if (given && !dryRun) {
    const flag = given[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UserError(`--${flag} is for --dry-run: a set is the same for all models. Its pictures follow --size.`, 2);
  }
  const known = visionFamilyNamed(model ?? QWEN2_5_VL.name);
  const family = { ...known, minPixels: minPixels ?? known.minPixels, maxPixels: maxPixels ?? known.maxPixels };
  if (family.minPixels > family.maxPixels) {
    throw new UserError(`--min-pixels ${family.minPixels} is above --max-pixels ${family.maxPixels}.`, 2);
  }
  return { family, maxPromptTokens: maxPromptTokens ?? null };
}

/** The recipe's own settings; those of the tiny model would spoil a large one, which trainers beside ours are for. */
function trainingOf(name: string, recipe: Recipe): Training {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, "-");
  if (recipe.model !== "tiny-vl")
    return { origin: `recipe ${name}, which says where they are from`, name: plain, recipe };
  return {
    origin: `ssl4rl's defaults (recipe ${name} is for the tiny model)`,
    name: plain,
    recipe: { ...checkRecipe({ tasks: recipe.tasks }, name), model: "Qwen2.5-VL-3B-Instruct" },
  };
}

function planOf(name: string, recipe: Recipe, flags: Flags): Plan {
  const wanted = checkRecipe(
    {
      ...recipe,
      ...(flags.source && { images: flags.source }),
      ...(flags.depth && { depth: flags.depth }),
      ...(flags.videos && { videos: flags.videos }),
      ...(flags.graph && { graph: flags.graph }),
      // A curriculum is for training, and may name levels that these tasks lack.
      ...(flags.task && { tasks: flags.task.map(parseTaskFlag), curriculum: undefined }),
      ...(flags.size !== undefined && { size: flags.size }),
      ...(flags.seed !== undefined && { seed: flags.seed }),
    },
    name,
  );
  if (flags.validation + flags.test >= 1) {
    throw new UserError(`--validation ${flags.validation} and --test ${flags.test} leave nothing to train on.`, 2);
  }
  layoutNamed(flags.format);
  const onGraph = recipeTasks(wanted).every(({ needs }) => needs === "graph");
  const graph = flags.graph ?? (onGraph ? flags.source : undefined) ?? wanted.graph;
  const { images, depth, videos, transductive, worldPictures, tasks, size, protocol, reward, seed } = wanted;
  return {
    images,
    depth,
    videos,
    // What is not there is not written: sets of pictures keep the fingerprints that they had.
    ...(graph !== undefined && { graph, transductive }),
    minSide: flags.minSide,
    dedupe: flags.dedupe ?? false,
    worldPictures,
    tasks,
    size,
    protocol,
    reward,
    seed,
    shares: { validation: flags.validation, test: flags.test },
    rows: flags.rows,
    rowsPerFile: flags.rowsPerFile,
    format: flags.format,
  };
}

async function runBuild(plan: Plan, training: Training, flags: Flags): Promise<void> {
  if (!flags.out) throw new UserError("Where to? Give the set's folder with --out DIR.", 2);
  const progress = new Progress();
  const started = performance.now();
  let stopped = false;
  const interrupt = () => {
    stopped = true;
    progress.say("stopping after the files under way …");
  };
  process.once("SIGINT", interrupt);
  try {
    const manifest = await build(plan, {
      out: flags.out,
      workers: flags.workers,
      shard: flags.shard,
      resume: flags.resume ?? false,
      training,
      stop: () => stopped,
      progress: (text) => progress.update(text),
    });
    if (stopped && !manifest) {
      progress.say(`Stopped. Go on with --resume --out ${flags.out}`);
      process.exitCode = 130;
      return;
    }
    const seconds = (performance.now() - started) / 1000;
    if (manifest) progress.say(describe(manifest, seconds));
    else
      progress.say(
        `Shard ${flags.shard.index + 1}/${flags.shard.count} is done; the manifest comes with the last one.`,
      );
    if (flags.json)
      console.log(
        JSON.stringify({ out: flags.out, seconds, done: manifest !== null, ...(manifest && totals(manifest)) }),
      );
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** What --json tells of a set beside its folder. */
function totals({ tasks, files, leftOut, skipped, fingerprint }: Manifest) {
  return {
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files: files.length,
    tasks,
    leftOut: leftOut.length,
    skipped: skipped.length,
    fingerprint,
  };
}

function describe(manifest: Manifest, seconds: number): string {
  const { rows, bytes, files, tasks, leftOut, skipped } = totals(manifest);
  const lines = [
    `${rows} rows in ${files} files, ${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s`,
    ...Object.entries(tasks).map(([task, count]) => {
      return `  ${task}: ${count.rows} rows, ${Math.round(count.imageTokens / count.rows)} image tokens a row`;
    }),
    `reward: ${describeReward(manifest.plan.reward)}`,
  ];
  if (leftOut > 0) lines.push(`${leftOut} pictures left out: reasons in manifest.json`);
  if (skipped > 0) lines.push(`${skipped} pictures were of no use to one of the tasks: reasons in manifest.json`);
  return lines.join("\n");
}

function shard(text: string): { index: number; count: number } {
  const match = /^([1-9][0-9]*)\/([1-9][0-9]*)$/.exec(text);
  const [index, count] = match ? [Number(match[1]), Number(match[2])] : [2, 1];
  if (index > count) throw new InvalidArgumentError("it takes i/n with i from 1 to n, such as 3/8.");
  return { index: index - 1, count };
}
