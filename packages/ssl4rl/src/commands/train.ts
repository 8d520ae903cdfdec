import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeReward, type Task, UserError } from "@ssl4rl/core";
import {
  checkRecipe,
  lockRun,
  type Metrics,
  type Recipe,
  RunFolder,
  recipeArms,
  type TaskScore,
  train,
} from "@ssl4rl/trainer";
import { Command } from "commander";
import { deviceName, wholeNumber } from "../flags.js";
import { checkpointFolder } from "../models.js";
import { duration, Progress } from "../progress.js";
import { loadRecipe, parseTaskFlag } from "../recipes.js";
import { groupBy } from "../report/group-by.js";
import { renderReport } from "../report/report.js";
import { freeRunPath, newestRun, runPath } from "../run-path.js";
import { describeScore } from "../score-line.js";
import { itemsOf, needsOf, openPictures, pathOf } from "../sources.js";

interface Flags {
  readonly images?: string;
  readonly depth?: string;
  readonly videos?: string;
  readonly graph?: string;
  readonly task?: string[];
  readonly model?: string;
  readonly lora?: boolean;
  readonly freezeVision?: boolean;
  readonly device?: string;
  readonly steps?: number;
  readonly seed?: number;
  readonly run?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

export function trainCommand(): Command {
  return new Command("train")
    .description(
      "Post-train a model by GRPO (or supervised) on self-supervised tasks; before and after, ask it about held-out pictures.",
    )
    .argument("[recipe]", "a recipe file, or the name of one that comes with ssl4rl (demo, photos)")
    .option("--images <dir>", "a folder of pictures, or `world` for procedural ones")
    .option("--depth <dir>", "a folder of RGB-D pairs, for tasks that need a depth")
    .option("--videos <dir>", "a folder of videos or frame folders, for tasks that need frames")
    .option("--graph <dir>", "a graph, for tasks that are posed on its nodes (docs/graphs.md)")
    .option("--task <name...>", "tasks, with options after a colon: rotation, position:grid=3")
    .option("--model <dir>", "a checkpoint in Hugging Face layout, owner/name on its Hub, or tiny-vl")
    .option("--lora", "train low-rank adapters alone (of rank 64, unless the recipe says more)")
    .option("--freeze-vision", "leave the vision tower as it is")
    .option("--device <name>", "cpu, or cuda where libtorch has it", deviceName)
    .option("--steps <n>", "optimiser steps", wholeNumber)
    .option("--seed <n>", "names the random streams", wholeNumber)
    .option("--run <dir>", "the run folder, or its name under runs/")
    .option("--resume", "go on with the run of --run (default: the newest) from its last checkpoint")
    .option("--json", "end with one line of JSON on standard output")
    .addHelpText(
      "after",
      "\nExamples:\n  ssl4rl train demo\n  ssl4rl train --images ~/photos --task rotation\n  ssl4rl train --resume --run demo",
    )
    .action(async (recipe: string | undefined, flags: Flags) => {
      await runTraining(flags.resume ? resumedRun(recipe, flags) : newRun(recipe, flags), flags);
    });
}

/** A run about to start: nothing is written until its pictures have been read. */
interface Planned {
  readonly recipe: Recipe;
  readonly path: string;
}

function newRun(recipeName: string | undefined, flags: Flags): Planned {
  const { name, recipe } = loadRecipe(recipeName ?? "photos");
  if (!recipeName && !flags.images && !flags.graph) {
    throw new UserError(
      "Nothing to train on: name a recipe (ssl4rl train demo), pictures (--images DIR) or a graph (--graph DIR).",
      2,
    );
  }
  if (!recipeName && !flags.images && !flags.task) {
    throw new UserError("Which tasks? Name some with --task, such as link-prediction, or a recipe (ssl4rl-graph).", 2);
  }
  const wanted = checkRecipe(
    {
      ...recipe,
      ...(flags.images && { images: flags.images }),
      ...(flags.depth && { depth: flags.depth }),
      ...(flags.videos && { videos: flags.videos }),
      ...(flags.graph && { graph: flags.graph }),
      ...(flags.task && { tasks: flags.task.map(parseTaskFlag) }),
      ...(flags.model && { model: flags.model }),
      ...(flags.lora && { lora: recipe.lora ?? {} }),
      ...(flags.freezeVision && { freezeVision: true }),
      ...(flags.device && { device: flags.device }),
      ...(flags.steps !== undefined && { steps: flags.steps }),
      ...(flags.seed !== undefined && { seed: flags.seed }),
    },
    name,
  );
  recipeArms(wanted);
  const label = recipeName ? name : wanted.tasks.map(({ task }) => task).join("-");
  return { recipe: wanted, path: flags.run ? runPath(flags.run) : freeRunPath(label) };
}

function resumedRun(recipeName: string | undefined, flags: Flags): RunFolder {
  const fixed = {
    recipe: recipeName,
    "--images": flags.images,
    "--depth": flags.depth,
    "--videos": flags.videos,
    "--graph": flags.graph,
    "--task": flags.task,
    "--model": flags.model,
    "--lora": flags.lora,
    "--freeze-vision": flags.freezeVision,
    "--device": flags.device,
    "--seed": flags.seed,
  };
  const given = Object.entries(fixed).find(([, value]) => value !== undefined);
  if (given) throw new UserError(`A resumed run keeps its recipe; leave out ${given[0]} (only --steps may change).`, 2);
  const path = flags.run ? runPath(flags.run) : newestRun();
  if (existsSync(join(path, "job.json"))) {
    throw new UserError(`${path} is a run on a cluster: follow it with ssl4rl launch --attach ${path}.`, 2);
  }
  const run = RunFolder.open(path);
  lockRun(path);
  return flags.steps === undefined ? run : run.withSteps(flags.steps);
}

async function runTraining(planned: RunFolder | Planned, flags: Flags): Promise<void> {
  const { recipe, path } = planned;
  const progress = new Progress();
  const arms = recipeArms(recipe);
  const tasks = arms.map(({ task }) => task);
  const model = await checkpointFolder(recipe.model, progress);
  progress.say(
    `Run ${path}: ${arms.map(({ label }) => label).join(", ")} on ${namesOf(recipe, tasks)}, ${recipe.steps} steps`,
  );
  progress.update("Reading what to train on");
  const pictures = await openPictures(recipe, tasks);
  for (const [need, some] of groupBy(tasks, (task) => task.needs)) {
    const what = itemsOf(need);
    progress.say(`${pictures.train(some[0]).length} ${what} to train on, ${pictures.heldOut(some[0]).length} held out`);
  }
  const { overlong, maxNewTokens } = recipe;
  const length = overlong
    ? `, less up to ${overlong.weight} for the last ${overlong.cache} of ${maxNewTokens} tokens`
    : "";
  progress.say(
    recipe.method === "grpo"
      ? `Reward: ${describeReward(recipe.reward)}${length}`
      : "Supervised: the right answers are shown, there is no reward",
  );
  if (pictures.skipped.length) {
    progress.say(
      `${pictures.skipped.length} files left out, the first: ${pictures.skipped[0].file}: ${pictures.skipped[0].reason}`,
    );
  }
  const run = planned instanceof RunFolder ? planned : createRun(path, recipe);
  run.write("left-out.json", JSON.stringify(pictures.skipped, null, 1));

  const stop = new AbortController();
  const interrupt = () => {
    progress.say("Stopping after this step (Ctrl-C again: at once)");
    process.once("SIGINT", () => process.exit(130));
    stop.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const events = train({ run, model, ...pictures, arms, signal: stop.signal });
  let before: Record<string, TaskScore> = run.readEvaluation("before")?.tasks ?? {};
  let after: Record<string, TaskScore> = {};
  let stopped = false;
  for await (const event of events) {
    switch (event.kind) {
      case "evaluating":
        progress.update(`Asking about held-out pictures (${event.when} training): ${event.done} of ${event.total}`);
        break;
      case "evaluated":
        for (const [task, score] of Object.entries(event.tasks))
          progress.say(`${event.when.padEnd(6)} ${describeScore(task, score)}`);
        if (event.when === "before") before = event.tasks;
        else after = event.tasks;
        break;
      case "step":
        progress.update(stepLine(event.metrics, event.steps));
        break;
      case "warning":
        progress.say(`Warning at step ${event.warning.step}: ${event.warning.text}`);
        break;
      case "checkpoint":
        break;
      case "damaged": {
        const { folder, fault } = event.checkpoint;
        progress.say(
          `${folder} is damaged: ${fault}. Set aside as ${folder}.damaged; going on from step ${event.from}`,
        );
        break;
      }
      case "skipped":
        if (event.pictures.length)
          progress.say(`${event.pictures.length} pictures could not carry a task; see skipped.json`);
        break;
      case "stopped":
        stopped = true;
        progress.say(`Stopped after step ${event.step}. Go on with: ssl4rl train --resume --run ${run.path}`);
        break;
    }
  }
  run.write("report.html", renderReport(run.path));
  progress.say(`Report: ${join(run.path, "report.html")}`);
  if (flags.json) console.log(JSON.stringify(summary(run, before, after)));
  if (stopped) process.exitCode = 130;
}

/** What the tasks are posed on, as the recipe names it. */
function namesOf(recipe: Recipe, tasks: readonly Task[]): string {
  return needsOf(tasks)
    .map((need) => (need === null ? recipe.images : pathOf(recipe, need)))
    .join(", ");
}

function createRun(path: string, recipe: Recipe): RunFolder {
  const run = RunFolder.create(path, recipe);
  lockRun(path);
  return run;
}

function summary(run: RunFolder, before: Record<string, TaskScore>, after: Record<string, TaskScore>) {
  const metrics = run.readMetrics();
  const seconds = metrics.reduce((sum, step) => sum + step.machine.seconds, 0);
  const short = ({ accuracy, low, high, n }: TaskScore) => ({ accuracy, low, high, n });
  return {
    run: run.path,
    steps: metrics.length,
    secondsPerStep: metrics.length ? seconds / metrics.length : null,
    tasks: Object.fromEntries(
      Object.entries(before).map(([id, score]) => [
        id.split("@")[0],
        {
          chance: score.chance,
          before: short(score),
          after: after[id] ? short(after[id]) : null,
          formatError: (after[id] ?? score).formatError,
        },
      ]),
    ),
  };
}

function stepLine(metrics: Metrics, steps: number): string {
  const { seconds } = metrics.machine;
  const left = (steps - metrics.step - 1) * seconds;
  const learnt =
    "reward" in metrics
      ? `reward ${metrics.reward.toFixed(3)}  entropy ${metrics.entropy?.toFixed(2) ?? "-"}`
      : `loss ${metrics.loss.toFixed(3)}  tokens right ${metrics.tokenAccuracy.toFixed(3)}`;
  return (
    `step ${metrics.step + 1}/${steps}  ${learnt}  ` +
    `length ${metrics.length.toFixed(1)}  ${seconds.toFixed(2)} s/step  ${duration(left)} left`
  );
}
