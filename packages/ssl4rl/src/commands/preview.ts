import { writeFileSync } from "node:fs";
import { describeReward, type Problem, protocols, UserError } from "@ssl4rl/core";
import { evenArms, ProblemStream, type SkippedPicture } from "@ssl4rl/trainer";
import { Command } from "commander";
import { wholeNumber } from "../flags.js";
import { openPosing, type PosingFlags } from "../posing.js";
import { renderContactSheet } from "../report/contact-sheet.js";

interface Flags extends PosingFlags {
  readonly rows: number;
  readonly out: string;
}

export function previewCommand(): Command {
  return new Command("preview")
    .description("Write a contact sheet (one HTML file) of the questions that tasks make of your pictures.")
    .option("--preset <name>", "the tasks, protocol and reward of a recipe: ssl4rl, ssl-r1, visual-jigsaw …")
    .option("--images <dir>", "a folder of pictures, or `world` for procedural ones (default: world)")
    .option("--depth <dir>", "a folder of RGB-D pairs, for tasks that need a depth")
    .option("--videos <dir>", "a folder of videos or frame folders, for tasks that need frames")
    .option("--graph <dir>", "a graph, for tasks that are posed on its nodes; without --images for these alone")
    .option("--task <name...>", "tasks, with options after a colon (default: those of the preset, or all)")
    .option("--rows <n>", "questions per task", wholeNumber, 8)
    .option("--size <px>", "side of the pictures that tasks emit (default: the preset's, or 224)", wholeNumber)
    .option("--out <file>", "where to write", "preview.html")
    .addHelpText(
      "after",
      "\nExamples:\n  ssl4rl preview --images ~/photos --task rotation:step=45 --out sheet.html\n" +
        "  ssl4rl preview --preset ssl-r1 --images ~/photos\n  ssl4rl preview --graph graphs/cora",
    )
    .action(async (flags: Flags) => {
      const { recipe, tasks, sourceOf } = await openPosing(flags, 4 * flags.rows);
      const protocol = protocols.find(({ name }) => name === recipe.protocol)!;
      const problems: Problem[] = [];
      const skipped: SkippedPicture[] = [];
      // A stream of its own for each: a task that can use only a few pictures does not hold up the others.
      for (const task of tasks) {
        const stream = new ProblemStream(sourceOf, evenArms([task]), protocol, 0);
        try {
          problems.push(...(await stream.slice(0, flags.rows)));
        } catch (error) {
          // The sheet lists the reasons; the other tasks are still worth looking at.
          if (!(error instanceof UserError) || tasks.length === 1) throw error;
          console.error(error.message);
        }
        skipped.push(...stream.skipped.values());
      }
      const names = [...new Set(tasks.map((task) => sourceOf(task).name))].join(", ");
      const title = flags.preset ? `${flags.preset} on ${names}` : `Tasks on ${names}`;
      writeFileSync(flags.out, renderContactSheet(problems, skipped, title, describeReward(recipe.reward)));
      console.error(`${problems.length} questions: ${flags.out}`);
    });
}
