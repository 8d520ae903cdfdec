import { UserError } from "@ssl4rl/core";

/** Writes to the run folder: turns the operating system's refusals into words with a remedy. */
export function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const remedy = {
      ENOSPC: "the disk is full. Free some space, then go on with --resume",
      EDQUOT: "your disk quota is used up. Free some space, then go on with --resume",
      EACCES: "no permission. Choose a folder you may write to with --run",
      EPERM: "not permitted. Choose a folder you may write to with --run",
      EROFS: "the file system is read-only. Choose another folder with --run",
      ENOTDIR: "a part of the path is a file. Choose another folder with --run",
    }[code ?? ""];
    if (!remedy) throw error;
    throw new UserError(`Cannot write ${file}: ${remedy}.`);
  }
}
