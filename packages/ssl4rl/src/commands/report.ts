import { join } from "node:path";
import { RunFolder } from "@ssl4rl/trainer";
import { Command } from "commander";
import { renderReport } from "../report/report.js";
import { runPath } from "../run-path.js";

export function reportCommand(): Command {
  return new Command("report")
    .description("Write a run's report again, as one self-contained HTML file; works while the run is under way.")
    .argument("<run>", "the run folder")
    .addHelpText("after", "\nExample:\n  ssl4rl report runs/demo")
    .action((run: string) => {
      const path = runPath(run);
      RunFolder.open(path).write("report.html", renderReport(path));
      console.error(`Report: ${join(path, "report.html")}`);
    });
}
