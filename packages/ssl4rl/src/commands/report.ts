import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { holdsEvaluation, rewardCurves, rewardTable } from "@ssl4rl/eval";
import { RunFolder } from "@ssl4rl/trainer";
import { Command, Option } from "commander";
import { dataOption, positiveNumber } from "../flags.js";
import { type CaseFlags, caseReport } from "../report/case-report.js";
import { evaluationTable, labelsOf, printers, type TableFlags } from "../report/evaluation-tables.js";
import { readRun } from "../report/read-run.js";
import { renderReport } from "../report/report.js";
import { rewardPage } from "../report/reward-page.js";
import { runPath } from "../run-path.js";

interface Flags extends TableFlags, Omit<CaseFlags, "cases"> {
  readonly cases?: number;
  readonly format: string;
}

export function reportCommand(): Command {
  return new Command("report")
    .description(
      "Write a training run's report again, as one self-contained HTML file (while the run is under way, too); " +
        "print the reward curves of several runs; or print a table of evaluations.",
    )
    .argument("<folder...>", "run folders; or what ssl4rl eval --out made, the base model's first")
    .addOption(new Option("--format <name>", "how tables are printed").choices(Object.keys(printers)).default("md"))
    .option("--label <name...>", "names of the rows, one for each folder (default: the folders' names)")
    .optionsGroup("Of evaluations:")
    .option("--table <id>", "ssl4rl-1 … ssl4rl-13, ssl-r1-2 … ssl-r1-6, … (docs/evaluation.md; default: all scores)")
    .addOption(
      new Option("--reading <name>", "columns as their headings say, or as the paper made its own figures")
        .choices(["corrected", "printed"])
        .default("corrected"),
    )
    .option("--intervals", "95% intervals beside the figures")
    .option("--compare", "what changed from the first folder to the second, with intervals and McNemar's test")
    .option("--transfer", "what training on each task changed in all of them (ssl-r1-4)")
    .option("--difficulty", 'what each harder level changed: --label base "Jigsaw 2x2" "Jigsaw 3x3" …')
    .option(
      "--cases <n>",
      "this many items that only the second model answers right, and only the first",
      positiveNumber,
    )
    .addOption(dataOption())
    .option("--images <dir>", "with --cases: the pictures that self-supervised questions were made of", "world")
    .addHelpText(
      "after",
      `
Examples:
  ssl4rl report runs/demo
  ssl4rl report runs/rotation runs/both --format html > curves.html
  ssl4rl report results/base results/rotation --table ssl4rl-1
  ssl4rl report results/base results/rotation --table ssl4rl-1 --compare --format html > change.html
  ssl4rl report results/base results/rotation --cases 12 --format html > cases.html`,
    )
    .action(async (folders: string[], flags: Flags, command: Command) => {
      if (folders.every(holdsEvaluation)) {
        process.stdout.write(await ofEvaluations(folders, flags));
        return;
      }
      const other = folders.find((folder) => !holdsEvaluation(folder))!;
      const given = (names: readonly string[]) => names.find((name) => command.getOptionValueSource(name) === "cli");
      const forEvaluations = given(["table", "reading", "intervals", "compare", "transfer", "difficulty", "cases"]);
      if (forEvaluations) {
        throw new UserError(
          `No evaluation in ${other}, and --${forEvaluations} is for those. ssl4rl eval --out makes one.`,
        );
      }
      if (folders.some(holdsEvaluation)) {
        throw new UserError(`No evaluation in ${other}. Give run folders, or folders that ssl4rl eval --out made.`);
      }
      if (folders.length > 1) {
        process.stdout.write(ofRuns(folders, flags));
        return;
      }
      const forTables = given(["format", "label"]);
      if (forTables) throw new UserError(`--${forTables} is for tables; a run's report is its report.html.`, 2);
      const path = runPath(folders[0]);
      RunFolder.open(path).write("report.html", renderReport(path));
      console.error(`Report: ${join(path, "report.html")}`);
    });
}

async function ofEvaluations(folders: readonly string[], { cases, ...flags }: Flags): Promise<string> {
  if (cases === undefined) return printers[flags.format](evaluationTable(folders, flags));
  const other = (["table", "compare", "transfer", "difficulty"] as const).find((name) => flags[name]);
  if (other) throw new UserError(`--cases shows items, --${other} a table: leave out one.`, 2);
  return caseReport(folders, { ...flags, cases });
}

function ofRuns(folders: readonly string[], flags: Flags): string {
  const labels = labelsOf(folders, flags);
  const curves = rewardCurves(
    folders.map((folder, i) => {
      const path = runPath(folder);
      RunFolder.open(path);
      return { run: labels[i], steps: readRun(path).metrics.filter((step) => "reward" in step) };
    }),
  );
  return flags.format === "html" ? rewardPage(curves) : printers[flags.format](rewardTable(curves));
}
