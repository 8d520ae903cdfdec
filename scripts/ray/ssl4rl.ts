import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../packages/ssl4rl/bin/ssl4rl.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The line of --json. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** The command as users run it, in a folder and with a token. */
export class Ssl4rl {
  constructor(
    private readonly folder: string,
    private readonly token: string | null,
  ) {}

  run(...args: readonly string[]): Promise<Outcome> {
    return this.start(...args).outcome;
  }

  /** `said` waits until standard error holds that. */
  start(...args: readonly string[]): {
    readonly child: ChildProcess;
    readonly outcome: Promise<Outcome>;
    readonly said: (words: RegExp) => Promise<void>;
  } {
    const { RAY_AUTH_TOKEN: _, ...env } = process.env;
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: this.folder,
      // A home without a token of Ray's.
      env: { ...env, HOME: this.folder, ...(this.token !== null && { RAY_AUTH_TOKEN: this.token }) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    const waiting: (() => void)[] = [];
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
      for (const wake of waiting) wake();
    });
    const outcome = new Promise<Outcome>((resolve) =>
      child.on("close", (code) => resolve({ code, out, err, json: jsonOf(out) })),
    );
    const said = (words: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => words.test(err) && resolve();
        waiting.push(look);
        child.on("close", () => (words.test(err) ? resolve() : reject(new Error(`${words} was never said:\n${err}`))));
        look();
      });
    return { child, outcome, said };
  }
}

function jsonOf(out: string): Record<string, unknown> {
  const line = out.trim().split("\n").at(-1) ?? "";
  return line.startsWith("{") ? (JSON.parse(line) as Record<string, unknown>) : {};
}
