import { protocols, UserError } from "@ssl4rl/core";
import { type AuditRow, audit, readSet } from "@ssl4rl/data";
import { evenArms, ProblemStream } from "@ssl4rl/trainer";
import { Command } from "commander";
import { auditTable } from "../audit-table.js";
import { describeTask } from "../describe-task.js";
import { wholeNumber } from "../flags.js";
import { openPosing, type PosingFlags } from "../posing.js";
import { Progress } from "../progress.js";

interface Flags extends PosingFlags {
  readonly rows: number;
  readonly json?: boolean;
}

export function auditCommand(): Command {
  return new Command("audit")
    .description("Try to answer a question set without looking at what its pictures show; name every leak.")
    .argument("[set]", "a built set in verl's or SSL4RL's layout: Parquet, JSONL, or a folder of them")
    .option("--preset <name>", "with --images: the tasks of a recipe: ssl4rl, ssl-r1, visual-jigsaw …")
    .option("--images <dir>", "instead of a set: the questions that tasks pose on these pictures (or on `world`)")
    .option("--depth <dir>", "with --images: a folder of RGB-D pairs, for tasks that need a depth")
    .option("--videos <dir>", "with --images: a folder of videos or frame folders, for tasks that need frames")
    .option("--graph <dir>", "instead of a set: a graph, for tasks that are posed on its nodes")
    .option(
      "--task <name...>",
      "with --images: tasks, with options after a colon (default: those of the preset, or all)",
    )
    .option("--rows <n>", "with --images: questions per task", wholeNumber, 500)
    .option(
      "--size <px>",
      "with --images: side of the pictures that tasks emit (default: the preset's, or 224)",
      wholeNumber,
    )
    .option("--json", "print one line of JSON on standard output")
    .addHelpText(
      "after",
      "\nExits with 0 when nothing was found, 1 for a leak, 2 when used wrongly.\n" +
        "\nExamples:\n  ssl4rl audit data/rotation\n  ssl4rl audit --images ~/photos --task rotation:step=45\n  ssl4rl audit --images ~/photos --preset ssl-r1",
    )
    .action(async (set: string | undefined, flags: Flags) => {
      if ((set === undefined) === (flags.images === undefined && flags.graph === undefined)) {
        throw new UserError("Give either a built set or --images DIR or --graph DIR to audit.", 2);
      }
      const rows = set === undefined ? posed(flags) : readSet(set);
      const report = await audit(counted(rows));
      console.log(flags.json ? JSON.stringify(report) : auditTable(report));
      if (report.leaks.length > 0) process.exitCode = 1;
    });
}

/** The questions that tasks pose on pictures, as a set made of them would hold them. */
async function* posed(flags: Flags): AsyncGenerator<AuditRow> {
  const { recipe, tasks, sourceOf } = await openPosing(flags, flags.rows);
  for (const task of tasks) {
    const stream = new ProblemStream(sourceOf, evenArms([task]), protocols[0], recipe.seed);
    const name = describeTask(task);
    try {
      for (let i = 0; i < flags.rows; i++) {
        const { picture, images, target, prompt, answers } = await stream.get(i);
        const row = { task: name, split: "all", source: picture, target, where: `${name}, question ${i}` };
        yield { ...row, pictures: images, ...(images.length === 0 && { words: { prompt, answer: answers.spec } }) };
      }
    } catch (error) {
      // The others are still worth an audit.
      if (!(error instanceof UserError) || flags.task || tasks.length === 1) throw error;
      console.error(error.message);
    }
  }
}

async function* counted(rows: AsyncIterable<AuditRow>): AsyncGenerator<AuditRow> {
  const progress = new Progress();
  let count = 0;
  for await (const row of rows) {
    yield row;
    count++;
    if (count % 10 === 0) progress.update(`${count} rows measured, now ${row.task}`);
  }
  progress.say(`${count} rows measured`);
}
