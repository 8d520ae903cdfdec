import { createRequire } from "node:module";
import { UserError } from "@ssl4rl/core";
import { Command, CommanderError } from "commander";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Loaded when they are called: none needs what all of them do. */
const commands = {
  build: async () => (await import("./commands/build.js")).buildCommand(),
  verify: async () => (await import("./commands/verify.js")).verifyCommand(),
  preview: async () => (await import("./commands/preview.js")).previewCommand(),
  audit: async () => (await import("./commands/audit.js")).auditCommand(),
  train: async () => (await import("./commands/train.js")).trainCommand(),
  launch: async () => (await import("./commands/launch.js")).launchCommand(),
  eval: async () => (await import("./commands/eval.js")).evalCommand(),
  merge: async () => (await import("./commands/merge.js")).mergeCommand(),
  attend: async () => (await import("./commands/attend.js")).attendCommand(),
  report: async () => (await import("./commands/report.js")).reportCommand(),
  serve: async () => (await import("./commands/serve.js")).serveCommand(),
};

/** Runs the `ssl4rl` command. Returns the exit code: 0 done, 1 failed, 2 used wrongly, 130 stopped by Ctrl-C. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("ssl4rl")
    .description("Post-train vision-language models with rewards that come out of the data itself.")
    .version(version)
    .showHelpAfterError("(ssl4rl --help shows what there is)")
    .exitOverride();
  const [, , name] = argv;
  const makers = Object.hasOwn(commands, name) ? [commands[name as keyof typeof commands]] : Object.values(commands);
  for (const command of await Promise.all(makers.map((make) => make()))) {
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
