import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { say } from "./command.js";

/** Runs one of the Python files beside this one, which prints a line for each check; tells whether all went well. */
export type Check = (file: string, ...args: readonly string[]) => boolean;

/** Checks run by that Python; what they leave goes into `scratch`. */
export function checkWith(python: string, scratch: string): Check {
  const env = {
    ...process.env,
    // Nothing is to be fetched, nor kept outside the scratch folder, nor run on a GPU.
    HF_HOME: join(scratch, "huggingface"),
    HF_HUB_OFFLINE: "1",
    CUDA_VISIBLE_DEVICES: "",
    PYTHONDONTWRITEBYTECODE: "1",
    // Torch's threads wait for each other longer than so small a model computes.
    OMP_NUM_THREADS: "1",
  };
  return (file, ...args) => {
    const { status, stderr, error } = spawnSync(python, [fileURLToPath(new URL(file, import.meta.url)), ...args], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "inherit", "pipe"],
      maxBuffer: 2 ** 28,
    });
    if (status === 0) return true;
    say(`${stderr}${file} failed${error ? `: ${error.message}` : ""}`);
    return false;
  };
}

/** The line of a check on our side: numbers that may lie 1e-4 apart. */
export function near(what: string, apart: number): boolean {
  const ok = apart < 1e-4;
  say(`${ok ? "ok    " : "FAILED"}  ${what}: at most ${apart.toExponential(1)} apart`);
  return ok;
}
