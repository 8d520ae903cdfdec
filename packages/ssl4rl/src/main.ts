import { createRequire } from "node:module";
import { UserError } from "@ssl4rl/core";
import { Command, CommanderError } from "commander";
import { attendCommand } from "./commands/attend.js";
import { auditCommand } from "./commands/audit.js";
import { buildCommand } from "./commands/build.js";
import { evalCommand } from "./commands/eval.js";
import { launchCommand } from "./commands/launch.js";
import { mergeCommand } from "./commands/merge.js";
import { previewCommand } from "./commands/preview.js";
import { reportCommand } from "./commands/report.js";
import { serveCommand } from "./commands/serve.js";
import { trainCommand } from "./commands/train.js";
import { verifyCommand } from "./commands/verify.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Runs the `ssl4rl` command. Returns the exit code: 0 done, 1 failed, 2 used wrongly, 130 stopped by Ctrl-C. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("ssl4rl")
    .description("Post-train vision-language models with rewards that come out of the data itself.")
    .version(version)
    .showHelpAfterError("(ssl4rl --help shows what there is)")
    .exitOverride();
  const commands = [
    buildCommand(),
    verifyCommand(),
    previewCommand(),
    auditCommand(),
    trainCommand(),
    launchCommand(),
    evalCommand(),
    mergeCommand(),
    attendCommand(),
    reportCommand(),
    serveCommand(),
  ];
  for (const command of commands) {
    program.addCommand(
      command.exitOverride().showHelpAfterError(`(ssl4rl ${command.name()} --help shows its options)`),
    );
  }
  try {
    await program.parseAsync([...argv]);
    // A command that was stopped on the way has said so there.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UserError) {
      console.error(`ssl4rl: ${error.message}`);
      return error.exitCode;
    }
    throw error;
  }
}
