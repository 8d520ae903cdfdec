import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";

/** The folder of a run given by path, or by its name under runs/. */
export function runPath(run: string): string {
  return /[/\\]/.test(run) || run.startsWith(".") ? run : join("runs", run);
}

/** A folder under runs/ that does not exist yet: `demo`, `demo-2`, … */
export function freeRunPath(label: string): string {
  for (let n = 1; ; n++) {
    const path = join("runs", n === 1 ? label : `${label}-${n}`);
    if (!existsSync(path)) return path;
  }
}

/** The run under runs/ that was written to last. */
export function newestRun(): string {
  const runs = existsSync("runs") ? readdirSync("runs").map((name) => join("runs", name)) : [];
  const [newest] = runs
    .filter((path) => existsSync(join(path, "recipe.yaml")))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!newest) throw new UserError("No run to resume under runs/. Name one with --run.");
  return newest;
}
