import { existsSync } from "node:fs";
import { UserError } from "@ssl4rl/core";
import { loadCheckpoint, loadLora, saveCheckpoint } from "@ssl4rl/models";
import { RunFolder } from "@ssl4rl/trainer";
import { Command, Option } from "commander";
import { checkpointFolder } from "../models.js";
import { Progress } from "../progress.js";
import { runPath } from "../run-path.js";

interface Flags {
  readonly run?: string;
  readonly adapter?: string;
  readonly model?: string;
  readonly dtype?: "float32" | "bfloat16";
  readonly out: string;
}

export function mergeCommand(): Command {
  return new Command("merge")
    .description("Add a LoRA adapter into the weights it was trained over, and write an ordinary checkpoint.")
    .option("--run <dir>", "a run with LoRA: its newest adapter and its model")
    .option("--adapter <dir>", "without --run: an adapter as PEFT or a run saves it")
    .option("--model <dir>", "with --adapter: the checkpoint it was trained over, owner/name on the Hub, or tiny-vl")
    .addOption(
      new Option("--dtype <name>", "numbers of the new checkpoint (default: the run's, or float32)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .requiredOption("--out <dir>", "the new checkpoint's folder")
    .addHelpText(
      "after",
      "\nExamples:\n  ssl4rl merge --run runs/photos --out merged\n" +
        "  ssl4rl merge --adapter adapter --model Qwen2.5-VL-3B-Instruct --out merged",
    )
    .action(async (flags: Flags) => {
      const progress = new Progress();
      if (existsSync(flags.out))
        throw new UserError(`${flags.out} is there already. Choose another folder with --out.`);
      const { adapter, model, dtype } = flags.run === undefined ? given(flags) : ofRun(flags.run);
      const checkpoint = loadCheckpoint(await checkpointFolder(model, progress), { dtype: flags.dtype ?? dtype });
      const lora = loadLora(adapter, checkpoint.model);
      lora.mergeInto(checkpoint.model);
      saveCheckpoint(flags.out, checkpoint);
      progress.say(`${flags.out}: ${model} with ${adapter} (rank ${lora.rank}, ${lora.adapters.size} modules)`);
    });
}

function given({ adapter, model }: Flags) {
  if (!adapter || !model) {
    throw new UserError("Nothing to merge: name a run (--run), or an adapter and its model (--adapter, --model).", 2);
  }
  return { adapter, model, dtype: "float32" as const };
}

function ofRun(name: string) {
  const run = RunFolder.open(runPath(name));
  if (!run.recipe.lora) {
    throw new UserError(`${run.path} has no adapter to merge (no lora in its recipe): its checkpoints are whole.`);
  }
  const latest = run.latestCheckpoint();
  if (!latest)
    throw new UserError(`${run.path} has no checkpoint yet. Go on with: ssl4rl train --resume --run ${run.path}`);
  return { adapter: latest.folder, model: run.recipe.model, dtype: run.recipe.dtype };
}
