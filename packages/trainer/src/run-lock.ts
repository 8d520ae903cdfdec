import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { attempt } from "./attempt.js";

/**
 * Takes a run folder for this process until it ends: two that write into one folder would mix their metrics and drop each
 * other's checkpoints. A lock whose process is gone (kill -9, power) is taken over. Throws a UserError when the folder
 * is in use; `flag` is how another is chosen.
 */
export function lockRun(path: string, flag: "--run" | "--out" = "--run"): void {
  const file = join(path, "run.lock");
  const owner = ownerOf(file);
  // In a container that was started anew, this process may have the number of the one that was killed.
  if (owner !== null && owner !== process.pid && isAlive(owner)) {
    throw new UserError(
      `${path} is in use by process ${owner}. Wait for it or stop it (kill ${owner}), or choose another folder with ${flag}.`,
    );
  }
  attempt(
    file,
    () => {
      rmSync(file, { force: true });
      // Exclusive: of two processes that found no owner at the same moment, one fails here.
      writeFileSync(file, String(process.pid), { flag: "wx" });
    },
    flag,
  );
  process.once("exit", () => {
    if (ownerOf(file) === process.pid) rmSync(file, { force: true });
  });
}

function ownerOf(file: string): number | null {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    // Signal 0 asks and does nothing.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
