import { spawnSync } from "node:child_process";

/** Runs a program to its end; where it fails, so do the checks, with the remedy. */
export function command(program: string, args: readonly string[], remedy: string): void {
  if (spawnSync(program, args, { stdio: "inherit" }).status !== 0) stop(remedy);
}

export function say(text: string): void {
  console.log(text);
}

export function stop(text: string): never {
  console.error(text);
  process.exit(1);
}
