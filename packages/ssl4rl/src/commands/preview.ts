import { writeFileSync } from "node:fs";
import { protocols } from "@ssl4rl/core";
import { registry } from "@ssl4rl/tasks";
import { ProblemStream } from "@ssl4rl/trainer";
import { Command } from "commander";
import { wholeNumber } from "../flags.js";
import { parseTaskFlag, recipeTasks } from "../recipes.js";
import { renderContactSheet } from "../report/contact-sheet.js";
import { openAll } from "../sources.js";

interface Flags {
  readonly images: string;
  readonly task?: string[];
  readonly rows: number;
  readonly size: number;
  readonly out: string;
}

export function previewCommand(): Command {
  return new Command("preview")
    .description("Write a contact sheet (one HTML file) of the questions that tasks make of your pictures.")
    .option("--images <dir>", "a folder of pictures, or `world` for procedural ones", "world")
    .option("--task <name...>", "tasks, with options after a colon (default: all)")
    .option("--rows <n>", "questions per task", wholeNumber, 8)
    .option("--size <px>", "side of the pictures that tasks emit", wholeNumber, 224)
    .option("--out <file>", "where to write", "preview.html")
    .addHelpText("after", "\nExample:\n  ssl4rl preview --images ~/photos --task rotation:step=45 --out sheet.html")
    .action(async (flags: Flags) => {
      const tasks = recipeTasks({
        tasks: (flags.task ?? registry.map(({ name }) => name)).map(parseTaskFlag),
        size: flags.size,
      });
      const source = await openAll(flags.images, flags.size, 4 * flags.rows);
      const stream = new ProblemStream(source, tasks, protocols[0], 0);
      const problems = await stream.slice(0, flags.rows * tasks.length);
      const rows = problems.map(({ task, picture, images, labels, prompt, target }) => ({
        task: task.id,
        picture,
        images,
        labels,
        prompt,
        target,
      }));
      writeFileSync(flags.out, renderContactSheet(rows, [...stream.skipped.values()], `Tasks on ${source.name}`));
      console.error(`${rows.length} questions: ${flags.out}`);
    });
}
