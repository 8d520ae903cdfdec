import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { holdsEvaluation } from "@ssl4rl/eval";
import { RunFolder } from "@ssl4rl/trainer";
import { Command, Option } from "commander";
import { evaluationTable, printers, type TableFlags } from "../report/evaluation-tables.js";
import { renderReport } from "../report/report.js";
import { runPath } from "../run-path.js";

interface Flags extends TableFlags {
  readonly format: string;
}

export function reportCommand(): Command {
  return new Command("report")
    .description(
      "Write a training run's report again, as one self-contained HTML file (while the run is under way, too); or print a table of evaluations.",
    )
    .argument("<folder...>", "a run folder; or what ssl4rl eval --out made, the base model's first")
    .optionsGroup("Of evaluations:")
    .option("--table <id>", "a table of the papers: ssl4rl-1 … ssl4rl-13, ssl-r1-2 … ssl-r1-6 (default: all scores)")
    .addOption(new Option("--format <name>", "how it is printed").choices(Object.keys(printers)).default("md"))
    .addOption(
      new Option("--reading <name>", "columns as their headings say, or as the paper made its own figures")
        .choices(["corrected", "printed"])
        .default("corrected"),
    )
    .option("--label <name...>", "names of the rows, one for each folder (default: the folders' names)")
    .option("--intervals", "95% intervals beside the figures")
    .option("--compare", "what changed from the first folder to the second, with intervals and McNemar's test")
    .addHelpText(
      "after",
      `
Examples:
  ssl4rl report runs/demo
  ssl4rl report results/base results/rotation --table ssl4rl-1
  ssl4rl report results/base results/rotation --table ssl4rl-1 --compare --format html > change.html`,
    )
    .action((folders: string[], flags: Flags, command: Command) => {
      if (folders.every(holdsEvaluation)) {
        process.stdout.write(printers[flags.format](evaluationTable(folders, flags)));
        return;
      }
      const given = ["table", "format", "reading", "label", "intervals", "compare"].find(
        (name) => command.getOptionValueSource(name) === "cli",
      );
      const other = folders.find((folder) => !holdsEvaluation(folder))!;
      if (given)
        throw new UserError(`No evaluation in ${other}, and --${given} is for those. ssl4rl eval --out makes one.`);
      if (folders.length > 1) {
        throw new UserError(`No evaluation in ${other}. Give one run folder, or folders that ssl4rl eval --out made.`);
      }
      const path = runPath(folders[0]);
      RunFolder.open(path).write("report.html", renderReport(path));
      console.error(`Report: ${join(path, "report.html")}`);
    });
}
