import { createWriteStream, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "@ssl4rl/core";
import { readJsonl, type Score } from "@ssl4rl/data";
import { Command } from "commander";
import { wholeNumber } from "../flags.js";
import { serveUntilStopped } from "../json-server.js";
import { judge } from "../judge.js";
import { Progress } from "../progress.js";
import { verifyServer } from "../verify-server.js";

interface Flags {
  readonly out?: string;
  readonly json?: boolean;
  readonly serve?: number;
}

export function verifyCommand(): Command {
  return new Command("verify")
    .description("Score completions by the rows they answer, as reward.py beside a built set does under a trainer.")
    .argument("[completions]", "JSONL: on each line a response, and its row's target, answer, protocol and reward")
    .option("--out <file>", "write the scores there, one line of JSON per completion (default: to standard output)")
    .option("--json", "print the summary as one line of JSON on standard output, and no scores there")
    .option("--serve <port>", "instead of a file: answer HTTP requests on 127.0.0.1 (0 takes a free port)", wholeNumber)
    .addHelpText(
      "after",
      `
A line holds {"response": "...", "target": ..., "answer": ..., "protocol": ..., "reward": ...}, the fields of a row of the
jsonl format beside the response, or {"response": "...", "row": {...}}. With "task", the summary tells tasks apart.
The server takes POST /verify with {"items": [...]}, up to 10,000 such objects in 32 MiB, and gives {"scores": [...]};
GET /health tells that it is up.

Examples:
  ssl4rl verify completions.jsonl --out scores.jsonl
  ssl4rl verify --serve 8080
  curl 127.0.0.1:8080/verify -d '{"items": [{"response": "<answer>90</answer>", "target": "90",
    "answer": {"kind": "one-of", "words": ["0", "90", "180", "270"]}, "protocol": "answer-only",
    "reward": {"accuracy": 1, "format": 0.2, "partial": 0}}]}'`,
    )
    .action(async (completions: string | undefined, flags: Flags) => {
      if ((completions === undefined) === (flags.serve === undefined))
        throw new UserError("Give either a JSONL file of completions or --serve PORT.", 2);
      if (flags.serve !== undefined && (flags.out !== undefined || flags.json))
        throw new UserError("--out and --json go with a file of completions, not with --serve.", 2);
      await (completions === undefined ? serve(flags.serve!) : verifyFile(completions, flags));
    });
}

async function verifyFile(path: string, { out, json }: Flags): Promise<void> {
  const progress = new Progress();
  const tallies = new Map<string | null, Tally>();
  const all = new Tally();
  async function* lines(): AsyncGenerator<string> {
    for await (const { values, line, where } of readJsonl(path)) {
      const { task, score } = judgeLine(values, where);
      if (!tallies.has(task)) tallies.set(task, new Tally());
      for (const tally of [all, tallies.get(task)!]) tally.add(score);
      if (all.count % 1000 === 0) progress.update(`${all.count} completions scored`);
      yield `${JSON.stringify({ line, ...score })}\n`;
    }
    if (all.count === 0) throw new UserError(`${path} holds no completions.`);
  }
  try {
    await write(lines(), json && out === undefined ? null : (out ?? process.stdout));
  } catch (error) {
    // Who reads standard output no further, as `head` does, has what it wants.
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return;
    throw error;
  }
  const tasks = [...tallies].filter(([task]) => task !== null);
  for (const [task, tally] of tasks) progress.say(`${task}: ${tally.describe()}`);
  progress.say(all.describe());
  const byTask = Object.fromEntries(tasks.map(([task, tally]) => [task, tally.summary()]));
  if (json) console.log(JSON.stringify({ ...all.summary(), tasks: byTask }));
}

function judgeLine(values: Readonly<Record<string, unknown>>, where: string) {
  try {
    return judge(values);
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${where}: ${error.message}`) : error;
  }
}

/** To nowhere, to standard output, or to a file that appears when it is whole. */
async function write(lines: AsyncGenerator<string>, to: string | NodeJS.WritableStream | null): Promise<void> {
  if (to === null) {
    for await (const _ of lines);
    return;
  }
  if (typeof to !== "string") {
    await pipeline(Readable.from(lines), to, { end: false });
    return;
  }
  const part = `${to}.part`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(part));
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { force: true });
    if (typeof (error as NodeJS.ErrnoException).code !== "string") throw error;
    throw new UserError(`Cannot write ${to}: ${(error as Error).message}. Choose another place with --out.`);
  }
}

/** Sums over completions. */
class Tally {
  count = 0;
  private score = 0;
  private right = 0;
  private formatErrors = 0;

  add({ score, acc, format }: Score): void {
    this.count++;
    this.score += score;
    this.right += acc;
    this.formatErrors += 1 - format;
  }

  summary() {
    const { count, formatErrors } = this;
    return { completions: count, score: this.score / count, accuracy: this.right / count, formatErrors };
  }

  describe(): string {
    const { completions, score, accuracy, formatErrors } = this.summary();
    return `${completions} completions, mean score ${score.toFixed(4)}, ${(100 * accuracy).toFixed(1)}% right, ${formatErrors} format errors`;
  }
}

async function serve(port: number): Promise<void> {
  await serveUntilStopped(
    verifyServer(),
    { host: "127.0.0.1", port, flag: "--serve" },
    new Progress(),
    (url) => `Verifying on ${url}/verify (Ctrl-C stops it)`,
  );
}
