import { protocols } from "@ssl4rl/core";
import { evaluate, type Graded, openPolicy, ProblemStream, RunFolder, recipeArms, scores } from "@ssl4rl/trainer";
import { Command } from "commander";
import { deviceName, wholeNumber } from "../flags.js";
import { checkpointFolder } from "../models.js";
import { Progress } from "../progress.js";
import { loadRecipe, parseTaskFlag } from "../recipes.js";
import { runPath } from "../run-path.js";
import { describeScore } from "../score-line.js";
import { openAll, openPictures } from "../sources.js";

interface Flags {
  readonly run?: string;
  readonly model: string;
  readonly device: string;
  readonly images: string;
  readonly depth?: string;
  readonly videos?: string;
  readonly task: string[];
  readonly questions: number;
  readonly json?: boolean;
}

export function evalCommand(): Command {
  return new Command("eval")
    .description("Ask a checkpoint self-supervised questions about pictures: accuracy, 95% interval, chance level.")
    .option("--run <dir>", "a run folder: its newest checkpoint, its tasks, its held-out pictures")
    .option(
      "--model <dir>",
      "without --run: a checkpoint in Hugging Face layout, owner/name on its Hub, or tiny-vl",
      "tiny-vl",
    )
    .option("--images <dir>", "without --run: a folder of pictures (all are used), or world", "world")
    .option("--depth <dir>", "without --run: a folder of RGB-D pairs, for tasks that need a depth")
    .option("--videos <dir>", "without --run: a folder of videos or frame folders, for tasks that need frames")
    .option("--task <name...>", "without --run: tasks, with options after a colon", ["rotation"])
    .option("--device <name>", "without --run: cpu, or cuda where libtorch has it", deviceName, "cpu")
    .option("--questions <n>", "questions per task", wholeNumber, 400)
    .option("--json", "print one line of JSON on standard output")
    .addHelpText(
      "after",
      "\nExample:\n  ssl4rl eval --run runs/demo\n  ssl4rl eval --model tiny-vl --images ~/photos --task rotation",
    )
    .action(async (flags: Flags) => {
      const progress = new Progress();
      const run = flags.run === undefined ? null : RunFolder.open(runPath(flags.run));
      const recipe = run?.recipe ?? {
        ...loadRecipe("photos").recipe,
        model: flags.model,
        device: flags.device,
        images: flags.images,
        depth: flags.depth,
        videos: flags.videos,
        tasks: flags.task.map(parseTaskFlag),
      };
      const arms = recipeArms(recipe);
      const tasks = arms.map(({ task }) => task);
      const saved = run?.latestCheckpoint()?.folder ?? null;
      const model = saved && !recipe.lora ? saved : await checkpointFolder(recipe.model, progress);
      const pictures = run
        ? (await openPictures(recipe, tasks)).heldOut
        : await openAll(recipe, tasks, flags.questions);
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
    });
}
